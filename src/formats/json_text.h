// A JSON record read in place: simdjson finds the structural characters, a cursor walks them once. Strings without
// escapes are views into the record; others are unescaped into the arena. Used by the formats whose records are JSON.
//
//   JsonIndex index = TRY(index_json(raw, arena));     // valid until the next index_json on this thread
//   JsonCursor at{index, arena};
//   for (bool more = at.open('{'); more; more = at.next('}')) { auto key = at.key(); ... at.text() or at.skip() }
//   if (at.failed()) ...
#pragma once

#include <cstdint>
#include <string_view>

#include "base/arena.h"
#include "base/result.h"

namespace vg::formats {

struct JsonIndex {
    const char* text = nullptr;            // a copy of the record with 64 bytes of padding
    const char* raw = nullptr;             // the record: views are made into it
    std::size_t size = 0;
    const std::uint32_t* at = nullptr;     // offsets of { } [ ] : , and of the first character of every value and key
    std::uint32_t count = 0;               // at[count] is `size`
};

// Bytes that are not UTF-8 are read with U+FFFD in their place. Errors: not JSON in its lexical part, too large.
Result<JsonIndex> index_json(std::string_view raw, Arena& arena);

// Unescapes the string whose first byte (after the quote) is at `from`, within `size` bytes; \u escapes that are no
// character become U+FFFD. `to` has room for size + 64 bytes. Gives the end; nullptr: an unknown escape.
char* unescape_json(const char* from, std::size_t size, char* to);

enum class JsonKind : std::uint8_t { object, array, text, number, boolean, null, none };

struct JsonString {
    std::string_view text;
    bool nfc = false;  // known to be in NFC; false: not known
};

struct JsonNumber {
    std::string_view text;
    bool whole = false;
};

class JsonCursor {
public:
    JsonCursor(const JsonIndex& index, Arena& arena) : index_(&index), arena_(&arena) {}

    [[nodiscard]] bool failed() const { return failed_; }
    [[nodiscard]] bool at_end() const { return here_ >= index_->count; }
    [[nodiscard]] std::size_t offset() const { return index_->at[here_]; }

    [[nodiscard]] JsonKind kind() const {
        if (failed_ || at_end()) return JsonKind::none;
        switch (index_->text[offset()]) {
            case '{': return JsonKind::object;
            case '[': return JsonKind::array;
            case '"': return JsonKind::text;
            case 't':
            case 'f': return JsonKind::boolean;
            case 'n': return JsonKind::null;
            default: return JsonKind::number;
        }
    }

    // Steps over '{' or '['. False when it closes at once (and steps over that too).
    bool open(char opening) {
        if (!take(opening)) return false;
        const char closing = opening == '{' ? '}' : ']';
        if (!at_end() && index_->text[offset()] == closing) {
            ++here_;
            return false;
        }
        return true;
    }
    // After a value: steps over ',' (true) or the closing character (false).
    bool next(char closing) {
        if (failed_ || at_end()) return fail();
        const char c = index_->text[offset()];
        if (c != ',' && c != closing) return fail();
        ++here_;
        return c == ',';
    }
    // The member's name, and steps over its colon.
    JsonString key() {
        const JsonString name = text();
        take(':');
        return name;
    }

    JsonString text();
    JsonNumber number();
    bool boolean();  // steps over true or false
    void null();
    // Steps over any value and gives its bytes as they stand.
    std::string_view skip();

private:
    bool fail() {
        failed_ = true;
        return false;
    }
    bool take(char wanted) {
        if (failed_ || at_end() || index_->text[offset()] != wanted) return fail();
        ++here_;
        return true;
    }
    // The bytes of the scalar here, without blanks behind it; steps over it.
    std::string_view scalar();
    JsonString escaped(std::size_t from, std::size_t size);

    const JsonIndex* index_;
    Arena* arena_;
    std::uint32_t here_ = 0;
    bool failed_ = false;
};

}  // namespace vg::formats
