#include "detect/kinds/stix/watch.h"

#include <algorithm>

#include "base/bytes.h"

namespace vg::detect::stix {
namespace {

constexpr std::string_view kMagic = "VGWATCH1";
constexpr Span kAhead = minutes(5);  // of its arrival an event may be, at most
constexpr std::size_t kGroupHead = 16 + 4, kSightBytes = 8 + 8 + 8;

}  // namespace

void Watch::drop(Groups::iterator group) {
    sights_ -= group->sights.size();
    known_.erase(group->key);
    groups_.erase(group);
}

void Watch::make_room(Groups::iterator kept) {
    while ((groups_.size() > limits_.groups || sights_ > limits_.sights) && groups_.begin() != kept) {
        drop(groups_.begin());
        ++evicted_;
    }
}

void Watch::publish() {
    shown_groups_ = groups_.size();
    shown_sights_ = sights_;
}

// False: it is too late to belong to any of them.
bool Watch::put_in(Group& group, const Asked& asked, const Sight& sight, Time received) {
    std::vector<Sight>& sights = group.sights;
    if (!sights.empty()) {
        const bool forward = order_ == Order::forward;
        const Time newest = std::max(sights.back().time, sight.time);
        // Going backward, what is still to come was received before, and occurred at most so much after it was received.
        const auto is_over = [&](Time time) { return forward ? time + asked.window < newest : time - asked.window > received + kAhead; };
        if (forward && is_over(sight.time)) return false;
        sights_ -= sights.size();
        std::erase_if(sights, [&](const Sight& one) { return is_over(one.time); });
        sights_ += sights.size();
    }
    if (sights.size() >= limits_.in_group) {
        sights.erase(order_ == Order::forward ? sights.begin() : sights.end() - 1);
        --sights_;
        ++cut_;
    }
    const auto place = std::upper_bound(sights.begin(), sights.end(), sight, [](const Sight& a, const Sight& b) { return a.time != b.time ? a.time < b.time : a.position < b.position; });
    sights.insert(place, sight);
    ++sights_;
    return true;
}

bool Watch::see(const Asked& asked, std::string_view text, std::string_view who, const Sight& sight, Time received, std::vector<Sight>& taken) {
    taken.clear();
    const Key key{correlation::siphash(seed_, std::string{text} + '\0', who)};
    auto found = known_.find(key);
    if (found == known_.end()) {
        groups_.push_back({key, {}});
        found = known_.emplace(key, std::prev(groups_.end())).first;
    } else {
        groups_.splice(groups_.end(), groups_, found->second);
    }
    const Groups::iterator group = found->second;
    bool holds = false;
    if (!put_in(*group, asked, sight, received)) {
        ++late_;
    } else {
        // Only what is near enough to this one: all else was looked at before.
        std::vector<KnownSight> known;
        std::vector<std::size_t> places;
        for (std::size_t i = 0; i < group->sights.size(); ++i) {
            const Sight& one = group->sights[i];
            if (one.time + asked.window < sight.time || one.time - asked.window > sight.time) continue;
            known.push_back({one.time, one.bits});
            places.push_back(i);
        }
        const auto chosen = choose(asked.pattern, known, {.steps = limits_.steps});
        if (!chosen) ++unanswered_;
        if (chosen && !chosen->empty()) {
            holds = true;
            for (auto at = chosen->rbegin(); at != chosen->rend(); ++at) {
                const auto place = group->sights.begin() + static_cast<std::ptrdiff_t>(places[*at]);
                taken.push_back(*place);
                group->sights.erase(place);
                --sights_;
            }
            std::reverse(taken.begin(), taken.end());
        }
    }
    if (group->sights.empty())
        drop(group);
    else
        make_room(group);
    publish();
    return holds;
}

std::string Watch::save() const {
    std::string out{kMagic};
    out.append(reinterpret_cast<const char*>(seed_.data()), seed_.size());
    put(out, static_cast<std::uint64_t>(groups_.size()));
    for (const Group& group : groups_) {
        put(out, group.key.hash.low);
        put(out, group.key.hash.high);
        put(out, static_cast<std::uint32_t>(group.sights.size()));
        for (const Sight& sight : group.sights) {
            put(out, sight.position.value);
            put(out, static_cast<std::uint64_t>(sight.time.micros));
            put(out, sight.bits);
        }
    }
    put(out, hash64(out));
    return out;
}

Status Watch::restore(std::string_view saved) {
    constexpr std::size_t kHead = 8 + 16 + 8;
    const auto damaged = [] { return fail(Code::corrupt, "what patterns have seen is damaged"); };
    if (saved.size() < kHead + 8 || !saved.starts_with(kMagic) || hash64(saved.substr(0, saved.size() - 8)) != pick<std::uint64_t>(saved, saved.size() - 8)) return damaged();
    saved.remove_suffix(8);
    correlation::Seed seed{};
    std::copy_n(saved.begin() + 8, seed.size(), seed.begin());
    Groups groups;
    std::unordered_map<Key, Groups::iterator, KeyHash> known;
    std::uint64_t sights = 0;
    std::size_t at = kHead;
    for (auto left = pick<std::uint64_t>(saved, 24); left > 0; --left) {
        if (saved.size() - at < kGroupHead) return damaged();
        Group group{{{pick<std::uint64_t>(saved, at), pick<std::uint64_t>(saved, at + 8)}}, {}};
        const auto count = pick<std::uint32_t>(saved, at + 16);
        at += kGroupHead;
        if (count > (saved.size() - at) / kSightBytes) return damaged();
        for (std::uint32_t i = 0; i < count; ++i, at += kSightBytes)
            group.sights.push_back({{pick<std::uint64_t>(saved, at)}, Time{static_cast<std::int64_t>(pick<std::uint64_t>(saved, at + 8))}, pick<std::uint64_t>(saved, at + 16)});
        sights += count;
        groups.push_back(std::move(group));
        if (!known.emplace(groups.back().key, std::prev(groups.end())).second) return damaged();
    }
    if (at != saved.size()) return damaged();
    seed_ = seed;
    groups_ = std::move(groups);  // iterators into a list go with it
    known_ = std::move(known);
    sights_ = sights;
    publish();
    return {};
}

WatchStats Watch::stats() const { return {shown_groups_, shown_sights_, evicted_, cut_, late_, unanswered_}; }

}  // namespace vg::detect::stix
