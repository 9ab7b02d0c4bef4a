#include "base/cursor.h"

#include <cstdint>

#include "base/bytes.h"
#include "base/text.h"

namespace vg {

// "KIND" and the parts, each as a length of two bytes and its bytes, in base64url.
std::string to_cursor(std::string_view kind, const std::vector<std::string>& key) {
    std::string bytes;
    const auto add = [&](std::string_view piece) {
        put(bytes, static_cast<std::uint16_t>(piece.size()));
        bytes += piece;
    };
    add(kind);
    for (const std::string& part : key) add(part);
    return to_base64url(bytes);
}

Result<std::vector<std::string>> from_cursor(std::string_view kind, std::size_t parts, std::string_view text) {
    const auto wrong = [] { return fail(Code::bad_input, "field after: is no cursor of this list; use the value of next as it was given"); };
    if (text.size() > kMostCursor) return wrong();
    const auto decoded = from_base64(text);
    if (!decoded || to_base64url(*decoded) != text) return wrong();
    std::vector<std::string> pieces;
    std::string_view rest = *decoded;
    while (!rest.empty() && pieces.size() <= parts) {
        if (rest.size() < 2) return wrong();
        const std::size_t length = pick<std::uint16_t>(rest, 0);
        if (rest.size() - 2 < length) return wrong();
        pieces.emplace_back(rest.substr(2, length));
        rest.remove_prefix(2 + length);
    }
    if (!rest.empty() || pieces.size() != parts + 1 || pieces.front() != kind) return wrong();
    pieces.erase(pieces.begin());
    for (const std::string& piece : pieces)
        if (!is_utf8(piece) || piece.find('\0') != std::string::npos) return wrong();
    return pieces;
}

}  // namespace vg
