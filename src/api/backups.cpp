// Backups of the node: making one, and what became of those before. The answer to making one is a stream of progress lines
// that ends with the result; a reader who goes away stops the work. Which folder may be written to is the machine's affair:
// only a process of the server's own account or root names one; everybody else gets the one of the settings.
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

#include "api/api.h"
#include "api/fields.h"
#include "api/list.h"
#include "api/problem.h"
#include "api/reason.h"
#include "base/text.h"
#include "store/backup/runs.h"

namespace vg::api::of_backups {

namespace {

constexpr NamedSchema kSchemas[] = {
    {"Backup", R"({"type":"object","required":["id","started","ended","actor","folder","outcome","reason","snapshot","files","bytes","new_bytes","has_keys"],"properties":{
    "id":{"type":"string","format":"uuid"},"started":{"type":"string","format":"date-time"},"ended":{"type":["string","null"],"format":"date-time"},"actor":{"type":"string"},
    "folder":{"type":"string","description":"on the server's machine"},"outcome":{"enum":["running","done","failed","broken off"],"description":"broken off: the program ended before it did"},
    "reason":{"type":"string","description":"why it failed"},"snapshot":{"type":"string"},"files":{"type":"integer"},"bytes":{"type":"integer","description":"that a restore gives back"},
    "new_bytes":{"type":"integer","description":"that this run stored"},"has_keys":{"type":"boolean","description":"false: the node's keys are not in it"},
    )" VG_REASON R"(},"additionalProperties":false})"}};

json::Value to_json(const store::backup::Ran& run) {
    json::Value out = json::object({{"id", run.id.text()},
                         {"started", time_value(run.started)},
                         {"ended", run.ended ? time_value(*run.ended) : json::Value{}},
                         {"actor", run.actor},
                         {"folder", run.folder},
                         {"outcome", run.outcome},
                         {"reason", run.reason},
                         {"snapshot", run.snapshot},
                         {"files", run.files},
                         {"bytes", run.bytes},
                         {"new_bytes", run.new_bytes},
                         {"has_keys", run.has_keys}});
    add_reason(out, run.reason);
    return out;
}

Result<net::Response> list_all(Ask& ask) {
    return list(ask, [](Context& context, const access::Actor&, const std::optional<std::string>& after, std::size_t limit) -> Result<ListPage> {
        std::optional<store::backup::RunId> before;
        if (after) {
            const auto parsed = store::backup::RunId::parse(*after);
            if (!parsed) return fail(Code::bad_input, "field after: is no cursor of this list");
            before = *parsed;
        }
        const auto runs = TRY(context.state.read([&](store::Transaction& tx) { return store::backup::list_runs(tx, before, limit + 1); }));
        return page_of(runs, std::nullopt, limit, [](const store::backup::Ran& run) { return run.id.text(); }, [](const store::backup::Ran& run) { return to_json(run); });
    });
}

// The work on a thread of its own, and the lines it has to tell. The thread ends with the object, which lives as long as
// the answer is being sent.
class Making {
public:
    Making(const Context& context, BackupAsk ask)
        : back_up_(context.back_up), ask_(std::move(ask)), worker_([this](const std::stop_token& stop) { work(stop); }) {}

    // Waits for the next line. False when it was the last.
    bool next(std::string& out) {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return progress_.has_value() || result_.has_value(); });
        std::optional<json::Value>& line = result_ ? result_ : progress_;
        const bool more = !result_;
        line->dump_to(out);
        out += '\n';
        line.reset();
        return more;
    }

private:
    void work(const std::stop_token& stop) {
        auto made = back_up_(ask_, [&](json::Value line) {
            tell(progress_, std::move(line));
            return !stop.stop_requested();
        });
        tell(result_, made ? std::move(*made) : json::object({{"problem", problem_body(problem(made.error()).status, made.error())}}));
    }

    // Progress that nobody has read yet is replaced by the newer.
    void tell(std::optional<json::Value>& place, json::Value line) {
        {
            const std::lock_guard lock{mutex_};
            place = std::move(line);
        }
        changed_.notify_one();
    }

    std::function<Result<json::Value>(const BackupAsk&, const std::function<bool(json::Value)>&)> back_up_;
    BackupAsk ask_;
    std::mutex mutex_;
    std::condition_variable changed_;
    // guarded by mutex_
    std::optional<json::Value> progress_, result_;
    // last, so that it ends first
    std::jthread worker_;
};

Result<net::Response> make(Ask& ask) {
    BackupAsk wanted{.actor = ask.actor.name,
                     .folder = ask.body.text("folder"),
                     .passphrase = ask.body.text("passphrase"),
                     .without_keys = ask.body.boolean("without_keys").value_or(false)};
    if ((wanted.folder || wanted.passphrase) && !ask.request.local_control)
        return fail(Code::denied, format("field {}: is given only on the server's own machine; elsewhere the settings backup.folder and backup.passphrase_file hold",
                                         wanted.folder ? "folder" : "passphrase"));
    if (!ask.context.back_up) return fail(Code::unavailable, "this server makes no backups");
    auto making = std::make_shared<Making>(ask.context, std::move(wanted));
    net::Response response;
    response.with("Content-Type", "application/x-ndjson");
    response.stream = [making](std::string& out) { return making->next(out); };
    return response;
}

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/backups", .permission = "backup:run", .holds = Holds::node,
     .summary = "Lists the backups that were made, and the one that is being made, the newest first.", .response_schema = "Backup[]", .parameters = kListParameters, .answer = list_all},
    {.method = "POST", .pattern = "/api/v1/backup", .permission = "backup:run", .holds = Holds::node,
     .summary = "Makes a backup while the node works; answers NDJSON: lines of type progress, then one of type result. Going away stops it.",
     .request_schema = R"({"type":"object","additionalProperties":false,"properties":{
     "folder":{"type":"string","maxLength":4096,"description":"absolute, on the server's machine; over the control socket only. Without it, the setting backup.folder"},
     "passphrase":{"type":"string","maxLength":4096,"description":"seals the backup and lets keys in; over the control socket only. Without it, that of the setting backup.passphrase_file"},
     "without_keys":{"type":"boolean","description":"leave the node's keys out of a sealed backup as well"}},"examples":[{}]})",
     .response_schema = R"({"type":"object","description":"NDJSON lines","required":["type"],"properties":{"type":{"enum":["progress","result"]}}})", .secret_answer = true, .answer = make},
};

}  // namespace

extern const Resource backups{.name = "backups", .about = "Backups of the whole node.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_backups
