// Pieces that most text logs are made of: words, quoted and bracketed parts, name=value pairs. Views into the record;
// only what has escapes is copied into the arena. Used by the formats of text.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "base/arena.h"
#include "formats/format.h"
#include "formats/turn.h"

namespace vg::formats {

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
inline bool is_hex_digit(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// Steps over `wanted` when it stands there.
bool take(std::string_view& rest, std::string_view wanted);
// Up to the next blank, and steps over the blanks behind it.
std::string_view take_word(std::string_view& rest);
// Up to `end`, and steps over it; nothing (and no step) when it does not come.
std::optional<std::string_view> take_until(std::string_view& rest, std::string_view end);
// What stands between `open` and `close` at the begin, and steps over the blanks behind. No nesting.
std::optional<std::string_view> take_bracketed(std::string_view& rest, char open, char close);
// A text in double quotes at the begin, with backslash escapes taken out, and steps over the blanks behind.
std::optional<std::string_view> take_quoted(std::string_view& rest, Arena& arena);
// Digits only.
std::string_view take_digits(std::string_view& rest);
// What stands between the first `begin` and the next `end` behind it; empty: not there. Without `end`: to the end.
std::string_view between(std::string_view text, std::string_view begin, std::string_view end);

// "<lan@example.com>" → what stands in it, to the end when it is not closed; other text as it is.
std::string_view in_angles(std::string_view text);

// With \" \\ \n \r \t and \xHH taken out; other backslashes stay.
std::string_view without_escapes(std::string_view text, Arena& arena);

// One name=value after another.
//   for (Pairs pairs{text, arena}; pairs.next();) use(pairs.name, pairs.value);
class Pairs {
public:
    // `separators`: what may stand between pairs and ends a value that is not quoted.
    Pairs(std::string_view text, Arena& arena, std::string_view separators = " \t\r\n,;") : rest_(text), arena_(&arena), separators_(separators) {}
    bool next();

    std::string_view name;
    std::string_view value;
    bool quoted = false;

    // What stands between the pairs, so far, in bytes.
    [[nodiscard]] std::size_t strange() const { return strange_; }

private:
    std::string_view rest_;
    Arena* arena_;
    std::string_view separators_;
    std::size_t strange_ = 0;
};

// Adds an address that may also be the name of a host: to `address` when it is one, else to `name`.
void add_host(event::Builder& builder, event::Ecs address, event::Ecs name, std::string_view value);
// Adds the field unless the value is empty or "-".
void put(event::Builder& builder, event::Ecs field, std::string_view value);

// Which native names have which meaning. The first line that finds a value wins.
struct KnownName {
    std::string_view name;
    event::Ecs field;
    Turn turn = Turn::none;
};
void put_known(std::span<const KnownName> table, event::Builder& builder);
// Of a table from words to words; empty: not there.
std::string_view meaning_of(std::span<const std::pair<std::string_view, std::string_view>> table, std::string_view word);

// "GET /a?b HTTP/1.1": method, what was asked for, version. False: it is no request; nothing is added.
bool add_request(std::string_view request, event::Builder& builder);

}  // namespace vg::formats
