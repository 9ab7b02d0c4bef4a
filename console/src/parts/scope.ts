// The organisations that a person looks at now: those chosen in the top bar and what is below them. They stand in the
// address of every page, so that a colleague sees the same; none chosen is all that one may see, never a silent default.
import { useLocation, useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";

export const SCOPE = "organisation"; // in the address, and the parameter of the API
export const MOST_CHOSEN = 100; // as many as the server takes

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
// What is no id is left out: the address may have been written by hand.
export const readScope = (text: string): string[] => [...new Set(text.split(",").filter((id) => UUID.test(id)))].slice(0, MOST_CHOSEN);

export function useScope() {
  const location = useLocation();
  const navigate = useNavigate();
  const text = readScope(new URLSearchParams(location.searchStr).get(SCOPE) ?? "").join(",");
  return useMemo(() => {
    const scoped: { organisation?: string } = text === "" ? {} : { organisation: text };
    return {
      ids: text === "" ? [] : text.split(","),
      scoped, // for the query of a list
      choose: (ids: readonly string[]) => {
        const values = Object.fromEntries(new URLSearchParams(window.location.search));
        void navigate({ to: location.pathname, search: { ...values, [SCOPE]: ids.length === 0 ? undefined : ids.join(",") } });
      },
    };
  }, [text, navigate, location.pathname]);
}
