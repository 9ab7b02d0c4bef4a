// Lists of victims: a file is uploaded, read as often as the person answers, and kept. Nothing is told twice: what a column
// means, what is in doubt and what became of a row is the server's word.
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Choices } from "../base/list_choices";
import { ApiError, send } from "./client";
import type { ListKept, ListReading, ListUpload } from "./types";

export interface ListKeep extends Choices {
  own?: boolean; // a list of its own, although another says the same
  indicators?: boolean;
  save_profile?: string;
}

export const listFile = (id: string, what: "original" | "rejected"): string => `/api/v1/lists/${encodeURIComponent(id)}/${what}`;
export const uploadRejected = (id: string): string => `/api/v1/list-uploads/${encodeURIComponent(id)}/rejected`;

// The bytes as they are; the name stands beside them.
export async function uploadList(file: Blob, name: string): Promise<ListUpload> {
  const response = await send("POST", `/api/v1/list-uploads?${new URLSearchParams({ name }).toString()}`, file);
  return response.json();
}

// What the server reads under these answers; what was read before stays until then.
export function useReading(id: string, choices: Choices) {
  return useQuery<ListReading, ApiError>({
    queryKey: ["/api/v1/list-uploads/{id}/read", id, choices],
    queryFn: async () => {
      const response = await send("POST", `/api/v1/list-uploads/${encodeURIComponent(id)}/read`, choices);
      const answer = await response.json();
      return answer.reading;
    },
    enabled: id !== "",
    staleTime: Infinity,
    retry: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    placeholderData: keepPreviousData,
  });
}

export function useKeep(id: string) {
  const queries = useQueryClient();
  return useMutation<ListKept, ApiError, ListKeep>({
    mutationFn: async (body) => {
      const response = await send("POST", `/api/v1/list-uploads/${encodeURIComponent(id)}/keep`, body);
      return response.json();
    },
    onSuccess: () => queries.invalidateQueries({ predicate: (query) => query.queryKey[0] !== "/api/v1/session" && query.queryKey[0] !== "/api/v1/list-uploads/{id}/read" }),
  });
}

// An upload that nobody keeps is forgotten by itself; this only does it at once.
export async function dropUpload(id: string): Promise<void> {
  await send("DELETE", `/api/v1/list-uploads/${encodeURIComponent(id)}`).catch(() => undefined);
}

// ---- profiles ----

export interface ProfileDraft {
  title: string;
  title_vi: string;
  columns: Record<string, string>;
  zone: string;
  date_order?: "day-first" | "month-first";
  requires: string[];
  file_words: string[];
  keeps_others: boolean;
  report: string;
}
const profilePlace = (name: string): string => `/api/v1/list-profiles/${encodeURIComponent(name)}`;

export function useProfileSave() {
  const queries = useQueryClient();
  return useMutation<unknown, ApiError, { name: string; draft: ProfileDraft }>({
    mutationFn: async ({ name, draft }) => {
      await send("PUT", profilePlace(name), draft);
    },
    onSuccess: () => queries.invalidateQueries({ predicate: (query) => query.queryKey[0] === "/api/v1/list-profiles" }),
  });
}

export function useProfileRemove() {
  const queries = useQueryClient();
  return useMutation<unknown, ApiError, string>({
    mutationFn: async (name) => {
      await send("DELETE", profilePlace(name));
    },
    onSuccess: () => queries.invalidateQueries({ predicate: (query) => query.queryKey[0] === "/api/v1/list-profiles" }),
  });
}

// Reads a file by a profile; nothing of it is kept.
export function useProfileTry() {
  return useMutation<ListReading, ApiError, { file: File; profile: string }>({
    mutationFn: async ({ file, profile }) => {
      const upload = await uploadList(file, file.name);
      try {
        const response = await send("POST", `/api/v1/list-uploads/${encodeURIComponent(upload.id)}/read`, { profile });
        const answer = await response.json();
        return answer.reading;
      } finally {
        await dropUpload(upload.id);
      }
    },
  });
}
