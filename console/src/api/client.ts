// The one client of the API: same origin, session cookie, CSRF header for whatever changes something.
import { reasonMessages } from "../base/reason_messages";
import type { Told } from "../base/reason";
import type { components, paths } from "./types.gen";

// Every reason that the server has a code for has words here.
reasonMessages satisfies Record<`reason.${components["schemas"]["Reason"]}`, readonly [string, string]>;

type Verb = "post" | "patch" | "delete";
type JsonOf<R> = R extends { content: { "application/json": infer T } } ? T : undefined;
type Answer<R> = R extends { 200: infer A } ? JsonOf<A> : R extends { 201: infer A } ? JsonOf<A> : R extends { 202: infer A } ? JsonOf<A> : undefined;
type Operation<P extends keyof paths, V extends keyof paths[P]> = paths[P][V];

export type GetPath = { [P in keyof paths]: paths[P] extends { get: { responses: unknown } } ? P : never }[keyof paths];
export type GetAnswer<P extends GetPath> = paths[P] extends { get: { responses: infer R } } ? Answer<R> : never;
export type ChangePath<V extends Verb> = { [P in keyof paths]: paths[P] extends Record<V, { responses: unknown }> ? P : never }[keyof paths];
export type ChangeAnswer<V extends Verb, P extends ChangePath<V>> = Operation<P, V> extends { responses: infer R } ? Answer<R> : never;
export type ChangeBody<V extends Verb, P extends ChangePath<V>> = Operation<P, V> extends { requestBody: { content: { "application/json": infer B } } } ? B : undefined;

export interface Place {
  id?: string;
  query?: Record<string, string | undefined>;
  signal?: AbortSignal;
  version?: number | undefined; // of what is changed, for If-Match: a change that came between refuses this one
}

// What went wrong, in the server's own words (RFC 9457), or "unreachable" when nothing answered.
export class ApiError extends Error {
  // `details` are the problem document's own members: where in a query something is wrong, what to write instead.
  constructor(
    readonly status: number,
    message: string,
    readonly code: string,
    readonly field: string | undefined,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
  get told(): Told {
    return { text: this.message, code: this.details["reason_code"], values: this.details["reason_values"] };
  }
}

let csrf = "";
export function keepCsrf(token: string | undefined): void {
  csrf = token ?? "";
}

export function addressOf(path: string, place: Place = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(place.query ?? {})) if (value !== undefined && value !== "") query.set(name, value);
  const text = query.toString();
  return path.replace(/\{\w+\}/, encodeURIComponent(place.id ?? "")) + (text ? `?${text}` : "");
}

// The answer as it comes, for what is no JSON (a file); an answer that is no success is an ApiError.
export async function send(method: string, address: string, body?: unknown, signal?: AbortSignal, accept = "application/json", version?: number): Promise<Response> {
  const headers: Record<string, string> = { Accept: accept };
  if (version !== undefined) headers["If-Match"] = `"${String(version)}"`;
  if (method !== "GET") headers["X-CSRF-Token"] = csrf;
  const bytes = body instanceof Blob; // a file goes as it is
  if (body !== undefined) headers["Content-Type"] = bytes ? "application/octet-stream" : "application/json";
  let response: Response;
  try {
    response = await fetch(address, { method, headers, ...(body === undefined ? {} : { body: bytes ? body : JSON.stringify(body) }), ...(signal ? { signal } : {}), credentials: "same-origin" });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, "unreachable", "unreachable", undefined, { reason_code: "unreachable" });
  }
  if (response.ok) return response;
  const answer = await response.json().catch(() => undefined);
  throw new ApiError(response.status, answer?.detail ?? response.statusText, answer?.code ?? "internal", answer?.field, answer ?? {});
}

async function ask(method: string, address: string, body?: unknown, signal?: AbortSignal, version?: number) {
  const response = await send(method, address, body, signal, undefined, version);
  return response.status === 204 ? undefined : response.json().catch(() => undefined);
}

export async function get<P extends GetPath>(path: P, place: Place = {}): Promise<GetAnswer<P>> {
  return ask("GET", addressOf(path, place), undefined, place.signal);
}

// The lists of the API: what an item is follows from the path.
export type ItemOf<P extends GetPath> = GetAnswer<P> extends { items: (infer T)[] } ? T : never;
export interface Page<T> {
  items: T[];
  next: string | null;
}
export async function getPage<P extends GetPath>(path: P, place: Place): Promise<Page<ItemOf<P>>> {
  return ask("GET", addressOf(path, place), undefined, place.signal);
}

export async function change<V extends Verb, P extends ChangePath<V>>(verb: V, path: P, place: Place, body?: ChangeBody<V, P>): Promise<ChangeAnswer<V, P>> {
  return ask(verb.toUpperCase(), addressOf(String(path), place), body, undefined, place.version);
}
