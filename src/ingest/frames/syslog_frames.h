// Syslog over a stream (RFC 6587, RFC 5425): finds the framing of each frame by itself. "LEN SP <" begins a frame of LEN
// octets; anything else ends at a newline or NUL. A sender that mixes both, as some relays do, is understood. Pure.
//
//   SyslogFrames frames{65536, [&](const SyslogFrames::Frame& frame) { ... }};
//   frames.feed(bytes);        // pieces of any size
//   frames.finish();           // the sender has closed: what is left is a frame
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace vg::ingest {

// One message as it stood in a datagram or frame, without the line ends and NULs behind it.
std::string_view without_line_end(std::string_view message);

class SyslogFrames {
public:
    struct Frame {
        std::string_view text;  // never empty; without its line end; good inside the call
        bool cut = false;       // the message was longer: what is beyond the bound is dropped
    };
    using OnFrame = std::function<void(const Frame&)>;

    SyslogFrames(std::size_t most_bytes, OnFrame on_frame) : most_bytes_(most_bytes), on_frame_(std::move(on_frame)) {}
    void feed(std::string_view bytes);
    void finish();

private:
    // Takes one frame off the front of `bytes`, or finds that more is needed (false).
    bool take(std::string_view& bytes, bool at_end);
    bool take_line(std::string_view& bytes, bool at_end);
    bool take_counted(std::string_view& bytes, std::size_t header, std::size_t count, bool at_end);
    void work(std::string_view& bytes, bool at_end);
    void emit(std::string_view text, bool cut);

    const std::size_t most_bytes_;
    OnFrame on_frame_;
    std::string held_;             // the beginning of a frame, at most most_bytes_ and a header
    std::size_t looked_ = 0;       // of held_, known to have no line end
    std::uint64_t skip_octets_ = 0;
    bool skip_line_ = false;
};

}  // namespace vg::ingest
