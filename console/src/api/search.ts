// Questions to the archive. Each carries its own id, so that its progress can be watched and it can be cancelled; a
// signal that is aborted cancels it on the server as well.
import { firstLength, nextLength, pieceBefore } from "../base/pieces";
import { change, get, getPage, send, type Page } from "./client";
import type { components } from "./types.gen";

export interface Question {
  q: string;
  from: string; // RFC 3339
  to: string;
  organisation?: string; // one or several, and those below them; without it all that one may see
  masked: boolean; // personal fields are hidden from who might see them; shown ones stand in the audit chain
}
type Schemas = components["schemas"];
export type Found = Omit<Schemas["FoundEvent"], "fields" | "peer"> & { fields: Record<string, unknown>; peer?: string; raw?: string };
export type FieldCount = Schemas["EventFields"]["items"][number];
export type TopValues = Schemas["EventTop"];
export type Histogram = Schemas["EventHistogram"];
// What an answer lacks, by time of receipt; absent when it is whole.
export interface Lack {
  from: string | null;
  to: string | null;
  events: number | null; // at most; null: not known, or not for this account
  reason: "missing" | "lost" | "behind";
}
export interface Count {
  count: number;
  incomplete?: Lack[];
}
export type Completion = Schemas["SearchCompletion"];
export type CompletionItem = Completion["items"][number];
export type Check = Omit<Schemas["SearchCheck"], "bubbles">;
export type SavedSearch = Schemas["SavedSearch"];

const running = new Set<string>();
export const runningIds = (): string[] => [...running];

// A question under an id of its own. When the signal is aborted before the answer came, the server is told to stop.
async function asked<T>(ask: (id: string) => Promise<T>, signal: AbortSignal): Promise<T> {
  const id = crypto.randomUUID();
  const stop = () => {
    void cancel(id);
  };
  running.add(id);
  signal.addEventListener("abort", stop);
  try {
    return await ask(id);
  } finally {
    signal.removeEventListener("abort", stop);
    running.delete(id);
  }
}
async function cancel(id: string): Promise<void> {
  await send("DELETE", `/api/v1/searches/${id}`).catch(() => undefined); // it may have ended already
}

const words = (question: Question) => ({ q: question.q, organisation: question.organisation, from: question.from, to: question.to, masked: String(question.masked) });

export const findPage = (question: Question, order: string, after: string, limit: number, signal: AbortSignal): Promise<Page<Found>> =>
  asked((search) => getPage("/api/v1/events", { query: { ...words(question), order, after, limit: String(limit), search }, signal }), signal);
export const countEvents = (question: Question, signal: AbortSignal): Promise<Count> => asked((search) => get("/api/v1/events/count", { query: { ...words(question), search }, signal }), signal);
export const readHistogram = (question: Question, seconds: number, signal: AbortSignal): Promise<Histogram> =>
  asked((search) => get("/api/v1/events/histogram", { query: { ...words(question), step: String(seconds), search }, signal }), signal);
// A histogram that grows: piece by piece, the newest first. `from`: back to this moment it is whole.
export interface GrowingHistogram extends Histogram {
  from: number;
  scanned: number; // 0 to 1, of the range
}
const growing = new Set<AbortController>();
// Ends those under way; what they have so far is their answer.
export function stopGrowing(): void {
  for (const controller of growing) controller.abort();
}
export async function growHistogram(question: Question, seconds: number, signal: AbortSignal, told: (part: GrowingHistogram) => void): Promise<GrowingHistogram> {
  const range = { from: Date.parse(question.from), to: Date.parse(question.to) };
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  let part: GrowingHistogram = { step: seconds, buckets: [], from: range.to, scanned: 0 };
  let length = firstLength(range);
  growing.add(stop);
  try {
    while (part.from > range.from) {
      const piece = pieceBefore(range, part.from, length, seconds * 1000);
      const begun = performance.now();
      const { buckets } = await readHistogram({ ...question, from: new Date(piece.from).toISOString(), to: new Date(piece.to).toISOString() }, seconds, either);
      length = nextLength(range, length, performance.now() - begun);
      part = { step: seconds, buckets: [...buckets, ...part.buckets], from: piece.from, scanned: (range.to - piece.from) / (range.to - range.from) };
      if (part.from > range.from) told(part);
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    growing.delete(stop);
  }
  return part;
}
export const readFields = (question: Question, signal: AbortSignal): Promise<{ items: FieldCount[]; incomplete?: Lack[] }> =>
  asked((search) => get("/api/v1/events/fields", { query: { ...words(question), search }, signal }), signal);
export const readTop = (question: Question, field: string, most: number, signal: AbortSignal): Promise<TopValues> =>
  asked((search) => get("/api/v1/events/top", { query: { ...words(question), field, most: String(most), search }, signal }), signal);
export const readContext = (id: string, by: string, signal: AbortSignal): Promise<{ before: Found[]; event: Found; after: Found[] }> =>
  asked((search) => get("/api/v1/events/{id}/context", { id, query: { before: "50", after: "50", by, masked: "true", search }, signal }), signal);
export const readCompletion = (text: string, at: number, range: Question, signal: AbortSignal): Promise<Completion> =>
  asked((search) => get("/api/v1/search/completion", { query: { ...words(range), q: text, at: String(at), search }, signal }), signal);
export const readCheck = (text: string, signal: AbortSignal): Promise<Check> => get("/api/v1/search/check", { query: { q: text }, signal });
export const readRunning = (signal: AbortSignal): Promise<Schemas["Searches"]> => get("/api/v1/searches", { signal });
export const readSaved = (signal: AbortSignal): Promise<Page<SavedSearch>> => getPage("/api/v1/saved-searches", { query: { limit: "500" }, signal });
export const keepSaved = (search: { name: string; q: string; range: string; shared: boolean }): Promise<SavedSearch> => change("post", "/api/v1/saved-searches", {}, search);
export const dropSaved = (id: string): Promise<unknown> => change("delete", "/api/v1/saved-searches/{id}", { id });
export const revealEvent = (id: string, reason: string): Promise<Found> => change("post", "/api/v1/events/{id}/reveal", { id }, { reason });

// A file of the server, taken piece by piece so that its growth can be shown.
async function download(path: string, body: unknown, signal: AbortSignal, grown: (bytes: number) => void): Promise<Blob> {
  const response = await send("POST", path, body, signal, "*/*");
  const reader = response.body?.getReader();
  const pieces: BlobPart[] = [];
  let bytes = 0;
  for (let piece = await reader?.read(); piece?.value; piece = await reader?.read()) {
    pieces.push(piece.value);
    bytes += piece.value.length;
    grown(bytes);
  }
  return new Blob(pieces, { type: response.headers.get("Content-Type") ?? "application/octet-stream" });
}
export const exportEvents = (question: Question, format: string, signal: AbortSignal, grown: (bytes: number) => void): Promise<Blob> =>
  download("/api/v1/events/export", { ...question, format }, signal, grown);
export const exportEvidence = (ids: readonly string[], reason: string, signal: AbortSignal, grown: (bytes: number) => void): Promise<Blob> =>
  download("/api/v1/events/evidence", { ids, reason }, signal, grown);
