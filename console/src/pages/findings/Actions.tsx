import { useChange } from "../../api/resource";
import type { Finding } from "../../api/types";
import { useActions } from "../../parts/actions";
import { useNow } from "../../parts/clock";
import type { Deeds } from "../../parts/deeds";
import { AskDialog } from "../../parts/Dialog";
import { Hostile } from "../../parts/Hostile";
import { Icon } from "../../parts/Icon";
import { FindingState } from "../../parts/Labels";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import { ErrorBox } from "../../parts/States";
import { AssignDialog } from "./AssignDialog";
import { MuteDialog } from "./MuteDialog";
import { CloseDialog } from "./CloseDialog";

export type Asking = "" | "mute" | "close" | "reopen" | "assign";

// What can be done with the finding: buttons, keys (by the page) and the palette are the same three things.
export function Actions({ finding, deeds, asking, setAsking }: { finding: Finding; deeds: Deeds; asking: Asking; setAsking: (asking: Asking) => void }) {
  const { say, ruleTitle } = useWords();
  const { may } = useMe();
  const now = useNow();
  const unmute = useChange("post", "/api/v1/findings/{id}/unmute");
  const reopen = useChange("post", "/api/v1/findings/{id}/reopen");
  const muted = Boolean(finding.muted_until && new Date(finding.muted_until).getTime() > now);
  const closed = finding.state === "closed";
  const fresh = finding.state === "new" && may("finding:acknowledge");
  const mayMute = !closed && may("finding:mute");
  const mayAssign = !closed && may("finding:acknowledge");
  const doAcknowledge = () => {
    void deeds.acknowledge([finding]);
  };
  const doUnmute = () => {
    unmute.mutate({ id: finding.id });
  };
  const done = () => {
    setAsking("");
  };
  useActions([
    ...(fresh ? [{ words: say("do.acknowledge"), key: "A", run: doAcknowledge }] : []),
    ...(mayMute
      ? [
          muted
            ? { words: say("do.unmute"), run: doUnmute }
            : {
                words: say("do.mute"),
                key: "M",
                run: () => {
                  setAsking("mute");
                },
              },
        ]
      : []),
    ...(mayAssign
      ? [
          {
            words: say("do.assign"),
            run: () => {
              setAsking("assign");
            },
          },
        ]
      : []),
    ...(may("finding:close")
      ? [
          {
            words: say(closed ? "do.reopen" : "do.close"),
            run: () => {
              setAsking(closed ? "reopen" : "close");
            },
          },
        ]
      : []),
  ]);
  const what = `${ruleTitle(finding.rule)} · ${finding.entity}`;
  const error = asking === "" ? (deeds.error ?? unmute.error) : unmute.error;
  return (
    <span className="row end">
      {error ? <ErrorBox error={error} /> : null}
      <FindingState finding={finding} now={now} />
      {mayAssign ? (
        <button
          type="button"
          className="btn"
          onClick={() => {
            setAsking("assign");
          }}
        >
          {finding.assignee ? <Hostile text={say("assign.with", { name: finding.assignee })} /> : say("do.assign")}
        </button>
      ) : null}
      {mayMute ? (
        muted ? (
          <button type="button" className="btn" onClick={doUnmute}>
            {say("do.unmute")}
          </button>
        ) : (
          <button
            type="button"
            className="btn"
            onClick={() => {
              setAsking("mute");
            }}
          >
            <Icon name="mute" />
            {say("do.mute")}
            <span className="kbd">{"M"}</span>
          </button>
        )
      ) : null}
      {may("finding:close") ? (
        <button
          type="button"
          className={finding.state === "acknowledged" ? "btn pri" : "btn"}
          onClick={() => {
            setAsking(closed ? "reopen" : "close");
          }}
        >
          {say(closed ? "do.reopen" : "do.close")}
        </button>
      ) : null}
      {fresh ? (
        <button type="button" className="btn pri" disabled={deeds.busy} onClick={doAcknowledge}>
          {say("do.acknowledge")}
          <span className="kbd">{"A"}</span>
        </button>
      ) : null}
      {asking === "mute" ? <MuteDialog finding={finding} deeds={deeds} onClose={done} /> : null}
      {asking === "assign" ? <AssignDialog finding={finding} onClose={done} /> : null}
      {asking === "close" ? (
        <CloseDialog
          title={<Hostile text={say("close.title", { what })} />}
          verb={say("do.close")}
          busy={deeds.busy}
          error={deeds.error}
          onClose={done}
          onConfirm={(reason, verdict) => {
            void deeds.close([finding], reason, verdict).then((well) => {
              if (well) done();
            });
          }}
        />
      ) : null}
      {asking === "reopen" ? (
        <AskDialog
          title={<Hostile text={say("reopen.title", { what })} />}
          verb={say("do.reopen")}
          reason
          busy={reopen.isPending}
          error={reopen.error}
          onClose={done}
          onConfirm={(reason) => {
            reopen.mutate({ id: finding.id, body: { reason } }, { onSuccess: done });
          }}
        />
      ) : null}
    </span>
  );
}
