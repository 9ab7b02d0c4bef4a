#include "formats/json_text.h"

#include <simdjson.h>

#include <algorithm>
#include <memory>
#include <vector>

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
    std::vector<std::uint64_t> special;
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

// As JsonIndex::special wants it.
void mark_special(std::string_view raw, std::vector<std::uint64_t>& special) {
    special.assign(raw.size() / 1024 + 1, 0);
    const auto mark = [&](std::size_t at) { special[at / 1024] |= std::uint64_t{1} << (at / 16 & 63); };
    std::size_t at = 0;
#ifdef __SSE2__
    const __m128i backslash = _mm_set1_epi8('\\');
    const __m128i limit = _mm_set1_epi8(static_cast<char>(0xCB));
    const __m128i nothing = _mm_setzero_si128();
    // Not zero where a byte is special.
    const auto look = [&](std::size_t from) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(raw.data() + from));
        return _mm_or_si128(_mm_cmpeq_epi8(bytes, backslash), _mm_subs_epu8(bytes, limit));
    };
    const auto any = [&](__m128i bytes) { return _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, nothing)) != 0xFFFF; };
    for (; at + 64 <= raw.size(); at += 64) {
        const __m128i parts[] = {look(at), look(at + 16), look(at + 32), look(at + 48)};
        if (!any(_mm_or_si128(_mm_or_si128(parts[0], parts[1]), _mm_or_si128(parts[2], parts[3])))) continue;
        std::uint64_t bits = 0;
        for (std::size_t i = 0; i < 4; ++i) bits |= std::uint64_t{any(parts[i])} << i;
        special[at / 1024] |= bits << (at / 16 & 63);
    }
#endif
    for (; at < raw.size(); ++at)
        if (raw[at] == '\\' || static_cast<unsigned char>(raw[at]) >= 0xCC) mark(at);
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

Result<JsonIndex> index_json(std::string_view raw, Arena& arena, Special special) {
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
    if (special == Special::marked) mark_special(raw, mine.special);
    return JsonIndex{raw.data(), raw.size(), mine.parser->structural_indexes.get(), mine.parser->n_structural_indexes, special == Special::marked ? mine.special.data() : nullptr};
}

char* unescape_json(const char* from, std::size_t size, std::size_t readable, char* to) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(from);
    // simdjson reads in blocks, beyond the closing quote.
    if (const Scratch& mine = scratch(); mine.parser != nullptr && readable >= size + kPadding)
        if (std::uint8_t* end = mine.parser->parse_string(bytes, reinterpret_cast<std::uint8_t*>(to))) return reinterpret_cast<char*>(end);
    return unescape_leniently(from, from + size, to);
}

JsonString JsonCursor::any_text() {
    const std::string_view whole = scalar();
    if (whole.size() < 2 || whole.front() != '"' || whole.back() != '"') {
        fail();
        return {};
    }
    const std::size_t from = static_cast<std::size_t>(whole.data() - index_.raw) + 1;
    const std::size_t size = whole.size() - 2;
    const detail::Seen seen = detail::look(index_.raw + from, size, index_.size - from);
    if (!seen.backslash) return {whole.substr(1, size), !seen.high};
    return escaped(from, size);
}

JsonString JsonCursor::escaped(std::size_t from, std::size_t size) {
    char* const to = arena_->take(size + kPadding);
    char* const end = unescape_json(index_.raw + from, size, index_.size - from, to);
    if (end == nullptr) {
        arena_->give_back(to);
        fail();
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
        fail();
        return {};
    }
    return {all, whole};
}

bool JsonCursor::boolean() {
    const std::string_view all = scalar();
    if (all != "true" && all != "false") fail();
    return all == "true";
}

void JsonCursor::null() {
    if (scalar() != "null") fail();
}

std::string_view JsonCursor::skip() {
    if (at_end()) {
        fail();
        return {};
    }
    const std::size_t begin = offset();
    std::size_t end = begin;
    std::size_t open = 0;
    do {
        if (at_end()) {
            fail();
            return {};
        }
        const char c = index_.raw[offset()];
        if (c == '{' || c == '[') ++open;
        if (c == '}' || c == ']') {
            if (open == 0) {
                fail();
                return {};
            }
            --open;
        }
        end = index_.at[++here_];
    } while (open > 0);
    while (end > begin && detail::is_blank(index_.raw[end - 1])) --end;
    return {index_.raw + begin, end - begin};
}

}  // namespace vg::formats
