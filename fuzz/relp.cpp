// ingest/frames/relp: frames are the same however the bytes are cut into pieces; a broken one ends both in the same way.
#include <string>

#include "base/check.h"
#include "ingest/frames/relp.h"

namespace {

constexpr std::size_t kMostRelp = 32;

std::string frames_of(std::string_view text, std::size_t step) {
    std::string out;
    vg::ingest::RelpFrames frames{kMostRelp, [&](const vg::ingest::RelpFrames::Frame& frame) {
                                      CHECK(frame.data.size() <= kMostRelp && !frame.command.empty() && frame.command.size() <= 32, "a frame is within its bounds");
                                      out += std::to_string(frame.transaction) + std::string{frame.command} + (frame.cut ? "!" : ":") + std::string{frame.data} + "\x1e";
                                  }};
    for (std::size_t i = 0; i < text.size(); i += step)
        if (!frames.feed(text.substr(i, step))) return out + "error";
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 4096) return 0;
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const std::string whole = frames_of(text, 4096);
    CHECK(whole == frames_of(text, 1) && whole == frames_of(text, 5), "pieces do not matter");
    return 0;
}
