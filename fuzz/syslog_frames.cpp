// ingest/frames/syslog_frames: frames are the same however the bytes are cut into pieces, and none is longer than the bound.
#include <string>

#include "base/check.h"
#include "ingest/frames/syslog_frames.h"

namespace {

constexpr std::size_t kMostSyslog = 48;

std::string syslog_frames_of(std::string_view text, std::size_t step) {
    std::string out;
    vg::ingest::SyslogFrames frames{kMostSyslog, [&](const vg::ingest::SyslogFrames::Frame& frame) {
                                        CHECK(!frame.text.empty() && frame.text.size() <= kMostSyslog, "a frame is neither empty nor longer than the bound");
                                        out += (frame.cut ? "!" : ":") + std::string{frame.text} + "\x1e";
                                    }};
    for (std::size_t i = 0; i < text.size(); i += step) frames.feed(text.substr(i, step));
    frames.finish();
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 4096) return 0;
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const std::string whole = syslog_frames_of(text, 4096);
    CHECK(whole == syslog_frames_of(text, 1) && whole == syslog_frames_of(text, 5), "pieces do not matter");
    return 0;
}
