// Marks of stages and states: shape first, colour second.
import type { Case, CaseItem, CaseVerdict } from "../../api/types";

export const STAGES = ["received", "verifying", "first-response", "notified", "containing", "removing", "wrapping-up", "report-sent", "acknowledged"] as const satisfies readonly Case["stage"][];
export const ANSWERS = ["removed", "false-report", "not-ours", "cannot-find", "needs-help", "exception"] as const;
export const ENTRIES = [
  "opened",
  "seen",
  "reminded",
  "refuted",
  "relapsed",
  "answer",
  "judged",
  "closed",
  "stage",
  "comment",
  "assigned",
  "serious",
  "attached",
  "proposed",
  "withdrawn",
  "refused",
  "exception-over",
  "clock-moved",
  "clock-done",
  "clock-told",
  "circumstances",
  "paper",
  "escalation",
  "merged",
  "merged-into",
  "split",
  "split-from",
  "task",
  "task-changed",
  "task-ended",
  "playbook",
  "stated",
] as const;
export const NEEDS = ["clocks", "relapses", "answers", "proposals", "returned"] as const;
export const PAPER_DEEDS = ["drafted", "signed", "sent", "acknowledged"] as const;
export const HELP_DEEDS = ["opened", "call", "mail", "answer", "note", "closed"] as const;
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

export const WHYS = [
  "removal-missing",
  "tool-missing",
  "hash-missing",
  "rescan-missing",
  "rescan-infected",
  "named-again",
  "contact-seen",
  "absent-from-list",
  "no-later-list",
  "quiet",
  "quiet-so-far",
  "not-observable",
  "no-control-servers",
  "no-sources",
] as const satisfies readonly CaseVerdict["reasons"][number]["code"][];
