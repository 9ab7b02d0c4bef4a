#include "cli/width.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "base/text.h"

namespace vg::cli {

namespace {

// The code point that begins at `at`, which is moved behind it. The text is well-formed.
UChar32 next(std::string_view text, std::size_t& at) {
    auto i = static_cast<std::int32_t>(at);
    UChar32 point = 0;
    U8_NEXT(reinterpret_cast<const std::uint8_t*>(text.data()), i, static_cast<std::int32_t>(text.size()), point);
    at = static_cast<std::size_t>(i);
    return point;
}

std::size_t width_of(UChar32 point) {
    switch (u_charType(point)) {
        case U_NON_SPACING_MARK:
        case U_ENCLOSING_MARK:
        case U_FORMAT_CHAR: return 0;
        default: break;
    }
    const int east_asian = u_getIntPropertyValue(point, UCHAR_EAST_ASIAN_WIDTH);
    return east_asian == U_EA_WIDE || east_asian == U_EA_FULLWIDTH ? 2 : 1;
}

}  // namespace

std::string printable(std::string_view text) {
    const std::string valid = to_valid_utf8(text);
    std::string out;
    for (std::size_t at = 0; at < valid.size();) {
        const std::size_t from = at;
        const UChar32 point = next(valid, at);
        if (point == '\n' || point == '\r' || point == '\t')
            out += ' ';
        else if (const auto type = u_charType(point); type == U_CONTROL_CHAR || type == U_LINE_SEPARATOR || type == U_PARAGRAPH_SEPARATOR || u_hasBinaryProperty(point, UCHAR_BIDI_CONTROL))
            out += "\uFFFD";
        else
            out.append(valid, from, at - from);
    }
    return out;
}

std::size_t width(std::string_view text) {
    std::size_t columns = 0;
    for (std::size_t at = 0; at < text.size();) columns += width_of(next(text, at));
    return columns;
}

std::string cut(std::string_view text, std::size_t columns) {
    if (width(text) <= columns) return std::string{text};
    std::size_t used = 0, at = 0;
    while (at < text.size()) {
        std::size_t after = at;
        const std::size_t wide = width_of(next(text, after));
        if (used + wide + 1 > columns) break;
        used += wide;
        at = after;
    }
    return std::string{text.substr(0, at)} + "…";
}

}  // namespace vg::cli
