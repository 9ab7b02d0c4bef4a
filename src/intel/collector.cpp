#include "intel/collector.h"

#include "base/bytes.h"
#include "base/ip.h"
#include "base/text.h"

namespace vg::intel {
namespace {

constexpr std::size_t kMostComment = 500, kMostFamily = 120;

std::string tidy(std::string_view text, std::size_t limit) { return shorten(to_valid_utf8(trim(text)), limit); }

// One added in the last of the bits; false when all were set.
bool increment(Address& address) {
    for (std::size_t i = address.bytes.size(); i-- > 0;)
        if (++address.bytes[i] != 0) return true;
    return false;
}

// The largest network that begins at `first` and does not go beyond `last`.
Network largest(const Address& first, const Address& last) {
    Network best{.base = first, .length = 128};
    for (int length = 127; length >= 0; --length) {
        const auto byte = static_cast<std::size_t>(length) / 8;
        if ((first.bytes[byte] & (0x80 >> (length % 8))) != 0) break;
        const Network wider{.base = first, .length = length};
        if (wider.last() > last) break;
        best = wider;
    }
    return best;
}

}  // namespace

void Collector::add(std::optional<Kind> kind, std::string_view value, const Entry& about, const Where& place) {
    if (is_full()) return;
    auto canonical = kind ? detect::indicator::canonical(*kind, value) : detect::indicator::recognise(value);
    if (!canonical) return refuse(place, canonical.error().text, value);
    ++reading_.read;
    take(std::move(*canonical), about);
}

void Collector::take(detect::indicator::Value value, const Entry& about) {
    const std::uint64_t key = hash64(value.text, static_cast<std::uint64_t>(value.kind));
    const auto [begin, end] = known_.equal_range(key);
    for (auto it = begin; it != end; ++it) {
        Entry& first = reading_.entries[it->second];
        if (first.kind != value.kind || first.text != value.text) continue;
        ++reading_.duplicates;
        // The first one stays; the second adds what the first did not say and takes away what it denies.
        if (first.family.empty()) first.family = tidy(about.family, kMostFamily);
        if (first.role != about.role) first.role = Role::unknown;
        if (first.port != value.port) first.port = 0;
        first.tlp = stricter(first.tlp, about.tlp);
        return;
    }
    known_.emplace(key, reading_.entries.size());
    Entry entry = about;
    entry.kind = value.kind;
    entry.text = std::move(value.text);
    if (value.port != 0) entry.port = value.port;
    entry.family = tidy(about.family, kMostFamily);
    entry.comment = tidy(about.comment, kMostComment);
    reading_.entries.push_back(std::move(entry));
}

void Collector::add_range(std::string_view first_text, std::string_view last_text, const Entry& about, const Where& place) {
    auto first = parse_address(trim(first_text));
    const auto last = parse_address(trim(last_text));
    const std::string both = format("{}-{}", first_text, last_text);
    if (!first || !last) {
        return refuse(place, "the ends of the range are not both addresses", both);
    }
    if (first->is_v4() != last->is_v4() || *last < *first) {
        return refuse(place, "the range ends before it begins", both);
    }
    for (int count = 0; count < 256; ++count) {
        const Network network = largest(*first, *last);
        add(std::nullopt, network.text(), about, place);
        *first = network.last();
        if (*first == *last || !increment(*first)) return;
    }
}

void Collector::refuse(const Where& place, std::string reason, std::string_view text) {
    ++reading_.read;
    ++reading_.refused;
    if (reading_.refusals.size() >= limits_.refusals) return;
    reading_.refusals.push_back({.line = place.line, .place = std::string{place.text}, .reason = std::move(reason), .text = tidy(text, 200)});
}

bool Collector::is_full() {
    if (reading_.entries.size() < limits_.entries) return false;
    reading_.cut = true;
    return true;
}

Reading Collector::finish() { return std::move(reading_); }

}  // namespace vg::intel
