#include "server/backups.h"

#include <filesystem>

#include "base/log.h"
#include "base/text.h"
#include "server/tables.h"
#include "store/audit.h"
#include "store/backup.h"
#include "store/backup/runs.h"

namespace vg::server {

namespace {

namespace backup = store::backup;

// Whether `inner` is `outer` or lies below it, links resolved.
bool is_within(const std::string& inner, const std::string& outer) {
    std::error_code error;
    const auto a = std::filesystem::weakly_canonical(inner, error), b = std::filesystem::weakly_canonical(outer, error);
    if (error) return false;
    const auto relative = a.lexically_relative(b).generic_string();
    return !relative.empty() && relative != ".." && !relative.starts_with("../");
}

std::uint64_t size_of(const std::string& path) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    return error ? 0 : size;
}

json::Value to_json(const backup::Snapshot& snapshot, const std::string& folder) {
    std::uint64_t rows = 0;
    for (const auto& [table, count] : snapshot.rows) rows += count;
    return json::object({{"type", "result"},
                         {"snapshot", snapshot.id},
                         {"folder", folder},
                         {"files", snapshot.entries.size()},
                         {"bytes", snapshot.bytes},
                         {"new_bytes", snapshot.new_bytes},
                         {"journal_begin", snapshot.begin},
                         {"journal_end", snapshot.end},
                         {"state_position", snapshot.state_position},
                         {"state_rows", rows},
                         {"archive_end", snapshot.archive_end},
                         {"sealed", snapshot.is_sealed},
                         {"keys", snapshot.has_keys}});
}

}  // namespace

Result<std::string> read_passphrase(const std::string& path) {
    const std::string text = TRY_IN("passphrase: ", store::read_whole(store::system_disk(), path, 65536));
    std::string_view line = std::string_view{text}.substr(0, text.find('\n'));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) return fail(Code::bad_input, format("passphrase: the first line of {} is empty", path));
    return std::string{line};
}

Backups::Backups(Parts parts)
    : parts_(std::move(parts)), last_good_(parts_.metrics.gauge("vonggac_backup_last_good_seconds", "When the last backup that was finished had begun, seconds since 1970; 0: never")) {}

Result<std::unique_ptr<Backups>> Backups::open(Parts parts) {
    std::unique_ptr<Backups> made{new Backups{std::move(parts)}};
    const Time now = made->parts_.clock.now();
    TRY(made->parts_.state.write([&](store::Transaction& tx) { return backup::note_broken_off(tx, now); }));
    if (const auto last = TRY(made->parts_.state.read([](store::Transaction& tx) { return backup::last_good_run(tx); })))
        made->last_good_.set(static_cast<double>(last->micros / 1'000'000));
    return made;
}

Result<json::Value> Backups::run(const api::BackupAsk& ask, const std::function<bool(json::Value)>& tell) {
    const std::unique_lock running{running_, std::try_to_lock};
    if (!running.owns_lock()) return fail(Code::busy, "a backup is being made; wait until it is done");
    const std::string folder = ask.folder.value_or(parts_.folder);
    if (folder.empty()) return fail(Code::bad_input, "no folder: set backup.folder, or name one with `vonggac backup DIR` on the server's machine");
    if (!std::filesystem::path{folder}.is_absolute()) return fail(Code::bad_input, format("the backup folder {} must be an absolute path", folder));
    if (is_within(folder, parts_.data) || is_within(parts_.data, folder))
        return fail(Code::bad_input, format("the backup folder {} and the data folder may not lie in one another; best is another disk", folder));

    backup::Ran ran{.id = make_id<backup::RunTag>(parts_.clock.now(), parts_.random), .started = parts_.clock.now(), .actor = ask.actor, .folder = folder, .outcome = "running"};
    TRY(parts_.state.write([&](store::Transaction& tx) { return backup::save_run(tx, ran); }));
    auto made = make(ask, folder, tell);
    ran.ended = parts_.clock.now();
    ran.outcome = made ? "done" : "failed";
    if (made) {
        ran.snapshot = made->text("snapshot").value_or("");
        ran.files = made->integer("files").value_or(0);
        ran.bytes = made->integer("bytes").value_or(0);
        ran.new_bytes = made->integer("new_bytes").value_or(0);
        ran.has_keys = made->boolean("keys").value_or(false);
        last_good_.set(static_cast<double>(ran.started.micros / 1'000'000));
        log::info("a backup was made", {{"folder", folder}, {"snapshot", ran.snapshot}, {"bytes", ran.bytes}, {"new_bytes", ran.new_bytes}});
    } else {
        ran.reason = made.error().text;
        log::error("a backup failed", {{"folder", folder}, {"reason", ran.reason}});
    }
    TRY(parts_.state.write([&](store::Transaction& tx) -> Status {
        TRY(backup::save_run(tx, ran));
        return store::audit::append(tx, {.time = *ran.ended,
                                         .actor = ask.actor,
                                         .action = "backup:run",
                                         .object = "backup/" + ran.id.text(),
                                         .details = json::object({{"folder", folder}, {"outcome", ran.outcome}, {"reason", ran.reason}, {"snapshot", ran.snapshot}})});
    }));
    return made;
}

Result<json::Value> Backups::make(const api::BackupAsk& ask, const std::string& folder, const std::function<bool(json::Value)>& tell) {
    std::optional<std::string> passphrase = ask.passphrase;
    if (!passphrase && !ask.folder && !parts_.passphrase_file.empty()) passphrase = TRY(read_passphrase(parts_.passphrase_file));
    const auto hold = TRY(backup::FolderHold::take(folder, backup::FolderHold::Kind::writing));
    auto depot = TRY(backup::Depot::open_or_make(store::system_disk(), folder, parts_.journal.id(), passphrase, parts_.random));
    const backup::Source source{
        .disk = store::system_disk(),
        .data = parts_.data,
        .journal = parts_.journal,
        .dump_state = [this](const store::DumpSink& sink) {
            return parts_.state.read([&](store::Transaction& tx) -> Result<backup::StateFacts> {
                backup::StateFacts facts;
                if (const auto standing = TRY(load_standing(tx))) facts.position = standing->position.value;
                facts.rows = TRY(store::dump_tables(tx, sink));
                return facts;
            });
        },
        .state_bytes = size_of(parts_.data + "/state.sqlite"),
        .program = VG_VERSION,
    };
    const auto snapshot = TRY(backup::back_up(depot, source, {.allow_keys = !ask.without_keys}, parts_.clock, parts_.random, [&](const backup::Progress& progress) {
        return tell(json::object({{"type", "progress"}, {"stage", progress.stage}, {"done", progress.done}, {"bytes", progress.all}}));
    }));
    return to_json(snapshot, folder);
}

}  // namespace vg::server
