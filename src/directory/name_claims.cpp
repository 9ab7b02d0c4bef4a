#include "directory/name_claims.h"

#include <utility>

namespace vg::directory {

NameClaims NameClaims::build(std::span<const Fact> facts) {
    NameClaims made;
    for (const Fact& fact : facts) {
        if (fact.state != FactState::approved) continue;
        One one{.number = fact.number, .organisation = fact.organisation, .system = fact.body.text("system").value_or(""), .from = fact.from, .until = fact.until};
        if (fact.kind == "domain") {
            made.domains_[fact.body.text("domain").value_or("")].push_back(std::move(one));
        } else if (fact.kind == "asn") {
            made.systems_[static_cast<std::uint32_t>(fact.body.integer("number").value_or(0))].push_back(std::move(one));
        } else {
            continue;
        }
        ++made.size_;
    }
    return made;
}

// Of several by one organisation the one valid from latest, then of the greatest number, as of ranges.
NameAnswer NameClaims::valid_at(const std::vector<One>& claims, Time time) {
    const One* best = nullptr;
    bool several = false;
    for (const One& one : claims) {
        if (time < one.from || (one.until && *one.until <= time)) continue;
        if (best != nullptr && best->organisation != one.organisation) several = true;
        if (best == nullptr || std::pair{best->from, best->number} < std::pair{one.from, one.number}) best = &one;
    }
    if (best == nullptr) return {};
    if (several) return {.kind = Answer::Kind::conflict, .number = best->number, .organisation = {}, .system = {}};
    return {.kind = Answer::Kind::owner, .number = best->number, .organisation = best->organisation, .system = best->system};
}

NameAnswer NameClaims::of(std::string_view name, Time time) const {
    if (name.ends_with('.')) name.remove_suffix(1);
    for (std::string_view rest = name; !rest.empty();) {
        const std::size_t dot = rest.find('.');
        if (dot != std::string_view::npos || rest == name)
            if (const auto found = domains_.find(rest); found != domains_.end())
                if (NameAnswer answer = valid_at(found->second, time); answer.kind != Answer::Kind::gap) return answer;
        if (dot == std::string_view::npos) break;
        rest.remove_prefix(dot + 1);
    }
    return {};
}

NameAnswer NameClaims::of_system(std::uint32_t number, Time time) const {
    const auto found = systems_.find(number);
    return found == systems_.end() ? NameAnswer{} : valid_at(found->second, time);
}

}  // namespace vg::directory
