// The health report, read with care: the server may be older or newer than the console.
export interface Health {
  version: string; started: string; time: string; resident: number; writable: boolean; reason: string; journalBytes: number; damage: number; lag: number; trouble: string; rules: number; refusedRules: string[]; setAside: { position: number; reason: string }[];
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const child = (value: unknown, name: string): unknown => (isObject(value) ? value[name] : undefined);
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const number = (value: unknown): number => (typeof value === "number" ? value : 0);
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

export function readHealth(report: unknown): Health {
  const [journal, pipeline, content] = [child(report, "journal"), child(report, "pipeline"), child(report, "content")];
  return {
    version: text(child(report, "version")), started: text(child(report, "started")), time: text(child(report, "time")), resident: number(child(report, "resident_bytes")),
    writable: child(journal, "writable") === true, reason: text(child(journal, "reason")), journalBytes: number(child(journal, "bytes")), damage: list(child(journal, "damage")).length,
    lag: number(child(pipeline, "lag_records")), trouble: text(child(pipeline, "trouble")), rules: number(child(content, "rules")),
    refusedRules: list(child(content, "refused")).map((rule) => `${text(child(rule, "title"))}: ${text(child(rule, "reason"))}`),
    setAside: list(child(pipeline, "set_aside")).map((record) => ({ position: number(child(record, "position")), reason: text(child(record, "reason")) })),
  };
}
