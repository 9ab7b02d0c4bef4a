// What is asked before a feed is added, removed, or its new version used.
import { useState } from "react";
import { useChange } from "../../api/resource";
import type { Feed } from "../../api/types";
import { AskDialog } from "../../parts/Dialog";
import { TextField } from "../../parts/Field";
import { Hostile } from "../../parts/Hostile";
import { useWords } from "../../parts/preferences";

export function AddFeedDialog({ onClose }: { onClose: () => void }) {
  const { say } = useWords();
  const add = useChange("post", "/api/v1/feeds");
  const [name, setName] = useState("");
  const [url, setUrl] = useState("");
  const [organisation, setOrganisation] = useState("");
  const [family, setFamily] = useState("");
  const [confidence, setConfidence] = useState("50");
  const [every, setEvery] = useState("60");
  const [tlp, setTlp] = useState("amber");
  return (
    <AskDialog
      title={say("feed.add")}
      verb={say("feed.add")}
      busy={add.isPending}
      error={add.error}
      onClose={onClose}
      onConfirm={() => {
        add.mutate({ body: { name: name.trim(), url: url.trim(), organisation, family, confidence: Number(confidence) || 0, every_minutes: Number(every) || 60, tlp } }, { onSuccess: onClose });
      }}
    >
      <TextField label={say("feed.name")} name="name" value={name} onChange={setName} required maxLength={64} autoComplete="off" />
      <TextField label={say("feed.url")} name="url" value={url} onChange={setUrl} required maxLength={2000} autoComplete="off" spellCheck={false} />
      <TextField label={say("feed.org")} name="organisation" value={organisation} onChange={setOrganisation} maxLength={200} />
      <TextField label={say("intel.family")} name="family" value={family} onChange={setFamily} maxLength={120} />
      <TextField label={say("intel.confidence")} name="confidence" type="number" min={0} max={100} value={confidence} onChange={setConfidence} />
      <TextField label={say("feed.every")} name="every" type="number" min={1} max={525600} value={every} onChange={setEvery} />
      <label className="labelled">
        <span>{say("intel.tlp")}</span>
        <select
          className="input"
          name="tlp"
          value={tlp}
          onChange={(event) => {
            setTlp(event.target.value);
          }}
        >
          {["clear", "green", "amber", "amber+strict", "red"].map((mark) => (
            <option key={mark} value={mark}>
              {mark}
            </option>
          ))}
        </select>
      </label>
    </AskDialog>
  );
}

export function RemoveFeedDialog({ feed, onClose }: { feed: Feed; onClose: () => void }) {
  const { say, number } = useWords();
  const remove = useChange("delete", "/api/v1/feeds");
  return (
    <AskDialog
      title={<Hostile text={say("feed.remove.title", { name: feed.name })} />}
      note={say("feed.remove.note", { n: number(feed.entries) })}
      verb={say("feed.remove")}
      danger
      busy={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onConfirm={() => {
        remove.mutate({ query: { name: feed.name } }, { onSuccess: onClose });
      }}
    />
  );
}

// Why it is held, in words; what there are no words for, as the server tells it.
function useReasons(feed: Feed): string[] {
  const { say, number } = useWords();
  const [was, now, warned] = [feed.entries, feed.held_entries ?? 0, (feed.examples ?? []).length];
  const why: string[] = [];
  if (now === 0) why.push(say("feed.why.empty", { was: number(was) }));
  else if (was > 0 && now >= 2 * was) why.push(say("feed.why.grew", { was: number(was), now: number(now) }));
  else if (was > 0 && now * 10 < was) why.push(say("feed.why.shrank", { was: number(was), now: number(now) }));
  if (warned > 0) why.push(say("feed.why.warned"));
  return why.length > 0 ? why : [...(feed.reasons ?? [])];
}

// Why it is held, and its new version put in force when that still is what the person sees here.
export function ReleaseDialog({ feed, onClose }: { feed: Feed; onClose: () => void }) {
  const { say, number } = useWords();
  const release = useChange("post", "/api/v1/feeds/release");
  const why = useReasons(feed);
  return (
    <AskDialog
      title={<Hostile text={say("feed.release.title", { name: feed.name })} />}
      note={say("feed.release.note", { was: number(feed.entries), now: number(feed.held_entries ?? 0) })}
      verb={say("feed.release")}
      danger
      reason
      busy={release.isPending}
      error={release.error}
      onClose={onClose}
      onConfirm={(reason) => {
        release.mutate({ body: { name: feed.name, reason, ...(feed.held ? { held: feed.held } : {}) } }, { onSuccess: onClose });
      }}
    >
      <ul data-testid="reasons">
        {why.map((one) => (
          <li key={one}>
            <Hostile text={one} />
          </li>
        ))}
      </ul>
      {(feed.examples ?? []).length > 0 ? (
        <>
          <p>{say("feed.examples")}</p>
          <ul className="mono small">
            {(feed.examples ?? []).map((one) => (
              <li key={one}>
                <Hostile text={one} />
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </AskDialog>
  );
}
