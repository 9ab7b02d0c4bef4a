// Where a file is let go, chosen, or a table pasted. What is pasted is a file of its own, as if it had been saved first.
import { useRef, useState } from "react";
import { Icon } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";

interface Props {
  busy: boolean;
  onFile: (file: Blob, name: string) => void;
}
export function DropZone({ busy, onFile }: Props) {
  const { say } = useWords();
  const [over, setOver] = useState(false);
  const [text, setText] = useState("");
  const picker = useRef<HTMLInputElement>(null);
  const take = (files: FileList | null) => {
    const [file] = files ?? [];
    if (file) onFile(file, file.name);
  };
  return (
    <div
      className={over ? "drop over" : "drop"}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => {
        setOver(false);
      }}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        if (!busy) take(event.dataTransfer.files);
      }}
    >
      <p>
        <b>{say("lists.drop")}</b>
      </p>
      <p className="dim small">{say("lists.drop.forms")}</p>
      <p className="row">
        <button
          type="button"
          className="btn pri"
          disabled={busy}
          onClick={() => {
            picker.current?.click();
          }}
        >
          <Icon name="up" />
          {say("lists.choose")}
        </button>
        <input
          ref={picker}
          type="file"
          className="vh"
          tabIndex={-1}
          name="file"
          aria-label={say("lists.choose")}
          onChange={(event) => {
            take(event.target.files);
            event.target.value = "";
          }}
        />
        {busy ? (
          <span className="dim" role="status">
            {say("lists.uploading")}
          </span>
        ) : null}
      </p>
      <details>
        <summary>{say("lists.paste")}</summary>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (text.trim() !== "") onFile(new Blob([text], { type: "text/plain" }), say("lists.paste.name"));
          }}
        >
          <label className="labelled">
            <span>{say("lists.paste.label")}</span>
            <textarea
              className="input mono"
              name="pasted"
              rows={6}
              spellCheck={false}
              value={text}
              onChange={(event) => {
                setText(event.target.value);
              }}
            />
          </label>
          <button type="submit" className="btn" disabled={busy || text.trim() === ""}>
            {say("lists.paste.do")}
          </button>
        </form>
      </details>
    </div>
  );
}
