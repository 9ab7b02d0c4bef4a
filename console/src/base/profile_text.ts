// A profile of lists as a person writes it: "header = role", one a line.
import { LIST_ROLES } from "./list_choices";

export const columnsText = (columns: Record<string, unknown>): string =>
  Object.entries(columns)
    .map(([header, role]) => `${header} = ${String(role)}`)
    .join("\n");

// The columns, or the number of the first line that cannot be read.
export function readColumns(text: string): { columns: Record<string, string> } | { bad: number } {
  const columns: Record<string, string> = {};
  for (const [at, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const sign = line.lastIndexOf("=");
    const header = line.slice(0, Math.max(sign, 0)).trim();
    const role = line.slice(sign + 1).trim();
    if (header === "" || !LIST_ROLES.some((one) => one === role)) return { bad: at + 1 };
    columns[header] = role;
  }
  return { columns };
}

export const readLines = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
