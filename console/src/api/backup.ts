// A backup that is being made: the server answers line by line while it works.
import { send } from "./client";

export interface Progress {
  type: string;
  [name: string]: unknown;
}
const isProgress = (value: unknown): value is Progress => typeof value === "object" && value !== null;

// Calls `told` for each line; the last one is the result, or {"problem"} when it failed.
export async function makeBackup(passphrase: string, told: (line: Progress) => void): Promise<Progress> {
  const response = await send("POST", "/api/v1/backup", passphrase ? { passphrase } : {}, undefined, "application/x-ndjson");
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let last: Progress = { type: "none" };
  let rest = "";
  for (;;) {
    const piece = await reader?.read();
    if (!piece || piece.done) break;
    rest += piece.value;
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const value: unknown = JSON.parse(line);
      if (!isProgress(value)) continue;
      last = value;
      told(value);
    }
  }
  return last;
}
