// ECMA-376 part 1: 18.4 shared strings, 18.8 styles.
#include "tables/sheet.h"

#include <charconv>
#include <map>

#include "base/text.h"

namespace vg::tables {

Result<std::vector<std::string>> read_shared_strings(XmlReader& xml, const WorkbookLimits& limits) {
    std::vector<std::string> out;
    while (true) {
        const XmlToken token = TRY(xml.next());
        if (token == XmlToken::done) return out;
        if (token != XmlToken::start || xml.depth() != 2 || xml.name() != "si") continue;
        if (out.size() >= limits.most_shared_strings) return fail(Code::too_large, format("there are more than {} shared strings", limits.most_shared_strings));
        std::string text = TRY(read_rich_text(xml, limits.most_cell_bytes));
        out.push_back(std::move(text));
    }
}

Result<std::string> read_rich_text(XmlReader& xml, std::size_t most) {
    const std::size_t outer = xml.depth();
    std::string out;
    while (true) {
        const XmlToken token = TRY(xml.next());
        if (token == XmlToken::done || (token == XmlToken::end && xml.depth() == outer)) break;
        if (token != XmlToken::start) continue;
        if (xml.name() == "rPh") {  // how it is spoken, in Japanese
            TRY(xml.skip());
        } else if (xml.name() == "t") {
            const std::string piece = TRY(xml.text_to_end(most));
            out.append(piece, 0, most + 1 - out.size());
        }
    }
    // What is cut off stays longer than the limit, so that it is seen.
    return out.size() > most ? out : nfc(without_escapes(std::move(out)));
}

std::string without_escapes(std::string text) {
    std::size_t at = text.find("_x");
    if (at == std::string::npos) return text;
    std::string out;
    std::size_t done = 0;
    for (; at != std::string::npos; at = text.find("_x", at)) {
        std::uint16_t unit = 0;
        const bool whole = at + 7 <= text.size() && text[at + 6] == '_';
        if (!whole || std::from_chars(text.data() + at + 2, text.data() + at + 6, unit, 16).ptr != text.data() + at + 6) {
            at += 2;
            continue;
        }
        out.append(text, done, at - done);
        // What XML cannot hold is shown by its place in the text; NUL is not let in.
        if (unit != 0) out += from_utf16(std::string{static_cast<char>(unit & 0xFF), static_cast<char>(unit >> 8)});
        at += 7;
        done = at;
    }
    out.append(text, done);
    return out;
}

namespace {

std::uint32_t number_of(const XmlReader& xml, std::string_view name) {
    const auto value = xml.attribute(name);
    std::uint32_t out = 0;
    if (!value || std::from_chars(value->data(), value->data() + value->size(), out).ptr != value->data() + value->size()) return 0;
    return out;
}

}  // namespace

Result<std::vector<Shows>> read_styles(XmlReader& xml) {
    constexpr std::size_t most = 100'000;  // Excel has 64,000 cell formats
    std::map<std::uint32_t, Shows> formats;
    std::vector<Shows> out;
    bool in_formats = false;
    while (true) {
        const XmlToken token = TRY(xml.next());
        if (token == XmlToken::done) return out;
        if (token != XmlToken::start) continue;
        if (xml.depth() == 2) in_formats = xml.name() == "cellXfs";
        if (xml.depth() != 3) continue;
        if (xml.name() == "numFmt") {
            formats[number_of(xml, "numFmtId")] = shows_of(xml.attribute("formatCode").value_or(""));
        } else if (in_formats && xml.name() == "xf") {
            const std::uint32_t id = number_of(xml, "numFmtId");
            const auto own = formats.find(id);
            out.push_back(own != formats.end() ? own->second : shows_of_builtin(id));
        }
        if (out.size() > most || formats.size() > most) return fail(Code::too_large, format("there are more than {} styles", most));
    }
}

}  // namespace vg::tables
