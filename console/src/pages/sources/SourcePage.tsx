import { Link, useParams } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { shortId } from "../../base/text";
import { formatClock, formatTime } from "../../base/time";
import { useChange, useResource } from "../../api/resource";
import { revealEvent } from "../../api/search";
import type { Source } from "../../api/types";
import { useActions } from "../../parts/actions";
import { useNow } from "../../parts/clock";
import { AskDialog, Dialog } from "../../parts/Dialog";
import { FirstEvent } from "../../parts/FirstEvent";
import { Hostile } from "../../parts/Hostile";
import { Icon, Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { Reveal } from "../../parts/Reveal";
import { CopyButton } from "../../parts/Secret";
import { useMe, useOrganisations } from "../../parts/session";
import { SetUp } from "../../parts/SetUp";
import { Shown } from "../../parts/States";
import { textOfBytes } from "../../base/hostile";
import { useActivity } from "../../parts/WatchRibbon";
import { LagOf, LastReceived } from "./cells";
import { TextField } from "../../parts/Field";

const RateChart = lazy(() => import("../../parts/RateChart").then((module) => ({ default: module.RateChart })));
const QUARTER_MS = 900_000;

// The last record that was not understood: why, and the bytes as they came. Who may see personal data and says why sees
// them where they are masked.
function Sample({ sample }: { sample: { event: string; reason: string } }) {
  const { say } = useWords();
  const { may } = useMe();
  const reading = useResource("/api/v1/events/{id}", { id: sample.event, enabled: may("event:read") });
  const [shown, setShown] = useState<string | null>(null);
  return (
    <>
      <p className="state" style={{ whiteSpace: "normal" }}>
        <Mark kind="unknown" tone="c-unk" />
        <b>
          <Hostile text={sample.reason} />
        </b>
        <span className="faint mono small">{sample.event}</span>
      </p>
      <Shown reading={reading} rows={2}>
        {(event) => {
          const raw = shown ?? event.raw;
          return (
            <>
              {raw !== undefined ? (
                <pre className="raw" tabIndex={0} aria-label={say("events.raw")}>
                  <Hostile text={textOfBytes(raw)} />
                </pre>
              ) : null}
              {event.masked ? (
                <Reveal
                  note={say("events.masked")}
                  allowed={may("personal:reveal")}
                  reveal={async (reason) => {
                    setShown((await revealEvent(sample.event, reason)).raw ?? null);
                  }}
                  onHide={() => {
                    setShown(null);
                  }}
                />
              ) : null}
            </>
          );
        }}
      </Shown>
    </>
  );
}

function EditDialog({ source, onClose }: { source: Source; onClose: () => void }) {
  const { say } = useWords();
  const [format, setFormat] = useState(source.format);
  const [zone, setZone] = useState(source.zone);
  const change = useChange("patch", "/api/v1/sources/{id}");
  return (
    <AskDialog
      title={<Hostile text={say("sources.edit.title", { name: source.name })} />}
      note={say("sources.edit.note")}
      verb={say("do.save")}
      busy={change.isPending}
      error={change.error}
      onClose={onClose}
      onConfirm={() => {
        change.mutate({ id: source.id, body: { format: format.trim(), zone: zone.trim() } }, { onSuccess: onClose });
      }}
    >
      <TextField label={say("sources.format.pin")} className="mono" name="format" maxLength={64} value={format} onChange={setFormat} />
      <TextField label={say("sources.zone")} className="mono" name="zone" maxLength={64} value={zone} onChange={setZone} />
    </AskDialog>
  );
}

function NewToken({ source, onClose }: { source: Source; onClose: () => void }) {
  const { say } = useWords();
  const make = useChange("post", "/api/v1/tokens");
  const token = make.data?.token ?? "";
  if (token)
    return (
      <Dialog wide title={<Hostile text={say("sources.ready", { name: source.name })} />} onClose={onClose}>
        <SetUp token={token} />
        <footer>
          <button type="button" className="btn pri end" onClick={onClose}>
            {say("do.done")}
          </button>
        </footer>
      </Dialog>
    );
  return (
    <AskDialog
      title={<Hostile text={say("sources.token.title", { name: source.name })} />}
      note={say("sources.token.note")}
      verb={say("sources.token")}
      busy={make.isPending}
      error={make.error}
      onClose={onClose}
      onConfirm={() => {
        make.mutate({ body: { role: "ingest", source: source.name } });
      }}
    />
  );
}

function Activity({ source }: { source: Source }) {
  const { say, number } = useWords();
  const activity = useActivity();
  const own = activity.data?.items.find((item) => item.source === source.id);
  if (!activity.data || !own) return null;
  const known = Math.max(0, own.counts.length - Math.ceil((new Date(activity.data.until).getTime() - new Date(activity.data.since).getTime()) / QUARTER_MS));
  return (
    <section className="sec wide">
      <header>
        <h2>{say("sources.rate")}</h2>
        <span className="dim small">{say("sources.rate.note", { n: number(own.counts.reduce((sum, count) => sum + count, 0)) })}</span>
        {known > 0 ? <span className="end c-unk">{say("sources.rate.since", { time: formatTime(activity.data.since) })}</span> : null}
      </header>
      <Suspense fallback={<div className="rate" />}>
        <RateChart until={activity.data.until} counts={own.counts} known={known} />
      </Suspense>
    </section>
  );
}

export function Page() {
  const { say, number } = useWords();
  const { id = "" } = useParams({ strict: false });
  const { names } = useOrganisations();
  const { may } = useMe();
  const now = useNow();
  const reading = useResource("/api/v1/sources/{id}", { id });
  const end = useChange("post", "/api/v1/sources/{id}/end");
  const [asking, setAsking] = useState<"" | "edit" | "end" | "token">("");
  const shut = () => {
    setAsking("");
  };
  const live = reading.data?.ended === null && may("source:write");
  useActions(
    live
      ? [
          {
            words: say("sources.edit"),
            run: () => {
              setAsking("edit");
            },
          },
          {
            words: say("sources.end"),
            run: () => {
              setAsking("end");
            },
          },
        ]
      : [],
  );
  return (
    <Shown reading={reading} rows={8}>
      {(source) => (
        <>
          <div className="head">
            <div className="crumb">
              <Link to="/sources">{say("page.sources")}</Link>
              <Icon name="right" />
              <Hostile text={names.get(source.organisation) ?? say("host.unknown")} />
              <Icon name="right" />
              <span className="mono" title={source.id}>
                {shortId(source.id)}
              </span>
              <CopyButton text={source.id} />
            </div>
            <div className="row">
              <h1>
                <Hostile text={source.name} />
              </h1>
              <LastReceived source={source} now={now} />
              {live ? (
                <span className="end row">
                  {may("token:write") ? (
                    <button
                      type="button"
                      className="btn"
                      onClick={() => {
                        setAsking("token");
                      }}
                    >
                      {say("sources.token")}
                    </button>
                  ) : null}
                  <button
                    type="button"
                    className="btn"
                    onClick={() => {
                      setAsking("edit");
                    }}
                  >
                    {say("sources.edit")}
                  </button>
                  <button
                    type="button"
                    className="btn"
                    onClick={() => {
                      setAsking("end");
                    }}
                  >
                    {say("sources.end")}
                  </button>
                </span>
              ) : null}
            </div>
          </div>
          <div className="cols detail">
            <div className="wide">
              {source.last_received === null && source.ended === null ? (
                <section className="sec wide">
                  <FirstEvent id={source.id} />
                </section>
              ) : null}
              <Activity source={source} />
              {source.unparsed_sample ? (
                <section className="sec wide">
                  <header>
                    <h2>{say("sources.sample")}</h2>
                    <span className="dim small">{say("now.unparsed", { n: number(source.counters.unparsed) })}</span>
                  </header>
                  <Sample sample={source.unparsed_sample} />
                </section>
              ) : (
                <section className="sec wide">
                  <p className="state">
                    <Mark kind="closed" tone="c-ok" />
                    {say("sources.allread")}
                  </p>
                </section>
              )}
            </div>
            <aside className="rail" aria-label={say("sources.account")}>
              <section className="sec">
                <header>
                  <h2>{say("sources.account")}</h2>
                </header>
                <dl className="kv">
                  <dt>{say("sources.received")}</dt>
                  <dd>{number(source.counters.received)}</dd>
                  <dt>{say("sources.accepted")}</dt>
                  <dd>{number(source.counters.accepted)}</dd>
                  <dt>{say("sources.refused")}</dt>
                  <dd>{number(source.counters.refused)}</dd>
                  <dt>{say("sources.unparsed")}</dt>
                  <dd>{number(source.counters.unparsed)}</dd>
                  <dt>{say("sources.late")}</dt>
                  <dd>{number(source.counters.late)}</dd>
                  <dt>{say("sources.lag")}</dt>
                  <dd>
                    <LagOf source={source} />
                  </dd>
                </dl>
              </section>
              <section className="sec">
                <header>
                  <h2>{say("sources.facts")}</h2>
                </header>
                <dl className="kv">
                  <dt>{say("sources.format")}</dt>
                  <dd>
                    {source.format ? (
                      <span className="mono">
                        <Hostile text={source.format} />
                      </span>
                    ) : (
                      say("sources.auto")
                    )}
                  </dd>
                  <dt>{say("sources.zone.short")}</dt>
                  <dd className="mono">{source.zone || "UTC"}</dd>
                  <dt>{say("sources.created")}</dt>
                  <dd>{formatTime(source.created)}</dd>
                  <dt>{say("host.id")}</dt>
                  <dd className="mono small">{source.id}</dd>
                </dl>
              </section>
              <section className="sec faint small">{say("checked", { time: formatClock(reading.dataUpdatedAt, true) })}</section>
            </aside>
          </div>
          {asking === "edit" ? <EditDialog source={source} onClose={shut} /> : null}
          {asking === "token" ? <NewToken source={source} onClose={shut} /> : null}
          {asking === "end" ? (
            <AskDialog
              title={<Hostile text={say("sources.end.title", { name: source.name })} />}
              note={say("sources.end.note")}
              verb={say("sources.end")}
              danger
              busy={end.isPending}
              error={end.error}
              onClose={shut}
              onConfirm={() => {
                end.mutate({ id: source.id }, { onSuccess: shut });
              }}
            />
          ) : null}
        </>
      )}
    </Shown>
  );
}
