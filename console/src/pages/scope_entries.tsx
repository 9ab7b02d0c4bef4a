// The choice of organisations in the palette: to the tree, to all, or to one by its name.
import { useMemo, useRef, useEffect } from "react";
import { Icon } from "../parts/Icon";
import { useWords } from "../parts/preferences";
import { useScope } from "../parts/scope";
import { useOrganisations } from "../parts/session";
import type { PaletteEntry } from "./Palette";

export function useScopeEntries(onChoose: () => void): PaletteEntry[] {
  const { say } = useWords();
  const { items } = useOrganisations();
  const { ids, choose } = useScope();
  const latest = useRef({ choose, onChoose });
  useEffect(() => {
    latest.current = { choose, onChoose };
  });
  const chosen = ids.length > 0;
  return useMemo(() => {
    if (items.length < 2 && !chosen) return [];
    const entry = (text: string, run: () => void): PaletteEntry => ({ group: "palette.do", text, icon: <Icon name="units" />, run });
    return [
      entry(say("scope.choose"), () => {
        latest.current.onChoose();
      }),
      ...(chosen
        ? [
            entry(say("scope.show.all"), () => {
              latest.current.choose([]);
            }),
          ]
        : []),
      ...items.map((unit) =>
        entry(say("scope.only", { what: unit.name }), () => {
          latest.current.choose([unit.id]);
        }),
      ),
    ];
  }, [items, chosen, say]);
}
