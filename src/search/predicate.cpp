#include "search/predicate.h"

#include <cstring>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "base/time.h"

namespace vg::search {

namespace {

bool contains(std::string_view text, std::string_view part) { return ::memmem(text.data(), text.size(), part.data(), part.size()) != nullptr; }

bool has_words(const Words& words, std::string_view folded, Scratch& scratch) {
    return contains(folded, words.longest) && contains(scratch.words(folded), words.spaced);
}

template <class T>
bool lies_in(const T& value, const Between<T>& between) {
    if (between.low && (between.low->with ? value < between.low->value : value <= between.low->value)) return false;
    return !between.high || (between.high->with ? value <= between.high->value : value < between.high->value);
}

template <class T>
bool lies_in_one(const std::optional<T>& value, const std::vector<Between<T>>& ranges) {
    return value && std::any_of(ranges.begin(), ranges.end(), [&](const Between<T>& range) { return lies_in(*value, range); });
}

// Whether it is worth asking for an address: the shortest is "::", the longest has 45 characters.
bool may_be_address(std::string_view text) {
    if (text.size() < 2 || text.size() > 45) return false;
    const char c = text[0];
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':';
}

}  // namespace

std::optional<Decimal> parse_decimal(std::string_view text) {
    const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
    const std::size_t dot = digits.find('.');
    auto all_digits = [](std::string_view part) { return !part.empty() && std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; }); };
    if (!all_digits(digits.substr(0, dot)) || (dot != std::string_view::npos && !all_digits(digits.substr(dot + 1)))) return std::nullopt;
    if (dot == std::string_view::npos)
        if (const auto integer = parse_int(text)) return Decimal{true, *integer, static_cast<double>(*integer)};
    const auto real = parse_real(text);
    if (!real || !std::isfinite(*real)) return std::nullopt;
    return Decimal{false, 0, *real};
}

std::weak_ordering operator<=>(const Decimal& a, const Decimal& b) {
    if (a.whole && b.whole) return a.integer <=> b.integer;
    if (a.real < b.real) return std::weak_ordering::less;
    return a.real > b.real ? std::weak_ordering::greater : std::weak_ordering::equivalent;
}

bool Predicate::text(std::string_view value, Scratch& scratch) const {
    if (exists) return true;
    if (!needles.empty() && std::none_of(needles.begin(), needles.end(), [&](const std::string& needle) { return may_contain(value, needle); })) return false;
    std::string_view folded;
    const bool wants_folded = !equal_folded.empty() || !globs.empty() || std::any_of(words.begin(), words.end(), [](const Words& one) { return one.folded; });
    if (wants_folded) folded = scratch.fold(value);
    std::string_view cased;
    const bool wants_cased = !equal_exact.empty() || std::any_of(words.begin(), words.end(), [](const Words& one) { return !one.folded; });
    if (wants_cased) cased = scratch.fold_case(value);

    if (!equal_folded.empty() && equal_folded.contains(folded)) return true;
    if (!equal_exact.empty() && equal_exact.contains(cased)) return true;
    for (const Words& one : words)
        if (has_words(one, one.folded ? folded : cased, scratch)) return true;
    for (const Glob& glob : globs)
        if (glob.matches(folded)) return true;
    if ((!addresses.empty() || !networks.empty() || !address_ranges.empty()) && may_be_address(value)) {
        if (const auto address = parse_address(value)) {
            if (addresses.contains(*address)) return true;
            for (const Network& network : networks)
                if (network.contains(*address)) return true;
            if (lies_in_one(address, address_ranges)) return true;
        }
    }
    if (!decimals.empty() && lies_in_one(parse_decimal(value), decimals)) return true;
    if (!text_times.empty() && value.size() >= 8 && lies_in_one(parse_time(value), text_times)) return true;
    if (!texts.empty()) {
        const std::optional<std::string> owned{scratch.fold(value)};
        if (lies_in_one(owned, texts)) return true;
    }
    return false;
}

bool Predicate::may_fit_number() const {
    const auto of_number = [](const std::string& needle) { return std::all_of(needle.begin(), needle.end(), [](char c) { return (c >= '0' && c <= '9') || c == '-'; }); };
    return exists || needles.empty() || std::any_of(needles.begin(), needles.end(), of_number);
}

bool Predicate::integer(std::int64_t value, Scratch& scratch) const {
    if (exists) return true;
    for (const IntegerRange& range : integers)
        if (range.least <= value && value <= range.most) return true;
    if (globs.empty()) return false;
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    const std::string_view folded = scratch.fold({digits, static_cast<std::size_t>(end - digits)});
    return std::any_of(globs.begin(), globs.end(), [&](const Glob& glob) { return glob.matches(folded); });
}

bool Predicate::time(Time value) const {
    return exists || std::any_of(times.begin(), times.end(), [&](const TimeRange& range) { return range.from <= value && value < range.to; });
}

void Predicate::add(const Predicate& other) {
    exists |= other.exists;
    auto append = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
    append(integers, other.integers);
    append(times, other.times);
    equal_folded.insert(other.equal_folded.begin(), other.equal_folded.end());
    equal_exact.insert(other.equal_exact.begin(), other.equal_exact.end());
    append(globs, other.globs);
    append(words, other.words);
    addresses.insert(other.addresses.begin(), other.addresses.end());
    append(networks, other.networks);
    append(decimals, other.decimals);
    append(text_times, other.text_times);
    append(address_ranges, other.address_ranges);
    append(texts, other.texts);
}

void Predicate::finish() {
    needles.clear();
    const bool others = exists || !equal_folded.empty() || !equal_exact.empty() || !addresses.empty() || !networks.empty() || !decimals.empty() || !text_times.empty() || !address_ranges.empty() || !texts.empty();
    if (others || words.size() + globs.size() > 8) return;
    std::vector<std::string> found;
    for (const Words& one : words) found.push_back(one.longest);
    for (const Glob& glob : globs) found.emplace_back(glob.longest());
    if (std::none_of(found.begin(), found.end(), [](const std::string& needle) { return needle.empty(); })) needles = std::move(found);
}

}  // namespace vg::search
