// The parts of detection in their states, and shared parts that stand on pages of their own.
import type { ReactNode } from "react";
import type { RulePart, RuleRemark } from "../../api/types";
import { CodeField, CodeText } from "../../parts/CodeText";
import { TextField } from "../../parts/Field";
import { useWords } from "../../parts/preferences";
import { Remarks, useLineNotes } from "../../parts/Remarks";
import { RuleParts } from "../../parts/RuleParts";
import { TimeLine } from "../../parts/TimeLine";
import { UnitTree } from "../../parts/UnitTree";

const TEXT = `title: root logged in over SSH
id: c6a6956d-8951-4b78-b9f1-2b5a41299e10
logsource:
  service: sshd
detection:
  login:
    user.name: "<img src=x>\u202Egpj"
    ${"x".repeat(300)}: 1
  condition: logni
level: high
`;
const remark = (type: RuleRemark["type"], check: string, line: number, vi: string, en: string): RuleRemark => ({
  type,
  check,
  file: "rule",
  line,
  rule: "c6a6956d-8951-4b78-b9f1-2b5a41299e10",
  title: "root",
  reason: en,
  reason_vi: vi,
  remedy: check === "note" ? "" : "mend what the reason names",
  remedy_vi: check === "note" ? "" : "sửa theo lý do đã nêu",
});
const REMARKS: RuleRemark[] = [
  remark("refused", "refused", 9, "condition nêu «logni», không phần nào tên vậy", "the condition names logni, which is no part"),
  remark("error", "never-matches", 6, "không sự kiện nào thoả được", "no event can satisfy it"),
  remark("warning", "unknown-field", 8, `chưa nguồn nào gửi trường ${"x".repeat(120)}`, `no source has sent ${"x".repeat(120)}`),
  remark("warning", "note", 0, "quy tắc không ghi tác giả", "the rule names no author"),
];
const PARTS: RulePart[] = [
  { text: "log source linux//sshd", held: true, found: "linux//sshd" },
  {
    text: "and",
    held: false,
    parts: [
      {
        text: "login",
        held: true,
        parts: [
          { text: "event.action", held: true, found: "ssh_login", parts: [{ text: "ssh_login", held: true, found: "ssh_login" }] },
          { text: "user.name", held: true, found: "<script>alert(1)</script>" },
        ],
      },
      { text: "not", held: false, parts: [{ text: "source.ip|cidr", held: true, found: "127.0.0.1", parts: [{ text: "127.0.0.0/8", held: true, found: "127.0.0.1" }] }] },
    ],
  },
];
const UNITS = [
  { id: "1", name: "UBND tỉnh", parent: null, ended: null },
  { id: "2", name: "Sở Tài chính", parent: "1", ended: null },
  { id: "3", name: "Sở Y tế <b>", parent: "1", ended: null },
];
const AT = "2026-11-27T20:06:12.118Z";
const EVENTS = [-90, -30, -12, 0, 4, 60].map((seconds, at) => ({
  id: `0190a1b2-0000-7000-8000-000000000001:${String(at)}`,
  occurred: new Date(Date.parse(AT) + seconds * 1000).toISOString(),
  received: AT,
  source: { id: null, name: "web-01" },
  organisation: "1",
  format: "sshd",
  peer: "",
  masked: true,
  fields: { "event.action": at % 2 === 0 ? "ssh_login" : "dns_query" },
}));
const none = () => undefined;

export function RulePieces({ Piece }: { Piece: (props: { name: string; children: ReactNode }) => ReactNode }) {
  const { say } = useWords();
  const notes = useLineNotes(REMARKS);
  return (
    <>
      <Piece name="CodeText">
        <CodeText text={TEXT} label={say("rule.text")} notes={notes} />
      </Piece>
      <Piece name="CodeField">
        <CodeField label={say("edit.text")} value={TEXT} onChange={none} notes={notes} />
      </Piece>
      <Piece name="Remarks">
        <Remarks remarks={REMARKS} onLine={none} />
      </Piece>
      <Piece name="Remarks.none">
        <Remarks remarks={[]} />
      </Piece>
      <Piece name="RuleParts">
        <RuleParts parts={PARTS} />
      </Piece>
      <Piece name="TextField">
        <div className="narrow">
          <TextField label={say("try.event")} value={EVENTS[0]?.id ?? ""} onChange={none} className="mono" />
        </div>
      </Piece>
      <Piece name="UnitTree">
        <div className="narrow">
          <UnitTree units={UNITS} chosen={new Set(["2"])} ended={false} onToggle={none} onOnly={none} />
        </div>
      </Piece>
      <Piece name="TimeLine">
        <TimeLine events={EVENTS} moment={AT} fired={new Set([EVENTS[3]?.id ?? ""])} current="" gaps={[]} onOpen={none} />
      </Piece>
    </>
  );
}
