import { useLocation, useNavigate } from "@tanstack/react-router";

// What the address holds after '?', as plain texts. Empty values are left out.
export function useAddress() {
  const location = useLocation();
  const navigate = useNavigate();
  const values = new URLSearchParams(location.searchStr);
  return {
    value: (name: string) => values.get(name) ?? "",
    set: (changes: Record<string, string>) => {
      const next: Record<string, string> = {};
      for (const [name, value] of [...values.entries(), ...Object.entries(changes)]) next[name] = value;
      void navigate({ to: location.pathname, search: Object.fromEntries(Object.entries(next).filter(([, value]) => value !== "")), replace: true });
    },
    clear: () => {
      void navigate({ to: location.pathname, search: {}, replace: true });
    },
  };
}
