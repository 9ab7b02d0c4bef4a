// Who may settle a claim that others might make too, such as a range: whoever answers for the whole node, and whoever divides what an organisation of
// their scope was given already. What is about an organisation alone, such as a contact, is settled by its own approvers. Immutable; any thread.
//
//   const Settling settling = TRY(Settling::read(tx, actor));
//   if (settling.may_add(fact)) ...
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "access/access.h"
#include "base/clock.h"
#include "directory/attribution.h"
#include "store/state.h"

namespace vg::directory {

struct Fact;

class Settling {
public:
    // Reads the ranges and domains that organisations of the actor's scope hold; nothing for the whole node.
    static Result<Settling> read(store::Transaction& tx, const access::Actor& actor);

    [[nodiscard]] bool may_add(const Fact& fact) const;
    // Of an approved fact, which ends or is replaced: what it was given within is another one.
    [[nodiscard]] bool may_end(const Fact& fact) const;

private:
    struct Held {
        std::int64_t number = 0;
        Time from;
        std::optional<Time> until;
        AddressRange range;
        std::string domain;
    };
    [[nodiscard]] bool within(const Fact& fact, std::int64_t besides) const;

    bool approves_ = false, node_ = false;
    std::vector<Held> ranges_, domains_;
};

}  // namespace vg::directory
