// Rules taken apart into their documents: which rules a set of files holds, how two sets differ, and a file without some of
// its rules. For packs of rules and for rules that people switched off. Pure.
#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "detect/engine.h"

namespace vg::detect {

struct NamedRule {
    std::string id, title;
    friend auto operator<=>(const NamedRule&, const NamedRule&) = default;
};

// By id; a rule is changed when its text is another one, white space at the end of lines aside.
struct Difference {
    std::vector<NamedRule> added, changed, removed;  // in the order of their ids
    std::size_t same = 0;
};
Difference compare(std::span<const RuleFile> before, std::span<const RuleFile> after);

// The rules, correlations and filters of the files; of two with one id the last.
std::vector<NamedRule> rules_of(std::span<const RuleFile> files);

// Whether the text is YAML with at least one document that has what rules, correlations or filters have. Text that is no
// YAML counts when it looks like it was meant to be a rule, so that it is refused by name and not passed over.
bool holds_rules(std::string_view text);

// The text with the documents of these ids as empty comments, so that lines keep their numbers; empty when no other is left.
std::string without_rules(std::string_view text, const std::set<std::string>& ids);

}  // namespace vg::detect
