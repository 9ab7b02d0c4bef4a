// Whether the query line is right, asked of the server while one types.
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import type { ApiError } from "../../api/client";
import { readCheck, type Check } from "../../api/search";

// What a refused question says about its text.
export function checkOf(error: ApiError | null): Check | undefined {
  const { offset, length, suggestion } = error?.details ?? {};
  if (!error || typeof offset !== "number") return undefined;
  return { valid: false, offset, length: typeof length === "number" ? length : 0, text: error.message.replace(/^field q: /, ""), suggestion: typeof suggestion === "string" ? suggestion : "" };
}

// `valid`: the last text that the server called right.
export function useCheck(draft: string) {
  const [valid, setValid] = useState("");
  const asked = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const check = useQuery<Check, ApiError>({
    queryKey: ["search-check", draft],
    enabled: draft.trim() !== "",
    staleTime: Infinity,
    retry: false,
    refetchOnWindowFocus: false,
    queryFn: ({ signal }) =>
      new Promise<void>((resolve) => {
        asked.current = setTimeout(resolve, 200);
      }).then(() => readCheck(draft, signal)),
  });
  if (check.data?.valid && valid !== draft) setValid(draft);
  if (draft.trim() === "" && valid !== "") setValid("");
  return { check: check.data, valid };
}
