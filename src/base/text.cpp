#include "base/text.h"

#include <simdjson.h>
#include <unicode/bytestream.h>
#include <unicode/casemap.h>
#include <unicode/normalizer2.h>
#include <unicode/unistr.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>

#include "base/ascii.h"
#include "base/fold.h"

namespace vg {

namespace {

// True when every byte is below `bound`, which is 0x80 or more. Sixteen bytes at a time: formats ask it of every value.
bool all_below(std::string_view text, std::uint8_t bound) {
    const char* at = text.data();
    const char* const end = at + text.size();
#ifdef __SSE2__
    const __m128i limit = _mm_set1_epi8(static_cast<char>(bound - 1));
    const auto below = [limit](__m128i bytes) { return _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(bytes, limit), limit)) == 0xFFFF; };
    const auto load = [](const char* from) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from)); };
    if (text.size() >= 16) {
        for (; end - at >= 16; at += 16)
            if (!below(load(at))) return false;
        return at == end || below(load(end - 16));
    }
    // Both ends of it, which may overlap.
    if (text.size() >= 8) {
        std::int64_t first = 0, last = 0;
        std::memcpy(&first, at, sizeof first);
        std::memcpy(&last, end - sizeof last, sizeof last);
        return below(_mm_set_epi64x(first, last));
    }
    if (text.size() >= 4) {
        std::int32_t first = 0, last = 0;
        std::memcpy(&first, at, sizeof first);
        std::memcpy(&last, end - sizeof last, sizeof last);
        return below(_mm_set_epi32(0, 0, first, last));
    }
#endif
    return std::all_of(at, end, [bound](char c) { return static_cast<std::uint8_t>(c) < bound; });
}

bool is_ascii(std::string_view text) { return all_below(text, 0x80); }

const icu::Normalizer2& nfc_form() {
    UErrorCode status = U_ZERO_ERROR;
    return *icu::Normalizer2::getNFCInstance(status);
}
const icu::Normalizer2& nfd_form() {
    UErrorCode status = U_ZERO_ERROR;
    return *icu::Normalizer2::getNFDInstance(status);
}

void put_character(std::string& out, UChar32 c) {
    char buffer[U8_MAX_LENGTH];
    int32_t length = 0;
    U8_APPEND_UNSAFE(buffer, length, c);
    out.append(buffer, static_cast<std::size_t>(length));
}

icu::StringPiece piece(std::string_view text) { return {text.data(), static_cast<int32_t>(text.size())}; }

}  // namespace

bool is_utf8(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

std::string to_valid_utf8(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    const auto length = static_cast<int32_t>(text.size());
    for (int32_t i = 0; i < length;) {
        UChar32 c = 0;
        U8_NEXT_OR_FFFD(bytes, i, length, c);
        put_character(out, c);
    }
    return out;
}

std::string from_utf16(std::string_view bytes, bool big_endian) {
    std::string out;
    out.reserve(bytes.size());
    auto unit = [&](std::size_t i) {
        const auto a = static_cast<std::uint8_t>(bytes[i]);
        const auto b = static_cast<std::uint8_t>(bytes[i + 1]);
        return static_cast<char16_t>(big_endian ? (a << 8 | b) : (b << 8 | a));
    };
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
        const char16_t first = unit(i);
        if (U16_IS_LEAD(first) && i + 3 < bytes.size() && U16_IS_TRAIL(unit(i + 2))) {
            put_character(out, U16_GET_SUPPLEMENTARY(first, unit(i + 2)));
            i += 2;
        } else {
            put_character(out, U16_IS_SURROGATE(first) ? 0xFFFD : first);
        }
    }
    return out;
}

std::string to_utf16le(std::string_view text) {
    const icu::UnicodeString wide = icu::UnicodeString::fromUTF8(piece(text));
    std::string out;
    out.reserve(static_cast<std::size_t>(wide.length()) * 2);
    for (int32_t i = 0; i < wide.length(); ++i) {
        out.push_back(static_cast<char>(wide[i] & 0xff));
        out.push_back(static_cast<char>(wide[i] >> 8));
    }
    return out;
}

bool is_nfc(std::string_view text) {
    // No character below U+0300 (UTF-8 CC 80) composes with what stands before it or changes under NFC.
    if (all_below(text, 0xCC)) return true;
    UErrorCode status = U_ZERO_ERROR;
    return nfc_form().isNormalizedUTF8(piece(text), status) != 0;
}

std::string nfc(std::string_view text) {
    if (is_ascii(text) || !is_utf8(text)) return std::string{text};
    std::string out;
    icu::StringByteSink<std::string> sink{&out};
    UErrorCode status = U_ZERO_ERROR;
    nfc_form().normalizeUTF8(0, piece(text), sink, nullptr, status);
    return U_SUCCESS(status) ? out : std::string{text};
}

std::string lower_ascii(std::string_view text) {
    std::string out{text};
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    return out;
}

std::string fold_case(std::string_view text) {
    if (is_ascii(text)) return lower_ascii(text);
    std::string out;
    icu::StringByteSink<std::string> sink{&out};
    UErrorCode status = U_ZERO_ERROR;
    icu::CaseMap::utf8Fold(0, piece(text), sink, nullptr, status);
    return nfc(U_SUCCESS(status) ? out : std::string{text});
}

bool equal_ignoring_ascii_case(std::string_view a, std::string_view b) {
    return a.size() == b.size() && starts_with_ignoring_ascii_case(a, b);
}

bool starts_with_ignoring_ascii_case(std::string_view text, std::string_view start) {
    if (text.size() < start.size()) return false;
    auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    for (std::size_t i = 0; i < start.size(); ++i)
        if (lower(text[i]) != lower(start[i])) return false;
    return true;
}

std::string fold_by_icu(std::string_view text) {
    if (is_ascii(text)) return lower_ascii(text);
    std::string apart;
    icu::StringByteSink<std::string> sink{&apart};
    UErrorCode status = U_ZERO_ERROR;
    nfd_form().normalizeUTF8(0, piece(fold_case(text)), sink, nullptr, status);
    std::string out;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(apart.data());
    const auto length = static_cast<int32_t>(apart.size());
    for (int32_t i = 0; i < length;) {
        UChar32 c = 0;
        U8_NEXT_OR_FFFD(bytes, i, length, c);
        if (u_charType(c) == U_NON_SPACING_MARK) continue;
        put_character(out, c == 0x111 ? 'd' : c);  // đ has no decomposition
    }
    return out;
}

namespace {

constexpr UChar32 kFoldedEnd = 0x3000;  // no character below it depends on its neighbours when it is folded

// What the characters below kFoldedEnd become, asked once.
struct Folded {
    struct Entry {
        char text[7] = {};
        std::uint8_t length = 0xFF;  // 0xFF: longer than fits
    };
    std::vector<Entry> entries{static_cast<std::size_t>(kFoldedEnd)};

    Folded() {
        for (UChar32 c = 0; c < kFoldedEnd; ++c) {
            std::string text;
            put_character(text, c);
            text = fold_by_icu(text);
            if (text.size() > sizeof(Entry::text)) continue;
            Entry& entry = entries[static_cast<std::size_t>(c)];
            text.copy(entry.text, text.size());
            entry.length = static_cast<std::uint8_t>(text.size());
        }
    }
};

const Folded& folded_characters() {
    static const auto* const made = new Folded;
    return *made;
}

}  // namespace

std::string_view fold_into(std::string_view text, std::string& out) {
    out.resize(text.size());
    const std::size_t ascii = lower_ascii_prefix(text, out.data());
    if (ascii == text.size()) return out;
    out.resize(ascii);
    const Folded& known = folded_characters();
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    const auto length = static_cast<std::int64_t>(text.size());
    for (auto i = static_cast<std::int64_t>(ascii); i < length;) {
        if (bytes[i] < 0x80) {
            out.push_back(lower_ascii(static_cast<char>(bytes[i++])));
            continue;
        }
        UChar32 c = 0;
        U8_NEXT(bytes, i, length, c);
        if (c < 0 || c >= kFoldedEnd || known.entries[static_cast<std::size_t>(c)].length == 0xFF) return out = fold_by_icu(text);
        const Folded::Entry& entry = known.entries[static_cast<std::size_t>(c)];
        out.append(entry.text, entry.length);
    }
    return out;
}

std::string fold(std::string_view text) {
    std::string out;
    fold_into(text, out);
    return out;
}

std::optional<std::int64_t> parse_long_int(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<double> parse_real(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::string_view trim(std::string_view text) {
    const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    return text;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (std::size_t begin = 0;;) {
        const std::size_t end = text.find(separator, begin);
        parts.push_back(text.substr(begin, end == std::string_view::npos ? end : end - begin));
        if (end == std::string_view::npos) return parts;
        begin = end + 1;
    }
}

std::string shorten(std::string_view text, std::size_t limit) {
    if (text.size() <= limit) return std::string{text};
    std::size_t end = limit;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return std::string{text.substr(0, end)} + "…";
}

std::optional<std::string> nearest(std::string_view name, const std::vector<std::string>& candidates) {
    std::optional<std::string> best;
    std::size_t best_distance = 4;
    for (const std::string& candidate : candidates) {
        std::vector<std::size_t> row(candidate.size() + 1);
        for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
        for (std::size_t i = 1; i <= name.size(); ++i) {
            std::size_t diagonal = row[0];
            row[0] = i;
            for (std::size_t j = 1; j < row.size(); ++j) {
                const std::size_t change = diagonal + (name[i - 1] == candidate[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = std::min({row[j] + 1, row[j - 1] + 1, change});
            }
        }
        if (row.back() < best_distance) {
            best_distance = row.back();
            best = candidate;
        }
    }
    return best;
}

}  // namespace vg
