// Who is signed in, what they may do, and the names of the organisations they see.
import { createContext, useContext, useMemo, type ReactNode } from "react";
import { useResource } from "../api/resource";
import type { Me } from "../api/types";

const Context = createContext<Me | null>(null);
export function SessionProvider({ me, children }: { me: Me; children: ReactNode }) {
  return <Context value={me}>{children}</Context>;
}

// Whoever signs out wants no sign-in over the page while it goes.
let leaving = false;
export function setLeaving(on: boolean): void {
  leaving = on;
}
export const isLeaving = (): boolean => leaving;

// The role of somebody who answers for one organisation, and has a view of their own.
export const CONTACT = "organisation-contact";

export function useMe() {
  const me = useContext(Context);
  const permissions = me?.permissions ?? [];
  return { name: (me?.name ?? "").replace(/^user:/, ""), role: me?.role ?? "", organisation: me?.organisation ?? null, may: (permission: string) => permissions.includes(permission) };
}

const NONE: never[] = [];
export function useOrganisations() {
  const { may } = useMe();
  const reading = useResource("/api/v1/organisations", { enabled: may("organisation:read"), query: { limit: "1000" } });
  const items = reading.data?.items ?? NONE;
  const names = useMemo(() => new Map(items.map((organisation) => [organisation.id, organisation.name])), [items]);
  return { items, names, count: names.size, more: Boolean(reading.data?.next) };
}
