#include "tables/encoding.h"

#include <unicode/utf16.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "tables/legacy.h"
#include "tables/vietnamese.h"

namespace vg::tables {
namespace {

constexpr std::array kCandidates{Encoding::windows1258, Encoding::tcvn3, Encoding::vni};
constexpr std::size_t kMostWords = 20'000;    // looked at; what comes behind them must then be of the same encoding anyway
constexpr std::size_t kDifferentWords = 3;    // right ones that the answer needs: one or two come about by chance ("5 µm" is "àm")
constexpr std::size_t kLongestWord = 64;

std::string place(std::string_view bytes, std::size_t at) {
    return format("byte {} (line {})", at + 1, 1 + std::count(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

// What a file is that is often taken for text.
std::string_view known_binary(std::string_view bytes) {
    if (bytes.starts_with("PK\x03\x04")) return "; it begins as a ZIP archive or a workbook (.xlsx) does";
    if (bytes.starts_with("\xD0\xCF\x11\xE0")) return "; it begins as an old (.xls) or an encrypted workbook does";
    if (bytes.starts_with("%PDF-")) return "; it begins as a PDF does";
    return "";
}

tl::unexpected<Error> not_text(std::string_view bytes, std::size_t at) {
    const auto byte = static_cast<unsigned char>(bytes[at]);
    return fail(Code::bad_input, format("this is no text: {} is {}{}", place(bytes, at), byte == 0 ? "NUL" : format("the control character {:02X}", byte), known_binary(bytes)));
}

bool is_control(unsigned char byte) { return (byte < 0x20 && !(byte >= 0x09 && byte <= 0x0D) && byte != 0x1B) || byte == 0x7F; }

std::size_t first_control(std::string_view bytes) {
    const auto found = std::find_if(bytes.begin(), bytes.end(), [](char c) { return is_control(static_cast<unsigned char>(c)); });
    return found == bytes.end() ? std::string_view::npos : static_cast<std::size_t>(found - bytes.begin());
}

struct Utf8Count {
    std::size_t good = 0;  // characters of several bytes
    std::size_t ill = 0, first_ill = 0;
};

Utf8Count count_utf8(std::string_view bytes) {
    Utf8Count out;
    const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
    const auto length = static_cast<std::int32_t>(bytes.size());
    for (std::int32_t i = 0; i < length;) {
        const std::int32_t begin = i;
        UChar32 c = 0;
        U8_NEXT(data, i, length, c);
        if (c >= 0x80) ++out.good;
        if (c < 0 && out.ill++ == 0) out.first_ill = static_cast<std::size_t>(begin);
    }
    return out;
}

struct Utf16Count {
    std::size_t units = 0, usual = 0;  // usual: Latin, the marks and letters of Vietnamese, punctuation
    std::size_t ill = 0, first_ill = 0;
    std::size_t controls = 0;            // NUL among them
    std::optional<std::size_t> nul;      // the first
};

Utf16Count count_utf16(std::string_view bytes, bool big_endian) {
    Utf16Count out;
    auto unit = [&](std::size_t i) {
        const auto a = static_cast<unsigned char>(bytes[i]), b = static_cast<unsigned char>(bytes[i + 1]);
        return static_cast<char16_t>(big_endian ? a << 8 | b : b << 8 | a);
    };
    auto ill = [&](std::size_t at) {
        if (out.ill++ == 0) out.first_ill = at;
    };
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
        const char16_t c = unit(i);
        ++out.units;
        if (U16_IS_LEAD(c) && i + 3 < bytes.size() && U16_IS_TRAIL(unit(i + 2))) {
            i += 2;
        } else if (U16_IS_SURROGATE(c)) {
            ill(i);
        } else if (c < 0x80 && is_control(static_cast<unsigned char>(c))) {
            ++out.controls;
            if (c == 0 && !out.nul) out.nul = i;
        } else if (c < 0x250 || (c >= 0x300 && c < 0x370) || (c >= 0x1EA0 && c < 0x1F00) || (c >= 0x2000 && c < 0x2070) || c == 0x20AB || c == 0x20AC) {
            ++out.usual;
        }
    }
    if (bytes.size() % 2 != 0) ill(bytes.size() - 1);
    return out;
}

Result<Decoded> take_utf16(std::string_view bytes, std::size_t offset, bool big_endian, Decoded out) {
    const std::string_view body = bytes.substr(offset);
    const Utf16Count count = count_utf16(body, big_endian);
    if (count.nul) return fail(Code::bad_input, format("this is no text: in {}, byte {} is NUL", name_of(out.encoding), offset + *count.nul + 1));
    out.text = nfc(from_utf16(body, big_endian));
    if (body.size() % 2 != 0) out.text += "\xEF\xBF\xBD";
    out.replaced = count.ill;
    out.first_replaced = count.ill == 0 ? 0 : offset + count.first_ill;
    return out;
}

// As the caller or the mark says: what does not fit is replaced and counted.
Result<Decoded> take(std::string_view bytes, std::size_t offset, Encoding encoding, Grounds grounds) {
    Decoded out{.encoding = encoding, .grounds = grounds};
    if (encoding == Encoding::utf16le || encoding == Encoding::utf16be) return take_utf16(bytes, offset, encoding == Encoding::utf16be, std::move(out));
    const std::string_view body = bytes.substr(offset);
    if (const std::size_t nul = body.find('\0'); nul != std::string_view::npos) return not_text(bytes, offset + nul);
    if (encoding == Encoding::utf8) {
        const Utf8Count count = count_utf8(body);
        out.replaced = count.ill;
        out.first_replaced = count.ill == 0 ? 0 : offset + count.first_ill;
        out.text = nfc(count.ill == 0 ? std::string{body} : to_valid_utf8(body));
        return out;
    }
    LegacyText legacy = from_legacy(body, encoding);
    out.text = std::move(legacy.text);
    out.replaced = legacy.ill;
    out.first_replaced = legacy.ill == 0 ? 0 : offset + legacy.first_ill;
    return out;
}

struct Mark {
    std::string_view bytes;
    std::optional<Encoding> encoding;  // none: one that is not read
    std::string_view name;
};
// That of UTF-32 begins as that of UTF-16 does.
constexpr std::array<Mark, 5> kMarks{{{{"\xFF\xFE\0\0", 4}, {}, "utf-32le"},
                                      {{"\0\0\xFE\xFF", 4}, {}, "utf-32be"},
                                      {"\xEF\xBB\xBF", Encoding::utf8, "utf-8"},
                                      {"\xFF\xFE", Encoding::utf16le, "utf-16le"},
                                      {"\xFE\xFF", Encoding::utf16be, "utf-16be"}}};

bool is_word_byte(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (byte >= 0x80 && legacy_punctuation(byte) == 0);
}

// True when each run of letters of the word that has a letter beyond ASCII is a syllable, and there is one. A capital behind a small
// letter (chuỊ) is none; small letters behind capitals are the font of capitals of TCVN3.
bool is_right(std::string_view word, Encoding encoding) {
    if (word.size() > kLongestWord) return false;
    const LegacyText decoded = from_legacy(word, encoding);
    if (decoded.ill > 0) return false;
    const auto* data = reinterpret_cast<const std::uint8_t*>(decoded.text.data());
    const auto length = static_cast<std::int32_t>(decoded.text.size());
    bool any = false, beyond = false, small = false;
    std::int32_t run = 0;
    for (std::int32_t i = 0; i <= length;) {
        const std::int32_t begin = i;
        UChar32 c = ' ';
        if (i < length) U8_NEXT_OR_FFFD(data, i, length, c);
        else ++i;
        const bool latin = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (latin || (c >= 0xC0 && c < 0x2000 && c != 0xD7 && c != 0xF7)) {
            const std::string_view letter{decoded.text.data() + begin, static_cast<std::size_t>(i - begin)};
            const bool is_small = latin ? c >= 'a' : fold_case(letter) == letter;
            if (!latin && !is_small && small) return false;
            small |= is_small;
            beyond |= !latin;
            continue;
        }
        if (beyond && !is_syllable(std::string_view{decoded.text}.substr(static_cast<std::size_t>(run), static_cast<std::size_t>(begin - run)))) return false;
        any |= beyond;
        beyond = small = false;
        run = i;
    }
    return any;
}

struct Candidate {
    Encoding encoding = Encoding::windows1258;
    std::size_t right = 0;
    std::vector<std::string_view> different;  // at most kDifferentWords
};

struct Count {
    std::size_t words = 0, first = 0;   // those with a byte beyond ASCII
    std::vector<Candidate> candidates;  // the best first
};

Count count_words(std::string_view bytes) {
    Count out;
    for (const Encoding encoding : kCandidates) out.candidates.push_back({.encoding = encoding});
    for (std::size_t at = 0; at < bytes.size() && out.words < kMostWords;) {
        std::size_t end = at;
        while (end < bytes.size() && is_word_byte(bytes[end])) ++end;
        const std::string_view word = bytes.substr(at, end - at);
        if (std::any_of(word.begin(), word.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; })) {
            if (out.words++ == 0) out.first = at;
            for (Candidate& candidate : out.candidates) {
                if (!is_right(word, candidate.encoding)) continue;
                ++candidate.right;
                std::vector<std::string_view>& seen = candidate.different;
                if (seen.size() < kDifferentWords && std::find(seen.begin(), seen.end(), word) == seen.end()) seen.push_back(word);
            }
        }
        at = end + 1;
    }
    std::stable_sort(out.candidates.begin(), out.candidates.end(), [](const Candidate& a, const Candidate& b) { return a.right > b.right; });
    return out;
}

constexpr std::string_view kRemedy = "say which encoding it is: windows-1258, tcvn3 or vni (or save the file as UTF-8)";

Result<Decoded> by_words(std::string_view bytes) {
    const Count count = count_words(bytes);
    const Candidate &best = count.candidates[0], &next = count.candidates[1];
    const bool clear = best.different.size() >= kDifferentWords && best.right * 5 >= count.words * 4 && next.right * 2 <= best.right;
    if (!clear) {
        std::string found;
        for (const Candidate& candidate : count.candidates) found += format("{}{} makes {}", found.empty() ? "" : ", ", name_of(candidate.encoding), candidate.right);
        return fail(Code::bad_input, format("the text is not UTF-8, and its encoding is in doubt: of {} words beyond ASCII {} right Vietnamese syllables; the first is at {}; {}",
                                            count.words, found, place(bytes, count.first), kRemedy));
    }
    LegacyText legacy = from_legacy(bytes, best.encoding);
    if (legacy.ill > 0)
        return fail(Code::bad_input, format("most words are right in {}, but {} and {} more are no characters of it; {}; what does not fit is then replaced and counted",
                                            name_of(best.encoding), place(bytes, legacy.first_ill), legacy.ill - 1, kRemedy));
    return Decoded{.text = std::move(legacy.text), .encoding = best.encoding, .grounds = Grounds::counted,
                   .certainty = static_cast<double>(best.right - next.right) / static_cast<double>(count.words)};
}

// UTF-16 without a mark: in one order nearly all is Latin and nothing is impossible, in the other not.
bool is_utf16(std::string_view bytes, bool big_endian) {
    if (bytes.size() % 2 != 0) return false;
    const Utf16Count count = count_utf16(bytes, big_endian);
    return count.ill == 0 && count.controls == 0 && count.usual * 10 >= count.units * 9;
}

Result<Decoded> find_out(std::string_view bytes) {
    if (const std::size_t nul = bytes.find('\0'); nul != std::string_view::npos) {
        const bool little = is_utf16(bytes, false), big = is_utf16(bytes, true);
        if (little && big) return fail(Code::bad_input, "the text is UTF-16 without a byte-order mark, and both orders are possible: say which it is, utf-16le or utf-16be");
        if (little || big) return take(bytes, 0, little ? Encoding::utf16le : Encoding::utf16be, Grounds::well_formed);
        return not_text(bytes, nul);
    }
    if (bytes.ends_with('\x1A')) bytes.remove_suffix(1);  // so programs of DOS end a text
    if (const std::size_t control = first_control(bytes); control != std::string_view::npos) {
        Error error = not_text(bytes, control).value();
        error.text += "; if it is text nevertheless, say its encoding";
        return fail(std::move(error));
    }
    const Utf8Count count = count_utf8(bytes);
    if (count.ill == 0) return take(bytes, 0, Encoding::utf8, Grounds::well_formed);
    if (count.good >= 4 * count.ill)
        return fail(Code::bad_input, format("the text is UTF-8 but for {} places, the first at {}: say utf-8 to have them replaced and counted, or repair the file",
                                            count.ill, place(bytes, count.first_ill)));
    return by_words(bytes);
}

}  // namespace

std::string_view name_of(Encoding encoding) {
    switch (encoding) {
        case Encoding::utf8: return "utf-8";
        case Encoding::utf16le: return "utf-16le";
        case Encoding::utf16be: return "utf-16be";
        case Encoding::windows1258: return "windows-1258";
        case Encoding::tcvn3: return "tcvn3";
        case Encoding::vni: return "vni";
    }
    return "";
}

std::optional<Encoding> encoding_of(std::string_view name) {
    struct Alias {
        std::string_view name;
        Encoding encoding;
    };
    constexpr std::array<Alias, 8> aliases{{{"utf8", Encoding::utf8},
                                            {"cp1258", Encoding::windows1258},
                                            {"windows1258", Encoding::windows1258},
                                            {"abc", Encoding::tcvn3},
                                            {"tcvn", Encoding::tcvn3},
                                            {"tcvn3 (abc)", Encoding::tcvn3},
                                            {"vni windows", Encoding::vni},
                                            {"vni-windows", Encoding::vni}}};
    const std::string_view word = trim(name);
    for (const Encoding encoding : kEncodings)
        if (equal_ignoring_ascii_case(word, name_of(encoding))) return encoding;
    for (const Alias& alias : aliases)
        if (equal_ignoring_ascii_case(word, alias.name)) return alias.encoding;
    return {};
}

Result<Decoded> to_text(std::string_view bytes, const DecodeOptions& options) {
    // ICU counts in 32 bits.
    const std::size_t most = std::min(options.most_bytes, std::size_t{1} << 30);
    if (bytes.size() > most) return fail(Code::too_large, format("the text has {} bytes, and {} are read", bytes.size(), most));
    for (const Mark& mark : kMarks) {
        if (!bytes.starts_with(mark.bytes)) continue;
        if (!mark.encoding) return fail(Code::bad_input, format("the text is {}, which is not read: save it as UTF-8", mark.name));
        if (options.declared && *options.declared != *mark.encoding)
            return fail(Code::bad_input, format("the text begins with the byte-order mark of {}, but {} was declared: declare {} or nothing", mark.name,
                                                name_of(*options.declared), mark.name));
        return take(bytes, mark.bytes.size(), *mark.encoding, options.declared ? Grounds::declared : Grounds::byte_order);
    }
    return options.declared ? take(bytes, 0, *options.declared, Grounds::declared) : find_out(bytes);
}

}  // namespace vg::tables
