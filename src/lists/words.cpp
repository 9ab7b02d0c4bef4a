#include "lists/words.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "lists/reading.h"

namespace vg::lists {

namespace {

bool is_ascii_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// How many bytes of a blank or a sign beyond ASCII the text begins with; 0 for a letter.
std::size_t sign_ahead(std::string_view text) {
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    if (byte(0) == 0xC2) return 2;                                                                   // Latin-1: no-break space, «, », ·
    if (byte(0) == 0xE2 && byte(1) >= 0x80 && byte(1) <= 0xAF) return 3;                             // dashes, quotes, arrows, zero-width
    if (byte(0) == 0xE3 && byte(1) == 0x80) return 3;                                                // ideographic blanks
    if (byte(0) == 0xEF && (byte(1) == 0xBB || (byte(1) == 0xBF && byte(2) == 0xBD))) return 3;      // byte-order mark, U+FFFD
    return 0;
}

// How many bytes of something invisible stand at the start or the end; 0: none. Asked of every cell.
std::size_t invisible_at_start(std::string_view text) {
    if (text.empty()) return 0;
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    const unsigned first = byte(0);
    if (first <= ' ') return 1;
    if (first < 0xC2) return 0;
    if (first == 0xC2) return byte(1) == 0xA0 ? 2 : 0;                                                                              // no-break space
    if (first == 0xE2 && byte(1) == 0x80) return (byte(2) >= 0x80 && byte(2) <= 0x8F) || byte(2) == 0xAF ? 3 : 0;                       // blanks, zero-width
    if (first == 0xE2) return byte(1) == 0x81 && byte(2) == 0xA0 ? 3 : 0;                                                           // word joiner
    if (first == 0xE3) return byte(1) == 0x80 && byte(2) == 0x80 ? 3 : 0;                                                           // ideographic space
    return first == 0xEF && byte(1) == 0xBB && byte(2) == 0xBF ? 3 : 0;                                                             // byte-order mark
}

std::size_t invisible_at_end(std::string_view text) {
    if (text.empty()) return 0;
    const auto last = static_cast<unsigned char>(text.back());
    if (last <= ' ') return 1;
    if (last < 0x80) return 0;
    for (const std::size_t length : {std::size_t{2}, std::size_t{3}})
        if (text.size() >= length && invisible_at_start(text.substr(text.size() - length)) == length) return length;
    return 0;
}

}  // namespace

std::string fold_header(std::string_view header) {
    const std::string folded = fold(is_utf8(header) ? header : std::string_view{to_valid_utf8(header)});
    std::string out;
    bool gap = false;
    for (std::size_t i = 0; i < folded.size();) {
        const char c = folded[i];
        std::size_t sign = 0;
        if (static_cast<unsigned char>(c) < 0x80) sign = is_ascii_letter_or_digit(c) ? 0 : 1;
        else sign = sign_ahead(std::string_view{folded}.substr(i));
        if (sign > 0) {
            gap = !out.empty();
            i += sign;
            continue;
        }
        if (gap) out.push_back(' ');
        gap = false;
        out.push_back(c);
        ++i;
    }
    return out;
}

std::string_view tidy(std::string_view text) {
    while (const std::size_t bytes = invisible_at_start(text)) text.remove_prefix(bytes);
    while (const std::size_t bytes = invisible_at_end(text)) text.remove_suffix(bytes);
    return text;
}

bool says_nothing(std::string_view text) {
    if (text.empty()) return true;
    if (text.size() > 20) return false;
    // Asked of every cell: most are told by their first letter.
    switch (text.front()) {
        case 'n': case 'N': case 'u': case 'U': case 'k': case 'K': break;
        case '-': case '_': case '.': case '?': case '*': case '/': return text.find_first_not_of("-_.?*/ ") == std::string_view::npos;
        case '\xE2': return fold_header(text).empty();  // a dash
        default: return false;
    }
    static constexpr std::array<std::string_view, 8> kWords{"n a", "na", "null", "none", "nil", "unknown", "khong ro", "khong co"};
    return std::find(kWords.begin(), kWords.end(), fold_header(text)) != kWords.end();
}

}  // namespace vg::lists
