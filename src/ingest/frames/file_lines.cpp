#include "ingest/frames/file_lines.h"

#include <unicode/ucnv.h>

#include <algorithm>
#include <cstring>

#include "base/text.h"

namespace vg::ingest {
namespace {

constexpr std::string_view kMark8 = "\xef\xbb\xbf";

// Of the first line end: where it begins, and how long it is.
struct End {
    std::size_t at = std::string_view::npos;
    std::size_t size = 1;
};

End find_line_end(std::string_view bytes, TextUnit unit) {
    if (unit == TextUnit::byte) return {bytes.find('\n'), 1};
    const std::size_t low = unit == TextUnit::utf16le ? 0 : 1;
    for (std::size_t at = 0; at + 1 < bytes.size(); at += 2)
        if (bytes[at + low] == '\n' && bytes[at + 1 - low] == '\0') return {at, 2};
    return {};
}

std::string_view without_cr(std::string_view line, TextUnit unit) {
    if (unit == TextUnit::byte && line.ends_with('\r')) line.remove_suffix(1);
    if (unit == TextUnit::utf16le && line.ends_with(std::string_view{"\r\0", 2})) line.remove_suffix(2);
    if (unit == TextUnit::utf16be && line.ends_with(std::string_view{"\0\r", 2})) line.remove_suffix(2);
    return line;
}

class Utf8 final : public TextDecoder {
public:
    TextUnit unit() const override { return TextUnit::byte; }
    std::string decode(std::string_view bytes) override { return std::string{bytes.starts_with(kMark8) ? bytes.substr(3) : bytes}; }
};

class Utf16 final : public TextDecoder {
public:
    explicit Utf16(bool big_endian) : big_endian_(big_endian) {}
    TextUnit unit() const override { return big_endian_ ? TextUnit::utf16be : TextUnit::utf16le; }
    std::string decode(std::string_view bytes) override {
        if (bytes.starts_with(big_endian_ ? "\xfe\xff" : "\xff\xfe")) bytes.remove_prefix(2);
        return from_utf16(bytes, big_endian_);
    }

private:
    const bool big_endian_;
};

class CodePage final : public TextDecoder {
public:
    explicit CodePage(UConverter* converter) : converter_(converter) {}
    ~CodePage() override { ucnv_close(converter_); }
    CodePage(const CodePage&) = delete;
    CodePage& operator=(const CodePage&) = delete;
    TextUnit unit() const override { return TextUnit::byte; }
    std::string decode(std::string_view bytes) override {
        const auto size = static_cast<int32_t>(bytes.size());
        std::u16string units(bytes.size() * 2 + 1, u'\0');
        UErrorCode error = U_ZERO_ERROR;
        ucnv_reset(converter_);
        const int32_t count = ucnv_toUChars(converter_, units.data(), static_cast<int32_t>(units.size()), bytes.data(), size, &error);
        if (U_FAILURE(error)) return to_valid_utf8(bytes);
        std::string little;
        little.reserve(static_cast<std::size_t>(count) * 2);
        for (int32_t i = 0; i < count; ++i) {
            const char16_t unit = units[static_cast<std::size_t>(i)];
            little.push_back(static_cast<char>(unit & 0xff));
            little.push_back(static_cast<char>(unit >> 8));
        }
        return from_utf16(little);
    }

private:
    UConverter* converter_;
};

}  // namespace

std::size_t split_file_lines(std::string_view bytes, TextUnit unit, std::size_t most_bytes, const std::function<void(const FileLine&)>& on_line) {
    std::size_t done = 0;
    for (;;) {
        const std::string_view rest = bytes.substr(done);
        const End end = find_line_end(rest, unit);
        if (end.at == std::string_view::npos) {
            if (rest.size() <= most_bytes + 4) return done;  // a line end of UTF-16 may stand behind the longest
            on_line({.bytes = rest.substr(0, std::min<std::size_t>(256, most_bytes)), .too_long = true, .goes_on = true});
            return bytes.size() - (unit == TextUnit::byte ? 0 : rest.size() % 2);
        }
        const std::string_view line = without_cr(rest.substr(0, end.at), unit);
        const bool too_long = line.size() > most_bytes;
        on_line({.bytes = too_long ? line.substr(0, std::min<std::size_t>(256, most_bytes)) : line, .too_long = too_long});
        done += end.at + end.size;
    }
}

std::size_t behind_line_end(std::string_view bytes, TextUnit unit) {
    const End end = find_line_end(bytes, unit);
    return end.at == std::string_view::npos ? end.at : end.at + end.size;
}

std::string_view encoding_of_mark(std::string_view first) {
    if (first.starts_with("\xff\xfe")) return "utf-16le";
    if (first.starts_with("\xfe\xff")) return "utf-16be";
    return "";
}

Result<std::unique_ptr<TextDecoder>> TextDecoder::make(std::string_view asked) {
    const std::string name = lower_ascii(trim(asked));
    std::unique_ptr<TextDecoder> made;
    if (name.empty() || name == "utf-8" || name == "utf8" || name == "ascii" || name == "us-ascii") made = std::make_unique<Utf8>();
    if (name == "utf-16le" || name == "utf-16be") made = std::make_unique<Utf16>(name == "utf-16be");
    if (made) return made;
    UErrorCode error = U_ZERO_ERROR;
    UConverter* converter = name.size() > 40 ? nullptr : ucnv_open(name.c_str(), &error);
    if (converter == nullptr || U_FAILURE(error)) return fail(Code::bad_input, "the encoding " + shorten(name, 40) + " is not known");
    made = std::make_unique<CodePage>(converter);
    // A line end must be the byte 0A and nothing else: not so in UTF-32, EBCDIC or encodings with states.
    if (ucnv_getMinCharSize(converter) != 1 || made->decode("a\nb") != "a\nb") return fail(Code::bad_input, "lines in the encoding " + shorten(name, 40) + " cannot be told apart");
    return made;
}

}  // namespace vg::ingest
