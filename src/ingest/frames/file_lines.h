// Lines of a file that grows, in any encoding: finds the line ends in the bytes as they are, so that a reader knows how
// far it has come, and turns each line into UTF-8. Pure.
//
//   auto decoder = TRY(TextDecoder::make("utf-16le"));
//   const std::size_t used = split_file_lines(bytes, decoder->unit(), 1 << 20, [&](const FileLine& line) { use(decoder->decode(line.bytes)); });
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vg::ingest {

enum class TextUnit { byte, utf16le, utf16be };  // in what line ends are looked for

struct FileLine {
    std::string_view bytes;   // as in the file, without LF and CR
    bool too_long = false;    // bytes hold its beginning
    bool goes_on = false;     // too long, and its end has not come: the caller skips to the next line end
};

// Hands over every whole line, and a beginning that is longer than `most_bytes`; returns how many bytes are dealt with.
std::size_t split_file_lines(std::string_view bytes, TextUnit unit, std::size_t most_bytes, const std::function<void(const FileLine&)>& on_line);
// Where the byte behind the first line end is; npos: there is none.
std::size_t behind_line_end(std::string_view bytes, TextUnit unit);

// One encoding, by its IANA or usual name: "utf-8" (also ""), "utf-16le", "utf-16be", "windows-1258", "iso-8859-1"...
class TextDecoder {
public:
    // Code::bad_input for a name that is not known, or whose line ends are not bytes or UTF-16 units.
    static Result<std::unique_ptr<TextDecoder>> make(std::string_view name);
    virtual ~TextDecoder() = default;
    [[nodiscard]] virtual TextUnit unit() const = 0;
    // UTF-8 stays as it is, ill-formed or not; of other encodings what cannot be understood becomes U+FFFD. A byte-order
    // mark at the beginning is cut off.
    [[nodiscard]] virtual std::string decode(std::string_view bytes) = 0;
};

// What the first bytes of a file say about its encoding: "utf-16le", "utf-16be" or "".
std::string_view encoding_of_mark(std::string_view first);

}  // namespace vg::ingest
