// What the grammar of patterns lets pass and the standard, or our own bounds, do not.
#include <algorithm>
#include <set>
#include <span>

#include "base/ip.h"
#include "base/text.h"
#include "detect/kinds/stix/expression.h"
#include "detect/kinds/stix/pattern.h"

namespace vg::detect::stix {
namespace {

constexpr std::size_t kMostProblems = 20;

struct HashLength {
    std::string_view name;  // without '-', in upper case
    std::size_t digits;
};
constexpr HashLength kHashLengths[] = {{"MD5", 32}, {"SHA1", 40}, {"SHA224", 56}, {"SHA256", 64}, {"SHA384", 96}, {"SHA512", 128}, {"RIPEMD160", 40}};

void check_hash(const Test& test, std::vector<std::string>& out) {
    const auto& steps = test.path.steps;
    if (steps.size() < 2 || steps.back().kind != Step::Kind::key || steps[steps.size() - 2].key != "hashes") return;
    if (test.what != Operator::equal && test.what != Operator::not_equal && test.what != Operator::in) return;
    std::string name;
    for (char c : steps.back().key)
        if (c != '-' && c != '_') name.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c);
    for (const HashLength& hash : kHashLengths) {
        if (hash.name != name) continue;
        for (const Literal& literal : test.literals) {
            const bool hex = std::all_of(literal.text.begin(), literal.text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); });
            if (literal.kind != Literal::Kind::text || literal.text.size() != hash.digits || !hex)
                out.push_back(format("'{}' is not a {} hash", shorten(literal.text, 140), steps.back().key));
        }
    }
}

void check(const Comparison& comparison, std::vector<std::string>& out) {
    if (out.size() >= kMostProblems) return;
    for (const Comparison& part : comparison.parts) check(part, out);
    if (comparison.kind != Comparison::Kind::test) return;
    const Test& test = comparison.test;
    check_hash(test, out);
    if (test.expression && !test.expression->refused().empty()) out.push_back(format("MATCHES of {}: {}", shorten(test.path.text(), 200), test.expression->refused()));
    if (test.what == Operator::is_subset || test.what == Operator::is_superset)
        if (!parse_network(test.literals[0].text)) out.push_back(format("'{}' is not an address range", shorten(test.literals[0].text, 100)));
}

void check(const Observation& observation, std::vector<std::string>& out) {
    if (out.size() >= kMostProblems) return;
    for (const Observation& part : observation.parts) check(part, out);
    if (observation.kind == Observation::Kind::one) {
        check(observation.comparison, out);
        std::set<Qualifier::Kind> seen;
        // Those behind parentheses qualify a group, which may be narrowed again.
        const std::size_t own = observation.inner.value_or(observation.qualifiers.size());
        for (const Qualifier& qualifier : std::span{observation.qualifiers}.first(own))
            if (!seen.insert(qualifier.kind).second) out.emplace_back("one observation has two qualifiers of the same kind");
    }
    for (const Qualifier& qualifier : observation.qualifiers)
        if (qualifier.kind == Qualifier::Kind::start_stop && !(qualifier.start < qualifier.stop)) out.emplace_back("STOP is not after START");
}

}  // namespace

std::vector<std::string> check(const Pattern& pattern) {
    std::vector<std::string> out;
    check(pattern.top, out);
    return out;
}

}  // namespace vg::detect::stix
