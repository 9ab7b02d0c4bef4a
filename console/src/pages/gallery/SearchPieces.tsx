// The parts of search in their states.
import { useRef, type ReactNode } from "react";
import type { FieldCount, Found } from "../../api/search";
import { useWords } from "../../parts/preferences";
import { sayQueryError } from "../../base/query_errors";
import { EventDetail } from "../../parts/EventDetail";
import { EventRaw } from "../../parts/EventRaw";
import { FieldList } from "../../parts/FieldList";
import { Histogram } from "../../parts/Histogram";
import { QueryField } from "../../parts/QueryField";

const QUARTER = 900_000;
const END = Date.parse("2026-11-27T20:00:00Z");
const BUCKETS = Array.from({ length: 96 }, (_, at) => ({ from: END - (96 - at) * QUARTER, count: at > 40 && at < 45 ? 0 : at < 70 ? (at * 7) % 5 : (at - 68) * ((at * 3) % 4) }));
const RANGE = { from: END - 96 * QUARTER, to: END };
const EVENT: Found = {
  id: "0190a1b2-0000-7000-8000-000000000001:418",
  occurred: "2026-11-27T20:06:12.118Z",
  received: "2026-11-27T20:06:12.340Z",
  source: { id: null, name: "fw-tl-02" },
  organisation: "x",
  format: "filterlog",
  peer: "192.0.2.1",
  masked: true,
  fields: {
    "source.ip": "192.0.2.77",
    "source.port": 40112,
    "destination.ip": ["198.51.100.23", "2001:db8::23"],
    "user.name": "[masked]",
    "user_agent.original": "<script>alert(1)</script>\u202Egpj.exe",
    "url.original": "x".repeat(4000),
    "event.action": "",
  },
};
const TYPES = new Map([
  ["source.ip", "address"],
  ["source.port", "integer"],
  ["user.name", "text"],
]);
const FIELDS: FieldCount[] = [
  { name: "source.ip", count: 517627, type: "address", ecs: true, personal: false },
  { name: "user.name", count: 93, type: "text", ecs: true, personal: true },
  { name: "TargetUserName<b>", count: 7, type: "text", ecs: false, personal: true },
];
const QUESTION = { q: "", from: "2026-11-26T20:00:00Z", to: "2026-11-27T20:00:00Z", masked: true };
const TROUBLE = { start: 0, end: 8, text: "there is no field souce.ip", suggestion: "source.ip" };
const none = () => undefined;
const never = () => new Promise<never>(none);

export function SearchPieces({ Piece }: { Piece: (props: { name: string; children: ReactNode }) => ReactNode }) {
  const { language } = useWords();
  const [plain, wrong] = [useRef<HTMLInputElement | null>(null), useRef<HTMLInputElement | null>(null)];
  return (
    <>
      <Piece name="QueryField">
        <QueryField text="" trouble={undefined} complete={never} onText={none} onRun={none} field={plain} />
      </Piece>
      <Piece name="QueryField.wrong">
        <QueryField text="souce.ip:203.0.113.7" trouble={{ ...TROUBLE, text: sayQueryError(TROUBLE.text, language) }} complete={never} onText={none} onRun={none} field={wrong} />
      </Piece>
      <Piece name="Histogram">
        <Histogram
          buckets={BUCKETS}
          step={QUARTER}
          range={RANGE}
          part={{ from: END - 13 * QUARTER, to: END - QUARTER }}
          gaps={[{ from: END - 55 * QUARTER, to: END - 51 * QUARTER }]}
          onChoose={none}
          onZoom={none}
          onWidth={none}
        />
      </Piece>
      <Piece name="FieldList">
        <div style={{ maxWidth: "13.25rem" }}>
          <FieldList fields={FIELDS} open={[]} columns={["source.ip"]} question={QUESTION} run={0} onValue={none} onColumn={none} onOpen={none} />
        </div>
      </Piece>
      <Piece name="EventDetail">
        <div className="eventrail" style={{ maxWidth: "21.75rem" }}>
          <EventDetail
            event={EVENT}
            types={TYPES}
            sought={[{ field: "source.ip", value: "192.0.2.77" }]}
            columns={["source.ip"]}
            organisation="Tỉnh Lam Khê"
            onValue={none}
            onPivot={none}
            onColumn={none}
            onOpen={none}
            onClose={none}
          />
        </div>
      </Piece>
      <Piece name="EventRaw">
        <div className="eventrail" style={{ maxWidth: "21.75rem" }}>
          <EventRaw raw={btoa("<134>Nov 28 03:06:12 fw-tl-02 filterlog: 71,,,pass \x1b[31m<script>alert(1)</script>\x00")} onReveal={undefined} />
        </div>
      </Piece>
      <Piece name="EventRaw.masked">
        <div className="eventrail" style={{ maxWidth: "21.75rem" }}>
          <EventRaw raw={undefined} onReveal={none} />
          <EventRaw raw={undefined} onReveal={undefined} />
        </div>
      </Piece>
    </>
  );
}
