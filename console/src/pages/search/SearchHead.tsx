// The head of the search page: title and saved searches, the query line with range and start or stop, the bubbles.
import { readCompletion } from "../../api/search";
import { conditionsOf, inverted, without, type Bubble } from "../../base/query_text";
import { sayQueryError } from "../../base/query_errors";
import { writeWithin } from "../../base/range";
import { Hostile } from "../../parts/Hostile";
import { Icon } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { troubleOf } from "../../parts/query_completion";
import { QueryField } from "../../parts/QueryField";
import { useMe } from "../../parts/session";
import type { SearchAddress } from "./address";
import { Bubbles } from "./Bubbles";
import { checkOf, useCheck } from "./check";
import { HeadActions, type HeadActionsProps } from "./HeadActions";
import { RangePicker } from "./RangePicker";
import { SavedMenu } from "./Saving";
import type { Search } from "./useSearch";

interface HeadProps extends HeadActionsProps {
  address: SearchAddress;
  search: Search;
  draft: string;
  field: { current: HTMLInputElement | null };
  sources: ReadonlyMap<string, string>;
  onDraft: (text: string) => void;
  onRun: (text: string) => void;
  onClear: () => void;
}

export function SearchHead({ address, search, draft, field, sources, masked, told, onDraft, onRun, onMasked, onSave, onShare, onExport, onClear }: HeadProps) {
  const { say, number, language } = useWords();
  const { may } = useMe();
  const { q, from, to, range, part, anchor, go } = address;
  const { check, valid } = useCheck(draft);
  const refused = draft === q ? checkOf(search.found.error) : undefined;
  const trouble = troubleOf(draft, check?.valid === false ? check : refused);
  const edit = (text: string) => {
    onDraft(text);
    onRun(text);
  };
  const find = (bubble: Bubble) => {
    field.current?.focus();
    field.current?.setSelectionRange(bubble.start, bubble.end);
  };
  const { busy, progress, waiting, stopped } = search;
  return (
    <div className="head searchhead">
      <div className="row first">
        <h1>{say("page.search")}</h1>
        <SavedMenu
          q={q}
          onTake={(saved) => {
            const [start = "", end = ""] = saved.range.split("/");
            onDraft(saved.q);
            go({ q: saved.q, from: start, to: end, event: "" });
          }}
        />
        <HeadActions masked={masked} told={told} onMasked={onMasked} onSave={onSave} onShare={onShare} onExport={onExport} />
      </div>
      <div className="askline">
        <QueryField
          text={draft}
          trouble={trouble ? { ...trouble, text: sayQueryError(trouble.text, language) } : undefined}
          field={field}
          onText={onDraft}
          onRun={onRun}
          complete={(text, at, signal) => readCompletion(text, at, search.whole, signal)}
          end={
            draft === q ? null : (
              <span className="faint small nw">
                <span className="kbd">{"Enter"}</span>
              </span>
            )
          }
        />
        <RangePicker
          from={from}
          to={to}
          range={range}
          now={anchor}
          onChange={(start, end) => {
            go({ from: start, to: end });
            address.again();
          }}
        />
        {busy ? (
          <button type="button" className="btn tall" onClick={search.stop}>
            <Icon name="close" />
            {say("search.stop")}
            <span className="kbd">{"Esc"}</span>
          </button>
        ) : (
          <button
            type="button"
            className="btn pri tall"
            onClick={() => {
              onRun(draft);
            }}
          >
            {say("search.run")}
          </button>
        )}
      </div>
      <div className="row second">
        <Bubbles
          bubbles={conditionsOf(valid)}
          current={valid === draft}
          part={part}
          now={anchor}
          sources={sources}
          onFind={find}
          onInvert={(bubble) => {
            edit(inverted(draft, bubble));
          }}
          onRemove={(bubble) => {
            edit(without(draft, bubble));
          }}
          onPart={(chosen, zoom) => {
            if (chosen && zoom) go({ from: new Date(chosen.from).toISOString(), to: new Date(chosen.to).toISOString() });
            else go({ within: chosen ? writeWithin(chosen) : "" });
          }}
          onClear={onClear}
        />
        <span className="end small dim" role="status">
          {busy ? (
            waiting ? (
              say("search.waiting")
            ) : progress === undefined ? (
              say("search.running")
            ) : (
              say("search.scanned", { n: number(Math.round(progress * 100)) })
            )
          ) : stopped ? (
            <span className="c-high">{say("search.stopped")}</span>
          ) : null}
        </span>
      </div>
      {search.found.error?.status === 403 && refused && may("personal:reveal") ? (
        <p className="ban unk">
          <Hostile text={say("search.personal.asked")} />
          <button
            type="button"
            className="btn sm end"
            onClick={() => {
              onMasked(false);
            }}
          >
            {say("search.personal.show")}
          </button>
        </p>
      ) : null}
      <div className="prog" aria-hidden="true">
        <i style={{ width: `${String(busy ? Math.max(4, Math.round((progress ?? 0) * 100)) : 0)}%` }} />
      </div>
    </div>
  );
}
