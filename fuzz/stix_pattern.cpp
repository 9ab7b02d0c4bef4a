// A STIX pattern from a feed: refused, or a tree that can be asked of observations within its limits. The first line may hold
// observations as JSON; the rest is the pattern.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "detect/kinds/stix/evaluate.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vg;
    const std::string_view input{reinterpret_cast<const char*>(data), size};
    std::string_view first, text = input;
    if (input.starts_with('[') || input.starts_with('{')) {
        first = input.substr(0, input.find('\n'));
        if (first.size() < input.size() && json::parse(first)) text = input.substr(first.size() + 1);
    }
    const auto pattern = detect::stix::parse_pattern(text);
    if (!pattern) return 0;
    static_cast<void>(detect::stix::check(*pattern));
    auto document = json::parse(first);
    if (!document) document = json::parse(R"([{"type":"observed-data","number_observed":3,"first_observed":"2020-01-01T00:00:00Z","last_observed":"2020-01-01T00:00:05Z","objects":{"0":{"type":"file","name":"a","hashes":{"MD5":"79054025255fb1a26e4bc422aef54eb4"},"parent_directory_ref":"1"},"1":{"type":"directory","path":"C:\\x"}}}])");
    const auto seen = detect::stix::read_observations(*document);
    if (!seen) return 0;
    const auto once = detect::stix::matches(*pattern, *seen, {.steps = 20'000});
    const auto again = detect::stix::matches(*pattern, *seen, {.steps = 20'000});
    CHECK(once.has_value() == again.has_value() && (!once || *once == *again), "the same question has the same answer");
    return 0;
}
