// What the work in cases is made of, by the words of the server.
import type { Case, CaseSeriousness, CaseTask } from "../../api/types";

export const KINDS = ["denial-of-service", "phishing", "malware", "unauthorised-access", "defacement", "encryption", "destruction", "espionage", "combined", "other"] as const;
export const IMPACTS = ["service-interrupted", "state-secrets", "data-integrity", "control-lost", "wide-impact"] as const;
export const HOLDS_MARKS = { yes: ["closed", "c-ok"], no: ["refused", ""], "not-known": ["unknown", "c-unk"] } as const satisfies Record<CaseSeriousness["all"], readonly [string, string]>;
export const TASK_MARKS = { open: ["new", ""], done: ["closed", "c-ok"], "not-needed": ["refused", "faint"] } as const satisfies Record<CaseTask["outcome"], readonly [string, string]>;
const STEPS = ["if-condition", "while-condition", "switch-condition", "parallel", "playbook-action"] as const;
export const stepOf = (kind: string): (typeof STEPS)[number] | undefined => STEPS.find((one) => one === kind);

export const nameOf = (actor: string): string => actor.replace(/^user:/, "");

// Which cases may go into this one: of its organisation, not closed, not itself.
export const mergeable = (files: readonly Case[], into: Case): Case[] => files.filter((one) => one.id !== into.id && one.organisation === into.organisation && one.closed === null);
