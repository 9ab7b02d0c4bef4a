#include "formats/text_scan.h"

#include <algorithm>

namespace vg::formats {

namespace {

void skip_blanks(std::string_view& rest) { rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size())); }

bool is_name_character(char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '.' || c == '-' || c == '/' || c == ':' || c == '@'; }

int hex_value(char c) { return is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10; }

}  // namespace

bool take(std::string_view& rest, std::string_view wanted) {
    if (!rest.starts_with(wanted)) return false;
    rest.remove_prefix(wanted.size());
    return true;
}

std::string_view take_word(std::string_view& rest) {
    const std::string_view word = rest.substr(0, rest.find_first_of(" \t"));
    rest.remove_prefix(word.size());
    skip_blanks(rest);
    return word;
}

std::optional<std::string_view> take_until(std::string_view& rest, std::string_view end) {
    const std::size_t at = rest.find(end);
    if (at == std::string_view::npos) return std::nullopt;
    const std::string_view taken = rest.substr(0, at);
    rest.remove_prefix(at + end.size());
    return taken;
}

std::string_view in_angles(std::string_view text) {
    if (!text.starts_with('<')) return text;
    text.remove_prefix(1);
    return text.substr(0, text.find('>'));
}

std::optional<std::string_view> take_bracketed(std::string_view& rest, char open, char close) {
    if (!rest.starts_with(open)) return std::nullopt;
    const std::size_t end = rest.find(close);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view inside = rest.substr(1, end - 1);
    rest.remove_prefix(end + 1);
    skip_blanks(rest);
    return inside;
}

std::optional<std::string_view> take_quoted(std::string_view& rest, Arena& arena) {
    if (!rest.starts_with('"')) return std::nullopt;
    std::size_t i = 1;
    bool escaped = false;
    for (; i < rest.size() && rest[i] != '"'; ++i)
        if (rest[i] == '\\') {
            escaped = true;
            ++i;
        }
    if (i >= rest.size()) return std::nullopt;
    const std::string_view inside = rest.substr(1, i - 1);
    rest.remove_prefix(i + 1);
    skip_blanks(rest);
    return escaped ? without_escapes(inside, arena) : inside;
}

std::string_view take_digits(std::string_view& rest) {
    std::size_t i = 0;
    while (i < rest.size() && is_digit(rest[i])) ++i;
    const std::string_view digits = rest.substr(0, i);
    rest.remove_prefix(i);
    return digits;
}

std::string_view between(std::string_view text, std::string_view begin, std::string_view end) {
    const std::size_t at = text.find(begin);
    if (at == std::string_view::npos) return {};
    text.remove_prefix(at + begin.size());
    return end.empty() ? text : text.substr(0, text.find(end));
}

std::string_view without_escapes(std::string_view text, Arena& arena) {
    if (text.find('\\') == std::string_view::npos) return text;
    char* const memory = arena.take(text.size());
    std::size_t size = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '\\' && i + 1 < text.size()) {
            const char next = text[i + 1];
            const bool hex = next == 'x' && i + 3 < text.size() && is_hex_digit(text[i + 2]) && is_hex_digit(text[i + 3]);
            // A byte from 0x80 on would not be UTF-8 by itself: such escapes stay.
            if (hex && text[i + 2] < '8') {
                c = static_cast<char>(hex_value(text[i + 2]) * 16 + hex_value(text[i + 3]));
                i += 3;
            } else if (next == '"' || next == '\\' || next == 'n' || next == 'r' || next == 't') {
                c = next == 'n' ? '\n' : next == 'r' ? '\r' : next == 't' ? '\t' : next;
                ++i;
            }
        }
        memory[size++] = c;
    }
    return {memory, size};
}

bool Pairs::next() {
    while (!rest_.empty()) {
        const std::size_t begin = rest_.find_first_not_of(separators_);
        if (begin == std::string_view::npos) break;
        rest_.remove_prefix(begin);
        std::size_t end = 0;
        while (end < rest_.size() && is_name_character(rest_[end])) ++end;
        if (end == 0 || end > 128 || end == rest_.size() || rest_[end] != '=') {
            // No pair: on to the next separator, over a quoted part as a whole.
            if (rest_.front() == '"')
                if (std::string_view probe = rest_; take_quoted(probe, *arena_)) {
                    strange_ += rest_.size() - probe.size();
                    rest_ = probe;
                    continue;
                }
            const std::size_t skip = std::min(rest_.find_first_of(separators_, std::max<std::size_t>(end, 1)), rest_.size());
            strange_ += skip;
            rest_.remove_prefix(skip);
            continue;
        }
        name = rest_.substr(0, end);
        rest_.remove_prefix(end + 1);
        quoted = false;
        if (rest_.starts_with('"'))
            if (std::string_view probe = rest_; const auto inside = take_quoted(probe, *arena_)) {
                value = *inside;
                quoted = true;
                rest_ = probe;
                return true;
            }
        const std::size_t stop = std::min(rest_.find_first_of(separators_), rest_.size());
        value = rest_.substr(0, stop);
        rest_.remove_prefix(stop);
        return true;
    }
    rest_ = {};
    return false;
}

void add_host(event::Builder& builder, event::Ecs address, event::Ecs name, std::string_view value) {
    if (value.empty() || value == "-") return;
    const std::size_t before = builder.size();
    builder.ecs(address, value);
    if (builder.size() == before) builder.ecs(name, value);
}

void put(event::Builder& builder, event::Ecs field, std::string_view value) {
    if (!value.empty() && value != "-") builder.ecs(field, value);
}

void put_known(std::span<const KnownName> table, event::Builder& builder) {
    for (const KnownName& known : table) {
        const event::Field* const found = builder.find(known.name);
        if (found == nullptr || found->type == event::Type::null || found->text.empty() || found->text == "-") continue;
        const std::string_view text = found->text;
        if (!builder.has(event::info(known.field).name)) put_turned(known.turn, known.field, text, builder);
    }
}

std::string_view meaning_of(std::span<const std::pair<std::string_view, std::string_view>> table, std::string_view word) {
    for (const auto& [native, meant] : table)
        if (native == word) return meant;
    return {};
}

bool add_request(std::string_view request, event::Builder& builder) {
    const std::size_t blank = request.find(' ');
    const std::string_view method = request.substr(0, blank);
    const auto is_token = [](char c) { return is_letter(c) || c == '-' || c == '_'; };
    if (blank == std::string_view::npos || method.empty() || method.size() > 32 || !std::all_of(method.begin(), method.end(), is_token)) return false;
    std::string_view target = request.substr(blank + 1);
    builder.ecs(event::Ecs::http_request_method, method);
    if (const std::size_t http = target.rfind(" HTTP/"); http != std::string_view::npos) {
        builder.ecs(event::Ecs::http_version, target.substr(http + 6));
        target = target.substr(0, http);
    }
    if (!target.empty()) builder.ecs(event::Ecs::url_original, target);
    return true;
}

}  // namespace vg::formats
