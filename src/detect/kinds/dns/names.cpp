#include "detect/kinds/dns/names.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "base/ascii.h"

namespace vg::detect::dns {

namespace {

#include "detect/kinds/dns/name_model.inc"

constexpr int kScale = 16;  // of a weight to one of log odds
constexpr std::size_t kMostLabel = 63;

// Second levels that registries of countries hand names out under; .vn has all but the last few.
constexpr std::string_view kSecondLevels[] = {"ac", "ai", "biz", "co", "com", "edu", "go", "gob", "gov", "health", "id", "info", "int", "io", "mil", "name", "ne", "net", "or", "org", "pro", "sch"};

// Where the last `count` labels begin.
std::size_t last_labels(std::string_view name, std::size_t count) {
    std::size_t at = name.size();
    for (; count > 0; --count) {
        at = at == 0 ? std::string_view::npos : name.rfind('.', at - 1);
        if (at == std::string_view::npos) return 0;
    }
    return at + 1;
}

bool ends_with_name(std::string_view name, std::string_view suffix) {
    if (name.size() <= suffix.size() || name[name.size() - suffix.size() - 1] != '.') return false;
    const std::string_view end = name.substr(name.size() - suffix.size());
    return std::equal(end.begin(), end.end(), suffix.begin(), [](char a, char b) { return lower_ascii(a) == lower_ascii(b); });
}

}  // namespace

Parts parts_of(std::string_view name, std::span<const std::string> hosts) {
    if (name.empty() || name.size() > kMostName || name.find('.') == std::string_view::npos) return {};
    std::size_t labels = 2;
    const std::string_view top = name.substr(name.rfind('.') + 1);
    const std::string_view two = name.substr(last_labels(name, 2));
    std::array<char, 16> second{};
    if (top.size() == 2 && two.size() - 3 <= second.size()) {
        const std::size_t size = two.size() - 3;
        for (std::size_t i = 0; i < size; ++i) second[i] = lower_ascii(two[i]);
        if (std::binary_search(std::begin(kSecondLevels), std::end(kSecondLevels), std::string_view{second.data(), size})) labels = 3;
    }
    for (const std::string& host : hosts)
        if (ends_with_name(name, host)) labels = std::max<std::size_t>(labels, 2 + static_cast<std::size_t>(std::count(host.begin(), host.end(), '.')));
    const std::size_t begin = last_labels(name, labels);
    Parts parts;
    parts.registered = name.substr(begin);
    parts.label = parts.registered.substr(0, parts.registered.find('.'));
    if (begin > 0) parts.carried = name.substr(0, begin - 1);
    if (static_cast<std::size_t>(std::count(parts.registered.begin(), parts.registered.end(), '.')) + 1 < labels || parts.label.empty()) return {};  // a registry's own name
    return parts;
}

int entropy_of(std::string_view text) {
    std::array<int, 256> counts{};
    int total = 0;
    for (const char c : text.substr(0, kMostName)) {
        if (c == '.') continue;
        ++counts[static_cast<std::uint8_t>(lower_ascii(c))];
        ++total;
    }
    if (total == 0) return 0;
    // n log n in thousandths, rounded: sums of whole numbers do not depend on the order or the machine.
    const auto weighed = [](int n) { return std::llround(1000.0 * n * std::log2(static_cast<double>(n))); };
    long long sum = weighed(total);
    for (const int count : counts)
        if (count > 1) sum -= weighed(count);
    return static_cast<int>(sum / total / 10);
}

int made_up(std::string_view label) {
    label = label.substr(0, kMostLabel);
    std::array<char, kMostLabel + 2> text{};
    std::size_t size = 0;
    text[size++] = '^';
    for (const char c : label) text[size++] = lower_ascii(c);
    text[size++] = '$';
    int sum = kBias;
    for (std::size_t length = 2; length <= 4; ++length)
        for (std::size_t at = 0; at + length <= size; ++at) {
            std::uint32_t hash = 2166136261U;
            for (std::size_t i = at; i < at + length; ++i) hash = (hash ^ static_cast<std::uint8_t>(text[i])) * 16777619U;
            sum += kWeights[(hash ^ hash >> 15) % std::size(kWeights)];
        }
    const int score = 5 * sum;
    return std::clamp(50 + (score >= 0 ? score / kScale : -((-score + kScale - 1) / kScale)), 0, 100);
}

}  // namespace vg::detect::dns
