// What can be done with a search as a whole: show persons, save, share, export.
import { Icon } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";

export interface HeadActionsProps {
  masked: boolean;
  told: string;
  onMasked: (masked: boolean) => void;
  onSave: () => void;
  onShare: () => void;
  onExport: () => void;
}

export function HeadActions({ masked, told, onMasked, onSave, onShare, onExport }: HeadActionsProps) {
  const { say } = useWords();
  const { may } = useMe();
  return (
    <span className="end row">
      {told ? (
        <span className="state small" role="status">
          <Icon name="check" />
          {told}
        </span>
      ) : null}
      {may("personal:reveal") ? (
        <button
          type="button"
          className="btn sm"
          aria-pressed={!masked}
          onClick={() => {
            onMasked(!masked);
          }}
          title={say("search.personal.note")}
        >
          <Icon name="mask" />
          {say(masked ? "search.personal.masked" : "search.personal.shown")}
        </button>
      ) : null}
      {may("saved-search:write") ? (
        <button type="button" className="btn sm" onClick={onSave}>
          <Icon name="star" />
          {say("search.save")}
        </button>
      ) : null}
      <button type="button" className="btn sm" onClick={onShare}>
        <Icon name="share" />
        {say("search.share")}
      </button>
      {may("event:export") ? (
        <button type="button" className="btn sm" onClick={onExport}>
          <Icon name="download" />
          {say("search.export")}
        </button>
      ) : null}
    </span>
  );
}
