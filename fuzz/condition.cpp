// Conditions and wildcards as hostile text. The first line names the search identifiers, the rest is the condition; as a
// pattern, the whole input must read back as it was written.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "base/text.h"
#include "detect/kinds/sigma/condition.h"

namespace {

std::size_t depth_of(const vg::detect::sigma::Expression& expression) {
    std::size_t deepest = 0;
    for (const auto& part : expression.parts) deepest = std::max(deepest, depth_of(part));
    return deepest + 1;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vg::detect::sigma;
    const std::string_view input{reinterpret_cast<const char*>(data), size};
    const std::size_t line = std::min(input.find('\n'), input.size());
    std::vector<std::string> names;
    for (std::string_view name : vg::split(input.substr(0, line), ' '))
        if (names.size() < 100) names.emplace_back(name);
    if (const auto parsed = parse_condition(input.substr(line), names)) CHECK(depth_of(*parsed) < 1'000, "nesting is bounded");

    const Pattern pattern = parse_pattern(input);
    CHECK(parse_pattern(to_text(pattern)) == pattern, "a pattern reads back as it was written");
    const Glob glob{pattern, Glob::Case::as_written};
    static_cast<void>(glob.matches(input));
    static_cast<void>(glob.matches("aaaaaaaaaaaaaaaaaaaaaaaab"));
    return 0;
}
