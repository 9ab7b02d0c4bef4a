// Windows events as rendered XML (wevtutil, Windows event forwarding, Splunk, Event Viewer's export). The text becomes the
// JSON of the same event, in evtx_dump's shape, and that is read like any Windows event.
#include <algorithm>
#include <string>

#include "base/json.h"
#include "base/text.h"
#include "formats/format.h"
#include "formats/text_scan.h"

namespace vg::formats::of_windows {
extern const Format windows;
}

namespace vg::formats::of_windows_xml {

namespace {

constexpr std::size_t kMostElements = 2000;
constexpr int kMostDeep = 16;

int sniff(const Look& look) {
    std::string_view text = look.raw.substr(0, 600);
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    if (text.starts_with("<?xml")) text.remove_prefix(std::min(text.find("<Event"), text.size()));
    if (!text.starts_with("<Event ") && !text.starts_with("<Event>")) return 0;
    return text.find("schemas.microsoft.com/win/2004/08/events/event") != std::string_view::npos ? 95 : text.find("<System>") != std::string_view::npos ? 80 : 0;
}

struct Tag {
    std::string_view name, attributes;
    bool closing = false, empty = false;
};

// The next tag from `at` on, which is set behind it; comments, declarations and CDATA marks are stepped over.
std::optional<Tag> next_tag(std::string_view text, std::size_t& at, std::string_view& before) {
    const std::size_t from = at;
    while (true) {
        const std::size_t open = text.find('<', at);
        if (open == std::string_view::npos) return std::nullopt;
        const std::string_view rest = text.substr(open);
        if (rest.starts_with("<!--") || rest.starts_with("<?") || rest.starts_with("<!")) {
            const std::string_view end = rest.starts_with("<!--") ? "-->" : rest.starts_with("<![CDATA[") ? "]]>" : rest.starts_with("<?") ? "?>" : ">";
            const std::size_t close = rest.find(end);
            if (close == std::string_view::npos) return std::nullopt;
            at = open + close + end.size();
            continue;
        }
        std::size_t i = 1;
        char quote = '\0';
        for (; i < rest.size() && (quote != '\0' || rest[i] != '>'); ++i) {
            if (quote != '\0') {
                if (rest[i] == quote) quote = '\0';
            } else if (rest[i] == '"' || rest[i] == '\'') {
                quote = rest[i];
            }
        }
        if (i >= rest.size()) return std::nullopt;
        before = text.substr(from, open - from);
        at = open + i + 1;
        Tag tag;
        std::string_view inside = rest.substr(1, i - 1);
        if (inside.starts_with('/')) {
            tag.closing = true;
            inside.remove_prefix(1);
        }
        if (inside.ends_with('/')) {
            tag.empty = true;
            inside.remove_suffix(1);
        }
        tag.name = inside.substr(0, inside.find_first_of(" \t\r\n"));
        tag.attributes = inside.substr(tag.name.size());
        tag.name = tag.name.substr(tag.name.find(':') + 1);
        return tag;
    }
}

void put_utf8(std::string& out, std::uint32_t code) {
    if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) code = 0xFFFD;
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xC0 | code >> 6);
        out += static_cast<char>(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        out += static_cast<char>(0xE0 | code >> 12);
        out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
        out += static_cast<char>(0x80 | (code & 0x3F));
    } else {
        out += static_cast<char>(0xF0 | code >> 18);
        out += static_cast<char>(0x80 | (code >> 12 & 0x3F));
        out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
        out += static_cast<char>(0x80 | (code & 0x3F));
    }
}

// Character data without entities and CDATA marks, as a JSON string.
void put_string(std::string& out, std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size();) {
        if (text.substr(i).starts_with("<![CDATA[")) {
            const std::size_t end = std::min(text.find("]]>", i), text.size());
            plain.append(text.substr(i + 9, end > i + 9 ? end - i - 9 : 0));
            i = std::min(end + 3, text.size());
            continue;
        }
        if (text.substr(i).starts_with("<!--")) {
            i = std::min(text.find("-->", i), text.size() - 3) + 3;
            continue;
        }
        if (text[i] != '&') {
            plain += text[i++];
            continue;
        }
        const std::size_t end = text.substr(i, 12).find(';');
        const std::string_view name = end == std::string_view::npos ? std::string_view{} : text.substr(i + 1, end - 1);
        if (name == "lt") plain += '<';
        else if (name == "gt") plain += '>';
        else if (name == "amp") plain += '&';
        else if (name == "quot") plain += '"';
        else if (name == "apos") plain += '\'';
        else if (name.size() > 1 && name[0] == '#') {
            const bool hex = name[1] == 'x' || name[1] == 'X';
            std::uint32_t code = 0;
            bool good = name.size() > (hex ? 2U : 1U);
            for (const char c : name.substr(hex ? 2 : 1)) {
                good = good && (hex ? is_hex_digit(c) : is_digit(c)) && code < 0x200000;
                if (good) code = code * (hex ? 16 : 10) + static_cast<std::uint32_t>(is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
            }
            if (!good) {
                plain += text[i++];
                continue;
            }
            put_utf8(plain, code);
        } else {
            plain += text[i++];
            continue;
        }
        i += end + 1;
    }
    out += json::Value{std::string_view{plain}}.dump();
}

// name="value" pairs of a tag; calls take(name, value).
template <class Take>
void attributes(std::string_view text, Take take) {
    for (std::size_t count = 0; count < 64; ++count) {
        const std::size_t equals = text.find('=');
        if (equals == std::string_view::npos) return;
        const std::string_view name = trim(text.substr(0, equals));
        std::string_view rest = text.substr(equals + 1);
        rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r\n"), rest.size()));
        if (rest.empty() || (rest.front() != '"' && rest.front() != '\'')) return;
        const std::size_t end = rest.find(rest.front(), 1);
        if (end == std::string_view::npos) return;
        take(name.substr(name.rfind(':') == std::string_view::npos ? 0 : name.rfind(':') + 1), rest.substr(1, end - 1));
        text = rest.substr(end + 1);
    }
}

class Converter {
public:
    explicit Converter(std::string_view text) : text_(text) {}

    Status event(std::string& out) {
        std::string_view before;
        while (const auto tag = next_tag(text_, at_, before))
            if (!tag->closing && tag->name == "Event") {
                out = "{\"Event\":";
                TRY(element(*tag, out, 0));
                out += '}';
                return {};
            }
        return fail(Code::bad_input, "no Windows event: there is no <Event> in it");
    }

private:
    // The value of an element whose tag was just read: an object, a string or null.
    Status element(const Tag& tag, std::string& out, int depth) {
        if (depth > kMostDeep || ++elements_ > kMostElements) return fail(Code::too_large, "the event's XML is too large or too deep");
        std::string members;
        const auto member = [&members](std::string_view name) -> std::string& {
            if (!members.empty()) members += ',';
            members += json::Value{name}.dump();
            members += ':';
            return members;
        };
        std::string marks;
        attributes(tag.attributes, [&](std::string_view name, std::string_view value) {
            if (name == "xmlns") return;
            marks += marks.empty() ? "" : ",";
            marks += json::Value{name}.dump() + ":";
            put_string(marks, value);
        });
        if (!marks.empty()) member("#attributes") += "{" + marks + "}";
        std::string_view data;
        bool children = false;
        std::size_t begin = at_;
        std::size_t unnamed = 0;
        while (!tag.empty) {
            std::string_view before;
            const auto next = next_tag(text_, at_, before);
            if (!next) return fail(Code::bad_input, format("the element {} is not closed", shorten(tag.name, 64)));
            if (next->closing) {
                if (next->name != tag.name) return fail(Code::bad_input, format("the element {} is closed by another name", shorten(tag.name, 64)));
                if (!children) data = text_.substr(begin, before.data() + before.size() - (text_.data() + begin));
                break;
            }
            children = true;
            // <Data Name="Image">x</Data> is the member Image, as evtx_dump writes it.
            std::string_view name = next->name;
            if (name == "Data") {
                std::string_view given;
                attributes(next->attributes, [&given](std::string_view key, std::string_view value) {
                    if (key == "Name") given = value;
                });
                if (!given.empty()) {
                    std::string& to = member(given);
                    TRY(element({next->name, {}, false, next->empty}, to, depth + 1));
                    continue;
                }
                ++unnamed;
            }
            std::string& to = member(name);
            TRY(element(*next, to, depth + 1));
        }
        if (!children && marks.empty()) {
            if (tag.empty || data.empty()) out += "null";
            else put_string(out, data);
            return {};
        }
        if (!children && !trim(data).empty()) put_string(member("#text"), data);
        out += "{" + members + "}";
        return {};
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t elements_ = 0;
};

Status parse(std::string_view raw, const Context& context, Parsed& parsed) {
    std::string made;
    TRY(Converter{raw}.event(made));
    return of_windows::windows.parse(parsed.builder.arena().copy(made), context, parsed);
}

}  // namespace

extern const Format windows_xml{.name = "windows-xml", .trust = Trust::hostile, .sniff = sniff, .parse = parse, .raw_unit = "one <Event> element"};

}  // namespace vg::formats::of_windows_xml
