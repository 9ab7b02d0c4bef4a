import type { MessageKey } from "../../base/messages";

// Roles that an account of a person and a token can have; the server refuses what the giver may not give.
export const ROLES = ["reader", "analyst", "operator", "approver", "duty-lead", "organisation-contact", "administrator"] as const;
export const TOKEN_ROLES = ["ingest", "token-reader"] as const;

const WORDS: Record<string, MessageKey> = {
  reader: "role.reader",
  analyst: "role.analyst",
  operator: "role.operator",
  approver: "role.approver",
  "duty-lead": "role.duty-lead",
  "organisation-contact": "role.organisation-contact",
  administrator: "role.administrator",
  ingest: "role.ingest",
  "token-reader": "role.token-reader",
  "enforcement-point": "role.enforcement-point",
  node: "role.node",
};

// The words for a role, or its own name when the server is newer than the console.
export function sayRole(role: string, say: (key: MessageKey) => string): string {
  const key = WORDS[role];
  return key ? say(key) : role;
}
