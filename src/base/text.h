// Text: formatting, UTF-8, Unicode normal forms and the folding that Vietnamese search needs. ICU behind it.
// All input may be hostile; functions say what they do with invalid UTF-8.
#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vg {

using fmt::format;  // std::format does not exist in gcc 12

// True when the text is well-formed UTF-8.
bool is_utf8(std::string_view text);
// The text with each ill-formed sequence replaced by U+FFFD.
std::string to_valid_utf8(std::string_view text);
// UTF-16 (little or big endian, without a byte-order mark) to UTF-8; a lone surrogate becomes U+FFFD.
std::string from_utf16(std::string_view bytes, bool big_endian = false);
// UTF-8 to UTF-16 little endian; ill-formed sequences become U+FFFD.
std::string to_utf16le(std::string_view text);

// Unicode Normalization Form C. Text that is NFC already (all ASCII is) is detected quickly. Ill-formed stays as it is.
bool is_nfc(std::string_view text);
std::string nfc(std::string_view text);

// Lower-cased by Unicode default case folding, then NFC. For matching without regard to case, as Sigma wants.
std::string fold_case(std::string_view text);
// ASCII letters only.
std::string lower_ascii(std::string_view text);
bool equal_ignoring_ascii_case(std::string_view a, std::string_view b);

// For search: case, Vietnamese accents, tone marks and đ folded away ("Đặng Thuỳ" -> "dang thuy").
std::string fold(std::string_view text);

// Decimal integers, whole text, no sign but '-'.
std::optional<std::int64_t> parse_long_int(std::string_view text);  // of any length
inline std::optional<std::int64_t> parse_int(std::string_view text) {
    const std::size_t sign = text.starts_with('-') ? 1 : 0;
    if (text.size() == sign || text.size() > 18) return parse_long_int(text);
    std::int64_t value = 0;
    for (const char c : text.substr(sign)) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + (c - '0');
    }
    return sign != 0 ? -value : value;
}
std::optional<double> parse_real(std::string_view text);

std::string_view trim(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);
bool starts_with_ignoring_ascii_case(std::string_view text, std::string_view start);

// At most `limit` bytes of the text, cut between characters, with "…" when something was cut.
std::string shorten(std::string_view text, std::size_t limit);

// Of the candidates, the one nearest to `name` by edit distance (at most 3 apart): for "did you mean".
std::optional<std::string> nearest(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace vg
