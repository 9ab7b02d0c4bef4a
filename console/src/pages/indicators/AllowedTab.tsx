// What people here allow: it never matches, until its day.
import { useState } from "react";
import { useChange, useList } from "../../api/resource";
import type { IndicatorAllowed } from "../../api/types";
import { formatTime } from "../../base/time";
import { DataTable } from "../../parts/DataTable";
import { AskDialog } from "../../parts/Dialog";
import { TextField } from "../../parts/Field";
import { Hostile } from "../../parts/Hostile";
import { Icon } from "../../parts/Icon";
import { MoreRows } from "../../parts/MoreRows";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import { Shown } from "../../parts/States";
import { useKind } from "./parts";

function AllowDialog({ onClose }: { onClose: () => void }) {
  const { say } = useWords();
  const allow = useChange("post", "/api/v1/indicator-allowed");
  const [value, setValue] = useState("");
  const [days, setDays] = useState("90");
  return (
    <AskDialog
      title={say("intel.allow")}
      note={say("intel.allow.note")}
      verb={say("intel.allow")}
      reason
      busy={allow.isPending}
      error={allow.error}
      onClose={onClose}
      onConfirm={(reason) => {
        allow.mutate({ body: { value: value.trim(), reason, days: Number(days) || 90 } }, { onSuccess: onClose });
      }}
    >
      <TextField label={say("intel.value")} name="value" value={value} onChange={setValue} required maxLength={4096} spellCheck={false} autoComplete="off" />
      <TextField label={say("intel.allow.days")} name="days" type="number" min={1} max={730} value={days} onChange={setDays} />
    </AskDialog>
  );
}

function DisallowDialog({ one, onClose }: { one: IndicatorAllowed; onClose: () => void }) {
  const { say } = useWords();
  const disallow = useChange("delete", "/api/v1/indicator-allowed");
  return (
    <AskDialog
      title={<Hostile text={say("intel.disallow.title", { value: one.value })} />}
      note={say("intel.disallow.note")}
      verb={say("intel.disallow")}
      danger
      busy={disallow.isPending}
      error={disallow.error}
      onClose={onClose}
      onConfirm={() => {
        disallow.mutate({ query: { value: one.value, kind: one.kind } }, { onSuccess: onClose });
      }}
    />
  );
}

export function AllowedTab() {
  const { say } = useWords();
  const { may } = useMe();
  const kind = useKind();
  const list = useList("/api/v1/indicator-allowed");
  const [open, setOpen] = useState<"allow" | IndicatorAllowed | null>(null);
  const close = () => {
    setOpen(null);
  };
  return (
    <>
      {may("indicator:write") ? (
        <div className="pad">
          <button
            type="button"
            className="btn pri"
            onClick={() => {
              setOpen("allow");
            }}
          >
            <Icon name="plus" />
            {say("intel.allow")}
          </button>
        </div>
      ) : null}
      <Shown reading={list}>
        {(rows) => (
          <DataTable
            name="indicator-allowed"
            rows={rows}
            keyOf={(one) => `${one.kind} ${one.value}`}
            partly={list.hasNextPage}
            empty={say("intel.allow.none")}
            columns={[
              {
                id: "value",
                title: say("intel.value"),
                value: (one) => one.value,
                show: (one) => (
                  <span className="mono">
                    <Hostile text={one.value} />
                  </span>
                ),
              },
              { id: "kind", title: say("intel.kind"), value: (one) => kind(one.kind) },
              { id: "owner", title: say("intel.owner"), value: (one) => one.owner, show: (one) => <Hostile text={one.owner} /> },
              { id: "until", title: say("intel.until"), value: (one) => one.until, show: (one) => <span className="nw">{formatTime(one.until)}</span> },
              { id: "reason", title: say("intel.reason"), value: (one) => one.reason, show: (one) => <Hostile text={one.reason} /> },
              {
                id: "do",
                title: say("col.next"),
                fixed: true,
                value: () => "",
                show: (one) =>
                  may("indicator:write") ? (
                    <button
                      type="button"
                      className="btn sm"
                      aria-label={`${say("intel.disallow")}: ${one.value}`}
                      onClick={() => {
                        setOpen(one);
                      }}
                    >
                      {say("intel.disallow")}
                    </button>
                  ) : null,
              },
            ]}
          />
        )}
      </Shown>
      <MoreRows list={list} />
      {open === "allow" ? <AllowDialog onClose={close} /> : open ? <DisallowDialog one={open} onClose={close} /> : null}
    </>
  );
}
