// The same list came before, forwarded by another office: it is one list, and the letters are told.
import { Link } from "@tanstack/react-router";
import type { ListReference } from "../../api/types";
import { formatTime } from "../../base/time";
import { Hostile } from "../../parts/Hostile";
import { Icon } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { LetterNumber } from "./parts";

export function SameList({ same }: { same: ListReference }) {
  const { say } = useWords();
  return (
    <div className="ban acc" role="status" data-testid="same">
      <Icon name="copy" />
      <span>
        <b>{say("lists.same")}</b>{" "}
        <Link to="/lists/$id" params={{ id: same.id }}>
          <Hostile text={same.issuer || same.name} /> <LetterNumber letter={same} />
        </Link>
        {", "}
        {formatTime(same.kept)}
        {". "}
        <span className="dim">{say("lists.same.note")}</span>
      </span>
    </div>
  );
}
