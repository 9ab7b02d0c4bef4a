// The health report, read with care: the server may be older or newer than the console.
import type { Told } from "../base/reason";

export interface SetAside {
  position: number;
  source: string;
  when: string;
  reason: Told;
}
export interface ArchiveHealth {
  trouble: string;
  events: number;
  segments: number;
  bytes: number;
  perDay: number;
  free: number | null;
  daysLeft: number | null;
  oldest: string;
  damage: number;
  missing: number;
  sources: { source: string; bytes: number }[];
}
export interface Health {
  version: string;
  started: string;
  time: string;
  resident: number;
  writable: boolean;
  reason: Told;
  journalBytes: number;
  damage: number;
  lag: number;
  trouble: Told;
  rules: number;
  refusedRules: string[];
  setAside: SetAside[];
  archive: ArchiveHealth | null;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const child = (value: unknown, name: string): unknown => (isObject(value) ? value[name] : undefined);
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const number = (value: unknown): number => (typeof value === "number" ? value : 0);
const told = (of: unknown, name: string): Told => ({ text: text(child(of, name)), code: child(of, "reason_code"), values: child(of, "reason_values") });
const known = (value: unknown): number | null => (typeof value === "number" ? value : null);
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

function readArchive(archive: unknown): ArchiveHealth | null {
  if (!isObject(archive)) return null;
  const [free, perDay] = [known(child(archive, "free_bytes")), number(child(archive, "bytes_per_day"))];
  return {
    trouble: text(child(archive, "trouble")),
    events: number(child(archive, "events")),
    segments: number(child(archive, "segments")),
    bytes: number(child(archive, "bytes")) + number(child(archive, "tail_bytes")),
    perDay,
    free,
    daysLeft: perDay > 0 ? (known(child(archive, "full_in_days")) ?? (free === null ? null : free / perDay)) : null,
    oldest: text(child(archive, "oldest_received")),
    damage: list(child(archive, "damage")).length,
    missing: list(child(archive, "missing")).length,
    sources: list(child(archive, "sources")).map((cost) => ({ source: text(child(cost, "source")), bytes: number(child(cost, "bytes")) })),
  };
}

export function readHealth(report: unknown): Health {
  const [journal, pipeline, content] = [child(report, "journal"), child(report, "pipeline"), child(report, "content")];
  return {
    version: text(child(report, "version")),
    started: text(child(report, "started")),
    time: text(child(report, "time")),
    resident: number(child(report, "resident_bytes")),
    writable: child(journal, "writable") === true,
    reason: told(journal, "reason"),
    journalBytes: number(child(journal, "bytes")),
    damage: list(child(journal, "damage")).length,
    lag: number(child(pipeline, "lag_records")),
    trouble: told(pipeline, "trouble"),
    rules: number(child(content, "rules")),
    refusedRules: list(child(content, "refused")).map((rule) => `${text(child(rule, "title"))}: ${text(child(rule, "reason"))}`),
    setAside: list(child(pipeline, "set_aside")).map((record) => ({
      position: number(child(record, "position")),
      source: text(child(record, "source")),
      when: text(child(record, "when")),
      reason: told(record, "reason"),
    })),
    archive: readArchive(child(report, "archive")),
  };
}
