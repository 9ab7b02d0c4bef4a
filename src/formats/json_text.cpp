#include "formats/json_text.h"

#include <simdjson.h>

#include <algorithm>
#include <memory>

#include "base/text.h"

namespace vg::formats {

namespace {

constexpr std::size_t kPadding = 64;
constexpr std::size_t kMostBytes = std::size_t{16} << 20;
constexpr std::size_t kKeptBytes = std::size_t{1} << 20;  // larger tables are freed after their record

// Memory that each thread uses again for every record: a cache, never state that changes a result.
struct Scratch {
    std::unique_ptr<simdjson::internal::dom_parser_implementation> parser;
    std::size_t room = 0;
};

Scratch& scratch() {
    thread_local Scratch kept;
    return kept;
}

bool prepare(Scratch& mine, std::size_t size) {
    if (mine.parser != nullptr && mine.room >= size && (mine.room <= kKeptBytes || size > kKeptBytes)) return true;
    std::size_t room = std::size_t{1} << 14;
    while (room < size) room *= 2;
    mine.parser.reset();
    if (simdjson::get_active_implementation()->create_dom_parser_implementation(room, 4, mine.parser) != simdjson::SUCCESS) return false;
    mine.room = room;
    return true;
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// The four digits of a \u escape; -1 when they are not.
int unit(const char* at, const char* end) {
    if (end - at < 4) return -1;
    int value = 0;
    for (int i = 0; i < 4; ++i) {
        const int digit = hex_digit(at[i]);
        if (digit < 0) return -1;
        value = value * 16 + digit;
    }
    return value;
}

char* put_utf8(char* to, std::uint32_t c) {
    auto put = [&to](std::uint32_t byte) { *to++ = static_cast<char>(byte); };
    if (c < 0x80) {
        put(c);
    } else if (c < 0x800) {
        put(0xC0 | c >> 6);
        put(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        put(0xE0 | c >> 12);
        put(0x80 | (c >> 6 & 0x3F));
        put(0x80 | (c & 0x3F));
    } else {
        put(0xF0 | c >> 18);
        put(0x80 | (c >> 12 & 0x3F));
        put(0x80 | (c >> 6 & 0x3F));
        put(0x80 | (c & 0x3F));
    }
    return to;
}

// What simdjson refuses: \u escapes that are lone surrogates.
char* unescape_leniently(const char* from, const char* end, char* to) {
    while (from < end) {
        if (*from != '\\') {
            *to++ = *from++;
            continue;
        }
        if (end - from < 2) return nullptr;
        const char c = from[1];
        from += 2;
        switch (c) {
            case '"':
            case '\\':
            case '/': *to++ = c; break;
            case 'b': *to++ = '\b'; break;
            case 'f': *to++ = '\f'; break;
            case 'n': *to++ = '\n'; break;
            case 'r': *to++ = '\r'; break;
            case 't': *to++ = '\t'; break;
            case 'u': {
                const int first = unit(from, end);
                if (first < 0) return nullptr;
                from += 4;
                auto character = static_cast<std::uint32_t>(first);
                if (first >= 0xD800 && first < 0xE000) {
                    character = 0xFFFD;
                    const int second = first < 0xDC00 && end - from >= 6 && from[0] == '\\' && from[1] == 'u' ? unit(from + 2, end) : -1;
                    if (second >= 0xDC00 && second < 0xE000) {
                        character = 0x10000 + ((static_cast<std::uint32_t>(first) - 0xD800) << 10) + (static_cast<std::uint32_t>(second) - 0xDC00);
                        from += 6;
                    }
                }
                to = put_utf8(to, character);
                break;
            }
            default: return nullptr;
        }
    }
    return to;
}

}  // namespace

Result<JsonIndex> index_json(std::string_view raw, Arena& arena) {
    if (raw.size() > kMostBytes) return fail(Code::too_large, "the record is larger than 16 MB");
    Scratch& mine = scratch();
    if (!prepare(mine, raw.size())) return fail(Code::too_large, "no memory to read the record");
    auto read = [&mine](std::string_view text) {
        return mine.parser->stage1(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), simdjson::stage1_mode::regular);
    };
    if (raw.empty()) return fail(Code::bad_input, "the record is empty");
    simdjson::error_code error = read(raw);
    if (error == simdjson::UTF8_ERROR) {
        const std::string repaired = to_valid_utf8(raw);
        if (repaired.size() > kMostBytes || !prepare(mine, repaired.size())) return fail(Code::too_large, "the record is larger than 16 MB");
        raw = arena.copy(repaired);
        error = read(raw);
    }
    if (error != simdjson::SUCCESS) return fail(Code::bad_input, format("not JSON: {}", simdjson::error_message(error)));
    mine.parser->structural_indexes[mine.parser->n_structural_indexes] = static_cast<std::uint32_t>(raw.size());
    return JsonIndex{raw.data(), raw.size(), mine.parser->structural_indexes.get(), mine.parser->n_structural_indexes};
}

char* unescape_json(const char* from, std::size_t size, std::size_t readable, char* to) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(from);
    // simdjson reads in blocks, beyond the closing quote.
    if (const Scratch& mine = scratch(); mine.parser != nullptr && readable >= size + kPadding)
        if (std::uint8_t* end = mine.parser->parse_string(bytes, reinterpret_cast<std::uint8_t*>(to))) return reinterpret_cast<char*>(end);
    return unescape_leniently(from, from + size, to);
}

JsonString JsonCursor::escaped(std::size_t from, std::size_t size) {
    char* const to = arena_->take(size + kPadding);
    char* const end = unescape_json(index_->raw + from, size, index_->size - from, to);
    if (end == nullptr) {
        arena_->give_back(to);
        failed_ = true;
        return {};
    }
    arena_->give_back(end);
    const std::string_view text{to, static_cast<std::size_t>(end - to)};
    return {text, is_nfc(text)};
}

JsonNumber JsonCursor::number() {
    const std::string_view all = scalar();
    std::size_t i = 0;
    auto digits = [&] {
        const std::size_t begin = i;
        while (i < all.size() && all[i] >= '0' && all[i] <= '9') ++i;
        return i - begin;
    };
    if (i < all.size() && all[i] == '-') ++i;
    const std::size_t first = i;
    const std::size_t leading = digits();
    bool good = leading > 0 && (leading == 1 || all[first] != '0');
    bool whole = true;
    if (good && i < all.size() && all[i] == '.') {
        ++i;
        whole = false;
        good = digits() > 0;
    }
    if (good && i < all.size() && (all[i] | 0x20) == 'e') {
        ++i;
        whole = false;
        if (i < all.size() && (all[i] == '+' || all[i] == '-')) ++i;
        good = digits() > 0;
    }
    if (!good || i != all.size()) {
        failed_ = true;
        return {};
    }
    return {all, whole};
}

bool JsonCursor::boolean() {
    const std::string_view all = scalar();
    if (all != "true" && all != "false") failed_ = true;
    return all == "true";
}

void JsonCursor::null() {
    if (scalar() != "null") failed_ = true;
}

std::string_view JsonCursor::skip() {
    if (failed_ || at_end()) {
        failed_ = true;
        return {};
    }
    const std::size_t begin = offset();
    std::size_t end = begin;
    std::size_t open = 0;
    do {
        if (at_end()) {
            failed_ = true;
            return {};
        }
        const char c = index_->raw[offset()];
        if (c == '{' || c == '[') ++open;
        if (c == '}' || c == ']') {
            if (open == 0) {
                failed_ = true;
                return {};
            }
            --open;
        }
        end = index_->at[++here_];
    } while (open > 0);
    while (end > begin && detail::is_blank(index_->raw[end - 1])) --end;
    return {index_->raw + begin, end - begin};
}

}  // namespace vg::formats
