// Whether letters are a Vietnamese syllable as it can be written: a beginning, a rhyme that exists and a tone that the rhyme bears.
// Encodings are told apart by how many of their words are. Pure, any thread.
//
//   is_syllable("nghĩa")  true        is_syllable("nghúa")  false: ngh stands before e, ê and i alone
#pragma once

#include <string_view>

namespace vg::tables {

// The text is UTF-8 in NFC, in any case; what is no letter of the Vietnamese alphabet is no syllable either.
bool is_syllable(std::string_view text);

}  // namespace vg::tables
