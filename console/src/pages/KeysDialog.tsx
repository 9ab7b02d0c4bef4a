import type { MessageKey } from "../base/messages";
import { Dialog } from "../parts/Dialog";
import { useListedPageKeys } from "../parts/page_keys";
import { usePreferences, useWords } from "../parts/preferences";

const FRAME: readonly (readonly [string, MessageKey])[] = [
  ["Ctrl K  /", "keys.palette"],
  ["G  T P K R N Q", "keys.go"],
  ["Z", "keys.undo"],
  ["T", "keys.theme"],
  ["F6", "keys.region"],
  ["Esc", "keys.close"],
  ["?", "keys.help"],
];

// Every key of the page that is open, then those of the frame; and the switch for single letters.
export function KeysDialog({ onClose }: { onClose: () => void }) {
  const { say } = useWords();
  const { letters, setLetters } = usePreferences();
  const own = useListedPageKeys();
  const row = (shown: string, words: MessageKey) => [
    <dt key={`${shown} ${words}`}>
      <span className="kbd">{shown}</span>
    </dt>,
    <dd key={words}>{say(words)}</dd>,
  ];
  return (
    <Dialog title={say("keys.title")} onClose={onClose}>
      {own.length > 0 ? (
        <>
          <h3 className="faint">{say("keys.page")}</h3>
          <dl className="kv keys">{own.map((entry) => row(entry.shown, entry.words))}</dl>
        </>
      ) : null}
      <h3 className="faint">{say("keys.everywhere")}</h3>
      <dl className="kv keys">{FRAME.map(([shown, words]) => row(shown, words))}</dl>
      <label className="row small" style={{ marginTop: "12px" }}>
        <input
          type="checkbox"
          checked={letters}
          onChange={(event) => {
            setLetters(event.target.checked);
          }}
        />
        {say("keys.letters")}
      </label>
      <footer>
        <button type="button" className="btn end" data-autofocus onClick={onClose}>
          {say("do.shut")}
        </button>
      </footer>
    </Dialog>
  );
}
