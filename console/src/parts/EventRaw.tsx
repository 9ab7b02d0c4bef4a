// The bytes of a record as they came: as text with odd characters made visible, or in hex.
import { useState } from "react";
import { bytesOf, hexRows } from "../base/hexdump";
import { textOfBytes } from "../base/hostile";
import { Hostile } from "./Hostile";
import { Mark } from "./Icon";
import { useWords } from "./preferences";
import { CopyButton } from "./Secret";

const MOST_ROWS_OF = 4096;

export function EventRaw({ raw, onReveal }: { raw: string | undefined; onReveal: (() => void) | undefined }) {
  const { say, bytes } = useWords();
  const [hex, setHex] = useState(false);
  if (raw === undefined)
    return (
      <section className="sec">
        <p className="state c-unk">
          <Mark kind="unknown" tone="c-unk" />
          {say("search.raw.masked")}
        </p>
        {onReveal ? (
          <p>
            <button type="button" className="btn" onClick={onReveal}>
              {say("search.reveal")}
            </button>
          </p>
        ) : (
          <p className="dim">{say("search.reveal.denied")}</p>
        )}
      </section>
    );
  const all = bytesOf(raw);
  const text = textOfBytes(raw);
  return (
    <section className="sec">
      <header>
        <div className="row" role="group" aria-label={say("search.raw.view")}>
          <button
            type="button"
            className="btn sm"
            aria-pressed={!hex}
            onClick={() => {
              setHex(false);
            }}
          >
            {say("search.raw.text")}
          </button>
          <button
            type="button"
            className="btn sm"
            aria-pressed={hex}
            onClick={() => {
              setHex(true);
            }}
          >
            {say("search.raw.hex")}
          </button>
        </div>
        <span className="end faint">{bytes(all.length)}</span>
        <CopyButton text={text} />
      </header>
      {hex ? (
        <div className="raw scrollx" tabIndex={0} role="region" aria-label={say("search.raw.hex")}>
          <table className="hex">
            <tbody>
              {hexRows(all, MOST_ROWS_OF).map((row) => (
                <tr key={row.offset}>
                  <th scope="row" className="faint">
                    {row.offset}
                  </th>
                  <td>{row.bytes}</td>
                  <td className="text">{row.text}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <pre className="raw" tabIndex={0} aria-label={say("events.raw")}>
          <Hostile text={text} />
        </pre>
      )}
      {hex && all.length > MOST_ROWS_OF ? <p className="faint small">{say("search.raw.cut", { n: bytes(MOST_ROWS_OF) })}</p> : null}
    </section>
  );
}
