// Marks of papers and the words of their roles and channels.
import type { Paper, PaperFact } from "../../api/types";

export const PAPER_STATES = ["draft", "signed", "sent", "acknowledged"] as const satisfies readonly Paper["state"][];
export const PAPER_MARKS = { draft: ["new", ""], signed: ["acknowledged", ""], sent: ["acknowledged", "c-acc"], acknowledged: ["closed", "c-ok"] } as const satisfies Record<
  Paper["state"],
  readonly [string, string]
>;
export const CHANNELS = ["letter", "mail", "system", "fax", "hand"] as const;
export const ROLES = [
  "national-coordinator",
  "owner",
  "specialised-unit",
  "relevant-member",
  "state-authority",
  "specialised-force",
  "defence-force",
  "bank-regulator",
  "data-protection",
  "data-subjects",
  "requester",
  "organisation",
  "other",
] as const;
export type Role = (typeof ROLES)[number];
export const roleOf = (text: string): Role => ROLES.find((one) => one === text) ?? "other";
export const FACT_MARKS = { drafted: "new", issued: "acknowledged", signed: "acknowledged", sent: "acknowledged", acknowledged: "closed" } as const satisfies Record<PaperFact["kind"], string>;
export const nowLocal = (): string => new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 16);
// What <input type="datetime-local"> gives, in Vietnamese time.
export const toUtc = (local: string): string => new Date(`${local}:00+07:00`).toISOString();
