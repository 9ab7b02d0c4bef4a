#include "api/search_incomplete.h"

#include <algorithm>

#include "api/fields.h"

namespace vg::api {

namespace {

constexpr Span kPromise = seconds(2);  // what was acknowledged can be found then
constexpr int kMostReads = 16;         // over records that are no events

// When the first event at or behind a position was received. Nothing: there is none.
std::optional<Time> first_event(const store::Journal& journal, event::Position from) {
    const auto reader = journal.reader(from);
    for (int i = 0; i < kMostReads; ++i) {
        const auto read = reader->next(256, std::size_t{256} << 10);
        if (!read || (read->records.empty() && read->next >= journal.end())) return std::nullopt;
        for (const store::StoredRecord& one : read->records)
            if (one.record.envelope.kind != event::Kind::control) return one.record.envelope.received;
    }
    return std::nullopt;
}

json::Value told(const std::optional<Time>& from, const std::optional<Time>& to, const std::optional<std::uint64_t>& events, std::string_view reason) {
    return json::object({{"from", from ? time_value(*from) : json::Value{}}, {"to", to ? time_value(*to) : json::Value{}}, {"events", events}, {"reason", reason}});
}

// The gaps from `at` on as one.
void merge_rest(std::vector<store::Gap>& gaps, std::size_t at) {
    store::Gap all = gaps[at];
    for (std::size_t i = at + 1; i < gaps.size(); ++i) {
        const store::Gap& one = gaps[i];
        all.from = all.from && one.from ? std::optional{std::min(*all.from, *one.from)} : std::nullopt;
        all.to = all.to && one.to ? std::optional{std::max(*all.to, *one.to)} : std::nullopt;
        all.events = all.events && one.events ? std::optional{*all.events + *one.events} : std::nullopt;
        all.lost = all.lost && one.lost;
    }
    gaps.resize(at);
    gaps.push_back(all);
}

}  // namespace

void Incomplete::add(const store::Unseen& unseen) {
    std::optional<Time> first;
    if (unseen.end < journal_.end()) first = first_event(journal_, unseen.end);
    const Time now = clock_.now();
    const std::lock_guard lock{mutex_};
    for (const store::Gap& gap : unseen.gaps) {
        const auto known = std::find_if(gaps_.begin(), gaps_.end(), [&](const store::Gap& one) { return one.from == gap.from && one.to == gap.to && one.lost == gap.lost; });
        if (known == gaps_.end())
            gaps_.push_back(gap);
        else if (known->events && gap.events)
            known->events = std::max(*known->events, *gap.events);
    }
    if (first && now - *first > kPromise) behind_ = {behind_ ? std::min(behind_->first, *first) : *first, now};
}

json::Array Incomplete::value(std::size_t most) const {
    const std::lock_guard lock{mutex_};
    std::vector<store::Gap> gaps = gaps_;
    if (gaps.size() > most) merge_rest(gaps, most - 1);
    json::Array out;
    for (const store::Gap& gap : gaps) out.push_back(told(gap.from, gap.to, gap.events, gap.lost ? "lost" : "missing"));
    if (behind_) out.push_back(told(behind_->first, behind_->second, std::nullopt, "behind"));
    return out;
}

void Incomplete::tell(json::Value& answer) const {
    if (json::Array lacking = value(); !lacking.empty()) answer.set("incomplete", std::move(lacking));
}

}  // namespace vg::api
