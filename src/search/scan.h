// The letters of a query: words, quoted texts, names and operators, with escapes taken out. Used by parse() and complete().
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "search/glob.h"

namespace vg::search {

// A value as it was written.
struct Written {
    Pattern pattern;
    bool quoted = false;
    bool closed = true;  // false: a quoted text without its second quote
    std::size_t offset = 0, length = 0;
};

constexpr bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
std::size_t skip_blank(std::string_view text, std::size_t at);

// Reads the text in quotes that begins at `at`. A backslash escapes a quote and itself, and is a plain character before
// all others.
Written read_quoted(std::string_view text, std::size_t at);
// Reads a word: up to a blank, a bracket or a quote, or up to one of `stops`. A backslash escapes * ? " ( ) : [ ] { } , blank
// and itself, and - ! < > = ~ at the start. * and ? are wildcards.
Written read_word(std::string_view text, std::size_t at, std::string_view stops = {});

// A name and the colon behind it.
struct FieldName {
    std::string name;
    bool quoted = false;
    std::size_t offset = 0, length = 0;  // of the name as it was written
    std::size_t value = 0;               // behind the colon
};
// Nothing: what stands there is a value. A drive (C:\), an URL (http://), an IPv6 address, a MAC address and what begins
// with a digit are values.
std::optional<FieldName> read_field_name(std::string_view text, std::size_t at);

// Whether the { at `at` opens a range: a value and TO follow. Otherwise it begins a value, as in
// {A98268C1-9C2E-5ACD-0000-0010396CAB00}.
bool opens_range(std::string_view text, std::size_t at);

// Whether the word, in capitals, stands at `at` as an operator, and how long it is (&& and || too); 0: it does not.
std::size_t operator_at(std::string_view text, std::size_t at, std::string_view word);

}  // namespace vg::search
