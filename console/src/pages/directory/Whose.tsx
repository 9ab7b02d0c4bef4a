// 'Whose is this address?': address, port and time, which stand in the URL, and the answer with all that speaks for it.
import { useState } from "react";
import { useResource } from "../../api/resource";
import type { Attribution, AttributionClaim } from "../../api/types";
import { formatTime } from "../../base/time";
import { TextField } from "../../parts/Field";
import { Hostile } from "../../parts/Hostile";
import { useWords } from "../../parts/preferences";
import { Shown } from "../../parts/States";
import { useAddress } from "../../parts/url";
import { Belonging } from "../lists/Attributed";
import { personOf, useValidity } from "./parts";

function Claim({ claim }: { claim: AttributionClaim }) {
  const { say } = useWords();
  const validity = useValidity();
  return (
    <p>
      {say("directory.why.range")} <b className="mono">{claim.range}</b>
      {claim.ports ? <span className="mono">{` :${claim.ports}`}</span> : null}
      {", "}
      <b>
        <Hostile text={claim.organisation_name} />
      </b>
      {", "}
      {validity(claim.from, claim.until)}
      {". "}
      {claim.document ? (
        <>
          <Hostile text={claim.document} />
          {"; "}
        </>
      ) : null}
      <Hostile text={say("directory.why.people", { claimed: personOf(claim.claimed_by), approved: personOf(claim.approved_by) })} />
      {claim.system ? (
        <>
          {" "}
          {say("directory.why.system")}{" "}
          <span className="mono">
            <Hostile text={claim.system} />
          </span>
          {"."}
        </>
      ) : null}
      <span className="faint small mono">{` #${String(claim.number)}`}</span>
    </p>
  );
}

const TONES = { owner: "", conflict: "conflict", gap: "gap", nobody: "gap" } as const;

export function Explanation({ answer }: { answer: Attribution }) {
  const { say } = useWords();
  const { before, after, history } = answer;
  return (
    <div className={`prov ${TONES[answer.kind]}`} data-testid="attribution">
      <p className="row">
        <span className="mono">
          <Hostile text={answer.address} />
          {answer.port === null ? null : `:${String(answer.port)}`}
        </span>
        <span className="faint small">{formatTime(answer.time)}</span>
        <Belonging kind={answer.kind} />
      </p>
      {answer.claims.map((claim) => (
        <Claim key={claim.number} claim={claim} />
      ))}
      {answer.kind === "owner" ? null : <p className="dim">{say(`lists.whose.${answer.kind}.note`)}</p>}
      {answer.port_would_tell ? <p className="c-high">{say("directory.why.port")}</p> : null}
      {before ? (
        <>
          <h3>{say("directory.why.before")}</h3>
          <Claim claim={before} />
        </>
      ) : null}
      {after ? (
        <>
          <h3>{say("directory.why.after")}</h3>
          <Claim claim={after} />
        </>
      ) : null}
      {history.length > 0 ? (
        <details>
          <summary>{say("directory.why.history", { n: history.length })}</summary>
          {history.map((claim) => (
            <Claim key={claim.number} claim={claim} />
          ))}
        </details>
      ) : null}
    </div>
  );
}

// The field takes the wall clock of GMT+7, as all times are shown.
const asked = (local: string): string => (local === "" ? "" : `${local.length === 16 ? `${local}:00` : local}+07:00`);

export function Whose() {
  const { say } = useWords();
  const url = useAddress();
  const [address, setAddress] = useState(url.value("address"));
  const [port, setPort] = useState(url.value("port"));
  const [time, setTime] = useState(url.value("time"));
  const query = { address: url.value("address"), ...(url.value("port") ? { port: url.value("port") } : {}), ...(url.value("time") ? { time: asked(url.value("time")) } : {}) };
  const answer = useResource("/api/v1/attribution", { query, enabled: query.address !== "" });
  return (
    <section className="sec wide" aria-label={say("directory.whose")}>
      <form
        className="row whose"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          url.set({ address: address.trim(), port: port.trim(), time });
        }}
      >
        <TextField label={say("directory.whose")} name="address" className="mono" value={address} onChange={setAddress} maxLength={100} spellCheck={false} autoComplete="off" />
        <TextField label={say("directory.whose.port")} name="port" className="mono" type="number" min={0} max={65535} value={port} onChange={setPort} />
        <TextField label={say("directory.whose.time")} name="time" type="datetime-local" value={time} onChange={setTime} />
        <button type="submit" className="btn" disabled={address.trim() === ""}>
          {say("directory.whose.do")}
        </button>
      </form>
      {query.address === "" ? null : (
        <Shown reading={answer} rows={2}>
          {(told) => <Explanation answer={told} />}
        </Shown>
      )}
    </section>
  );
}
