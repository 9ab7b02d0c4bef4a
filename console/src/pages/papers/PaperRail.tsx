// Beside a paper: what was done with it, and which clocks of the law it stops.
import { paperFile } from "../../api/papers";
import { useChange, useList, useResource } from "../../api/resource";
import type { PaperFact } from "../../api/types";
import { formatTime } from "../../base/time";
import { Hostile } from "../../parts/Hostile";
import { Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import { ErrorBox, Shown } from "../../parts/States";
import { CHANNELS, FACT_MARKS, roleOf } from "./parts";

function Signature({ fact }: { fact: PaperFact }) {
  const { say } = useWords();
  const signature = fact.signature;
  if (!signature) return null;
  if (signature.form === "none") return <div className="small dim">{say("paper.signature.none")}</div>;
  return (
    <div className="small">
      <Hostile text={say("paper.signature.fits", { who: signature.signers.join("; ") })} />
      {signature.chain_checked ? null : <div className="c-unk">{say("paper.signature.chain")}</div>}
      {signature.revocation_checked ? null : <div className="c-unk">{say("paper.signature.revocation")}</div>}
      {signature.whole ? null : <div className="c-critical">{say("paper.signature.part")}</div>}
    </div>
  );
}

export function Facts({ id }: { id: string }) {
  const { say } = useWords();
  const list = useList("/api/v1/papers/{id}/facts", { id });
  return (
    <section className="sec" aria-labelledby="paper-facts">
      <header>
        <h2 id="paper-facts">{say("paper.facts")}</h2>
      </header>
      <Shown reading={list} rows={4}>
        {(facts) => (
          <ol className="plain" data-testid="paper-facts">
            {facts.map((fact) => {
              const channel = CHANNELS.find((one) => one === fact.channel);
              return (
                <li key={fact.number} style={{ overflowWrap: "anywhere" }}>
                  <span className="state">
                    <Mark kind={FACT_MARKS[fact.kind]} tone={fact.kind === "acknowledged" ? "c-ok" : ""} />
                    <b>{say(`paper.fact.${fact.kind}`)}</b>
                  </span>{" "}
                  <span className="small faint nw">{formatTime(fact.time)}</span> <span className="small faint">{fact.actor.replace(/^user:/, "")}</span>
                  {fact.addressee ? (
                    <div>
                      <Hostile text={fact.addressee} />
                      <span className="small dim">{` · ${say(`paper.role.${roleOf(fact.role)}`)}${channel ? ` · ${say(`paper.channel.${channel}`)}` : ""}`}</span>
                    </div>
                  ) : null}
                  {fact.receipt ? (
                    <div>
                      <Hostile text={[fact.receipt, fact.receipt_day].filter(Boolean).join(", ")} />
                    </div>
                  ) : null}
                  {fact.note && fact.kind !== "issued" ? (
                    <div className="small dim">
                      <Hostile text={fact.note} />
                    </div>
                  ) : null}
                  <Signature fact={fact} />
                  {fact.sha256 ? (
                    <div className="small faint">
                      <a href={paperFile(id, "file", { fact: String(fact.number) })} download>
                        {say("paper.fact.file")}
                      </a>{" "}
                      <span className="mono">{fact.sha256.slice(0, 16)}…</span>
                    </div>
                  ) : null}
                </li>
              );
            })}
          </ol>
        )}
      </Shown>
    </section>
  );
}

const MAIL_MARKS = { waiting: ["new", ""], sent: ["acknowledged", "c-acc"], failed: ["unknown", "c-high"] } as const;

// Mails that the node sends itself; nothing where there are none.
export function Mails({ id }: { id: string }) {
  const { say, why, number } = useWords();
  const { may } = useMe();
  const list = useList("/api/v1/papers/{id}/mails", { id, every: 5_000 });
  const withdraw = useChange("post", "/api/v1/paper-mails/{id}/withdraw");
  const mails = list.data ?? [];
  if (mails.length === 0) return null;
  return (
    <section className="sec" aria-labelledby="paper-mails">
      <header>
        <h2 id="paper-mails">{say("paper.mails")}</h2>
      </header>
      <ol className="plain" data-testid="paper-mails">
        {mails.map((mail) => (
          <li key={mail.id} style={{ overflowWrap: "anywhere" }}>
            <span className="state">
              <Mark kind={MAIL_MARKS[mail.state][0]} tone={MAIL_MARKS[mail.state][1]} />
              <b>{say(mail.bounced ? "paper.mail.bounced" : `paper.mail.${mail.state}`)}</b>
            </span>{" "}
            <span className="small faint nw">{formatTime(mail.ended ?? mail.queued)}</span>
            <div>
              <Hostile text={`${mail.addressee} · ${mail.to}`} />
              {mail.encrypted ? <span className="small dim">{` · ${say("paper.mail.encrypted")}`}</span> : null}
            </div>
            {mail.error ? (
              <div className="small dim">
                <Hostile text={why({ text: mail.error, code: mail.reason_code, values: mail.reason_values })} />
              </div>
            ) : null}
            {mail.next_attempt && mail.attempts > 0 ? <div className="small dim">{say("paper.mail.tries", { n: number(mail.attempts), time: formatTime(mail.next_attempt) })}</div> : null}
            {mail.state === "waiting" && may("paper:send") ? (
              <button
                type="button"
                className="btn sm"
                disabled={withdraw.isPending}
                onClick={() => {
                  withdraw.mutate({ id: mail.id });
                }}
              >
                {say("paper.mail.withdraw")}
              </button>
            ) : null}
          </li>
        ))}
      </ol>
      {withdraw.error ? <ErrorBox error={withdraw.error} /> : null}
    </section>
  );
}

export function Clocks({ id }: { id: string }) {
  const { say, language } = useWords();
  const reading = useResource("/api/v1/papers/{id}/clocks", { id });
  return (
    <section className="sec" aria-labelledby="paper-clocks">
      <header>
        <h2 id="paper-clocks">{say("paper.clocks")}</h2>
      </header>
      <Shown reading={reading} rows={2}>
        {(found) =>
          found.items.length === 0 ? (
            <p className="faint">{say("paper.clocks.none")}</p>
          ) : (
            <ul className="plain" data-testid="paper-clocks">
              {found.items.map((one) => (
                <li key={one.clock.id}>
                  <b>{language === "vi" ? one.clock.title_vi : one.clock.title}</b>
                  {one.clock.immediately || one.clock.strict === undefined ? null : <div>{say("case.due.until", { time: formatTime(one.clock.strict) })}</div>}
                  {one.clock.immediately ? <div>{say("case.due.now")}</div> : null}
                  {one.state === "waits" ? null : <div className={one.state === "met" ? "c-ok" : one.state === "late" ? "c-high" : "dim"}>{say(`paper.clock.${one.state}`)}</div>}
                  {one.lacking.length > 0 ? <div className="dim">{say("paper.clock.waits", { who: one.lacking.map((role) => say(`paper.role.${roleOf(role)}`)).join(", ") })}</div> : null}
                  <div className="small faint">{one.clock.basis}</div>
                </li>
              ))}
            </ul>
          )
        }
      </Shown>
    </section>
  );
}
