// Rules that look for the same things. Each rule becomes the set of its normalised items, one for each value: whether the
// condition wants or excludes it, the field in lower case, and the value as a folded pattern in which contains, startswith
// and endswith are stars; so it does not matter how a rule spells them. Two sets are compared by
//     Jaccard      |A and B| / |A or B|          >= 0.8, of sets with 3 items or more together, or
//     containment  |A and B| / min(|A|, |B|)     >= 0.95, where the smaller has 6 items or more and is at least a third of the
//                                                larger (a rule of one word is within many);
// and sets that are equal are always told. Rules whose log sources exclude one another are not compared, nor is a rule with
// one that it names (`related`). Pure; not fast: rules that share an item are compared, by an index of items.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "detect/kinds/sigma/rule.h"

namespace vg::detect::sigma {

struct Alike {
    std::uint32_t a = 0, b = 0;  // indices; a < b, and a is one of the first `asked`
    double jaccard = 0, containment = 0;
    bool a_within_b = false, b_within_a = false;  // by containment
    bool same = false;                            // the sets are equal
};

// Pairs in which at least one is among the first `asked` rules, in their order. At most kMostAlike.
inline constexpr std::size_t kMostAlike = 10'000;
std::vector<Alike> alike(std::span<const Rule* const> rules, std::size_t asked);

}  // namespace vg::detect::sigma
