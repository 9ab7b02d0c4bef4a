#include "server/node_health.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "api/reason.h"
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

json::Value optional_time(const std::optional<Time>& time) { return time ? json::Value{to_rfc3339(*time)} : json::Value{}; }

json::Value with_reason(json::Value object, const std::string& text) {
    api::add_reason(object, text);
    return object;
}

json::Value describe(const store::Damage& damage) {
    return json::object({{"segment", damage.segment},
                         {"offset", damage.offset},
                         {"from", damage.from.value},
                         {"to", damage.to.value},
                         {"reason", damage.reason}});
}

// What detection could not look at, by rule and source, most first; at most 100.
json::Value describe(std::vector<Overflow> overflows) {
    std::stable_sort(overflows.begin(), overflows.end(), [](const Overflow& a, const Overflow& b) { return a.events > b.events; });
    if (overflows.size() > 100) overflows.resize(100);
    json::Array all;
    for (const Overflow& one : overflows)
        all.push_back(json::object({{"rule", one.rule}, {"title", one.title}, {"source", one.source.text()}, {"events", one.events}, {"last_event", one.last}}));
    return json::Value{std::move(all)};
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
        {"journal", with_reason(json::object({{"id", to_text(parts_.journal.id())},
                                  {"writable", journal.writable},
                                  {"reason", journal.reason},
                                  {"bytes", journal.bytes},
                                  {"segments", journal.segments},
                                  {"begin", parts_.journal.begin().value},
                                  {"end", parts_.journal.end().value},
                                  {"oldest", journal.oldest.micros == 0 ? json::Value{} : json::Value{to_rfc3339(journal.oldest)}},
                                  {"torn_tail", journal.torn_tail},
                                  {"damage", std::move(damage)}}), journal.reason)},
    });
    const auto content = parts_.content();
    json::Array refused;
    for (const detect::RefusedRule& rule : content->report.refused)
        refused.push_back(json::object({{"file", rule.file}, {"line", rule.line}, {"title", rule.title}, {"reason", rule.reason}}));
    report.set("content", json::object({{"fingerprint", content->fingerprint}, {"rules", content->report.loaded}, {"refused", std::move(refused)}}));
    if (const Pipeline* pipeline = parts_.pipeline()) {
        json::Array set_aside;
        for (const SetAside& record : pipeline->set_aside())
            set_aside.push_back(with_reason(json::object({{"position", record.position.value},
                                                          {"source", record.source.text()},
                                                          {"organisation", record.organisation.text()},
                                                          {"when", to_rfc3339(record.when)},
                                                          {"reason", record.reason}}),
                                            record.reason));
        report.set("pipeline", with_reason(json::object({{"position", pipeline->position().value},
                                             {"lag_records", parts_.journal.end().value - pipeline->position().value},
                                             {"trouble", pipeline->trouble()},
                                             {"not_looked_at", describe(pipeline->overflows())},
                                             {"set_aside", std::move(set_aside)}}),
                                           pipeline->trouble()));
    }
    report.set("correlation", correlation());
    report.set("archive", archive());
    report.set("listeners", parts_.listeners());
    report.set("pulls", parts_.pulls());
    report.set("notifications", parts_.notifications());
    return report;
}

// What the groups hold, and what was left out of them: by rule, and whose groups were given up.
json::Value NodeHealth::correlation() const {
    const Pipeline* pipeline = parts_.pipeline();
    if (pipeline == nullptr) return json::object({{"rules", json::Array{}}});
    const detect::CorrelatorStats stats = pipeline->correlations();
    json::Array rules, evicted;
    for (const detect::CorrelationStats& rule : stats.rules)
        rules.push_back(json::object({{"id", rule.rule_id},
                                      {"title", rule.title},
                                      {"groups", rule.groups},
                                      {"bytes", rule.bytes},
                                      {"seen", rule.seen},
                                      {"held", rule.held},
                                      {"late", rule.late},
                                      {"without_group", rule.keyless},
                                      {"without_value", rule.valueless},
                                      {"evicted", rule.evicted},
                                      {"cut", rule.cut}}));
    for (const detect::CorrelatorStats::Evicted& victim : stats.victims)
        evicted.push_back(json::object({{"rule", victim.rule_id}, {"organisation", victim.organisation.text()}, {"groups", victim.groups}}));
    return json::object({{"groups", stats.groups},
                         {"bytes", stats.bytes},
                         {"late", stats.late},
                         {"evicted", stats.evicted},
                         {"forgotten", stats.forgotten},
                         {"gap", pipeline->correlation_gap()},
                         {"rules", std::move(rules)},
                         {"evicted_of", std::move(evicted)}});
}

// Days until the disk is full at the rate of the last week; the oldest day that can be searched; what each source takes.
json::Value NodeHealth::archive() const {
    if (parts_.archive == nullptr) return json::object({{"trouble", parts_.archive_trouble}});
    const store::Archive::Health health = parts_.archive->health();
    const Feed* feed = parts_.feed();
    json::Array damage;
    for (const std::string& one : health.damage) damage.emplace_back(one);
    json::Array missing;
    for (const store::Archive::Range& range : parts_.archive->missing()) missing.push_back(json::object({{"from", range.from.value}, {"to", range.to.value}}));
    std::vector<std::pair<SourceId, std::uint64_t>> sources{health.bytes_by_source.begin(), health.bytes_by_source.end()};
    std::stable_sort(sources.begin(), sources.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    if (sources.size() > 100) sources.resize(100);
    json::Array costs;
    for (const auto& [source, bytes] : sources) costs.push_back(json::object({{"source", source.text()}, {"bytes", bytes}}));
    std::string trouble = parts_.archive_trouble;
    if (trouble.empty()) trouble = health.trouble;
    if (trouble.empty() && feed != nullptr) trouble = feed->trouble();
    json::Value out = json::object({{"trouble", trouble},
                                    {"watermark", parts_.archive->watermark().value},
                                    {"searchable", parts_.archive->searchable().value},
                                    {"segments", health.segments},
                                    {"events", health.events + health.tail_events},
                                    {"bytes", health.bytes},
                                    {"filter_bytes", health.filter_bytes},
                                    {"tail_events", health.tail_events},
                                    {"tail_bytes", health.tail_bytes},
                                    {"oldest_received", optional_time(health.oldest_received)},
                                    {"oldest_occurred", optional_time(health.oldest_occurred)},
                                    {"bytes_per_day", static_cast<std::int64_t>(health.bytes_per_day)},
                                    {"sources", std::move(costs)},
                                    {"damage", std::move(damage)},
                                    {"missing", std::move(missing)}});
    if (const auto free = store::system_disk().free_bytes(parts_.archive_folder)) {
        out.set("free_bytes", *free);
        // The journal grows on the same disk, usually faster.
        const double journal_day = journal_bytes_per_day();
        const double day = health.bytes_per_day + journal_day;
        if (day > 0) out.set("full_in_days", static_cast<std::int64_t>(static_cast<double>(*free) / day));
    }
    return out;
}

// Over the time that it holds, at most a year.
double NodeHealth::journal_bytes_per_day() const {
    const store::Journal::Health journal = parts_.journal.health();
    if (journal.oldest.micros == 0) return 0;
    const Span kept = parts_.clock.now() - journal.oldest;
    return static_cast<double>(journal.bytes) * static_cast<double>(days(1).micros) / static_cast<double>(std::clamp(kept.micros, hours(1).micros, days(365).micros));
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
    if (parts_.archive != nullptr) {
        const store::Archive::Health health = parts_.archive->health();
        text += format("|{}|{}", health.trouble, health.damage.size());
    }
    return text;
}

}  // namespace vg::server
