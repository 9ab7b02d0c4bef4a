// useResource reads, useList reads page by page, useChange changes and then reads again what may have changed.
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { change, get, getPage, type ApiError, type ChangeAnswer, type ChangeBody, type ChangePath, type GetAnswer, type GetPath, type ItemOf, type Page, type Place } from "./client";

export interface ReadOptions extends Place {
  enabled?: boolean;
  every?: number; // ms between two readings
}

export function useResource<P extends GetPath>(path: P, options: ReadOptions = {}) {
  const { enabled = true, every, id, query } = options;
  return useQuery<GetAnswer<P>, ApiError>({
    queryKey: [path, id ?? "", query ?? {}],
    queryFn: () => get(path, { id: id ?? "", query: query ?? {} }),
    enabled,
    ...(every === undefined ? {} : { refetchInterval: every }),
  });
}

export function useList<P extends GetPath>(path: P, options: ReadOptions = {}) {
  const { enabled = true, every, id, query } = options;
  return useInfiniteQuery<Page<ItemOf<P>>, ApiError, ItemOf<P>[], readonly unknown[], string>({
    queryKey: [path, "list", ...(id === undefined ? [] : [id]), query ?? {}],
    queryFn: ({ pageParam }) => getPage(path, { id: id ?? "", query: { limit: "200", ...query, after: pageParam } }),
    ...(every === undefined ? {} : { refetchInterval: every }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
    select: (data) => data.pages.flatMap((page) => page.items),
    enabled,
  });
}

export interface ChangeAsk<V extends "post" | "patch" | "delete", P extends ChangePath<V>> extends Place {
  body?: ChangeBody<V, P>;
}

export function useChange<V extends "post" | "patch" | "delete", P extends ChangePath<V>>(verb: V, path: P) {
  const queries = useQueryClient();
  return useMutation<ChangeAnswer<V, P>, ApiError, ChangeAsk<V, P>>({
    mutationFn: ({ body, ...place }) => change(verb, path, place, body),
    onSuccess: () => queries.invalidateQueries({ predicate: (query) => query.queryKey[0] !== "/api/v1/session" }),
  });
}
