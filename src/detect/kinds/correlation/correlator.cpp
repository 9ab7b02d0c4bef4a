// The Correlator: calls, locking and what people see of the groups.
#include <algorithm>
#include <bit>
#include <mutex>

#include "base/bytes.h"
#include "base/text.h"
#include "detect/kinds/correlation/state.h"

namespace vg::detect {

namespace correlation {
namespace {

constexpr std::uint32_t kAtOnce = 32'768;    // groups that are looked at before others may go on
constexpr std::size_t kMostPage = 1'000;
constexpr std::size_t kEventsShown = 100;
constexpr std::size_t kVictimsShown = 20;

// What a page is ordered by: the value, the highest first, then the hash.
struct Rank {
    double value = 0;
    Hash128 hash;
    friend bool operator==(const Rank&, const Rank&) = default;
    [[nodiscard]] bool before(const Rank& other) const {
        if (value != other.value) return value > other.value;
        return hash.low != other.hash.low ? hash.low < other.hash.low : hash.high < other.hash.high;
    }
    [[nodiscard]] std::string text() const {
        std::string bytes;
        put(bytes, std::bit_cast<std::uint64_t>(value));
        put(bytes, hash.low);
        put(bytes, hash.high);
        return to_hex(bytes);
    }
    static Result<Rank> parse(std::string_view text) {
        const auto bytes = from_hex(text);
        if (!bytes || bytes->size() != 24) return fail(Code::bad_input, "field after: is no cursor of this list");
        return Rank{std::bit_cast<double>(pick<std::uint64_t>(*bytes, 0)), {pick<std::uint64_t>(*bytes, 8), pick<std::uint64_t>(*bytes, 16)}};
    }
};

class Keeper final : public Correlator {
public:
    Keeper(std::shared_ptr<const Engine> engine, const Seed& seed, const CorrelatorOptions& options)
        : options_(options), seed_(seed), engine_(std::move(engine)), state_(std::make_unique<State>(engine_->plan().rules.size())) {}

    [[nodiscard]] const Seed& seed() const override { return seed_; }
    [[nodiscard]] const Engine& engine() const override { return *engine_; }

    void correlate(const Seen& seen, std::span<const Occurrence> found, std::vector<CorrelationMatch>& out) override {
        const std::lock_guard lock{mutex_};
        Step{engine_->plan(), *state_, options_}.take(seen, found, out);
    }

    void use(std::shared_ptr<const Engine> engine) override {
        const std::lock_guard lock{mutex_};
        const auto& before = engine_->plan().rules;
        const auto& after = engine->plan().rules;
        const bool same = std::equal(before.begin(), before.end(), after.begin(), after.end(),
                                     [](const Rule& a, const Rule& b) { return a.identity == b.identity && a.info->id == b.info->id; });
        if (!same) state_ = carried_over(engine_->plan(), *state_, engine->plan());
        engine_ = std::move(engine);
    }

    [[nodiscard]] std::string save() const override {
        const std::lock_guard lock{mutex_};
        return to_bytes(engine_->plan(), *state_, seed_);
    }

    Status restore(std::string_view saved) override {
        auto restored = TRY(from_bytes(engine_->plan(), saved));
        const std::lock_guard lock{mutex_};
        seed_ = restored.seed;
        state_ = std::move(restored.state);
        Step{engine_->plan(), *state_, options_}.make_room();
        return {};
    }

    [[nodiscard]] Result<GroupPage> groups(const GroupAsk& ask) const override;
    [[nodiscard]] CorrelatorStats stats() const override;

private:
    [[nodiscard]] GroupView view_of(const Rule& rule, const Group& group) const;

    // constant after construction
    const CorrelatorOptions options_;
    Seed seed_;  // constant but for restore()

    mutable std::mutex mutex_;
    // guarded by mutex_
    std::shared_ptr<const Engine> engine_;
    std::unique_ptr<State> state_;
};

GroupView Keeper::view_of(const Rule& rule, const Group& group) const {
    const Store& store = state_->store;
    GroupView view;
    view.organisation = store.lanes()[group.lane].organisation;
    std::vector<std::string> parts = parts_of(store.text(group), rule.group_by.size());
    for (std::size_t i = 0; i < parts.size(); ++i) view.group.emplace_back(rule.group_by[i], std::move(parts[i]));
    view.value = current_value(rule, store, group);
    view.holds = rule.holds(view.value);
    std::span<const Entry> entries{&group.first, 1};
    if (const Window* window = store.window_of(group)) {
        entries = std::span{window->entries}.subspan(window->begin);
        view.at_least = window->cut && window->begin == 0;
    }
    view.newest = {entries.back().time};
    view.ends = view.newest + rule.span;
    view.event_count = entries.size();
    for (const Entry& entry : entries.last(std::min(entries.size(), kEventsShown))) view.events.push_back({{entry.position}, {entry.time}});
    view.cursor = Rank{view.value, group.hash}.text();
    return view;
}

// Looks at all groups, some at a time, so that detection goes on meanwhile: a group that changes while others are looked
// at may stand where it stood before, or where it stands now.
Result<GroupPage> Keeper::groups(const GroupAsk& ask) const {
    std::optional<Rank> after;
    if (ask.after) after = TRY(Rank::parse(*ask.after));
    const std::size_t limit = std::clamp<std::size_t>(ask.limit, 1, kMostPage);
    std::unique_lock lock{mutex_};
    const std::shared_ptr<const Engine> engine = engine_;
    const Plan& plan = engine->plan();
    const auto rule = std::find_if(plan.rules.begin(), plan.rules.end(), [&](const Rule& one) { return one.info->id == ask.rule_id; });
    if (rule == plan.rules.end()) return fail(Code::not_found, "there is no such correlation");
    const auto number = static_cast<std::uint32_t>(rule - plan.rules.begin());
    GroupPage page;
    page.type = name_of(rule->type);
    page.timespan = rule->span;
    for (const Bound& bound : rule->bounds) page.condition.push_back(text_of(bound));

    struct Found {
        Rank rank;
        std::uint32_t index;
    };
    const auto first = [](const Found& a, const Found& b) { return a.rank.before(b.rank); };
    std::vector<Found> best;  // a heap, the last in order on top
    std::vector<std::uint8_t> wanted;
    for (std::uint32_t at = 0; at < state_->store.end() && engine_ == engine;) {
        const auto& lanes = state_->store.lanes();
        for (std::size_t lane = wanted.size(); lane < lanes.size(); ++lane) wanted.push_back(lanes[lane].rule == number && ask.visible(lanes[lane].organisation) ? 1 : 0);
        for (const std::uint32_t end = std::min(state_->store.end(), at + kAtOnce); at < end; ++at) {
            const Group& group = state_->store.group(at);
            if (group.lane == kNone || wanted[group.lane] == 0) continue;
            const Rank rank{current_value(*rule, state_->store, group), group.hash};
            if (after && !after->before(rank)) continue;
            if (best.size() > limit && !rank.before(best.front().rank)) continue;
            best.push_back({rank, at});
            std::push_heap(best.begin(), best.end(), first);
            if (best.size() <= limit + 1) continue;
            std::pop_heap(best.begin(), best.end(), first);
            best.pop_back();
        }
        lock.unlock();
        lock.lock();
    }
    if (engine_ != engine) return fail(Code::busy, "the rules were changed meanwhile; ask again");
    std::sort_heap(best.begin(), best.end(), first);
    page.more = best.size() > limit;
    if (page.more) best.pop_back();
    for (const Found& found : best) {
        const Group& group = state_->store.group(found.index);
        if (group.lane == kNone || wanted.size() <= group.lane || wanted[group.lane] == 0 || !(group.hash == found.rank.hash)) continue;
        page.groups.push_back(view_of(*rule, group));
        page.groups.back().cursor = found.rank.text();
    }
    return page;
}

CorrelatorStats Keeper::stats() const {
    const std::lock_guard lock{mutex_};
    CorrelatorStats stats;
    const Plan& plan = engine_->plan();
    const Store& store = state_->store;
    stats.groups = store.size();
    stats.bytes = store.bytes();
    stats.forgotten = state_->forgotten;
    stats.sources = state_->sources.size();
    for (std::size_t i = 0; i < plan.rules.size(); ++i) {
        const Counts& counts = state_->counts[i];
        stats.rules.push_back({.rule_id = plan.rules[i].info->id,
                               .title = plan.rules[i].info->title,
                               .seen = counts.seen,
                               .held = counts.held,
                               .late = counts.late,
                               .keyless = counts.keyless,
                               .valueless = counts.valueless,
                               .evicted = counts.evicted,
                               .cut = counts.cut});
        stats.late += counts.late;
        stats.evicted += counts.evicted;
    }
    for (const Lane& lane : store.lanes()) {
        stats.rules[lane.rule].groups += lane.groups;
        stats.rules[lane.rule].bytes += lane.bytes;
        if (lane.evicted > 0) stats.victims.push_back({plan.rules[lane.rule].info->id, lane.organisation, lane.evicted});
    }
    std::stable_sort(stats.victims.begin(), stats.victims.end(), [](const auto& a, const auto& b) { return a.groups > b.groups; });
    if (stats.victims.size() > kVictimsShown) stats.victims.resize(kVictimsShown);
    return stats;
}

}  // namespace
}  // namespace correlation

std::unique_ptr<Correlator> Correlator::make(std::shared_ptr<const Engine> engine, const correlation::Seed& seed, const CorrelatorOptions& options) {
    return std::make_unique<correlation::Keeper>(std::move(engine), seed, options);
}

}  // namespace vg::detect
