#include "api/fake_archive.h"

#include <algorithm>
#include <fstream>
#include <map>

#include "api/search_values.h"
#include "base/text.h"

namespace vg::api::test {

Status FakeArchive::append(std::span<const store::ArchivedEvent> events, event::Position) {
    for (const store::ArchivedEvent& one : events)
        add({one.position, one.event->occurred, one.envelope->received, one.envelope->source, one.envelope->organisation, std::string{one.event->format}, one.envelope->peer, std::string{one.unparsed},
             event::to_json(*one.event)});
    return {};
}

void FakeArchive::add(store::FoundEvent event) {
    const std::lock_guard lock{mutex_};
    events_.push_back(std::move(event));
}

Result<std::vector<const store::FoundEvent*>> FakeArchive::found(const store::Question& question, store::Order order) {
    if (question.stop.stop_requested()) return fail(Code::unavailable, "the search was cancelled");
    if (question.unseen) question.unseen(unseen);
    std::vector<const store::FoundEvent*> out;
    {
        const std::lock_guard lock{mutex_};
        for (const store::FoundEvent& event : events_) {
            if (event.occurred < question.from || event.occurred >= question.to) continue;
            if (question.organisations && std::find(question.organisations->begin(), question.organisations->end(), event.organisation) == question.organisations->end()) continue;
            if (question.query != nullptr && !matches_event(*question.query, event, journal_)) continue;
            out.push_back(&event);
        }
    }
    std::sort(out.begin(), out.end(), [&](const auto* a, const auto* b) {
        const std::pair left{a->occurred, a->position}, right{b->occurred, b->position};
        return order == store::Order::newest_first ? left > right : left < right;
    });
    return out;
}

Result<store::Page> FakeArchive::page(const store::Question& question, const store::PageOptions& options) {
    store::Page page;
    for (const store::FoundEvent* event : TRY(found(question, options.order))) {
        if (options.after) {
            const std::pair here{event->occurred, event->position}, after{options.after->occurred, options.after->position};
            if (options.order == store::Order::newest_first ? here >= after : here <= after) continue;
        }
        if (page.events.size() == options.limit) {
            page.next = store::PageCursor{page.events.back().occurred, page.events.back().position};
            break;
        }
        page.events.push_back(*event);
    }
    return page;
}

Status FakeArchive::stream(const store::Question& question, store::Order order, const std::function<bool(store::FoundEvent&&)>& take) {
    for (const store::FoundEvent* event : TRY(found(question, order)))
        if (!take(store::FoundEvent{*event})) break;
    return {};
}

Result<std::uint64_t> FakeArchive::count(const store::Question& question) { return TRY(found(question, store::Order::newest_first)).size(); }

Result<std::vector<store::Bucket>> FakeArchive::histogram(const store::Question& question, Span step) {
    std::vector<store::Bucket> buckets;
    for (std::int64_t at = question.from.micros - question.from.micros % step.micros; at < question.to.micros; at += step.micros) buckets.push_back({Time{at}, 0});
    for (const store::FoundEvent* event : TRY(found(question, store::Order::newest_first))) ++buckets[static_cast<std::size_t>((event->occurred - buckets.front().from).micros / step.micros)].count;
    return buckets;
}

Result<store::Top> FakeArchive::top(const store::Question& question, std::string_view field, std::size_t most) {
    store::Top top;
    std::map<std::string, std::uint64_t> counts;
    for (const store::FoundEvent* event : TRY(found(question, store::Order::newest_first))) {
        ++top.events;
        const auto values = values_in(*event, search::target_of(field));
        top.with_field += values.empty() ? 0 : 1;
        for (const std::string& value : values) ++counts[value];
    }
    top.distinct = counts.size();
    for (const auto& [value, count] : counts) top.values.push_back({value, count});
    std::stable_sort(top.values.begin(), top.values.end(), [](const auto& a, const auto& b) { return a.count > b.count; });
    if (top.values.size() > most) top.values.resize(most);
    return top;
}

Result<store::FieldStatistics> FakeArchive::statistics(const store::Question& question, std::string_view field) {
    store::Top all = TRY(top(question, field, SIZE_MAX));
    store::FieldStatistics out{.field = std::string{field}, .events = all.with_field, .distinct = all.distinct};
    for (const store::TopValue& value : all.values) {
        out.least = std::min(out.least.value_or(value.value), value.value);
        out.most = std::max(out.most.value_or(value.value), value.value);
    }
    return out;
}

Result<std::vector<store::TopValue>> FakeArchive::fields(const store::Question& question) {
    std::map<std::string, std::uint64_t> counts;
    for (const store::FoundEvent* event : TRY(found(question, store::Order::newest_first)))
        for (const auto& [name, value] : event->fields.as_object()) ++counts[name];
    std::vector<store::TopValue> out;
    for (const auto& [name, count] : counts) out.push_back({name, count});
    std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.count > b.count; });
    return out;
}

Result<store::FoundEvent> FakeArchive::at(event::Position position) {
    const std::lock_guard lock{mutex_};
    for (const store::FoundEvent& event : events_)
        if (event.position == position) return event;
    return fail(Code::not_found, "the archive has no such event");
}

Result<std::uint64_t> FakeArchive::export_parquet(const store::Question& question, const std::string& path) {
    const auto events = TRY(found(question, store::Order::oldest_first));
    std::ofstream file{path, std::ios::binary};
    file << "PAR1";
    for (const store::FoundEvent* event : events) file << event->fields.dump();
    return events.size();
}

}  // namespace vg::api::test
