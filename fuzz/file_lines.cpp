// ingest/frames/file_lines: lines are the same whether a file is seen whole or grows by pieces, in bytes and in UTF-16, and
// every encoding gives well-formed UTF-8 (but UTF-8 itself, which stays as it is).
#include <string>

#include "base/check.h"
#include "base/text.h"
#include "ingest/frames/file_lines.h"

namespace {

using vg::ingest::TextUnit;
constexpr std::size_t kMost = 40;

// As the follower reads: what is not dealt with is looked at again with more behind it.
std::string lines_of(std::string_view text, TextUnit unit, std::size_t step) {
    std::string out;
    std::size_t offset = 0;
    bool skipping = false;
    for (std::size_t size = std::min(step, text.size());; size = std::min(size + step, text.size())) {
        for (;;) {
            const std::string_view seen = text.substr(offset, size - offset);
            std::size_t used = 0;
            if (skipping) {
                const std::size_t behind = vg::ingest::behind_line_end(seen, unit);
                skipping = behind == std::string_view::npos;
                used = skipping ? seen.size() - (unit == TextUnit::byte ? 0 : seen.size() % 2) : behind;
            } else {
                used = vg::ingest::split_file_lines(seen, unit, kMost, [&](const vg::ingest::FileLine& line) {
                    CHECK(line.bytes.size() <= kMost, "no line is longer than the bound");
                    out += line.too_long ? "!" : ":" + std::string{line.bytes} + "\x1e";
                    skipping = line.goes_on;
                });
            }
            CHECK(used <= seen.size(), "no more is dealt with than was seen");
            offset += used;
            if (used == 0) break;
        }
        if (size == text.size()) return out;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 4096) return 0;
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    for (const TextUnit unit : {TextUnit::byte, TextUnit::utf16le, TextUnit::utf16be}) {
        const std::string whole = lines_of(text, unit, 4096);
        CHECK(whole == lines_of(text, unit, 1) && whole == lines_of(text, unit, 6), "pieces do not matter");
    }
    for (const char* name : {"utf-16le", "utf-16be", "windows-1258", "iso-8859-1", "shift_jis"}) {
        const auto decoder = vg::ingest::TextDecoder::make(name);
        CHECK(decoder, "the encoding is known");
        CHECK(vg::is_utf8((*decoder)->decode(text)), "what comes out is UTF-8");
    }
    return 0;
}
