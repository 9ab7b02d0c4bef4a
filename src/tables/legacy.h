// The encodings of Vietnamese before Unicode, one byte a letter or a letter and a byte for its marks. encoding.h is what callers
// want; this is its table work. Pure, any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "tables/encoding.h"

namespace vg::tables {

struct LegacyText {
    std::string text;           // UTF-8 in NFC; U+FFFD for a byte that is no character
    std::size_t ill = 0;        // how many of those
    std::size_t first_ill = 0;  // where the first is, from 0
};

// Of Windows-1258, TCVN3 or VNI.
LegacyText from_legacy(std::string_view bytes, Encoding encoding);

// Punctuation that stands in the range 80 to 9F, or a blank of A0, in the Windows fonts of all three; 0 for any other byte.
char32_t legacy_punctuation(unsigned char byte);

}  // namespace vg::tables
