// Which machine stood behind an address: the one, any of several, or what is to be verified, with the events that say so.
import { Link } from "@tanstack/react-router";
import type { InsideAnswer } from "../api/types";
import { formatTime } from "../base/time";
import { Hostile } from "./Hostile";
import { Mark } from "./Icon";
import { useWords } from "./preferences";

type Machine = InsideAnswer["machines"][number];

const AROUND_MS = 3_600_000; // the event lies at the beginning or the end of what it says
const around = (time: string, by: number): string => new Date(new Date(time).getTime() + by).toISOString();
const nameOf = (machine: Machine): string => machine.known_as || machine.host || machine.mac;
const keyOf = (machine: Machine): string => [machine.address, machine.mac, machine.host].join(" ");

function Proof({ machine }: { machine: Machine }) {
  const { say, number } = useWords();
  return (
    <ul className="plain small s">
      {machine.fact > 0 ? <li>{say("machine.fact", { n: number(machine.fact) })}</li> : null}
      {machine.evidence.map((one) => (
        <li key={one.event + one.what}>
          {say(`machine.by.${one.what}`, { from: formatTime(one.from), until: formatTime(one.until) })}
          {one.off_seconds > 0 ? ` · ${say("machine.off", { n: number(one.off_seconds) })}` : null}{" "}
          <Link to="/search" search={{ from: around(one.from, -AROUND_MS), to: around(one.until, AROUND_MS), event: one.event }}>
            {say("machine.event")}
            <span className="vh">{` ${one.event}`}</span>
          </Link>
        </li>
      ))}
      {machine.other_destination ? <li className="c-medium">{say("machine.otherdestination")}</li> : null}
      {machine.proxy_unknown ? <li className="c-medium">{say("machine.proxyunknown")}</li> : null}
    </ul>
  );
}

function One({ machine, sure }: { machine: Machine; sure: boolean }) {
  return (
    <span className={sure ? "c-critical" : "c-medium"}>
      <b className="mono nw">{machine.address}</b> <Hostile text={nameOf(machine)} />
    </span>
  );
}

export function MachineBehind({ inside }: { inside: InsideAnswer | null | undefined }) {
  const { say, number } = useWords();
  if (!inside) return null;
  const verify = inside.state !== "machine" && inside.networks.length > 0;
  return (
    <div className="machine" data-testid="machine">
      <span className="state">
        <Mark kind={inside.state === "machine" ? "acknowledged" : "unknown"} tone={inside.state === "machine" ? "c-critical" : "c-medium"} />
        {say(`machine.state.${inside.state}`)}
      </span>
      {inside.machines.map((machine) => (
        <div key={keyOf(machine)}>
          <One machine={machine} sure={inside.state === "machine"} />
        </div>
      ))}
      {verify ? (
        <div className="small">
          {inside.pool ? (
            <>
              <Hostile text={say("machine.pool", { name: inside.pool })} />{" "}
            </>
          ) : null}
          <span className="mono">{inside.networks.join(", ")}</span>
        </div>
      ) : null}
      {inside.withheld > 0 ? <div className="small dim">{say("machine.withheld", { n: number(inside.withheld) })}</div> : null}
      {inside.more > 0 ? <div className="small dim">{say("machine.more", { n: number(inside.more) })}</div> : null}
      {inside.machines.length > 0 ? (
        <details className="small">
          <summary>{say("machine.proof")}</summary>
          {inside.machines.map((machine) => (
            <div key={keyOf(machine)}>
              {inside.machines.length > 1 ? <b className="mono">{machine.address}</b> : null}
              <Proof machine={machine} />
            </div>
          ))}
          <p className="s">
            {say("machine.skew", { n: number(inside.skew_seconds) })}
            {inside.incomplete ? ` ${say("machine.incomplete")}` : ""}
          </p>
        </details>
      ) : inside.incomplete ? (
        <div className="small c-medium">{say("machine.incomplete")}</div>
      ) : null}
    </div>
  );
}
