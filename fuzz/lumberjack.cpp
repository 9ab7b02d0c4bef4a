// ingest/frames/lumberjack: events are the same however the bytes are cut into pieces. A compressed frame is built around
// the input as well, so that what is inside one is reached without a fuzzer that knows zlib.
#include <zlib.h>

#include <string>

#include "base/check.h"
#include "ingest/frames/lumberjack.h"

namespace {

constexpr std::size_t kMostFrame = 40;

std::string events_of(std::string_view text, std::size_t step) {
    std::string out;
    vg::ingest::LumberjackFrames frames{kMostFrame, [&](const vg::ingest::LumberjackFrames::Event& event) {
                                            CHECK(event.json.size() <= kMostFrame, "no event is longer than the bound");
                                            out += std::to_string(event.sequence) + (event.too_long ? "!" : ":" + std::string{event.json}) + "\x1e";
                                        }};
    for (std::size_t i = 0; i < text.size(); i += step)
        if (!frames.feed(text.substr(i, step))) return out + "error";
    return out + std::to_string(frames.window()) + "/" + std::to_string(frames.last_sequence());
}

void check(std::string_view text) {
    const std::string whole = events_of(text, 1 << 20);
    CHECK(whole == events_of(text, 1) && whole == events_of(text, 7), "pieces do not matter");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 4096) return 0;
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    check(text);
    std::string packed(::compressBound(size), '\0');
    uLongf length = packed.size();
    if (::compress(reinterpret_cast<Bytef*>(packed.data()), &length, data, size) != Z_OK) return 0;
    packed.resize(length);
    std::string frame = "2C";
    for (int shift = 24; shift >= 0; shift -= 8) frame.push_back(static_cast<char>(length >> shift & 0xff));
    check(frame + packed + std::string{text.substr(0, size / 2)});
    return 0;
}
