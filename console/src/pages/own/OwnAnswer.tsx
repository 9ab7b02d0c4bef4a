// One answer with what it asks for, and a file that shows it: the file goes first, so that the removal can name it.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { addressOf, ApiError, change, send } from "../../api/client";
import type { CaseItem } from "../../api/types";
import { AskDialog } from "../../parts/Dialog";
import { TextField } from "../../parts/Field";
import { Hostile } from "../../parts/Hostile";
import { useWords } from "../../parts/preferences";
import type { AnswerKind } from "../cases/parts";
import { MOST_FILE } from "./parts";

const nowLocal = () => new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 16);
// What <input type="datetime-local"> gives, in Vietnamese time.
const toUtc = (local: string) => new Date(`${local.length === 10 ? `${local}T00:00` : local}:00+07:00`).toISOString();

interface Filled {
  text: string;
  removed: string;
  tool: string;
  hash: string;
  rescan: "clean" | "infected";
  until: string;
  file: File | null;
}

export function OwnAnswer({ item, kind, onClose }: { item: CaseItem; kind: AnswerKind; onClose: () => void }) {
  const { say } = useWords();
  const queries = useQueryClient();
  const [filled, setFilled] = useState<Filled>({ text: "", removed: nowLocal(), tool: "", hash: "", rescan: "clean", until: "", file: null });
  const set = (some: Partial<Filled>) => {
    setFilled((before) => ({ ...before, ...some }));
  };
  const nothing = filled.hash === "-";
  const answer = useMutation<unknown, ApiError>({
    mutationFn: async () => {
      const { text, removed, tool, hash, rescan, until, file } = filled;
      if (file && file.size > MOST_FILE) throw new ApiError(413, say("own.file.large"), "too_large", undefined);
      const kept: unknown = file ? await (await send("POST", addressOf("/api/v1/case-items/{id}/attachments", { id: item.id, query: { name: file.name } }), file)).json() : undefined;
      const attachment = kept && typeof kept === "object" && "id" in kept && typeof kept.id === "string" ? { attachment: kept.id } : {};
      return change(
        "post",
        "/api/v1/case-items/{id}/answer",
        { id: item.id, version: item.version },
        { answer: kind, text, ...(kind === "removed" ? { evidence: { removed: toUtc(removed), tool, hash, rescan, note: text, ...attachment } } : {}), ...(until ? { until: toUtc(until) } : {}) },
      );
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ predicate: (query) => query.queryKey[0] !== "/api/v1/session" });
      onClose();
    },
  });
  const dated = kind === "exception" || kind === "not-ours";
  return (
    <AskDialog
      title={
        <>
          {say(`own.do.${kind}`)}
          {": "}
          <Hostile text={item.subject} />
        </>
      }
      verb={say("own.send")}
      busy={answer.isPending}
      error={answer.error}
      onClose={onClose}
      onConfirm={() => {
        answer.mutate();
      }}
    >
      <div className="own-dialog">
        {kind === "removed" ? (
          <>
            <TextField
              label={say("item.evidence.removed")}
              name="removed"
              type="datetime-local"
              value={filled.removed}
              onChange={(removed) => {
                set({ removed });
              }}
              required
            />
            <TextField
              label={say("item.evidence.tool")}
              name="tool"
              value={filled.tool}
              onChange={(tool) => {
                set({ tool });
              }}
              required
              maxLength={500}
            />
            {nothing ? null : (
              <TextField
                label={say("item.evidence.hash")}
                name="hash"
                className="mono"
                value={filled.hash}
                onChange={(hash) => {
                  set({ hash });
                }}
                required
                maxLength={64}
              />
            )}
            <label className="owntick">
              <input
                type="checkbox"
                name="nothing"
                checked={nothing}
                onChange={(event) => {
                  set({ hash: event.target.checked ? "-" : "" });
                }}
              />
              {say("own.hash.none")}
            </label>
            <label className="labelled">
              <span>{say("item.evidence.rescan")}</span>
              <select
                className="input"
                name="rescan"
                value={filled.rescan}
                onChange={(event) => {
                  set({ rescan: event.target.value === "infected" ? "infected" : "clean" });
                }}
              >
                {(["clean", "infected"] as const).map((one) => (
                  <option key={one} value={one}>
                    {say(`item.evidence.rescan.${one}`)}
                  </option>
                ))}
              </select>
            </label>
          </>
        ) : null}
        {dated ? (
          <TextField
            label={say(kind === "exception" ? "item.answer.until.exception" : "item.answer.until.not-ours")}
            name="until"
            type="date"
            value={filled.until}
            onChange={(until) => {
              set({ until });
            }}
            required
          />
        ) : null}
        <TextField
          label={say("item.answer.text")}
          name="text"
          value={filled.text}
          onChange={(text) => {
            set({ text });
          }}
          required={kind !== "removed" || nothing}
          maxLength={4000}
        />
        <label className="labelled">
          <span>{say("own.file")}</span>
          <input
            type="file"
            name="file"
            onChange={(event) => {
              set({ file: event.target.files?.[0] ?? null });
            }}
          />
        </label>
      </div>
    </AskDialog>
  );
}
