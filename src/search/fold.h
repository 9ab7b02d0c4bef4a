// Folding into a buffer that is used again: the same results as vg::fold and vg::fold_case, without an allocation a value
// and without ICU for what Vietnamese, Latin, Greek and Cyrillic text is made of. Any thread; each brings a Scratch.
//
//   Scratch scratch;
//   std::string_view folded = scratch.fold(value);   // until the next call
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace vg::search {

class Scratch {
public:
    // vg::fold: case, accents, tone marks and đ folded away.
    std::string_view fold(std::string_view text);
    // vg::fold_case: case folded, accents count, NFC.
    std::string_view fold_case(std::string_view text);
    // The words of a text that is folded already, each with one blank before it and one behind the last: " failed password ".
    // A word is a run of letters, digits, marks and '_'. Empty when there is no word.
    std::string_view words(std::string_view folded);

private:
    std::string folded_, cased_, words_;
};

// False: the text, folded by vg::fold or vg::fold_case, does not contain the part, which is folded already. True: perhaps.
// Without folding anything: for leaving out what does not come into question.
bool may_contain(std::string_view text, std::string_view folded_part);

// True for characters that are part of a word.
bool is_word_character(char32_t character);
// Whether a word may begin at `at` (what stands before is no part of a word), or end there.
bool is_word_edge(std::string_view text, std::size_t at);

}  // namespace vg::search
