// A JSON record read in place: simdjson finds the structural characters, a cursor walks them once. Strings without
// escapes are views into the record; others are unescaped into the arena. Used by the formats whose records are JSON.
//
//   JsonIndex index = TRY(index_json(raw, arena));     // valid until the next index_json on this thread
//   JsonCursor at{index, arena};
//   for (bool more = at.open('{'); more; more = at.next('}')) { auto key = at.key(); ... at.text() or at.skip() }
//   if (at.failed()) ...
#pragma once

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <cstdint>
#include <string_view>

#include "base/arena.h"
#include "base/result.h"

namespace vg::formats {

struct JsonIndex {
    const char* raw = nullptr;             // the record: views are made into it
    std::size_t size = 0;
    const std::uint32_t* at = nullptr;     // offsets of { } [ ] : , and of the first character of every value and key
    std::uint32_t count = 0;               // at[count] is `size`
    const std::uint64_t* special = nullptr;  // a bit for each 16 bytes: a backslash, or what may not be NFC, is among them; or nothing

    // Whether nothing special is among the bytes from `begin` to before `end`. False: it is not known.
    [[nodiscard]] bool plain(std::size_t begin, std::size_t end) const {
        if (special == nullptr) return false;
        const std::size_t first = begin >> 4;
        const std::size_t more = ((end - 1) >> 4) - first;
        const std::size_t shift = first & 63;
        return shift + more < 64 && (special[first >> 6] >> shift & ((std::uint64_t{2} << more) - 1)) == 0;
    }
};

// Bytes that are not UTF-8 are read with U+FFFD in their place. Errors: not JSON in its lexical part, too large.
enum class Special : std::uint8_t { marked, unmarked };  // marked: for records of many short texts without escapes
Result<JsonIndex> index_json(std::string_view raw, Arena& arena, Special special = Special::unmarked);

// Unescapes the string whose first byte (after the quote) is at `from`, within `size` bytes; \u escapes that are no
// character become U+FFFD. `readable` is how many bytes may be read from `from` on, and `to` has room for size + 64 bytes.
// Gives the end; nullptr: an unknown escape.
char* unescape_json(const char* from, std::size_t size, std::size_t readable, char* to);

namespace detail {

inline bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

struct Seen {
    bool backslash = false;
    bool high = false;  // a byte of a character from U+0300 on, which may not be NFC
};

// `readable` is how many bytes may be read from `text` on: more than `size`.
inline Seen look(const char* text, std::size_t size, std::size_t readable) {
    Seen seen;
    std::size_t i = 0;
#ifdef __SSE2__
    const __m128i backslash = _mm_set1_epi8('\\');
    const __m128i limit = _mm_set1_epi8(static_cast<char>(0xCB));
    for (; i < size && i + 16 <= readable; i += 16) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + i));
        auto slashes = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, backslash)));
        auto highs = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(bytes, limit), limit))) ^ 0xFFFFU;
        if ((slashes | highs) == 0) continue;
        if (size - i < 16) {
            const unsigned mine = (1U << (size - i)) - 1;
            slashes &= mine;
            highs &= mine;
        }
        seen.high |= highs != 0;
        if (slashes != 0) {
            seen.backslash = true;
            return seen;
        }
    }
#endif
    for (; i < size; ++i) {
        seen.backslash |= text[i] == '\\';
        seen.high |= static_cast<unsigned char>(text[i]) >= 0xCC;
    }
    return seen;
}

}  // namespace detail

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
    JsonCursor(const JsonIndex& index, Arena& arena) : index_(index), end_(index.count), arena_(&arena) {}

    [[nodiscard]] bool failed() const { return failed_; }
    [[nodiscard]] bool at_end() const { return here_ >= end_; }  // true as well when it failed
    [[nodiscard]] std::size_t offset() const { return index_.at[here_]; }

    [[nodiscard]] JsonKind kind() const {
        if (at_end()) return JsonKind::none;
        switch (index_.raw[offset()]) {
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
        if (!at_end() && index_.raw[offset()] == closing) {
            ++here_;
            return false;
        }
        return true;
    }
    // After a value: steps over ',' (true) or the closing character (false).
    bool next(char closing) {
        if (at_end()) return fail();
        const char c = index_.raw[offset()];
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

    JsonString text() {
        if (!at_end()) {
            const std::size_t begin = offset();
            const std::size_t end = index_.at[here_ + 1];
            if (end - begin >= 2 && index_.raw[begin] == '"' && index_.raw[end - 1] == '"' && index_.plain(begin, end)) {
                ++here_;
                return {{index_.raw + begin + 1, end - begin - 2}, true};
            }
        }
        return any_text();
    }
    JsonNumber number();
    bool boolean();  // steps over true or false
    void null();
    // Steps over any value and gives its bytes as they stand.
    std::string_view skip();

private:
    // With blanks behind it, escapes, or what may not be NFC.
    JsonString any_text();
    // Nothing more is read.
    bool fail() {
        failed_ = true;
        end_ = 0;
        return false;
    }
    bool take(char wanted) {
        if (at_end() || index_.raw[offset()] != wanted) return fail();
        ++here_;
        return true;
    }
    // The bytes of the scalar here, without blanks behind it; steps over it.
    std::string_view scalar() {
        if (at_end()) {
            fail();
            return {};
        }
        const std::size_t begin = offset();
        std::size_t end = index_.at[++here_];
        while (end > begin && detail::is_blank(index_.raw[end - 1])) --end;
        return {index_.raw + begin, end - begin};
    }
    JsonString escaped(std::size_t from, std::size_t size);

    const JsonIndex index_;
    std::uint32_t end_;  // index_.count; 0 when it failed
    Arena* arena_;
    std::uint32_t here_ = 0;
    bool failed_ = false;
};

}  // namespace vg::formats
