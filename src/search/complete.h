// What may stand at the cursor of a query that is being written. Pure: names of native fields and values come from the
// archive (fields(), top()), asked by whoever shows the list.
//
//   const Expectation here = complete("user.name:sys", 13);
//   // here.kind == value, here.field == "user.name", here.prefix == "sys", replace bytes [10, 13)
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace vg::search {

struct Expectation {
    enum class Kind : unsigned char {
        term,     // the name of a field, a word, NOT, a bracket; with something before it also AND, OR
        value,    // a value of `field`
        name,     // the name of a field and nothing else: behind exists: and missing:
    };
    Kind kind = Kind::term;
    std::string field;    // of value: the name, without quotes
    bool field_quoted = false;  // a native field of exactly that name is meant
    std::string prefix;   // what is written already, without quotes and escapes
    bool quoted = false;  // it began with a quote
    std::size_t offset = 0, length = 0;  // of the text that a suggestion replaces: up to the cursor
    // What we can suggest ourselves, each as it goes in place of [offset, offset+length): "source.ip:", "AND ".
    std::vector<std::string> suggestions;
};
// `cursor` in bytes; beyond the text it is its end. At most `most` suggestions.
Expectation complete(std::string_view text, std::size_t cursor, std::size_t most = 20);

// A value as it must be written to mean exactly this one: in quotes, with what must be escaped escaped.
std::string quoted_value(std::string_view value);
// The query that finds values to suggest: everything where the field begins with the prefix. `prefix` is escaped here.
std::string prefix_query(std::string_view field, bool field_quoted, std::string_view prefix);

}  // namespace vg::search
