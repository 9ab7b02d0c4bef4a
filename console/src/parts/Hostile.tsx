import { piecesOf } from "../base/hostile";

const MOST = 2000;

// Text that a stranger wrote: isolated from the direction of the page, odd characters as chips, never HTML.
export function Hostile({ text, mark = false }: { text: string; mark?: boolean }) {
  const pieces = piecesOf(text.slice(0, MOST));
  return (
    <bdi className={mark ? "mark" : undefined}>
      {pieces.map((piece, index) =>
        piece.escaped ? (
          <span key={index} className="esc">
            {piece.text}
          </span>
        ) : (
          piece.text
        ),
      )}
      {text.length > MOST ? "…" : null}
    </bdi>
  );
}
