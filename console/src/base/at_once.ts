// Does one thing to many, a few at a time; gives what came of each that went well, and the reasons of those that did not.
export async function atOnce<T, R>(items: readonly T[], most: number, act: (item: T) => Promise<R>): Promise<{ done: R[]; failed: unknown[] }> {
  const left = [...items];
  const done: R[] = [];
  const failed: unknown[] = [];
  const work = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) {
      try {
        done.push(await act(item));
      } catch (error) {
        failed.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, work));
  return { done, failed };
}
