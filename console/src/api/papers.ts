// Files of papers: what is handed in as it is, and addresses of what is given.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { send, type ApiError } from "./client";
import type { Paper } from "./types";

export const paperFile = (id: string, what: "document" | "file" | "mail" | "page", query: Record<string, string> = {}): string => {
  const text = new URLSearchParams(query).toString();
  return `/api/v1/papers/${encodeURIComponent(id)}/${what}${text ? `?${text}` : ""}`;
};
export const callSheet = (id: string): string => `/api/v1/escalations/${encodeURIComponent(id)}/sheet`;

export interface Signing {
  id: string;
  version: number;
  file: Blob;
  kind: "file" | "detached";
}
export function useSign() {
  const queries = useQueryClient();
  return useMutation<Paper, ApiError, Signing>({
    mutationFn: async ({ id, version, file, kind }) => {
      const response = await send("POST", `/api/v1/papers/${encodeURIComponent(id)}/sign?kind=${kind}`, new Blob([file], { type: "application/octet-stream" }), undefined, undefined, version);
      return response.json();
    },
    onSuccess: () => queries.invalidateQueries({ predicate: (query) => query.queryKey[0] !== "/api/v1/session" }),
  });
}
