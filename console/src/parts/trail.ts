// The list that one came from: previous and next object of it on the detail page.
let ids: readonly string[] = [];
export function leaveTrail(of: readonly string[]): void {
  ids = of;
}
export function besides(id: string): { before?: string; after?: string; at: number; of: number } {
  const at = ids.indexOf(id);
  const [before, after] = at < 0 ? [undefined, undefined] : [ids[at - 1], ids[at + 1]];
  return { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }), at, of: ids.length };
}
