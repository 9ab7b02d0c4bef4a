// vonggac backup: asks the node that has the data folder; list, verify and prune look into a backup folder by themselves.
#include <filesystem>
#include <ostream>

#include "base/text.h"
#include "base/time.h"
#include "cli/ask.h"
#include "cli/line_answer.h"
#include "cli/secret.h"
#include "store/backup/depot.h"

namespace vg::cli::of_backup {

namespace {

namespace backup = store::backup;
using backup::FolderHold;

constexpr Column kMade[] = {{"SNAPSHOT", "snapshot"}, {"FILES", "files", true}, {"BYTES", "bytes", true}, {"NEW", "new_bytes", true}, {"RECORDS TO", "journal_end", true}, {"KEYS", "keys"}};
constexpr Column kListed[] = {{"SNAPSHOT", "snapshot"}, {"TIME", "time"}, {"FILES", "files", true}, {"BYTES", "bytes", true}, {"NEW", "new_bytes", true},
                              {"RECORDS TO", "journal_end", true}, {"ROWS", "state_rows", true}, {"KEYS", "keys"}, {"TROUBLE", "trouble"}};
constexpr Column kVerified[] = {{"GOOD", "good"}, {"SNAPSHOTS", "snapshots", true}, {"OBJECTS", "objects", true}, {"BYTES", "bytes", true}, {"WRONG", "wrong", true}, {"CHECKED", "checked"}};
constexpr Column kPruned[] = {{"REMOVED", "removed", true}, {"KEPT", "kept", true}, {"OBJECTS", "objects", true}, {"BYTES", "bytes", true}};

// Progress of local work, on a terminal.
class Meter {
public:
    explicit Meter(Call& call) : call_(call) {}
    ~Meter() {
        if (told_) call_.streams.err << "\r\033[K" << std::flush;
    }
    void tell(std::string_view stage, std::uint64_t done, std::uint64_t all) {
        if (!call_.streams.err_is_terminal) return;
        told_ = true;
        call_.streams.err << format("\r\033[K{}: {} of {} MiB ", stage, done >> 20, all >> 20) << std::flush;
    }
    bool operator()(const backup::Progress& progress) {
        tell(progress.stage, progress.done, progress.all);
        return true;
    }

private:
    Call& call_;
    bool told_ = false;
};

Result<json::Value> made(Call& call, const json::Value& body) {
    Meter meter{call};
    const auto progress = [&](const json::Value& line) {
        meter.tell(line.text("stage").value_or(""), static_cast<std::uint64_t>(line.integer("done").value_or(0)), static_cast<std::uint64_t>(line.integer("bytes").value_or(0)));
    };
    return ask_for_lines(call, {.method = "POST", .target = "/api/v1/backup", .body = body.dump()}, progress,
                         "the server broke off before the backup was done; what it stored is used by the next one");
}

Result<int> make(Call& call) {
    json::Value body{json::Object{}};
    if (!call.arguments.empty()) {
        std::error_code error;
        body.set("folder", std::filesystem::absolute(call.arguments[0], error).lexically_normal().string());
    }
    if (const auto passphrase = TRY(passphrase_of(call))) body.set("passphrase", *passphrase);
    if (call.has("without-keys")) body.set("without_keys", true);
    Printer printer = TRY(Printer::make(call, kMade));
    const json::Value result = TRY(made(call, body));
    const bool has_keys = result.boolean("keys").value_or(false);
    json::Value shown{json::Object{}};
    for (const auto& [name, value] : result.as_object())
        if (name != "type") shown.set(name, value);
    printer.one(shown);
    if (has_keys || call.has("without-keys")) return 0;
    call.streams.err << "vonggac: the node's keys (data/keys) are NOT in this backup, because there is no passphrase. Keep a copy of them in a safe place and\n"
                        "say --without-keys, or back up into another folder with --passphrase-file FILE.\n";
    return 3;
}

Result<int> list(Call& call) {
    const auto hold = TRY(FolderHold::take(call.arguments[0], FolderHold::Kind::reading));
    const auto depot = TRY(backup::Depot::open(store::system_disk(), call.arguments[0], TRY(passphrase_of(call))));
    Printer printer = TRY(Printer::make(call, kListed));
    bool good = true;
    for (const backup::Listed& one : TRY(depot.list())) {
        const backup::Snapshot& snapshot = one.snapshot;
        std::uint64_t rows = 0;
        for (const auto& [table, count] : snapshot.rows) rows += count;
        json::Value item = json::object({{"snapshot", snapshot.id}});
        if (one.trouble.empty()) {
            for (auto& [name, value] : json::Object{{"time", to_rfc3339(snapshot.made)}, {"program", snapshot.program}, {"files", snapshot.entries.size()}, {"bytes", snapshot.bytes},
                                                    {"new_bytes", snapshot.new_bytes}, {"journal_begin", snapshot.begin}, {"journal_end", snapshot.end},
                                                    {"state_position", snapshot.state_position}, {"state_rows", rows}, {"archive_end", snapshot.archive_end},
                                                    {"sealed", snapshot.is_sealed}, {"keys", snapshot.has_keys}})
                item.set(name, value);
        } else {
            item.set("trouble", one.trouble);
            good = false;
        }
        printer.add(item);
    }
    printer.finish();
    return good ? 0 : 3;
}

Result<int> verify(Call& call) {
    const auto hold = TRY(FolderHold::take(call.arguments[0], FolderHold::Kind::reading));
    const auto depot = TRY(backup::Depot::open(store::system_disk(), call.arguments[0], TRY(passphrase_of(call))));
    Printer printer = TRY(Printer::make(call, kVerified));
    backup::Verification report;
    {
        Meter meter{call};
        report = TRY(depot.verify(call.option("snapshot"), [&](const backup::Progress& progress) { return meter(progress); }));
    }
    json::Value reasons{json::Array{}};
    for (const std::string& one : report.wrong) {
        reasons.add(one);
        call.streams.err << "vonggac: " << one << "\n";
    }
    printer.one(json::object({{"good", report.good()},
                              {"snapshots", report.snapshots},
                              {"objects", report.objects},
                              {"bytes", report.bytes},
                              {"wrong", report.wrong_count},
                              {"checked", report.by_stored_bytes_only ? "stored bytes only: the passphrase was not given" : "all bytes"},
                              {"reasons", std::move(reasons)}}));
    return report.good() ? 0 : 1;
}

Result<int> prune(Call& call) {
    const auto keep = parse_int(call.option("keep").value_or(""));
    if (!keep || *keep < 1 || *keep > 1'000'000) return fail(Code::bad_input, "--keep must be a number from 1");
    const auto hold = TRY(FolderHold::take(call.arguments[0], FolderHold::Kind::writing));
    auto depot = TRY(backup::Depot::open(store::system_disk(), call.arguments[0], std::nullopt));
    Printer printer = TRY(Printer::make(call, kPruned));
    backup::Depot::Pruned pruned;
    {
        Meter meter{call};
        pruned = TRY(depot.prune(static_cast<std::size_t>(*keep), [&](const backup::Progress& progress) { return meter(progress); }));
    }
    json::Value removed{json::Array{}};
    for (const std::string& id : pruned.snapshots) removed.add(id);
    printer.one(json::object({{"removed", pruned.snapshots.size()}, {"kept", TRY(depot.list()).size()}, {"objects", pruned.objects}, {"bytes", pruned.bytes}, {"snapshots", std::move(removed)}}));
    return 0;
}

constexpr Option kMake[] = {kPassphraseFile, kPassphraseStdin, {"without-keys", "", "leave the node's keys out, knowing that a restore needs them from elsewhere"}};
constexpr Option kRead[] = {kPassphraseFile, kPassphraseStdin};
constexpr Option kVerify[] = {{"snapshot", "ID", "only this one"}, kPassphraseFile, kPassphraseStdin};
constexpr Option kPrune[] = {{"keep", "N", "so many of the newest snapshots stay", Need::required}};
constexpr Verb kVerbs[] = {
    {.name = "", .arguments = "[DIR]", .about = "Copies the data folder into DIR while the node works; the first time everything, then what is new. Without DIR, into backup.folder.", .options = kMake, .run = make},
    {.name = "list", .arguments = "DIR", .about = "Lists the snapshots in DIR, the oldest first.", .options = kRead, .local = true, .run = list},
    {.name = "verify", .arguments = "DIR", .about = "Reads the whole backup and names what is missing or altered; exit code 1 then. Without the passphrase, stored bytes only.", .options = kVerify, .local = true, .run = verify},
    {.name = "prune", .arguments = "DIR", .about = "Removes all but the newest snapshots, and what only they needed.", .options = kPrune, .local = true, .run = prune},
};

}  // namespace

extern const Noun backup{.name = "backup", .about = "A copy of everything, made while the node works.", .verbs = kVerbs};

}  // namespace vg::cli::of_backup
