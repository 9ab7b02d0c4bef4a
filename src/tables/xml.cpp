// Extensible Markup Language 1.0 (fifth edition); the numbers are those of its productions.
#include "tables/xml.h"

#include <unicode/utf8.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace vg::tables {
namespace {

bool is_xml_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::string_view without_prefix(std::string_view name) { return name.substr(name.find(':') == std::string_view::npos ? 0 : name.find(':') + 1); }

// [2] Char.
bool is_xml_character(std::uint32_t c) {
    return c == 9 || c == 10 || c == 13 || (c >= 0x20 && c <= 0xD7FF) || (c >= 0xE000 && c <= 0xFFFD) || (c >= 0x10000 && c <= 0x10FFFF);
}

// [23] to [26]: what the declaration says of the encoding must be one that is read.
bool is_known_encoding(std::string_view document) {
    if (!document.starts_with("<?xml")) return true;
    const std::string_view declaration = document.substr(0, std::min(document.find("?>"), document.size()));
    std::size_t at = declaration.find("encoding");
    if (at == std::string_view::npos) return true;
    at = declaration.find_first_of("\"'", at);
    if (at == std::string_view::npos) return false;
    const std::string_view value = declaration.substr(at + 1, declaration.find(declaration[at], at + 1) - at - 1);
    for (const std::string_view known : {"utf-8", "utf-16", "us-ascii", "utf8"})
        if (equal_ignoring_ascii_case(value, known)) return true;
    return false;
}

}  // namespace

Error XmlReader::error(std::string_view reason) const { return {Code::bad_input, format("at byte {} of the XML: {}", at_ + 1, reason)}; }

Result<XmlReader> XmlReader::open(std::string bytes, const XmlLimits& limits) {
    if (bytes.starts_with("\xEF\xBB\xBF"))
        bytes.erase(0, 3);
    else if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF"))
        bytes = from_utf16(std::string_view{bytes}.substr(2), bytes.front() == '\xFE');
    if (!is_utf8(bytes)) return fail(Code::bad_input, "the XML is not UTF-8");
    const auto control = std::find_if(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 && !is_xml_blank(c); });
    if (control != bytes.end()) return fail(Code::bad_input, format("at byte {} of the XML: a control character, which XML does not have", control - bytes.begin() + 1));
    if (!is_known_encoding(bytes)) return fail(Code::bad_input, "the XML is declared to be in an encoding other than UTF-8 and UTF-16");
    return XmlReader{std::move(bytes), limits};
}

void XmlReader::skip_blanks() {
    while (at_ < document_.size() && is_xml_blank(document_[at_])) ++at_;
}

// [66] and [68]; line ends as 2.11 says.
Status XmlReader::decode(std::string_view raw, std::string& out) const {
    for (std::size_t i = 0; i < raw.size();) {
        if (raw[i] == '\r') {
            out.push_back('\n');
            i += i + 1 < raw.size() && raw[i + 1] == '\n' ? 2 : 1;
            continue;
        }
        if (raw[i] != '&') {
            const std::size_t end = std::min(raw.find_first_of("&\r", i), raw.size());
            out.append(raw.substr(i, end - i));
            i = end;
            continue;
        }
        const std::size_t end = raw.substr(i, 12).find(';');
        if (end == std::string_view::npos) return fail(error("a reference is not closed"));
        const std::string_view reference = raw.substr(i + 1, end - 1);
        i += end + 1;
        if (reference == "lt") out.push_back('<');
        else if (reference == "gt") out.push_back('>');
        else if (reference == "amp") out.push_back('&');
        else if (reference == "quot") out.push_back('"');
        else if (reference == "apos") out.push_back('\'');
        else if (reference.starts_with('#')) {
            const bool hex = reference.starts_with("#x");
            const std::string_view digits = reference.substr(hex ? 2 : 1);
            std::uint32_t c = 0;
            const auto [stop, bad] = std::from_chars(digits.data(), digits.data() + digits.size(), c, hex ? 16 : 10);
            if (digits.empty() || bad != std::errc{} || stop != digits.data() + digits.size() || !is_xml_character(c)) return fail(error("a reference to no character"));
            char buffer[U8_MAX_LENGTH];
            std::int32_t length = 0;
            U8_APPEND_UNSAFE(buffer, length, c);
            out.append(buffer, static_cast<std::size_t>(length));
        } else {
            return fail(error("an entity that is not one of XML's five"));
        }
    }
    return {};
}

Result<std::string_view> XmlReader::take_name() {
    const std::size_t begin = at_;
    while (at_ < document_.size() && !is_xml_blank(document_[at_]) && std::string_view{"/>=<\"'&"}.find(document_[at_]) == std::string_view::npos) ++at_;
    if (at_ == begin) return fail(error("a name is missing"));
    if (at_ - begin > 1'000) return fail(error("a name is too long"));
    return std::string_view{document_}.substr(begin, at_ - begin);
}

Result<bool> XmlReader::pass_over() {
    const bool comment = rest().starts_with("<!--");
    if (!comment && !rest().starts_with("<?")) return false;
    const std::string_view end = comment ? "-->" : "?>";
    const std::size_t stop = document_.find(end, at_ + (comment ? 4 : 2));
    if (stop == std::string::npos) return fail(error("a comment or an instruction is not closed"));
    at_ = stop + end.size();
    return true;
}

Result<XmlToken> XmlReader::next() {
    attributes_.clear();
    if (closing_) {
        closing_ = false;
        depth_ = open_.size();
        name_ = without_prefix(open_.back());
        open_.pop_back();
        return XmlToken::end;
    }
    text_.clear();
    bool any = false;
    while (at_ < document_.size()) {
        if (rest().starts_with("<![CDATA[")) {
            if (open_.empty()) return fail(error("text outside of the elements"));
            const std::size_t stop = document_.find("]]>", at_ + 9);
            if (stop == std::string::npos) return fail(error("a CDATA section is not closed"));
            text_.append(document_, at_ + 9, stop - at_ - 9);
            at_ = stop + 3;
            any = true;
        } else if (document_[at_] != '<') {
            const std::size_t stop = std::min(document_.find('<', at_), document_.size());
            const std::string_view raw = std::string_view{document_}.substr(at_, stop - at_);
            if (open_.empty() && !std::all_of(raw.begin(), raw.end(), is_xml_blank)) return fail(error("text outside of the elements"));
            if (!open_.empty()) TRY(decode(raw, text_));
            any |= !open_.empty();
            at_ = stop;
        } else if (!TRY(pass_over())) {
            if (any) return XmlToken::text;
            if (rest().starts_with("<!")) return fail(error("a document type, which is not taken"));
            return rest().starts_with("</") ? end_element() : start_element();
        }
    }
    if (!open_.empty()) return fail(error(format("the document ends within the element '{}'", shorten(open_.back(), 60))));
    if (!seen_root_) return fail(error("the document has no element"));
    return XmlToken::done;
}

Result<XmlToken> XmlReader::end_element() {
    at_ += 2;
    const std::string_view name = TRY(take_name());
    skip_blanks();
    if (!rest().starts_with('>')) return fail(error("the end of an element is not closed"));
    if (open_.empty() || open_.back() != name) return fail(error(format("the end of '{}', which is not the element that is open", shorten(name, 60))));
    ++at_;
    depth_ = open_.size();
    name_ = without_prefix(name);
    open_.pop_back();
    return XmlToken::end;
}

Result<XmlToken> XmlReader::start_element() {
    if (open_.empty() && seen_root_) return fail(error("a second root element"));
    if (open_.size() >= limits_.depth) return fail(Error{Code::too_large, error(format("elements are nested deeper than {}", limits_.depth)).text});
    ++at_;
    const std::string_view name = TRY(take_name());
    while (true) {
        const std::size_t before = at_;
        skip_blanks();
        if (at_ >= document_.size()) return fail(error("an element is not closed"));
        if (document_[at_] == '>' || rest().starts_with("/>")) break;
        if (at_ == before) return fail(error("a blank is missing before an attribute"));
        const std::string_view key = TRY(take_name());
        skip_blanks();
        if (!rest().starts_with('=')) return fail(error("an attribute has no value"));
        ++at_;
        skip_blanks();
        const char quote = at_ < document_.size() ? document_[at_] : '\0';
        if (quote != '"' && quote != '\'') return fail(error("an attribute's value is not quoted"));
        const std::size_t stop = document_.find(quote, at_ + 1);
        if (stop == std::string::npos) return fail(error("an attribute's value is not closed"));
        const std::string_view raw = std::string_view{document_}.substr(at_ + 1, stop - at_ - 1);
        if (raw.find('<') != std::string_view::npos) return fail(error("< stands in an attribute's value"));
        if (attributes_.size() >= limits_.attributes) return fail(Error{Code::too_large, error(format("an element has more than {} attributes", limits_.attributes)).text});
        if (std::any_of(attributes_.begin(), attributes_.end(), [&key](const auto& other) { return other.first == key; })) return fail(error("an attribute stands twice"));
        std::string value;
        TRY(decode(raw, value));
        attributes_.emplace_back(key, std::move(value));
        at_ = stop + 1;
    }
    closing_ = document_[at_] == '/';
    at_ += closing_ ? 2 : 1;
    seen_root_ = true;
    open_.push_back(name);
    depth_ = open_.size();
    name_ = without_prefix(name);
    return XmlToken::start;
}

std::optional<std::string_view> XmlReader::attribute(std::string_view name) const {
    for (const auto& [key, value] : attributes_)
        if (without_prefix(key) == name) return value;
    return {};
}

Status XmlReader::skip() {
    const std::size_t outer = depth_;
    while (true) {
        const XmlToken token = TRY(next());
        if (token == XmlToken::done || (token == XmlToken::end && depth_ == outer)) return {};
    }
}

Result<std::string> XmlReader::text_to_end(std::size_t most) {
    const std::size_t outer = depth_;
    std::string out;
    while (true) {
        const XmlToken token = TRY(next());
        if (token == XmlToken::text) out.append(text_, 0, most + 1 - out.size());
        if (token == XmlToken::done || (token == XmlToken::end && depth_ == outer)) return out;
    }
}

}  // namespace vg::tables
