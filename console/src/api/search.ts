// Questions to the archive. Each carries its own id, so that its progress can be watched and it can be cancelled; a
// signal that is aborted cancels it on the server as well.
import { addressOf, send } from "./client";

export interface Question {
  q: string;
  from: string; // RFC 3339
  to: string;
  masked: boolean; // personal fields are hidden from who might see them; shown ones stand in the audit chain
}
export interface Found {
  id: string;
  occurred: string;
  received: string;
  source: { id: string | null; name: string };
  organisation: string;
  format: string;
  peer?: string;
  unparsed?: string;
  fields: Record<string, unknown>;
  masked: boolean;
  raw?: string;
}
export interface FieldCount {
  name: string;
  count: number;
  type: string;
  ecs: boolean;
  personal: boolean;
}
export interface TopValues {
  field: string;
  events: number;
  with_field: number;
  distinct: number;
  values: { value: string; count: number }[];
}
export interface CompletionItem {
  text: string;
  kind: string;
  note: string;
}
export interface Completion {
  start: number;
  end: number;
  items: CompletionItem[];
}
export interface Check {
  valid: boolean;
  offset?: number; // bytes
  length?: number;
  text?: string;
  suggestion?: string;
}
export interface Running {
  id: string;
  progress: number;
  waiting: boolean;
}
export interface SavedSearch {
  id: string;
  name: string;
  q: string;
  range: string;
  shared: boolean;
}

const running = new Set<string>();
export const runningIds = (): string[] => [...running];

async function read(path: string, query: Record<string, string | undefined>, signal?: AbortSignal) {
  const response = await send("GET", addressOf(path, { query }), undefined, signal);
  return response.json();
}

// A question under an id of its own. When the signal is aborted before the answer came, the server is told to stop.
async function asked(path: string, query: Record<string, string | undefined>, signal: AbortSignal) {
  const id = crypto.randomUUID();
  const stop = () => { void cancel(id); };
  running.add(id);
  signal.addEventListener("abort", stop);
  try {
    return await read(path, { ...query, search: id }, signal);
  } finally {
    signal.removeEventListener("abort", stop);
    running.delete(id);
  }
}
async function cancel(id: string): Promise<void> {
  await send("DELETE", `/api/v1/searches/${id}`).catch(() => undefined); // it may have ended already
}

const words = (question: Question) => ({ q: question.q, from: question.from, to: question.to, masked: String(question.masked) });

export async function findPage(question: Question, order: string, after: string, limit: number, signal: AbortSignal): Promise<{ items: Found[]; next: string | null }> {
  return asked("/api/v1/events", { ...words(question), order, after, limit: String(limit) }, signal);
}
export async function countEvents(question: Question, signal: AbortSignal): Promise<{ count: number }> {
  return asked("/api/v1/events/count", words(question), signal);
}
export async function readHistogram(question: Question, seconds: number, signal: AbortSignal): Promise<{ step: number; buckets: { from: string; count: number }[] }> {
  return asked("/api/v1/events/histogram", { ...words(question), step: String(seconds) }, signal);
}
export async function readFields(question: Question, signal: AbortSignal): Promise<{ items: FieldCount[] }> {
  return asked("/api/v1/events/fields", words(question), signal);
}
export async function readTop(question: Question, field: string, most: number, signal: AbortSignal): Promise<TopValues> {
  return asked("/api/v1/events/top", { ...words(question), field, most: String(most) }, signal);
}
export async function readContext(id: string, by: string, signal: AbortSignal): Promise<{ before: Found[]; event: Found; after: Found[] }> {
  return read(`/api/v1/events/${encodeURIComponent(id)}/context`, { before: "50", after: "50", by, masked: "true" }, signal);
}
export async function readCompletion(text: string, at: number, range: Question, signal: AbortSignal): Promise<Completion> {
  return read("/api/v1/search/completion", { q: text, at: String(at), from: range.from, to: range.to, masked: "true" }, signal);
}
export async function readCheck(text: string, signal: AbortSignal): Promise<Check> {
  return read("/api/v1/search/check", { q: text }, signal);
}
export async function readRunning(signal: AbortSignal): Promise<{ items: Running[] }> {
  return read("/api/v1/searches", {}, signal);
}
export async function readSaved(signal: AbortSignal): Promise<{ items: SavedSearch[] }> {
  return read("/api/v1/saved-searches", {}, signal);
}
export async function keepSaved(search: Omit<SavedSearch, "id">): Promise<SavedSearch> {
  return (await send("POST", "/api/v1/saved-searches", search)).json();
}
export async function dropSaved(id: string): Promise<void> {
  await send("DELETE", `/api/v1/saved-searches/${encodeURIComponent(id)}`);
}
export async function revealEvent(id: string, reason: string): Promise<Found> {
  return (await send("POST", `/api/v1/events/${encodeURIComponent(id)}/reveal`, { reason })).json();
}

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
export const exportEvents = (question: Question, format: string, signal: AbortSignal, grown: (bytes: number) => void): Promise<Blob> => download("/api/v1/events/export", { q: question.q, from: question.from, to: question.to, masked: question.masked, format }, signal, grown);
export const exportEvidence = (ids: readonly string[], reason: string, signal: AbortSignal, grown: (bytes: number) => void): Promise<Blob> => download("/api/v1/events/evidence", { ids, reason }, signal, grown);
