// The bytes of a record: sixteen in a row, with what is printable ASCII beside them.
export interface HexRow {
  offset: string;
  bytes: string;
  text: string;
}

export const bytesOf = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

export function hexRows(bytes: Uint8Array, most = 4096): HexRow[] {
  const rows: HexRow[] = [];
  for (let at = 0; at < Math.min(bytes.length, most); at += 16) {
    const part = Array.from(bytes.slice(at, Math.min(at + 16, most)));
    rows.push({
      offset: at.toString(16).padStart(6, "0"),
      bytes: part.map((byte) => byte.toString(16).padStart(2, "0")).join(" "),
      text: part.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join(""),
    });
  }
  return rows;
}
