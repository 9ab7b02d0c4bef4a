#include "store/engines/postgresql_text.h"

#include <cctype>
#include <cstdint>

#include "base/text.h"

namespace vg::store::engines {

namespace {

std::uint8_t byte_at(std::string_view text, std::size_t at) { return static_cast<std::uint8_t>(text[at]); }

// U+10FF00 to U+10FFFF is F4 8F BC 80 to F4 8F BF BF.
bool is_escape(std::string_view text, std::size_t at) {
    return text.size() - at >= 4 && byte_at(text, at) == 0xf4 && byte_at(text, at + 1) == 0x8f && byte_at(text, at + 2) >= 0xbc &&
           byte_at(text, at + 2) <= 0xbf && (byte_at(text, at + 3) & 0xc0) == 0x80;
}

void escape(std::string& out, std::uint8_t byte) {
    out += "\xf4\x8f";
    out += static_cast<char>(0xbc + (byte >> 6));
    out += static_cast<char>(0x80 + (byte & 0x3f));
}

// The length of the well-formed character that starts there (Unicode, table 3-7); 0: none does.
std::size_t character_at(std::string_view text, std::size_t at) {
    const std::uint8_t first = byte_at(text, at);
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xc2 && first <= 0xdf ? 2 : first >= 0xe0 && first <= 0xef ? 3 : first >= 0xf0 && first <= 0xf4 ? 4 : 0;
    if (length == 0 || text.size() - at < length) return 0;
    const std::uint8_t second = byte_at(text, at + 1);
    const std::uint8_t least = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    const std::uint8_t most = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (second < least || second > most) return 0;
    for (std::size_t i = 2; i < length; ++i)
        if ((byte_at(text, at + i) & 0xc0) != 0x80) return 0;
    return length;
}

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

}  // namespace

void to_stored(std::string& text) {
    if (text.find('\0') == std::string::npos && text.find("\xf4\x8f") == std::string::npos && is_utf8(text)) return;
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = text[at] == '\0' || is_escape(text, at) ? 0 : character_at(text, at);
        if (length == 0)
            escape(out, byte_at(text, at++));
        else
            out.append(text, at, length), at += length;
    }
    text = std::move(out);
}

void from_stored(std::string& text) {
    std::size_t at = text.find("\xf4\x8f");
    if (at == std::string::npos) return;
    std::string out = text.substr(0, at);
    while (at < text.size()) {
        if (is_escape(text, at)) {
            out += static_cast<char>(((byte_at(text, at + 2) - 0xbc) << 6) | (byte_at(text, at + 3) & 0x3f));
            at += 4;
        } else {
            out += text[at++];
        }
    }
    text = std::move(out);
}

std::string ddl_for_postgresql(std::string_view sql) {
    if (!starts_with_ignoring_ascii_case(sql, "create table") && !starts_with_ignoring_ascii_case(sql, "alter table")) return std::string{sql};
    std::string out;
    bool references = false;  // a reference has begun; it ends with its parenthesis
    char before = ' ';        // the last character that is no space
    for (std::size_t at = 0; at < sql.size();) {
        const char c = sql[at];
        if (c == '\'' || c == '"') {
            const std::size_t end = std::min(sql.find(c, at + 1), sql.size() - 1);
            out.append(sql, at, end + 1 - at);
            at = end + 1;
            before = c;
        } else if (is_word(c)) {
            std::size_t end = at;
            while (end < sql.size() && is_word(sql[end])) ++end;
            const std::string word = lower_ascii(sql.substr(at, end - at));
            out.append(sql, at, end - at);
            if (word == "text" && before != '(' && before != ',') out += " collate \"C\"";  // else the name of a column
            if (word == "references") references = true;
            at = end;
            before = sql[end - 1];
        } else {
            out += c;
            if (c == ')' && references) {
                out += " deferrable initially immediate";
                references = false;
            }
            if (c != ' ') before = c;
            ++at;
        }
    }
    return out;
}

}  // namespace vg::store::engines
