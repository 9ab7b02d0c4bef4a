// Whose the rows of a list are: by organisation, and those of nobody with the word for why. Unknown is never written as zero.
import type { AttributionKind, KeptList, ListAttribution } from "../../api/types";
import { Hostile } from "../../parts/Hostile";
import { Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";

export const OTHERS = ["conflict", "gap", "nobody"] as const;
export const SIGNS = { owner: ["closed", "c-ok"], conflict: ["acknowledged", "c-high"], gap: ["unknown", "c-unk"], nobody: ["not", ""] } as const;

export function Belonging({ kind }: { kind: AttributionKind }) {
  const { say } = useWords();
  const [mark, tone] = SIGNS[kind];
  return (
    <span className={`state ${tone}`}>
      <Mark kind={mark} tone={tone} />
      {say(`lists.whose.${kind}`)}
    </span>
  );
}

interface Props {
  attribution: KeptList["attribution"];
  organisations: ListAttribution["organisations"];
  chosen?: string; // kind, or kind and organisation
  onChoose?: (kind: AttributionKind, organisation: string) => void;
}
export function Attributed({ attribution, organisations, chosen = "", onChoose }: Props) {
  const { say, number } = useWords();
  const line = (kind: AttributionKind, organisation: string, rows: number, name: string) => (
    <tr key={kind + organisation} className={chosen === kind + organisation ? "on" : ""}>
      <td data-label={say("lists.whose")}>
        {kind === "owner" ? (
          <b>
            <Hostile text={name} />
          </b>
        ) : (
          <Belonging kind={kind} />
        )}
        {kind === "owner" ? null : <div className="s small">{say(`lists.whose.${kind}.note`)}</div>}
      </td>
      <td className="num" data-label={say("lists.rows")}>
        {onChoose && rows > 0 ? (
          <button
            type="button"
            className="link"
            aria-label={say("lists.rows.of", { n: number(rows), what: kind === "owner" ? name : say(`lists.whose.${kind}`) })}
            aria-pressed={chosen === kind + organisation}
            onClick={() => {
              onChoose(kind, organisation);
            }}
          >
            {number(rows)}
          </button>
        ) : (
          number(rows)
        )}
      </td>
    </tr>
  );
  return (
    <div className="scrollx" tabIndex={0}>
      <table className="tbl flush" data-testid="attributed">
        <thead>
          <tr>
            <th scope="col">{say("lists.whose")}</th>
            <th scope="col" className="num">
              {say("lists.rows")}
            </th>
          </tr>
        </thead>
        <tbody>
          {organisations.map(({ id, name, rows }) => line("owner", id, rows, name))}
          {OTHERS.map((kind) => {
            const rows = attribution[kind]; // not told to accounts of some organisations
            return rows === undefined ? null : line(kind, "", rows, "");
          })}
        </tbody>
      </table>
    </div>
  );
}
