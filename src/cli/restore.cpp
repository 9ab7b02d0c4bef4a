// vonggac restore: a snapshot into an empty folder. The server's room does it; no node runs there yet.
#include <filesystem>
#include <ostream>

#include "base/text.h"
#include "cli/ask.h"
#include "cli/secret.h"

namespace vg::cli::of_restore {

namespace {

constexpr Column kColumns[] = {{"SNAPSHOT", "snapshot"}, {"DATA", "data"}, {"GOOD", "good"}, {"FILES", "files", true}, {"BYTES", "bytes", true}, {"RECORDS", "records", true},
                               {"ROWS", "state_rows", true}, {"AUDIT LINES", "audit_lines", true}};

Result<int> run(Call& call) {
    if (!call.surroundings.restore) return fail(Code::unavailable, "this program cannot restore");
    std::error_code error;
    RestoreAsk ask{.folder = call.arguments[0],
                   .snapshot = call.option("snapshot"),
                   .data = std::filesystem::absolute(call.option("data").value_or(""), error).lexically_normal().string(),
                   .state = call.option("state").value_or(""),
                   .passphrase = TRY(passphrase_of(call)),
                   .keys = call.option("keys"),
                   .new_keys = call.has("new-keys")};
    while (ask.data.size() > 1 && ask.data.ends_with('/')) ask.data.pop_back();
    Printer printer = TRY(Printer::make(call, kColumns));
    const auto restored = call.surroundings.restore(ask, [&](const store::backup::Progress& progress) {
        if (call.streams.err_is_terminal) call.streams.err << format("\r\033[K{}: {} of {} MiB ", progress.stage, progress.done >> 20, progress.all >> 20) << std::flush;
        return true;
    });
    if (call.streams.err_is_terminal) call.streams.err << "\r\033[K" << std::flush;
    if (!restored) return fail(restored.error());
    printer.one(*restored);
    if (const json::Value* problems = restored->find("problems"); problems != nullptr && problems->is_array())
        for (const json::Value& problem : problems->as_array()) call.streams.err << "vonggac: " << (problem.is_text() ? problem.as_text() : problem.dump()) << "\n";
    return restored->boolean("good").value_or(false) ? 0 : 1;
}

constexpr Option kOptions[] = {
    {"data", "NEW", "the folder to restore into: a new or an empty one", Need::required},
    {"snapshot", "ID", "this snapshot; without it, the newest"},
    {"state", "URL", "State into an empty PostgreSQL database, postgresql:..., instead of a file in NEW"},
    {"keys", "DIR", "the node's keys, when the backup was made without a passphrase"},
    {"new-keys", "", "let the node make new keys instead"},
    kPassphraseFile,
    kPassphraseStdin,
};
constexpr Verb kVerbs[] = {{.name = "", .arguments = "DIR", .about = "Restores a backup into an empty folder and proves it: every file, the journal, State and the audit chain.", .options = kOptions, .local = true, .run = run}};

}  // namespace

extern const Noun restore{.name = "restore", .about = "A backup back into an empty folder.", .verbs = kVerbs};

}  // namespace vg::cli::of_restore
