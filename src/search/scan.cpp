#include "search/scan.h"

#include <algorithm>

#include "base/ip.h"

namespace vg::search {

namespace {

constexpr std::string_view kEscapable = "*?\"():[]{},\\ \t\r\n";
constexpr std::string_view kEscapableFirst = "-!<>=~&|";

bool ends_word(char c, std::string_view stops) { return is_blank(c) || c == '(' || c == ')' || c == '"' || stops.find(c) != std::string_view::npos; }

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

bool is_mac(std::string_view word) {
    if (word.size() != 17) return false;
    for (std::size_t i = 0; i < word.size(); ++i)
        if (i % 3 == 2 ? word[i] != ':' : !is_hex(word[i])) return false;
    return true;
}

}  // namespace

std::size_t skip_blank(std::string_view text, std::size_t at) {
    while (at < text.size() && is_blank(text[at])) ++at;
    return at;
}

Written read_quoted(std::string_view text, std::size_t at) {
    Written out;
    out.quoted = true;
    out.offset = at;
    std::string value;
    std::size_t i = at + 1;
    for (; i < text.size() && text[i] != '"'; ++i) {
        if (text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\')) ++i;
        value.push_back(text[i]);
    }
    out.closed = i < text.size();
    out.length = std::min(i + 1, text.size()) - at;
    out.pattern.add(PatternPart::Kind::text, value);
    return out;
}

Written read_word(std::string_view text, std::size_t at, std::string_view stops) {
    Written out;
    out.offset = at;
    std::size_t i = at;
    for (; i < text.size() && !ends_word(text[i], stops); ++i) {
        if (text[i] == '\\' && i + 1 < text.size() && (kEscapable.find(text[i + 1]) != std::string_view::npos || (i == at && kEscapableFirst.find(text[i + 1]) != std::string_view::npos))) {
            out.pattern.add(PatternPart::Kind::text, text.substr(++i, 1));
        } else if (text[i] == '*') {
            if (out.pattern.parts.empty() || out.pattern.parts.back().kind != PatternPart::Kind::any) out.pattern.add(PatternPart::Kind::any);
        } else if (text[i] == '?') {
            out.pattern.add(PatternPart::Kind::one);
        } else {
            out.pattern.add(PatternPart::Kind::text, text.substr(i, 1));
        }
    }
    out.length = i - at;
    return out;
}

std::optional<FieldName> read_field_name(std::string_view text, std::size_t at) {
    FieldName out;
    out.offset = at;
    if (at >= text.size()) return std::nullopt;
    if (text[at] == '"') {
        const Written name = read_quoted(text, at);
        const std::size_t end = at + name.length;
        if (!name.closed || end >= text.size() || text[end] != ':') return std::nullopt;
        return FieldName{name.pattern.plain(), true, at, name.length, end + 1};
    }
    const char first = text[at];
    if (!is_letter(first) && first != '_' && first != '@' && first != '$' && static_cast<unsigned char>(first) < 0x80) return std::nullopt;
    std::size_t i = at;
    for (; i < text.size() && text[i] != ':'; ++i) {
        if (text[i] == '\\' && i + 1 < text.size() && kEscapable.find(text[i + 1]) != std::string_view::npos) ++i;
        else if (ends_word(text[i], "<>=,]}")) return std::nullopt;
        out.name.push_back(text[i]);
    }
    if (i >= text.size()) return std::nullopt;
    out.length = i - at;
    out.value = i + 1;
    const std::string_view rest = text.substr(out.value);
    if (rest.starts_with("//")) return std::nullopt;
    if (out.length == 1 && is_letter(first) && (rest.starts_with('\\') || rest.starts_with('/'))) return std::nullopt;
    if (is_hex(first)) {
        std::size_t end = i;
        while (end < text.size() && !ends_word(text[end], ",]}")) ++end;
        const std::string_view word = text.substr(at, end - at);
        if (is_mac(word) || parse_network(word)) return std::nullopt;
    }
    return out;
}

bool opens_range(std::string_view text, std::size_t at) {
    const std::size_t low = skip_blank(text, at + 1);
    if (low >= text.size()) return false;
    const Written value = text[low] == '"' ? read_quoted(text, low) : read_word(text, low, ",]}");
    const std::size_t behind = skip_blank(text, low + value.length);
    return value.length != 0 && behind > low + value.length && operator_at(text, behind, "TO") != 0;
}

std::size_t operator_at(std::string_view text, std::size_t at, std::string_view word) {
    const std::string_view rest = text.substr(std::min(at, text.size()));
    if ((word == "AND" && rest.starts_with("&&")) || (word == "OR" && rest.starts_with("||"))) return 2;
    if (!rest.starts_with(word)) return 0;
    if (rest.size() > word.size() && !is_blank(rest[word.size()]) && rest[word.size()] != '(' && rest[word.size()] != ')' && rest[word.size()] != '"') return 0;
    return word.size();
}

}  // namespace vg::search
