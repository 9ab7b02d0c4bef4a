// The time range: the last minutes to years, or from and to as a person writes them (dd/mm/yyyy hh:mm, GMT+7).
import { Popover } from "@mantine/core";
import { useState } from "react";
import { formatRange, presetOf, PRESETS, readLocal, writeLocal, type Span } from "../../base/range";
import { Icon } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";

interface RangePickerProps {
  from: string;
  to: string;
  range: Span;
  now: number;
  onChange: (from: string, to: string) => void;
}

function Absolute({ range, onChange }: { range: Span; onChange: (from: string, to: string) => void }) {
  const { say } = useWords();
  const [from, setFrom] = useState(() => writeLocal(range.from));
  const [to, setTo] = useState(() => writeLocal(range.to));
  const [tried, setTried] = useState(false);
  const [start, end] = [readLocal(from), readLocal(to)];
  const wrong = start === undefined || end === undefined ? say("search.range.unread") : start >= end ? say("search.range.turned") : "";
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (!wrong && start !== undefined && end !== undefined) onChange(new Date(start).toISOString(), new Date(end).toISOString());
      }}
    >
      <label className="labelled">
        <span>{say("search.range.from")}</span>
        <input
          className="input mono"
          name="from"
          value={from}
          aria-invalid={tried && start === undefined}
          onChange={(event) => {
            setFrom(event.target.value);
          }}
        />
      </label>
      <label className="labelled">
        <span>{say("search.range.to")}</span>
        <input
          className="input mono"
          name="to"
          value={to}
          aria-invalid={tried && end === undefined}
          onChange={(event) => {
            setTo(event.target.value);
          }}
        />
      </label>
      {tried && wrong ? (
        <p className="c-critical small" role="alert">
          {wrong}
        </p>
      ) : null}
      <button type="submit" className="btn">
        {say("search.range.apply")}
      </button>
    </form>
  );
}

export function RangePicker({ from, to, range, now, onChange }: RangePickerProps) {
  const { say } = useWords();
  const [open, setOpen] = useState(false);
  const preset = presetOf(from, to);
  const choose = (start: string, end: string) => {
    setOpen(false);
    onChange(start, end);
  };
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" trapFocus returnFocus portalProps={{ target: "#main" }} transitionProps={{ duration: 0 }} width={320}>
      <Popover.Target>
        <button
          type="button"
          className="field range"
          aria-haspopup="dialog"
          data-testid="range"
          onClick={() => {
            setOpen(!open);
          }}
        >
          <Icon name="clock" />
          {preset ? <b>{say(`range.${preset}`)}</b> : null}
          <span className={preset ? "dim when" : ""}>{formatRange(range, now)}</span>
          <Icon name="down" />
        </button>
      </Popover.Target>
      <Popover.Dropdown className="rangepop" aria-label={say("search.range")}>
        <div className="rangebox">
          <div className="presets" role="group" aria-label={say("search.range.last")}>
            {PRESETS.map((name) => (
              <button
                key={name}
                type="button"
                className="btn sm"
                aria-pressed={name === preset}
                onClick={() => {
                  choose(name, "");
                }}
              >
                {say(`range.${name}`)}
              </button>
            ))}
          </div>
          <Absolute key={`${from} ${to} ${String(open)}`} range={range} onChange={choose} />
          <p className="faint small">{say("search.range.note")}</p>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
