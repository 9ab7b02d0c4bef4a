// Marks of stages and states: shape first, colour second.
import type { Case, CaseItem } from "../../api/types";

export const STAGES = ["received", "verifying", "first-response", "notified", "containing", "removing", "wrapping-up", "report-sent", "acknowledged"] as const satisfies readonly Case["stage"][];
export const ANSWERS = ["removed", "false-report", "not-ours", "cannot-find", "needs-help", "exception"] as const;
export const ENTRIES = ["opened", "seen", "reminded", "refuted", "relapsed", "answer", "judged", "closed", "stage", "comment", "assigned", "serious", "attached"] as const;
export type AnswerKind = (typeof ANSWERS)[number];
export const answerOf = (text: string): AnswerKind | undefined => ANSWERS.find((one) => one === text);

export function stageMark(stage: Case["stage"]): "new" | "acknowledged" | "closed" {
  if (stage === "acknowledged") return "closed";
  return stage === "received" ? "new" : "acknowledged";
}

export const ITEM_MARKS = {
  open: ["new", ""],
  working: ["unknown", "c-unk"],
  answered: ["acknowledged", ""],
  removed: ["acknowledged", "c-acc"],
  excepted: ["refused", ""],
  closed: ["closed", "c-ok"],
} as const satisfies Record<CaseItem["state"], readonly [string, string]>;
