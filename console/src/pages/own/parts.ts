// What the pages of the own view share.
export const needsMore = (list: { hasNextPage?: boolean }): boolean => list.hasNextPage === true;

export const MOST_FILE = 32 * 1024 * 1024;

export const base64 = (bytes: Uint8Array): string => {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
};
