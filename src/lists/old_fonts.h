// Text in the letters of an old font within a file that is Unicode: who pastes from a document set in .VnTime gets "Së Tµi chÝnh",
// which is TCVN3 with each byte taken for a character. Told by counted words, as the encodings of whole files are. Pure; one thread.
//
//   OldFonts fonts;
//   for (const std::string& cell : cells) fonts.look(cell);
//   if (fonts.decide()) for (std::string& cell : cells) fonts.convert(cell);   // "Sở Tài chính"
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "tables/encoding.h"

namespace vg::lists {

class OldFonts {
public:
    // One cell, or a piece of text without separators. What is looked at is bounded: false when there is no use in more.
    bool look(std::string_view field);
    // True when the words that are no Vietnamese as they stand are so in one of the old encodings, by to_text()'s count.
    bool decide();
    [[nodiscard]] tables::Encoding encoding() const { return encoding_.value_or(tables::Encoding::tcvn3); }
    // True when all of its words beyond ASCII became syllables; otherwise the field stays as it is.
    [[nodiscard]] bool convert(std::string& field) const;

private:
    std::set<std::string, std::less<>> words_;  // as the bytes that they were
    std::size_t looked_at_ = 0;
    std::optional<tables::Encoding> encoding_;
};

// A text with the fields between , ; tab | " and line ends converted; how many lines were changed, and which is the first.
struct Converted {
    std::string text;
    std::size_t lines = 0, first_line = 0;
    tables::Encoding encoding = tables::Encoding::tcvn3;
};
std::optional<Converted> without_old_fonts(std::string_view text);

}  // namespace vg::lists
