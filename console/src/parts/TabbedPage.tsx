// A page that is made of tabs: those that the person may see, the chosen one by `tab` in the URL.
import { Link } from "@tanstack/react-router";
import type { ComponentType, ReactNode } from "react";
import type { MessageKey } from "../base/messages";
import { useWords } from "./preferences";
import { useMe } from "./session";
import { useAddress } from "./url";

// Name in the URL, title, permission, content.
export type Tab = readonly [name: string, title: MessageKey, permission: string, body: ComponentType];

interface Props {
  heading: MessageKey;
  to: "/administration" | "/directory" | "/indicators";
  tabs: readonly Tab[];
  above?: ReactNode; // stands above the tabs, whichever is chosen
}
export function TabbedPage({ heading, to, tabs, above }: Props) {
  const { say } = useWords();
  const { may } = useMe();
  const address = useAddress();
  const seen = tabs.filter(([, , permission]) => may(permission));
  const tab = seen.find(([name]) => name === address.value("tab")) ?? seen[0];
  const Body = tab?.[3];
  return (
    <>
      <div className="head row">
        <h1>{say(heading)}</h1>
      </div>
      {above}
      <nav className="tabs" aria-label={say(heading)}>
        {seen.map(([name, label]) => (
          <Link key={name} to={to} search={{ tab: name }} aria-current={name === tab?.[0] ? "page" : undefined}>
            {say(label)}
          </Link>
        ))}
      </nav>
      {Body ? <Body /> : null}
    </>
  );
}
