// ingest/frames: lines and _bulk pairs are the same however the bytes are cut into pieces.
#include <string>
#include <vector>

#include "base/check.h"
#include "ingest/frames/bulk.h"
#include "ingest/frames/lines.h"

namespace {

constexpr std::size_t kMostLine = 64;

// Everything that comes out for the input fed in pieces of `step` bytes, as one text.
std::string lines_of(std::string_view text, std::size_t step) {
    std::string out;
    vg::ingest::LineSplitter splitter{kMostLine, [&](const vg::ingest::LineSplitter::Line& line) {
                                          CHECK(line.text.size() <= kMostLine, "no line is longer than the bound");
                                          out += std::to_string(line.number) + (line.too_long ? "!" : ":") + (line.too_long ? "" : std::string{line.text}) + "\n";
                                          return true;
                                      }};
    for (std::size_t i = 0; i < text.size(); i += step) splitter.feed(text.substr(i, step));
    splitter.finish();
    return out;
}

std::string items_of(std::string_view text, std::size_t step) {
    std::string out;
    vg::ingest::BulkDecoder decoder{kMostLine, [&](const vg::ingest::BulkItem& item) {
                                        CHECK(item.document.size() <= kMostLine, "no document is longer than the bound");
                                        out += std::to_string(item.line) + "|" + std::string{item.action} + "|" + std::string{item.index} + "|" + std::string{item.id} + "|" +
                                               std::string{item.document} + "|" + std::string{item.refused} + "\n";
                                        return true;
                                    }};
    for (std::size_t i = 0; i < text.size(); i += step)
        if (const auto fed = decoder.feed(text.substr(i, step)); !fed) return out + "error: " + fed.error().text;
    const auto done = decoder.finish();
    return done ? out : out + "error: " + done.error().text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 4096) return 0;
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    CHECK(lines_of(text, 4096) == lines_of(text, 1) && lines_of(text, 4096) == lines_of(text, 7), "pieces do not matter to lines");
    CHECK(items_of(text, 4096) == items_of(text, 1) && items_of(text, 4096) == items_of(text, 7), "pieces do not matter to pairs");
    return 0;
}
