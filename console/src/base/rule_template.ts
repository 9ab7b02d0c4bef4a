// A rule to begin with, and the one line of a rule's text that is changed for the writer: its id.
const TEMPLATE = (id: string, author: string, date: string) => `title: 
id: ${id}
status: experimental
description: 
author: ${author}
date: ${date}
tags:
  - attack.execution
logsource:
  product: linux
  category: process_creation
detection:
  selection:
    Image|endswith: /example
  condition: selection
falsepositives:
  - 
level: medium
`;

// A UUID of version 4. Not crypto.randomUUID: a node that is reached by plain HTTP has none.
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
// An account's name goes into YAML as a quoted text when it has anything but letters, digits and the plainest signs.
export const ruleTemplate = (id: string, author: string, day: string): string => TEMPLATE(id, /^[\p{L}\p{N}._ -]*$/u.test(author) ? author : JSON.stringify(author), day);

const ID = /^id:[ \t]*['"]?([^'"\s#]*)['"]?.*$/m;
export const idOf = (text: string): string => (ID.exec(text)?.[1] ?? "").toLowerCase();
// Without a line for it the id stands behind the title, or at the top.
export function withId(text: string, id: string): string {
  const line = `id: ${id}`;
  if (ID.test(text)) return text.replace(ID, line);
  return /^title:.*$/m.test(text) ? text.replace(/^title:.*$/m, (title) => `${title}\n${line}`) : `${line}\n${text}`;
}
