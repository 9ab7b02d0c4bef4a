#include "server/restore.h"

#include <filesystem>

#include "base/bytes.h"
#include "base/text.h"
#include "server/lock.h"
#include "server/state_place.h"
#include "server/system_clock.h"
#include "server/tables.h"
#include "store/audit.h"
#include "store/backup.h"
#include "store/signing.h"

namespace vg::server {

namespace {

namespace backup = store::backup;

// The node's keys from a folder where they are kept, in place of those that the backup does not hold.
Status take_keys(store::Disk& disk, const std::string& from, const std::string& to) {
    TRY(disk.make_folder(to));
    std::size_t taken = 0;
    for (const std::string& name : TRY_IN("--keys: ", disk.list(from))) {
        const auto bytes = store::read_whole(disk, from + "/" + name, 1 << 20);
        if (!bytes) continue;  // a folder
        if (disk.exists(to + "/" + name)) {
            if (*bytes != TRY(store::read_whole(disk, to + "/" + name, 1 << 20)))
                return fail(Code::bad_input, format("--keys: {}/{} is not the one of this backup; these are the keys of another node", from, name));
            continue;
        }
        TRY(store::write_whole(disk, to + "/" + name, *bytes));
        ++taken;
    }
    if (taken == 0 || !disk.exists(to + "/journal.key")) return fail(Code::not_found, format("--keys: there is no journal.key in {}", from));
    return {};
}

// Signatures made from now on must fit the key that auditors have.
Status check_signing_key(store::Disk& disk, const std::string& keys) {
    SystemRandom random;
    const auto key = TRY(store::load_or_make_signing_key(disk, keys, random));
    if (key.public_key != TRY(store::load_public_key(disk, keys))) return fail(Code::bad_input, format("{}: journal.key does not belong to journal.pub", keys));
    return {};
}

struct LoadedState {
    std::uint64_t rows = 0, position = 0;
    store::audit::Verification audit;
};

Result<LoadedState> load_state(const backup::Depot& depot, const backup::Snapshot& snapshot, const store::StateOptions& options, std::span<const store::Schema> schemas,
                               const backup::Watch& watch) {
    metrics::Registry metrics;
    LoadedState loaded;
    auto lines = TRY(backup::StateLines::open(depot, snapshot, watch));
    std::optional<std::string> first = TRY(lines->next());
    if (!first) return fail(Code::corrupt, "the dump of State is empty");
    const auto then = TRY(store::schemas_at(TRY(store::read_dump_head(*first)), schemas));
    {
        const auto state = TRY(store::State::open(options, then, metrics));
        const auto tables = TRY(state->write([&](store::Transaction& tx) {
            return store::load_tables(tx, [&]() -> Result<std::optional<std::string>> {
                if (first) return std::exchange(first, std::nullopt);
                return lines->next();
            });
        }));
        std::map<std::string, std::uint64_t> rows;
        for (const store::TableRows& table : tables) rows[table.table] = static_cast<std::uint64_t>(table.rows);
        if (rows != snapshot.rows) return fail(Code::corrupt, "State has other numbers of rows than the snapshot says");
        for (const auto& [table, count] : rows) loaded.rows += count;
    }
    const auto state = TRY(store::State::open(options, schemas, metrics));  // upgrades, when the backup is older than the program
    TRY(state->read([&](store::Transaction& tx) -> Status {
        if (const auto standing = TRY(load_standing(tx))) loaded.position = standing->position.value;
        loaded.audit = TRY(store::audit::verify(tx));
        return {};
    }));
    return loaded;
}

json::Value reasons(const store::VerifyReport& report) {
    json::Value out{json::Array{}};
    const auto add = [&](std::string text) {
        if (out.as_array().size() < 1000) out.add(std::move(text));
    };
    for (const store::Damage& one : report.damage) add(format("{} at {}: {}", one.segment, one.offset, one.reason));
    for (const std::string& one : report.chain_errors) add(one);
    return out;
}

}  // namespace

Result<json::Value> restore(const cli::RestoreAsk& ask, std::span<const store::Schema> schemas, const backup::Watch& watch) {
    store::Disk& disk = store::system_disk();
    const auto hold = TRY(backup::FolderHold::take(ask.folder, backup::FolderHold::Kind::reading));
    const auto depot = TRY(backup::Depot::open(disk, ask.folder, ask.passphrase));
    if (depot.seal().is_locked())
        return fail(Code::denied, format("{} is sealed: give its passphrase with --passphrase-file, --passphrase-stdin or VONGGAC_BACKUP_PASSPHRASE", ask.folder));
    const auto snapshot = TRY(depot.find(ask.snapshot));
    if (!snapshot.has_keys && !ask.keys && !ask.new_keys)
        return fail(Code::bad_input, "this snapshot holds no keys: give the folder where the node's keys are kept with --keys DIR, or let the node make new ones with --new-keys; "
                                     "what the old key has signed can then be proven only with the old journal.pub");
    if (snapshot.has_keys && (ask.keys || ask.new_keys)) return fail(Code::bad_input, "this snapshot holds the node's keys: leave --keys and --new-keys out");

    if (!ask.state.empty()) TRY_IN("--state: ", store::check_postgresql(ask.state));

    TRY(backup::refuse_unless_empty(disk, ask.data));
    const auto lock = TRY(FolderLock::take(ask.data));
    TRY(backup::restore_files(depot, snapshot, disk, ask.data, watch));
    const std::string keys = ask.data + "/keys";
    if (ask.keys) TRY(take_keys(disk, *ask.keys, keys));
    if (!ask.new_keys) TRY(check_signing_key(disk, keys));

    Settings settings;
    settings.data = ask.data;
    settings.state_postgresql = ask.state;
    const store::StateOptions options = state_options(settings);
    const LoadedState state = TRY_IN("state: ", load_state(depot, snapshot, options, schemas, watch));
    TRY(note_state_place(settings));
    if (state.position > snapshot.end || state.position != snapshot.state_position)
        return fail(Code::corrupt, format("State is at position {}, the snapshot says {} of {}", state.position, snapshot.state_position, snapshot.end));

    const auto journal = TRY_IN("journal: ", store::verify_folder(disk, ask.data + "/journal", "", [&](std::uint64_t done, std::uint64_t all) {
        return !watch || watch({"verify", done, all});
    }));
    if (journal.end.value != snapshot.end && snapshot.end != snapshot.begin)
        return fail(Code::corrupt, format("the journal ends at {}, the snapshot says {}", journal.end.value, snapshot.end));
    if (ask.new_keys && disk.exists(keys + "/journal.pub")) TRY(disk.rename(keys + "/journal.pub", keys + "/journal-before-restore.pub"));
    TRY(backup::finish_restore(disk, ask.data));

    const bool audit_good = !state.audit.first_wrong;
    json::Value problems = reasons(journal);
    if (!audit_good) problems.add("audit: " + state.audit.reason);
    return json::object({{"snapshot", snapshot.id},
                         {"data", ask.data},
                         {"good", journal.good() && audit_good},
                         {"files", snapshot.entries.size()},
                         {"bytes", snapshot.bytes},
                         {"records", journal.records},
                         {"journal_end", journal.end.value},
                         {"journal_head", journal.head},
                         {"state_rows", state.rows},
                         {"state_position", state.position},
                         {"audit_lines", state.audit.lines},
                         {"audit_head", state.audit.head},
                         {"archive_end", snapshot.archive_end},
                         {"problems", std::move(problems)}});
}

}  // namespace vg::server
