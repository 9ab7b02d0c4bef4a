// Integrity of the journal (every checksum, hash and signature), of the archive (every checksum), of the originals of lists and of the files of cases. It may take long, so the answer is a stream of progress
// lines that ends with the result; a reader who goes away stops the work.
#include <algorithm>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <optional>
#include <thread>

#include "api/api.h"
#include "api/case_json.h"
#include "api/list.h"
#include "api/list_view.h"
#include "api/paper_json.h"
#include "api/problem.h"
#include "store/archive.h"

namespace vg::api::of_integrity {

namespace {

constexpr std::size_t kMostNamed = 1000;  // damaged parts and chain errors told by name

json::Value to_json(const store::VerifyReport& report) {
    json::Value damage{json::Array{}};
    for (const store::Damage& one : report.damage) {
        if (damage.as_array().size() == kMostNamed) break;
        damage.add(json::object({{"segment", one.segment}, {"offset", one.offset}, {"from", one.from.value}, {"to", one.to.value}, {"reason", one.reason}}));
    }
    json::Value chain{json::Array{}};
    for (const std::string& one : report.chain_errors)
        if (chain.as_array().size() < kMostNamed) chain.add(one);
    return json::object({{"type", "result"},
                         {"good", report.good()},
                         {"segments", report.segments},
                         {"records", report.records},
                         {"bytes", report.bytes},
                         {"damaged", report.damage.size()},
                         {"damage", std::move(damage)},
                         {"chain_errors", std::move(chain)}});
}

// What the archive's own check found, beside what was known before. Segments that are damaged are put back from the journal
// by themselves, so that `good` is about what was found now and about what is missing still.
json::Value check_archive(store::Archive& archive, const std::function<bool(std::uint64_t, std::uint64_t)>& progress) {
    const std::vector<std::string> before = archive.health().damage;
    const Status checked = archive.verify(progress);
    const store::Archive::Health health = archive.health();
    json::Array damage;
    for (const std::string& one : health.damage) {
        const bool known = std::any_of(before.begin(), before.end(), [&](const std::string& old) { return one.starts_with(old) || old.starts_with(one); });
        if ((!known || !one.ends_with("; replaced")) && damage.size() < kMostNamed) damage.emplace_back(one);
    }
    if (!checked) damage.emplace_back(checked.error().text);
    return json::object({{"good", damage.empty()},
                         {"segments", health.segments},
                         {"events", health.events},
                         {"bytes", health.bytes},
                         {"damage", std::move(damage)}});
}

// Files that were kept: each has the hash that it had then.
json::Value report_of(const Result<std::vector<std::string>>& wrong, std::int64_t checked) {
    json::Array damage;
    if (!wrong) damage.emplace_back(wrong.error().text);
    if (wrong)
        for (const std::string& one : *wrong)
            if (damage.size() < kMostNamed) damage.emplace_back(one);
    return json::object({{"good", damage.empty()}, {"files", checked}, {"damage", std::move(damage)}});
}

json::Value check_lists(const lists::Place& place) {
    std::int64_t checked = 0;
    const auto wrong = lists::check_originals(place, checked);
    return report_of(wrong, checked);
}

json::Value check_cases(const cases::AttachmentPlace& place) {
    std::int64_t checked = 0;
    const auto wrong = cases::check_attachments(place, checked);
    return report_of(wrong, checked);
}

json::Value check_papers(store::State& state, const reports::PaperPlace& place) {
    std::int64_t checked = 0;
    const auto wrong = reports::check_paper_files(state, place, checked);
    return report_of(wrong, checked);
}

// Folders of files that are checked after the archive.
struct FilePlaces {
    std::optional<lists::Place> lists;
    std::optional<cases::AttachmentPlace> cases;
    std::optional<reports::PaperPlace> papers;
};

// The work on a thread of its own, and the lines it has to tell. The thread ends with the object, which lives as long as
// the answer is being sent.
class Verification {
public:
    Verification(const store::Journal& journal, store::Archive* archive, FilePlaces files)
        : worker_([this, &journal, archive, files = std::move(files)](const std::stop_token& stop) { work(journal, archive, files, stop); }) {}

    // Waits for the next line. False when it was the last.
    bool next(std::string& out) {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return progress_.has_value() || result_.has_value(); });
        if (progress_) {
            progress_->dump_to(out);
            out += '\n';
            progress_.reset();
            return true;
        }
        result_->dump_to(out);
        out += '\n';
        return false;
    }

private:
    void work(const store::Journal& journal, store::Archive* archive, const FilePlaces& files, const std::stop_token& stop) {
        const auto progress_of = [&](std::string_view what) {
            return [this, what, &stop, told = std::uint64_t{0}](std::uint64_t done, std::uint64_t all) mutable {
                if (all > 0 && done * 100 / all != told) {
                    told = done * 100 / all;
                    tell(progress_, json::object({{"type", "progress"}, {"what", what}, {"done", done}, {"bytes", all}}));
                }
                return !stop.stop_requested();
            };
        };
        const auto report = journal.verify(progress_of("journal"));
        if (!report) return tell(result_, json::object({{"problem", problem_body(problem(report.error()).status, report.error())}}));
        json::Value result = to_json(*report);
        if (archive != nullptr) result.set("archive", check_archive(*archive, progress_of("archive")));
        if (files.lists && !stop.stop_requested()) result.set("lists", check_lists(*files.lists));
        if (files.cases && !stop.stop_requested()) result.set("cases", check_cases(*files.cases));
        if (files.lists && files.papers && !stop.stop_requested()) result.set("papers", check_papers(files.lists->state, *files.papers));
        tell(result_, std::move(result));
    }

    // Progress that nobody has read yet is replaced by the newer.
    void tell(std::optional<json::Value>& place, json::Value line) {
        {
            const std::lock_guard lock{mutex_};
            place = std::move(line);
        }
        changed_.notify_one();
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    // guarded by mutex_
    std::optional<json::Value> progress_, result_;
    // last, so that it ends first
    std::jthread worker_;
};

Result<net::Response> verify(Ask& ask) {
    FilePlaces files;
    if (auto place = lists_place(ask.context)) files.lists.emplace(std::move(*place));
    if (auto place = attachment_place(ask.context)) files.cases.emplace(std::move(*place));
    if (auto place = paper_place(ask.context)) files.papers.emplace(std::move(*place));
    auto verification = std::make_shared<Verification>(ask.context.journal, ask.context.archive, std::move(files));
    net::Response response;
    response.with("Content-Type", "application/x-ndjson");
    response.stream = [verification](std::string& out) { return verification->next(out); };
    return response;
}

constexpr Route kRoutes[] = {
    {.method = "POST", .pattern = "/api/v1/verify", .permission = "audit:verify", .holds = Holds::node,
     .summary = "Checks every checksum, hash and signature of the journal, every checksum of the archive, the originals of lists, the files of cases and of papers; answers NDJSON: lines of type progress, then one of type result.",
     .response_schema = R"({"type":"object","description":"NDJSON lines","required":["type"],"properties":{"type":{"enum":["progress","result"]}}})", .answer = verify},
};

}  // namespace

extern const Resource integrity{.name = "integrity", .about = "Proof that no record was altered or lost.", .routes = kRoutes};

}  // namespace vg::api::of_integrity
