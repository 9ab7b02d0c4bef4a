#include "directory/fact_keeper.h"

#include <algorithm>
#include <deque>
#include <iterator>
#include <unordered_set>
#include <utility>
#include <vector>

namespace vg::directory {

namespace {

constexpr std::string_view kRanges = "range";
constexpr std::size_t kFactPage = 10'000;

bool is_claim(const Fact& fact) { return fact.kind == kRanges && fact.state == FactState::approved; }
bool touches_claims(const FactChange& change) { return is_claim(change.now) || (change.before && is_claim(*change.before)); }

}  // namespace

Result<std::unique_ptr<FactKeeper>> FactKeeper::open(store::State& state) {
    std::unique_ptr<FactKeeper> keeper{new FactKeeper(state)};
    keeper->attribution_ = TRY(keeper->load());
    TRY(keeper->load_levels());
    TRY(keeper->load_names());
    return keeper;
}

std::shared_ptr<const Attribution> FactKeeper::attribution() const {
    const std::lock_guard lock{mutex_};
    return attribution_;
}

int FactKeeper::system_level(const OrganisationId& organisation, std::string_view code) const {
    std::shared_ptr<const Levels> levels;
    {
        const std::lock_guard lock{mutex_};
        levels = levels_;
    }
    const auto found = levels->find(code);
    if (found == levels->end()) return 0;
    if (const auto own = found->second.find(organisation); own != found->second.end()) return own->second;
    return found->second.size() == 1 ? found->second.begin()->second : 0;
}

std::shared_ptr<const NameClaims> FactKeeper::names() const {
    const std::lock_guard lock{mutex_};
    return names_;
}

Result<std::shared_ptr<const NameClaims>> FactKeeper::names_with(std::span<const FactChange> plan) const {
    std::vector<Fact> facts;
    for (const std::string_view kind : {"domain", "asn"})
        for (std::int64_t after = 0;;) {
            std::vector<Fact> page = TRY(state_.read([&](store::Transaction& tx) { return Facts::approved(tx, kind, after, kFactPage); }));
            const bool more = page.size() == kFactPage;
            if (more) after = page.back().number;
            std::move(page.begin(), page.end(), std::back_inserter(facts));
            if (!more) break;
        }
    for (const FactChange& change : plan) {
        std::erase_if(facts, [&](const Fact& one) { return one.number == change.now.number; });
        facts.push_back(change.now);  // one that is not approved counts for nothing
    }
    return std::make_shared<const NameClaims>(NameClaims::build(facts));
}

Status FactKeeper::load_names() {
    auto names = TRY(names_with({}));
    const std::lock_guard lock{mutex_};
    names_ = std::move(names);
    return {};
}

Status FactKeeper::load_levels() {
    std::vector<SystemFact> systems = TRY(state_.read([](store::Transaction& tx) { return Facts::systems(tx, access::Scope::node(), std::nullopt); }));
    std::stable_sort(systems.begin(), systems.end(), [](const SystemFact& a, const SystemFact& b) { return a.from < b.from; });
    auto levels = std::make_shared<Levels>();
    for (const SystemFact& system : systems) (*levels)[system.code][system.organisation] = system.level.value_or(0);
    const std::lock_guard lock{mutex_};
    levels_ = std::move(levels);
    return {};
}

void FactKeeper::swap(std::shared_ptr<const Attribution> made) {
    const std::lock_guard lock{mutex_};
    attribution_ = std::move(made);
}

Result<std::shared_ptr<const Attribution>> FactKeeper::load() const {
    std::deque<Fact> facts;  // their texts stay where they are
    std::vector<Claim> claims;
    TRY(state_.read([&](store::Transaction& tx) -> Status {
        facts.clear();
        for (std::int64_t after = 0;;) {
            std::vector<Fact> page = TRY(Facts::approved(tx, kRanges, after, kFactPage));
            for (Fact& fact : page) {
                fact.search.clear();
                facts.push_back(std::move(fact));
            }
            if (page.size() < kFactPage) return {};
            after = facts.back().number;
        }
    }));
    claims.reserve(facts.size());
    for (const Fact& fact : facts) claims.push_back(TRY(claim_of(fact)));
    return Attribution::build(claims);
}

Result<std::shared_ptr<const Attribution>> FactKeeper::with(std::span<const FactChange> plan) const {
    const auto present = attribution();
    if (std::none_of(plan.begin(), plan.end(), touches_claims)) return present;
    std::unordered_set<std::int64_t> changed;
    for (const FactChange& change : plan)
        if (change.before) changed.insert(change.now.number);
    std::vector<Claim> claims;
    claims.reserve(present->size() + plan.size());
    for (std::uint32_t i = 0; i < present->size(); ++i)
        if (Claim claim = present->claim(i); !changed.contains(claim.number)) claims.push_back(claim);
    for (const FactChange& change : plan)
        if (is_claim(change.now)) claims.push_back(TRY(claim_of(change.now)));
    return Attribution::build(claims);
}

Result<FactPlan> FactKeeper::change(const access::Actor& actor, Time now, const Planning& planning) {
    const std::lock_guard lock{changing_};
    FactPlan plan = TRY(state_.read([&](store::Transaction& tx) { return planning(tx); }));
    auto made = TRY(with(plan));
    for (std::size_t at = 0; at < plan.size(); at += kPiece) {
        const std::span<const FactChange> piece = std::span{plan}.subspan(at, std::min(kPiece, plan.size() - at));
        const Status written = state_.write([&](store::Transaction& tx) -> Status {
            TRY(Facts::write(tx, actor, piece, now));
            return noting_ ? noting_(tx, actor, piece, now) : Status{};
        });
        if (written) continue;
        // What was written before, or was kept although its answer was lost, counts.
        if (at > 0 || written.error().code == Code::unavailable)
            if (auto stored = load()) swap(std::move(*stored));
        return fail(written.error());
    }
    swap(std::move(made));
    if (std::any_of(plan.begin(), plan.end(), [](const FactChange& one) { return one.now.kind == "system"; })) TRY(load_levels());
    if (std::any_of(plan.begin(), plan.end(), [](const FactChange& one) { return one.now.kind == "domain" || one.now.kind == "asn"; })) TRY(load_names());
    return plan;
}

}  // namespace vg::directory
