// Whose a name was, at a time, from the approved facts about domains; and whose an autonomous system was. An immutable value, built from
// the facts and swapped whole by FactKeeper. Pure; any thread.
//
//   const NameAnswer answer = names->of("mail.so.example", time);
//
// The most specific domain that holds the name and was valid then counts: "so.example" holds itself and all below it. Of several
// organisations that claim the same one, none is chosen. A claim over a single label ("vn") says whose the registry is, not whose what is
// registered there is: it names nothing below itself.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "directory/attribution.h"
#include "directory/facts.h"

namespace vg::directory {

struct NameAnswer {
    Answer::Kind kind = Answer::Kind::gap;  // owner, conflict or gap
    std::int64_t number = 0;                // of the fact; of a gap 0
    OrganisationId organisation;            // of an owner
    std::string system;
    friend bool operator==(const NameAnswer&, const NameAnswer&) = default;
};

class NameClaims {
public:
    NameClaims() = default;
    // Approved facts; of kinds other than `domain` and `asn` nothing is taken.
    static NameClaims build(std::span<const Fact> facts);

    // A name in ASCII and lower case, with or without a dot at its end.
    [[nodiscard]] NameAnswer of(std::string_view name, Time time) const;
    // Who says that the autonomous system is theirs. That an address lies in it does not make it theirs: it is the weaker answer for
    // addresses that no range names.
    [[nodiscard]] NameAnswer of_system(std::uint32_t number, Time time) const;
    [[nodiscard]] std::size_t size() const { return size_; }

private:
    struct One {
        std::int64_t number = 0;
        OrganisationId organisation;
        std::string system;
        Time from;
        std::optional<Time> until;
    };
    static NameAnswer valid_at(const std::vector<One>& claims, Time time);

    std::map<std::string, std::vector<One>, std::less<>> domains_;
    std::map<std::uint32_t, std::vector<One>> systems_;
    std::size_t size_ = 0;
};

}  // namespace vg::directory
