// A pull reader of XML 1.0 documents of strangers: start, text and end of elements one after another, nothing is built. Namespaces
// are told apart by no one who calls this, so that names come without their prefix. A document type is refused, and with it every
// entity but the five of XML. Pure; one thread at a time.
//
//   tables::XmlReader xml = TRY(tables::XmlReader::open(part));
//   for (auto token = TRY(xml.next()); token != tables::XmlToken::done; token = TRY(xml.next())) ...
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace vg::tables {

enum class XmlToken { start, text, end, done };

struct XmlLimits {
    std::size_t depth = 64;
    std::size_t attributes = 100;  // of one element
};

class XmlReader {
public:
    // UTF-8, or UTF-16 with a byte-order mark. Errors name the byte of the text as UTF-8. The reader is not moved once it is read from.
    static Result<XmlReader> open(std::string bytes, const XmlLimits& limits = {});

    // An element without content gives a start and an end.
    Result<XmlToken> next();
    // Behind a start: all to its end, which is taken.
    Status skip();
    // Behind a start: the text directly in the element and in those below it, to its end, which is taken. Of more than `most` bytes
    // the first `most + 1` are given.
    Result<std::string> text_to_end(std::size_t most);

    [[nodiscard]] std::string_view name() const { return name_; }        // of start and end
    [[nodiscard]] const std::string& text() const { return text_; }      // of a text, without references
    [[nodiscard]] std::size_t depth() const { return depth_; }           // of the element that starts or ends: 1 is the root
    [[nodiscard]] std::optional<std::string_view> attribute(std::string_view name) const;  // of a start; gone with the next token

private:
    explicit XmlReader(std::string text, const XmlLimits& limits) : document_(std::move(text)), limits_(limits) {}
    [[nodiscard]] std::string_view rest() const { return std::string_view{document_}.substr(at_); }
    [[nodiscard]] Error error(std::string_view reason) const;
    Result<XmlToken> start_element();
    Result<XmlToken> end_element();
    Result<bool> pass_over();  // a comment or an instruction; false: there is none
    Result<std::string_view> take_name();
    Status decode(std::string_view raw, std::string& out) const;
    void skip_blanks();

    std::string document_;
    XmlLimits limits_;
    std::size_t at_ = 0;
    std::size_t depth_ = 0;
    std::vector<std::string_view> open_;  // names of the open elements, with their prefix
    bool closing_ = false;                // the end of an element without content is owed
    bool seen_root_ = false;
    std::string_view name_;
    std::string text_;
    std::vector<std::pair<std::string_view, std::string>> attributes_;  // with their prefix
};

}  // namespace vg::tables
