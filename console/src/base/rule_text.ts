// Where in a rule's own text (YAML) a field is asked for: the line numbers of its condition, from 0. Looks only below
// "detection:"; a condition goes on over the lines that are indented deeper.
export function conditionLines(text: string, field: string): number[] {
  const lines = text.split("\n");
  const from = lines.findIndex((line) => /^detection\s*:/.test(line));
  const found: number[] = [];
  if (from < 0) return found;
  for (let at = from + 1; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    if (/^\S/.test(line)) break;
    const [, indent = "", key = ""] = /^(\s*(?:-\s+)?)['"]?([^\s|:'"]+)['"]?(?:\|[^:]*)?\s*:/.exec(line) ?? [];
    if (key !== field) continue;
    found.push(at);
    for (let next = at + 1; next < lines.length; next += 1) {
      const deeper = /^(\s*)(\S)/.exec(lines[next] ?? "");
      if (!deeper || (deeper[1] ?? "").length < indent.length || ((deeper[1] ?? "").length === indent.length && deeper[2] !== "-")) break;
      found.push(next);
    }
  }
  return found;
}

// A condition's lines as one: the values of a list after its name, with commas.
export function conditionText(lines: readonly string[]): string {
  let told = "";
  for (const line of lines) {
    const text = line.trim();
    if (!told) told = text.replace(/^-\s+/, "");
    else if (/^-\s/.test(text)) told += `${told.endsWith(":") ? " " : ", "}${text.replace(/^-\s+/, "")}`;
    else told += ` ${text}`;
  }
  return told;
}
