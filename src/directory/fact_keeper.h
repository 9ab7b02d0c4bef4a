// Keeps facts and what is made of them in step: a change is planned, Attribution is built with it, it is written, and the new
// Attribution is swapped in. One change at a time; whoever asks is never held up. Owned by the server; any thread.
//
//   const FactPlan done = TRY(keeper.change(actor, now, [&](store::Transaction& tx) { return Facts::approve(tx, actor, 17, {}, now); }));
//   const Answer answer = keeper.attribution()->of({address, port, time});
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "access/access.h"
#include "directory/attribution.h"
#include "directory/facts.h"
#include "directory/name_claims.h"
#include "store/state.h"

namespace vg::directory {

class FactKeeper {
public:
    // Reads all approved ranges. State outlives it.
    static Result<std::unique_ptr<FactKeeper>> open(store::State& state);

    [[nodiscard]] std::shared_ptr<const Attribution> attribution() const;
    // Whose names and autonomous systems are.
    [[nodiscard]] std::shared_ptr<const NameClaims> names() const;
    // 1 to 5, as it was approved last; 0: unknown. A code that the organisation does not have is another's, when only one has it.
    [[nodiscard]] int system_level(const OrganisationId& organisation, std::string_view code) const;

    using Planning = std::function<Result<FactPlan>(store::Transaction&)>;
    // What was done. An error of planning, or of Attribution, which names the range: nothing was kept. Plans of more than
    // kPiece steps are written in several transactions; when one of them fails, what was written before stays.
    Result<FactPlan> change(const access::Actor& actor, Time now, const Planning& planning);
    static constexpr std::size_t kPiece = 1'000;

    // Asked in the transaction that writes a piece of a plan, so that what follows from a change is not forgotten: set before anybody changes.
    using Noting = std::function<Status(store::Transaction&, const access::Actor&, std::span<const FactChange>, Time now)>;
    void note_with(Noting noting) { noting_ = std::move(noting); }
    // Waits until what was written is what attribution() gives.
    void settle() { const std::lock_guard lock{changing_}; }

    // Attribution as it would be with the plan; the present one when no range is touched.
    [[nodiscard]] Result<std::shared_ptr<const Attribution>> with(std::span<const FactChange> plan) const;
    [[nodiscard]] Result<std::shared_ptr<const NameClaims>> names_with(std::span<const FactChange> plan) const;

private:
    explicit FactKeeper(store::State& state) : state_(state) {}
    using Levels = std::map<std::string, std::map<OrganisationId, int>, std::less<>>;  // by code
    Result<std::shared_ptr<const Attribution>> load() const;
    Status load_levels();
    Status load_names();
    void swap(std::shared_ptr<const Attribution> made);

    store::State& state_;
    Noting noting_;
    std::mutex changing_;  // held from planning to the swap
    mutable std::mutex mutex_;
    // guarded by mutex_; immutable values, swapped whole
    std::shared_ptr<const Attribution> attribution_;
    std::shared_ptr<const Levels> levels_;
    std::shared_ptr<const NameClaims> names_;
};

}  // namespace vg::directory
