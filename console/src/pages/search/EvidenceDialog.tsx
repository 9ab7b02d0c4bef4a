// Evidence is the bytes themselves with their proof, for which the server wants a reason.
import { useState } from "react";
import { exportEvidence } from "../../api/search";
import { Dialog, ReasonField } from "../../parts/Dialog";
import { useWords } from "../../parts/preferences";
import { fileName, Progress, useFile } from "./file";

export function EvidenceDialog({ ids, onClose }: { ids: readonly string[]; onClose: () => void }) {
  const { say, number } = useWords();
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const file = useFile();
  const short = reason.trim().length < 3;
  const shut = () => {
    file.stop();
    onClose();
  };
  return (
    <Dialog title={say("search.evidence.title", { n: number(ids.length) })} onClose={shut}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (!short) file.take(fileName(say("search.evidence.stem"), "zip", Date.now()), (signal, grown) => exportEvidence(ids, reason.trim(), signal, grown));
        }}
      >
        <p className="dim">{say("search.evidence.note")}</p>
        <ReasonField value={reason} onChange={setReason} wanting={tried && short} />
        <Progress file={file} />
        <footer>
          <button type="button" className="btn end" onClick={shut}>
            {say(file.done ? "do.shut" : "do.cancel")}
          </button>
          <button type="submit" className="btn pri" disabled={file.bytes !== null}>
            {say("search.evidence.do", { n: number(ids.length) })}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
