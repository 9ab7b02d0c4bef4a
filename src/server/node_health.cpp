#include "server/node_health.h"

#include <unistd.h>

#include <fstream>

#include "base/text.h"
#include "base/time.h"

namespace vg::server {

namespace {

// Resident memory of this process in bytes, from /proc/self/statm; 0 when it cannot be read.
std::int64_t resident_bytes() {
    std::ifstream file{"/proc/self/statm"};
    std::int64_t pages = 0;
    std::int64_t resident = 0;
    file >> pages >> resident;
    return resident * ::sysconf(_SC_PAGESIZE);
}

json::Value describe(const store::Damage& damage) {
    return json::object({{"segment", damage.segment},
                         {"offset", damage.offset},
                         {"from", damage.from.value},
                         {"to", damage.to.value},
                         {"reason", damage.reason}});
}

}  // namespace

NodeHealth::NodeHealth(Parts parts) : parts_(std::move(parts)), started_(parts_.clock.now()) {}

Status NodeHealth::ready() const {
    const store::Journal::Health journal = parts_.journal.health();
    if (!journal.writable) return fail(Code::unavailable, "the journal cannot write: " + journal.reason);
    return {};
}

json::Value NodeHealth::report() const {
    const store::Journal::Health journal = parts_.journal.health();
    json::Array damage;
    for (const store::Damage& part : journal.damage) damage.push_back(describe(part));
    json::Value report = json::object({
        {"version", VG_VERSION},
        {"started", to_rfc3339(started_)},
        {"time", to_rfc3339(parts_.clock.now())},
        {"resident_bytes", resident_bytes()},
        {"journal", json::object({{"id", to_text(parts_.journal.id())},
                                  {"writable", journal.writable},
                                  {"reason", journal.reason},
                                  {"bytes", journal.bytes},
                                  {"segments", journal.segments},
                                  {"begin", parts_.journal.begin().value},
                                  {"end", parts_.journal.end().value},
                                  {"oldest", journal.oldest.micros == 0 ? json::Value{} : json::Value{to_rfc3339(journal.oldest)}},
                                  {"torn_tail", journal.torn_tail},
                                  {"damage", std::move(damage)}})},
    });
    const auto content = parts_.content();
    json::Array refused;
    for (const detect::RefusedRule& rule : content->report.refused)
        refused.push_back(json::object({{"file", rule.file}, {"line", rule.line}, {"title", rule.title}, {"reason", rule.reason}}));
    report.set("content", json::object({{"fingerprint", content->fingerprint}, {"rules", content->report.loaded}, {"refused", std::move(refused)}}));
    if (const Pipeline* pipeline = parts_.pipeline()) {
        json::Array set_aside;
        for (const SetAside& record : pipeline->set_aside())
            set_aside.push_back(json::object({{"position", record.position.value},
                                              {"source", record.source.text()},
                                              {"organisation", record.organisation.text()},
                                              {"when", to_rfc3339(record.when)},
                                              {"reason", record.reason}}));
        report.set("pipeline", json::object({{"position", pipeline->position().value},
                                             {"lag_records", parts_.journal.end().value - pipeline->position().value},
                                             {"trouble", pipeline->trouble()},
                                             {"set_aside", std::move(set_aside)}}));
    }
    return report;
}

api::SourceCounters NodeHealth::counters(const SourceId& source) const {
    api::SourceCounters counters;
    const ingest::TallyValues arrivals = parts_.arrivals(source);
    counters.received = arrivals.received;
    counters.refused = arrivals.refused;
    if (const auto found = tally(source)) {
        counters.accepted = static_cast<std::uint64_t>(found->accepted);
        counters.unparsed = static_cast<std::uint64_t>(found->unparsed);
        counters.late = static_cast<std::uint64_t>(found->late);
    }
    return counters;
}

std::optional<SourceTally> NodeHealth::tally(const SourceId& source) const {
    const Pipeline* pipeline = parts_.pipeline();
    return pipeline == nullptr ? std::nullopt : pipeline->tally(source);
}

std::optional<Time> NodeHealth::last_received(const SourceId& source) const {
    const auto found = tally(source);
    return found ? std::optional{found->last_received} : std::nullopt;
}

std::optional<Time> NodeHealth::newest(const SourceId& source) const {
    const auto found = tally(source);
    return found && found->newest.micros > 0 ? std::optional{found->newest} : std::nullopt;
}

std::optional<api::UnparsedSample> NodeHealth::unparsed_sample(const SourceId& source) const {
    auto found = tally(source);
    if (!found || found->sample_event.empty()) return std::nullopt;
    return api::UnparsedSample{std::move(found->sample_event), std::move(found->sample_reason)};
}

std::string NodeHealth::mark() const {
    const Status standing = ready();
    std::string text = standing ? "" : standing.error().text;
    if (const Pipeline* pipeline = parts_.pipeline()) text += format("|{}|{}", pipeline->trouble(), pipeline->set_aside().size());
    return text;
}

}  // namespace vg::server
