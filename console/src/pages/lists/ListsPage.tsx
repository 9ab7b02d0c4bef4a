// The lists that came with letters, and where a new one is let go.
import { Link, useNavigate } from "@tanstack/react-router";
import { useMutation } from "@tanstack/react-query";
import type { ApiError } from "../../api/client";
import { uploadList } from "../../api/lists";
import { useList } from "../../api/resource";
import type { KeptList, ListUpload } from "../../api/types";
import { formatTime } from "../../base/time";
import { DataTable, type Column } from "../../parts/DataTable";
import { Hostile } from "../../parts/Hostile";
import { Icon } from "../../parts/Icon";
import { MoreRows } from "../../parts/MoreRows";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import { ErrorBox, Shown } from "../../parts/States";
import { DropZone } from "./DropZone";
import { beginImport, underWay } from "./import_state";
import { LetterNumber, plainDate } from "./parts";
import "./lists.css";

function useColumns(): Column<KeptList>[] {
  const { say, number } = useWords();
  const others = ({ attribution }: KeptList) => (attribution.gap ?? 0) + (attribution.nobody ?? 0);
  return [
    {
      id: "issuer",
      title: say("lists.letter.issuer"),
      value: (one) => `${one.letter.issuer} ${one.series}`,
      show: (one) => (
        <>
          <b>
            <Link to="/lists/$id" params={{ id: one.id }}>
              <Hostile text={one.letter.issuer || one.series || one.name} />
            </Link>
          </b>
          <div className="s small">
            <Hostile text={one.letter.subject || one.name} />
          </div>
        </>
      ),
    },
    { id: "number", title: say("lists.letter.number"), value: (one) => one.letter.number, show: (one) => <LetterNumber letter={one.letter} /> },
    { id: "date", title: say("lists.letter.date"), value: (one) => one.letter.date, show: (one) => <span className="nw">{one.letter.date ? plainDate(one.letter.date) : "–"}</span> },
    { id: "kept", title: say("lists.kept"), value: (one) => one.kept, show: (one) => <span className="nw">{formatTime(one.kept)}</span> },
    {
      id: "counts",
      title: say("lists.counts"),
      number: true,
      value: (one) => one.counts?.read ?? 0,
      show: ({ counts }) => (counts ? say("lists.counts.sum", { a: number(counts.read), b: number(counts.accepted), c: number(counts.duplicate), d: number(counts.rejected) }) : "–"),
    },
    { id: "ours", title: say("lists.whose.owner"), number: true, value: (one) => one.attribution.owner, show: (one) => <b>{number(one.attribution.owner)}</b> },
    { id: "others", title: say("lists.whose.gap"), number: true, value: others, show: (one) => number(others(one)) },
    {
      id: "unclear",
      title: say("lists.unclear"),
      number: true,
      value: (one) => one.attribution.conflict ?? 0,
      show: ({ attribution: { conflict = 0 } }) => <span className={conflict > 0 ? "c-high" : undefined}>{number(conflict)}</span>,
    },
    {
      id: "copy",
      title: say("lists.copies"),
      value: (one) => one.same_as ?? "",
      show: (one) =>
        one.same_as ? (
          <Link to="/lists/$id" params={{ id: one.same_as }}>
            {say("lists.copy")}
          </Link>
        ) : null,
    },
  ];
}

export function useUpload() {
  const navigate = useNavigate();
  return useMutation<ListUpload, ApiError, { file: Blob; name: string }>({
    mutationFn: ({ file, name }) => uploadList(file, name),
    onSuccess: (upload) => {
      beginImport(upload);
      void navigate({ to: "/lists/import", search: { upload: upload.id, step: "columns" } });
    },
  });
}

export function Page() {
  const { say } = useWords();
  const { may, organisation } = useMe();
  const list = useList("/api/v1/lists");
  const upload = useUpload();
  const columns = useColumns();
  const open = underWay();
  return (
    <>
      <div className="head row">
        <h1>{say("page.lists")}</h1>
        <Link className="btn end" to="/lists/profiles">
          {say("lists.profiles")}
        </Link>
        <Link className="btn" to="/lists/worklist">
          <Icon name="list" />
          {say("lists.worklist")}
        </Link>
      </div>
      {may("list:import") && organisation === null ? (
        <div className="pad">
          {upload.error ? (
            <>
              <ErrorBox error={upload.error} />
              {upload.error.details["reason_code"] === "list-secret" ? null : <p className="dim">{say("lists.refused")}</p>}
            </>
          ) : null}
          <DropZone
            busy={upload.isPending}
            onFile={(file, name) => {
              upload.mutate({ file, name });
            }}
          />
          {open ? (
            <p>
              <Link to="/lists/import" search={{ upload: open.id, step: "columns" }}>
                <Hostile text={say("lists.goon", { name: open.name })} />
              </Link>
            </p>
          ) : null}
        </div>
      ) : null}
      <Shown reading={list}>{(lists) => <DataTable name="lists" rows={lists} keyOf={(one) => one.id} partly={list.hasNextPage} empty={say("lists.none")} columns={columns} />}</Shown>
      <MoreRows list={list} />
    </>
  );
}
