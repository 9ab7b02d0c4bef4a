// Text that a stranger wrote, cut into what may be shown as it is and what is shown as an escape: control characters
// (Unicode Cc), bidirectional controls (UAX 9), other format characters (Cf), line separators, private use and lone
// surrogates. Nothing of it is ever HTML.
export interface Piece {
  text: string;
  escaped: boolean;
}

const ODD = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/u;

export function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code === 9) return "\\t";
  if (code === 10) return "\\n";
  if (code === 13) return "\\r";
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  for (const character of text.normalize("NFC")) {
    const escaped = ODD.test(character);
    const last = pieces.at(-1);
    if (!escaped && last && !last.escaped) last.text += character;
    else pieces.push({ text: escaped ? escapeOf(character) : character, escaped });
  }
  return pieces;
}

export const escapeText = (text: string): string =>
  piecesOf(text)
    .map((piece) => piece.text)
    .join("");

// The bytes of a record as text: valid UTF-8 decoded, other bytes as \xNN.
export function textOfBytes(base64: string): string {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return Array.from(bytes, (byte) => (byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`)).join("");
  }
}

// A value of an event's field as one text.
export function textOfValue(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(textOfValue).join(", ");
  return value === null || value === undefined ? "" : JSON.stringify(value);
}
