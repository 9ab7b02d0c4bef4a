import { useState } from "react";
import { formatClock, formatTime } from "../../base/time";
import { useChange, useList } from "../../api/resource";
import { silentFor, type Source } from "../../api/types";
import { useNow } from "../../parts/clock";
import { AskDialog, Dialog } from "../../parts/Dialog";
import { Hostile } from "../../parts/Hostile";
import { Icon, Mark } from "../../parts/Icon";
import { When } from "../../parts/Labels";
import { useWords } from "../../parts/preferences";
import { CopyButton, Secret } from "../../parts/Secret";
import { useMe, useOrganisations } from "../../parts/session";
import { Shown } from "../../parts/States";

function SetUp({ name, token }: { name: string; token: string }) {
  const { say } = useWords();
  const url = `${location.origin}/ingest/raw`;
  const command = `curl --fail --data-binary @/var/log/auth.log -H "Authorization: Bearer ${token}" ${url}`;
  return (
    <>
      <Secret text={token} note={say("secret.once")} />
      <p className="dim">{say("sources.setup")}</p>
      <div className="row" style={{ margin: "6px 0" }}><pre className="raw" tabIndex={0} aria-label={name}>{command}</pre><CopyButton text={command} /></div>
      <p className="dim small">{say("sources.vector", { url: `${location.origin}/ingest/ndjson` })}</p>
    </>
  );
}

function AddSource({ onClose }: { onClose: () => void }) {
  const { say } = useWords();
  const [name, setName] = useState("");
  const [token, setToken] = useState("");
  const add = useChange("post", "/api/v1/sources");
  const make = useChange("post", "/api/v1/tokens");
  if (token) return <Dialog wide title={say("sources.ready", { name })} onClose={onClose}><SetUp name={name} token={token} /><footer><button type="button" className="btn pri end" onClick={onClose}>{say("do.done")}</button></footer></Dialog>;
  const send = () => {
    const source = name.trim();
    const then = () => { make.mutate({ body: { role: "ingest", source } }, { onSuccess: (made) => { setToken(made.token ?? ""); } }); };
    if (add.isSuccess) then();
    else add.mutate({ body: { name: source } }, { onSuccess: then });
  };
  return (
    <AskDialog title={say("sources.add")} verb={say("sources.make")} busy={add.isPending || make.isPending} error={add.error ?? make.error} onClose={onClose} onConfirm={send}>
      <label className="labelled"><span>{say("sources.addname")}</span><input className="input mono" name="source" data-autofocus required maxLength={64} pattern="[a-z0-9._\-]+" value={name} onChange={(event) => { setName(event.target.value); }} /></label>
    </AskDialog>
  );
}

function LastReceived({ source, now }: { source: Source; now: number }) {
  const { say, span } = useWords();
  if (source.ended) return <span className="faint">{say("sources.ended", { time: formatTime(source.ended) })}</span>;
  if (!source.last_received) return <span className="state c-unk"><Mark kind="unknown" tone="c-unk" />{say("sources.waiting")}</span>;
  const silent = silentFor(source, now);
  return <><When time={source.last_received} now={now} />{silent > 0 ? <>{" "}<span className="silence"><Icon name="unknown" />{say("sources.silent", { time: span(silent) })}</span></> : null}</>;
}

export function Page() {
  const { say, number } = useWords();
  const { may } = useMe();
  const { names } = useOrganisations();
  const now = useNow();
  const list = useList("/api/v1/sources");
  const [adding, setAdding] = useState(false);
  const odd = (value: number) => (value > 0 ? "num c-unk" : "num faint");
  return (
    <>
      <div className="head row"><h1>{say("page.sources")}</h1><span className="dim">{say("checked", { time: formatClock(list.dataUpdatedAt, true) })}</span>{may("source:write") && may("token:write") ? <button type="button" className="btn pri end" onClick={() => { setAdding(true); }}><Icon name="plus" />{say("sources.add")}</button> : null}</div>
      <Shown reading={list}>
        {(sources) => sources.length === 0 ? <p className="pad">{say("sources.none")}</p> : (
          <div className="scrollx" tabIndex={0}><table className="tbl flush">
            <thead><tr><th>{say("sources.name")}</th><th>{say("col.whose")}</th><th>{say("sources.format")}</th><th className="num">{say("sources.received")}</th><th className="num">{say("sources.accepted")}</th><th className="num">{say("sources.refused")}</th><th className="num">{say("sources.unparsed")}</th><th className="num">{say("sources.late")}</th><th>{say("sources.last")}</th></tr></thead>
            <tbody>{sources.map((source) => (
              <tr key={source.id}><td><b><Hostile text={source.name} /></b></td><td><Hostile text={names.get(source.organisation) ?? ""} /></td><td>{source.format ? <span className="mono"><Hostile text={source.format} /></span> : <span className="faint">{say("sources.auto")}</span>}</td>
                <td className="num">{number(source.counters.received)}</td><td className="num">{number(source.counters.accepted)}</td><td className={odd(source.counters.refused)}>{number(source.counters.refused)}</td><td className={odd(source.counters.unparsed)}>{number(source.counters.unparsed)}</td><td className={odd(source.counters.late)}>{number(source.counters.late)}</td><td><LastReceived source={source} now={now} /></td></tr>
            ))}</tbody>
          </table></div>
        )}
      </Shown>
      {list.hasNextPage ? <div className="pad"><button type="button" className="btn" onClick={() => { void list.fetchNextPage(); }}>{say("do.more")}</button></div> : null}
      {adding ? <AddSource onClose={() => { setAdding(false); }} /> : null}
    </>
  );
}
