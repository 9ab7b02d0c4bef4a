#include "store/archive/filter_indicators.h"

#include <algorithm>

#include "base/bytes.h"

namespace vg::store::archive::filter {

namespace {

constexpr std::size_t kMostUrl = 2048, kMostName = 253, kMostLabel = 63, kMostAddress = 45;

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }
bool is_alnum(char c) { return is_letter(c) || is_digit(c); }
bool in_name(char c) { return is_alnum(c) || c == '.' || c == '-' || c == '_'; }
bool in_local(char c) { return in_name(c) || c == '+' || c == '%'; }
bool in_url(char c) {
    return static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) < 0x7f && std::string_view{"<>\"'`{}|^\\"}.find(c) == std::string_view::npos;
}

std::uint64_t text_key(Indicator kind, std::string_view text, std::uint64_t seed) { return hash64(text, seed + static_cast<std::uint64_t>(kind)) >> 24; }

std::string_view without_ends(std::string_view text, std::string_view ends) {
    const std::size_t begin = text.find_first_not_of(ends);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(ends) - begin + 1);
}

bool is_name(std::string_view text) {
    if (text.size() > kMostName) return false;
    std::size_t labels = 0, begin = 0;
    std::string_view last;
    for (;; ++labels) {
        const std::size_t end = text.find('.', begin);
        last = text.substr(begin, end == std::string_view::npos ? end : end - begin);
        if (last.empty() || last.size() > kMostLabel || !std::all_of(last.begin(), last.end(), [](char c) { return in_name(c); })) return false;
        if (end == std::string_view::npos) break;
        begin = end + 1;
    }
    if (labels == 0 || last.size() < 2) return false;
    return last.starts_with("xn--") || std::all_of(last.begin(), last.end(), is_letter);
}

bool is_hash(std::string_view text) { return (text.size() == 32 || text.size() == 40 || text.size() == 64) && std::all_of(text.begin(), text.end(), is_hex); }

bool is_mail(std::string_view text) {
    const std::size_t at = text.find('@');
    return at != std::string_view::npos && at > 0 && at <= 64 && std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), in_local) && is_name(text.substr(at + 1));
}

// The scheme ends at `colon`; the whole URL, or nothing.
std::string_view url_around(std::string_view text, std::size_t colon) {
    std::size_t begin = colon;
    while (begin > 0 && colon - begin < 20 && is_alnum(text[begin - 1])) --begin;
    if (colon - begin < 2 || !is_letter(text[begin])) return {};
    std::size_t end = colon + 3;
    while (end < text.size() && end - begin <= kMostUrl && in_url(text[end])) ++end;
    while (end > colon + 3 && std::string_view{".,;:!?)]"}.find(text[end - 1]) != std::string_view::npos) --end;
    return end == colon + 3 || end - begin > kMostUrl ? std::string_view{} : text.substr(begin, end - begin);
}

void name_and_parents(std::string_view name, std::uint64_t seed, std::vector<Found>& found) {
    while (name.find('.') != std::string_view::npos) {
        found.push_back({Indicator::name, text_key(Indicator::name, name, seed)});
        name.remove_prefix(name.find('.') + 1);
    }
}

// Hashes may stand in a row with others: "HASH_HASH.exe".
void hashes_in(std::string_view run, std::uint64_t seed, std::vector<Found>& found) {
    for (std::size_t at = 0; at < run.size();) {
        std::size_t stop = at;
        while (stop < run.size() && is_alnum(run[stop])) ++stop;
        if (is_hash(run.substr(at, stop - at))) found.push_back({Indicator::hash, text_key(Indicator::hash, run.substr(at, stop - at), seed)});
        at = stop + 1;
    }
}

// A run of letters, digits, '.', '-' and '_'.
void look_at_run(std::string_view text, std::size_t begin, std::size_t end, std::uint64_t seed, std::vector<Found>& found) {
    const std::string_view run = without_ends(text.substr(begin, end - begin), ".-");
    if (run.size() < 4) return;
    hashes_in(run, seed, found);
    if (run.find('.') == std::string_view::npos) return;
    if (is_digit(run.front()) && is_digit(run.back()))
        if (const auto address = parse_address(run)) return found.push_back(address_key(*address));
    if (is_name(run)) {
        name_and_parents(run, seed, found);
        if (begin > 0 && text[begin - 1] == '@') {
            std::size_t local = begin - 1;
            while (local > 0 && begin - local <= 65 && in_local(text[local - 1])) --local;
            const std::string_view mail = text.substr(local, static_cast<std::size_t>(run.data() + run.size() - text.data()) - local);
            if (is_mail(mail)) found.push_back({Indicator::mail, text_key(Indicator::mail, mail, seed)});
        }
    }
}

void look_for_v6(std::string_view text, std::vector<Found>& found) {
    const auto member = [](char c) { return is_hex(c) || c == ':' || c == '.'; };
    for (std::size_t at = text.find(':'); at != std::string_view::npos;) {
        std::size_t begin = at, end = at;
        while (begin > 0 && at - begin <= kMostAddress && member(text[begin - 1])) --begin;
        while (end < text.size() && member(text[end])) ++end;
        std::string_view run = text.substr(begin, end - begin);
        while (!run.empty() && (run.back() == '.' || (run.back() == ':' && !run.ends_with("::")))) run.remove_suffix(1);
        const bool touched = (begin > 0 && is_alnum(text[begin - 1])) || (end < text.size() && is_alnum(text[end]));
        if (!touched && run.size() <= kMostAddress && std::count(run.begin(), run.end(), ':') >= 2)
            if (const auto address = parse_address(run)) found.push_back(address_key(*address));
        at = text.find(':', end);
    }
}

}  // namespace

Found address_key(const Address& address) {
    std::uint64_t key = 0;
    for (std::size_t i = 0; i < 8; ++i) key = key << 8 | address.bytes[i];
    if (!address.is_v4()) return {Indicator::address6, key};
    key = 0;
    for (std::size_t i = 12; i < 16; ++i) key = key << 8 | address.bytes[i];
    return {Indicator::address4, key};
}

void find_indicators(std::string_view folded, std::uint64_t seed, std::vector<Found>& found) {
    if (folded.size() < 32 && folded.find_first_of(".:") == std::string_view::npos) return;
    for (std::size_t at = 0; at < folded.size();) {
        if (!in_name(folded[at])) {
            if (folded[at] == ':' && folded.substr(at).starts_with("://"))
                if (const std::string_view url = url_around(folded, at); !url.empty()) found.push_back({Indicator::url, text_key(Indicator::url, url, seed)});
            ++at;
            continue;
        }
        std::size_t end = at;
        while (end < folded.size() && in_name(folded[end])) ++end;
        look_at_run(folded, at, end, seed, found);
        at = end;
    }
    look_for_v6(folded, found);
}

std::optional<std::uint64_t> key_of(Indicator kind, std::string_view folded, std::uint64_t seed) {
    switch (kind) {
        case Indicator::address4:
        case Indicator::address6: {
            const auto address = parse_address(folded);
            if (!address || address_key(*address).kind != kind) return std::nullopt;
            return address_key(*address).key;
        }
        case Indicator::name:
            folded = without_ends(folded, ".");
            if (!is_name(folded) || folded.front() == '-' || folded.back() == '-') return std::nullopt;
            return text_key(kind, folded, seed);
        case Indicator::hash:
            if (!is_hash(folded)) return std::nullopt;
            return text_key(kind, folded, seed);
        case Indicator::url: {
            const std::size_t colon = folded.find("://");
            if (colon == std::string_view::npos || url_around(folded, colon) != folded) return std::nullopt;
            return text_key(kind, folded, seed);
        }
        case Indicator::mail:
            if (!is_mail(folded)) return std::nullopt;
            return text_key(kind, folded, seed);
    }
    return std::nullopt;
}

std::vector<KeyRange> keys_between(const Address& low, const Address& high) {
    Address first_v4, last_v4;
    first_v4.bytes[10] = first_v4.bytes[11] = 0xff;
    last_v4 = first_v4;
    std::fill(last_v4.bytes.begin() + 12, last_v4.bytes.end(), std::uint8_t{0xff});
    std::vector<KeyRange> ranges;
    if (low <= last_v4 && high >= first_v4) ranges.push_back({Indicator::address4, address_key(std::max(low, first_v4)).key, address_key(std::min(high, last_v4)).key});
    if (low.is_v4() && high.is_v4()) return ranges;
    const auto upper = [](const Address& address) {
        std::uint64_t key = 0;
        for (std::size_t i = 0; i < 8; ++i) key = key << 8 | address.bytes[i];
        return key;
    };
    ranges.push_back({Indicator::address6, upper(low), upper(high)});
    return ranges;
}

}  // namespace vg::store::archive::filter
