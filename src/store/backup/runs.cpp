#include "store/backup/runs.h"

namespace vg::store::backup {

Schema runs_schema() {
    return {"backup",
            {{"create table backup_run (id text primary key, started bigint not null, ended bigint, actor text not null, folder text not null, outcome text not null, "
              "reason text not null, snapshot text not null, files bigint not null, bytes bigint not null, new_bytes bigint not null, has_keys bigint not null)"}}};
}

Status save_run(Transaction& tx, const Ran& run) {
    std::optional<std::int64_t> ended;
    if (run.ended) ended = run.ended->micros;
    TRY(tx.run("insert into backup_run (id, started, ended, actor, folder, outcome, reason, snapshot, files, bytes, new_bytes, has_keys) "
               "values (:a, :b, :c, :d, :e, :f, :g, :h, :i, :j, :k, :l) on conflict (id) do update set ended = excluded.ended, outcome = excluded.outcome, "
               "reason = excluded.reason, snapshot = excluded.snapshot, files = excluded.files, bytes = excluded.bytes, new_bytes = excluded.new_bytes, "
               "has_keys = excluded.has_keys",
               {run.id.text(), run.started.micros, ended, run.actor, run.folder, run.outcome, run.reason, run.snapshot, run.files, run.bytes, run.new_bytes, run.has_keys}));
    return {};
}

Result<std::vector<Ran>> list_runs(Transaction& tx, const std::optional<RunId>& before, std::size_t limit) {
    using Int = std::int64_t;
    std::vector<Ran> runs;
    for (auto& [id, started, ended, actor, folder, outcome, reason, snapshot, files, bytes, new_bytes, keys] :
         TRY((tx.query<std::string, Int, std::optional<Int>, std::string, std::string, std::string, std::string, std::string, Int, Int, Int, Int>(
             "select id, started, ended, actor, folder, outcome, reason, snapshot, files, bytes, new_bytes, has_keys from backup_run where id < :b order by id desc limit :l",
             {before ? before->text() : std::string{"g"}, std::uint64_t{limit}})))) {
        Ran run{TRY(RunId::parse(id)), {started}, std::nullopt, actor, folder, outcome, reason, snapshot, files, bytes, new_bytes, keys != 0};
        if (ended) run.ended = Time{*ended};
        runs.push_back(std::move(run));
    }
    return runs;
}

Result<std::optional<Time>> last_good_run(Transaction& tx) {
    const auto row = TRY((tx.first<std::optional<std::int64_t>>("select max(started) from backup_run where outcome = 'done'")));
    if (!row || !std::get<0>(*row)) return std::nullopt;
    return Time{*std::get<0>(*row)};
}

Status note_broken_off(Transaction& tx, Time now) {
    TRY(tx.run("update backup_run set outcome = 'broken off', ended = :n where outcome = 'running'", {now.micros}));
    return {};
}

}  // namespace vg::store::backup
