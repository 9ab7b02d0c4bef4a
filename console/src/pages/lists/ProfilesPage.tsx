// Profiles: what the columns of each issuer's lists mean. Those that come with the program are shown and can be copied; people's own are
// changed and removed; each can be tried against a file.
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useProfileRemove } from "../../api/lists";
import { useList } from "../../api/resource";
import type { ListProfile } from "../../api/types";
import { DataTable, type Column } from "../../parts/DataTable";
import { AskDialog } from "../../parts/Dialog";
import { Hostile } from "../../parts/Hostile";
import { Icon } from "../../parts/Icon";
import { MoreRows } from "../../parts/MoreRows";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import { Shown } from "../../parts/States";
import { ProfileDialog } from "./ProfileDialog";
import "./lists.css";

type Open = { what: "show" | "copy" | "remove"; profile: ListProfile } | null;

function useColumns(setOpen: (open: Open) => void): Column<ListProfile>[] {
  const { say, number, language } = useWords();
  const { may, organisation } = useMe();
  const mayChange = may("list:import") && organisation === null;
  const button = (what: "show" | "copy" | "remove", profile: ListProfile) => (
    <button
      type="button"
      className="btn sm"
      aria-label={`${say(`lists.profile.${what}`)}: ${profile.name}`}
      onClick={() => {
        setOpen({ what, profile });
      }}
    >
      {say(`lists.profile.${what}`)}
    </button>
  );
  return [
    {
      id: "name",
      title: say("lists.profile.name"),
      value: (one) => one.name,
      show: (one) => (
        <>
          <b>
            <Hostile text={(language === "vi" ? one.title_vi : one.title) || one.name} />
          </b>
          <div className="mono s small">
            <Hostile text={one.name} />
          </div>
        </>
      ),
    },
    { id: "columns", title: say("lists.profile.columns"), value: (one) => Object.keys(one.columns).length, show: (one) => number(Object.keys(one.columns).length) },
    { id: "zone", title: say("lists.profile.zone"), value: (one) => one.zone, show: (one) => <span className="mono">{one.zone}</span> },
    { id: "origin", title: say("lists.profile.origin"), value: (one) => String(one.shipped), show: (one) => say(one.shipped ? "lists.profile.shipped" : "lists.profile.own") },
    {
      id: "do",
      title: say("col.next"),
      fixed: true,
      value: () => "",
      show: (one) => (
        <span className="row nw">
          {button("show", one)}
          {mayChange ? button("copy", one) : null}
          {mayChange && !one.shipped ? button("remove", one) : null}
        </span>
      ),
    },
  ];
}

export function Page() {
  const { say } = useWords();
  const list = useList("/api/v1/list-profiles");
  const remove = useProfileRemove();
  const [open, setOpen] = useState<Open>(null);
  const columns = useColumns(setOpen);
  const { may, organisation } = useMe();
  const close = () => {
    setOpen(null);
  };
  return (
    <>
      <div className="head">
        <div className="crumb">
          <Link to="/lists">{say("page.lists")}</Link>
          <Icon name="right" />
          {say("lists.profiles")}
        </div>
        <h1>{say("lists.profiles")}</h1>
        <p className="dim">{say("lists.profiles.note")}</p>
      </div>
      <Shown reading={list}>
        {(profiles) => <DataTable name="list-profiles" rows={profiles} keyOf={(one) => one.name} partly={list.hasNextPage} empty={say("lists.profiles.none")} columns={columns} />}
      </Shown>
      <MoreRows list={list} />
      {open?.what === "show" ? (
        <ProfileDialog key={open.profile.name} profile={open.profile} mine={!open.profile.shipped && may("list:import") && organisation === null} saved onClose={close} />
      ) : null}
      {open?.what === "copy" ? (
        <ProfileDialog key={`copy ${open.profile.name}`} profile={{ ...open.profile, name: `${open.profile.name}-2`, shipped: false }} mine saved={false} onClose={close} />
      ) : null}
      {open?.what === "remove" ? (
        <AskDialog
          title={<Hostile text={`${say("lists.profile.remove")}: ${open.profile.name}`} />}
          note={say("lists.profile.remove.note")}
          verb={say("lists.profile.remove")}
          danger
          busy={remove.isPending}
          error={remove.error}
          onClose={close}
          onConfirm={() => {
            remove.mutate(open.profile.name, { onSuccess: close });
          }}
        />
      ) : null}
    </>
  );
}
