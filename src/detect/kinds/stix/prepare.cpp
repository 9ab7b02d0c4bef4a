// A pattern made ready for events: compared values in the form in which objects have them, what it asks for, and for how long.
#include <algorithm>
#include <set>

#include "base/text.h"
#include "detect/kinds/stix/expression.h"
#include "detect/kinds/stix/patterns.h"

namespace vg::detect::stix {
namespace {

// "sha256", "SHA256" and "SHA-256" are written; the vocabulary has the last.
std::string hash_name(std::string_view written) {
    std::string name;
    for (const char c : lower_ascii(written))
        if (c != '-' && c != '_') name.push_back(c);
    if (name == "md5") return "MD5";
    if (name == "sha1") return "SHA-1";
    if (name == "sha256") return "SHA-256";
    if (name == "sha512") return "SHA-512";
    return std::string{written};
}

class Preparation {
public:
    explicit Preparation(Asked& asked) : asked_(asked) {}

    Status run() {
        TRY(go(asked_.pattern.top));
        asked_.untold.assign(untold_.begin(), untold_.end());
        if (needs(asked_.pattern.top, false) > static_cast<std::int64_t>(kMostTogether)) return fail(Code::too_large, format("it asks for more than {} observations together", kMostTogether));
        const std::int64_t most = needs(asked_.pattern.top, true);
        asked_.alone = most == 1;
        if (!asked_.alone) asked_.window = window_of(asked_.pattern.top);
        return {};
    }

private:
    Status go(Observation& observation) {
        if (observation.kind == Observation::Kind::one) TRY(go(observation.comparison));
        for (Observation& part : observation.parts) TRY(go(part));
        return {};
    }

    Status go(Comparison& comparison) {
        for (Comparison& part : comparison.parts) TRY(go(part));
        return comparison.kind == Comparison::Kind::test ? go(comparison.test) : Status{};
    }

    Status go(Test& test) {
        if (const auto type = object_type_named(test.path.object_type))
            asked_.types |= bit(*type);
        else
            untold_.insert(test.path.object_type);
        for (std::size_t i = 0; i < test.path.steps.size(); ++i) {
            Step& step = test.path.steps[i];
            if (step.kind != Step::Kind::key) continue;
            if (i > 0 && test.path.steps[i - 1].key == "hashes") step.key = hash_name(step.key);
            if (step.key == "opened_connection_refs") asked_.types |= bit(ObjectType::network_traffic);
        }
        const Fold fold = fold_of(test.path);
        if (fold == nullptr) return {};
        switch (test.what) {
            case Operator::equal:
            case Operator::not_equal:
            case Operator::in:
            case Operator::like:
                for (Literal& literal : test.literals)
                    if (literal.kind == Literal::Kind::text) literal.text = nfc(fold(literal.text));
                return {};
            case Operator::matches: {
                const auto caseless = std::make_shared<const Expression>("(?i)" + test.literals[0].text);
                if (!caseless->refused().empty()) return fail(Code::bad_input, caseless->refused());
                test.expression = caseless;
                return {};
            }
            default: return {};
        }
    }

    // How many observations it takes: the fewest, or the most of its branches.
    static std::int64_t needs(const Observation& observation, bool most) {
        constexpr std::int64_t kMany = 1'000'000'000;
        std::int64_t count = 0;
        if (observation.kind == Observation::Kind::one) count = 1;
        for (const Observation& part : observation.parts) {
            const std::int64_t here = needs(part, most);
            if (observation.kind != Observation::Kind::any)
                count += here;
            else if (count == 0 || (most ? here > count : here < count))
                count = here;
        }
        for (const Qualifier& qualifier : observation.qualifiers)
            if (qualifier.kind == Qualifier::Kind::repeats) count = std::min(kMany, count * std::clamp<std::int64_t>(qualifier.times, 1, kMany / count));
        return std::min(count, kMany);
    }

    // The span that holds all of it together, where it says one.
    static Span window_of(const Observation& observation) {
        Span window = kLongestWindow;
        for (const Qualifier& qualifier : observation.qualifiers)
            if (qualifier.kind == Qualifier::Kind::within) window = std::min(window, qualifier.within);
        if (observation.kind != Observation::Kind::any || observation.parts.empty()) return window;
        Span longest{0};
        for (const Observation& part : observation.parts) longest = std::max(longest, window_of(part));
        return std::min(window, longest);
    }

    Asked& asked_;
    std::set<std::string> untold_;
};

}  // namespace

Result<std::unique_ptr<const Asked>> prepare(std::string_view text) {
    auto asked = std::make_unique<Asked>();
    asked->pattern = TRY(parse_pattern(text));
    if (const auto problems = check(asked->pattern); !problems.empty()) return fail(Code::bad_input, problems.front());
    TRY(Preparation{*asked}.run());
    asked->comparisons = comparisons_of(asked->pattern);
    if (asked->comparisons.size() > kMostKnown) return fail(Code::too_large, format("it has more than {} observations", kMostKnown));
    return std::unique_ptr<const Asked>{std::move(asked)};
}

}  // namespace vg::detect::stix
