// From bytes of a text file to UTF-8: files of Vietnamese offices come in Unicode and in three older encodings that say nothing of
// themselves. Whoever imports a table calls this before read_csv. Pure, any thread; the bytes are hostile.
//
//   const tables::Decoded decoded = TRY(tables::to_text(bytes));                                              // found, or refused
//   const tables::Decoded told = TRY(tables::to_text(bytes, {.declared = tables::Encoding::tcvn3}));
//
// Nothing is guessed in silence. A byte-order mark, well-formed UTF-8 and the pattern of UTF-16 decide at once. Of the older ones
// that one is taken whose words are Vietnamese syllables while those of the others are not; where that is in doubt the error
// names the candidates with their counts, and the caller asks the person and declares the answer.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vg::tables {

enum class Encoding { utf8, utf16le, utf16be, windows1258, tcvn3, vni };
inline constexpr std::array kEncodings{Encoding::utf8, Encoding::utf16le, Encoding::utf16be, Encoding::windows1258, Encoding::tcvn3, Encoding::vni};

// "utf-8", "utf-16le", "utf-16be", "windows-1258", "tcvn3", "vni".
std::string_view name_of(Encoding encoding);
// The same names in any case, and what people call them too: "abc", "cp1258", "vni-windows", "utf8".
std::optional<Encoding> encoding_of(std::string_view name);

enum class Grounds {
    declared,     // the caller said so
    byte_order,   // the file begins with a byte-order mark
    well_formed,  // every byte fits (ASCII alone is UTF-8 too)
    counted,      // by far the most words are right in this encoding alone
};

struct DecodeOptions {
    std::optional<Encoding> declared;
    std::size_t most_bytes = std::size_t{256} << 20;
};

struct Decoded {
    std::string text;  // UTF-8 in NFC, without a byte-order mark
    Encoding encoding = Encoding::utf8;
    Grounds grounds = Grounds::well_formed;
    double certainty = 1;            // of what was counted: the share of its words less that of the next candidate, 0 to 1
    std::size_t replaced = 0;        // of a declared or marked encoding: what is no character of it became U+FFFD
    std::size_t first_replaced = 0;  // the byte of the first of them, from 0
};

// Errors: too_large; bad_input for bytes that are no text (the first NUL or control character is named by its place), for a mark
// that contradicts what was declared, and for doubt.
Result<Decoded> to_text(std::string_view bytes, const DecodeOptions& options = {});

}  // namespace vg::tables
