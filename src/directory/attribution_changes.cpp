#include "directory/attribution_changes.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace vg::directory {

namespace {

constexpr std::size_t kAskedAtOnce = 4'096;

// Whose it was by an answer, and behind which system.
std::set<std::pair<OrganisationId, std::string>> owners(const Attribution& attribution, const Ask& ask) {
    std::set<std::pair<OrganisationId, std::string>> found;
    for (const Claim& claim : attribution.explain(ask).claims) found.emplace(claim.organisation, std::string{claim.system});
    return found;
}

bool differs(const Attribution& before, const Attribution& after, const Ask& ask, const Answer& was, const Answer& is) {
    if (was.kind != is.kind) return true;
    switch (was.kind) {
        case Answer::Kind::owner: {
            const Claim one = before.claim(was.claim), other = after.claim(is.claim);
            return one.organisation != other.organisation || one.system != other.system;
        }
        case Answer::Kind::conflict: return owners(before, ask) != owners(after, ask);
        case Answer::Kind::gap:
        case Answer::Kind::nobody: return was.special != is.special;
    }
    return true;
}

}  // namespace

std::vector<ChangedAnswer> changed_answers(const Attribution& before, const Attribution& after, std::span<const Ask> asks) {
    std::vector<ChangedAnswer> changed;
    std::vector<Answer> was(kAskedAtOnce), is(kAskedAtOnce);
    for (std::size_t at = 0; at < asks.size(); at += kAskedAtOnce) {
        const auto piece = asks.subspan(at, std::min(kAskedAtOnce, asks.size() - at));
        before.of(piece, was);
        after.of(piece, is);
        for (std::size_t i = 0; i < piece.size(); ++i)
            if (differs(before, after, piece[i], was[i], is[i])) changed.push_back({at + i, was[i], is[i]});
    }
    return changed;
}

}  // namespace vg::directory
