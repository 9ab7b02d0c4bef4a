import { useState } from "react";
import { Icon } from "./Icon";
import { useWords } from "./preferences";

export function CopyButton({ text }: { text: string }) {
  const { say } = useWords();
  const [copied, setCopied] = useState(false);
  return (
    <button
      type="button"
      className="btn sm"
      onClick={() => {
        navigator.clipboard.writeText(text).then(
          () => {
            setCopied(true);
          },
          () => {
            setCopied(false);
          },
        );
      }}
    >
      {copied ? <Icon name="check" /> : null}
      {say(copied ? "do.copied" : "do.copy")}
    </button>
  );
}

// A secret that the server tells only once.
export function Secret({ text, note }: { text: string; note: string }) {
  return (
    <div>
      <p className="ban high">
        <Icon name="warn" />
        {note}
      </p>
      <div className="row" style={{ margin: "8px 0" }}>
        <code className="secret" data-testid="secret">
          {text}
        </code>
        <CopyButton text={text} />
      </div>
    </div>
  );
}
