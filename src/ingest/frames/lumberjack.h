// Lumberjack version 2, as Filebeat and other Beats speak it to Logstash: frames of a client. '2' 'W' count: a window
// begins; '2' 'J' sequence length JSON: an event; '2' 'C' length zlib: frames, compressed. Pure; compressed frames are
// inflated piece by piece, so that a bomb costs time and never memory.
//
//   LumberjackFrames frames{1 << 20, [&](const LumberjackFrames::Event& event) { ... }};
//   TRY(frames.feed(bytes));                           // an error: this is not Lumberjack, end the connection
//   reply += LumberjackFrames::acknowledgement(frames.last_sequence());
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vg::ingest {

class LumberjackFrames {
public:
    struct Event {
        std::uint32_t sequence = 0;
        std::string_view json;     // good inside the call; not looked at
        bool too_long = false;     // longer than the bound: json holds its beginning
    };
    using OnEvent = std::function<void(const Event&)>;

    LumberjackFrames(std::size_t most_bytes, OnEvent on_event);
    ~LumberjackFrames();
    LumberjackFrames(const LumberjackFrames&) = delete;
    LumberjackFrames& operator=(const LumberjackFrames&) = delete;

    Status feed(std::string_view bytes);
    [[nodiscard]] std::uint32_t last_sequence() const { return last_sequence_; }  // of the last event handed over
    [[nodiscard]] std::uint32_t window() const { return window_; }                // the newest window's number of events

    static std::string acknowledgement(std::uint32_t sequence);

private:
    class Inflater;
    // The frames of one level: of the connection, or of what a compressed frame holds.
    struct Level {
        std::string held;              // the beginning of a frame, at most most_bytes_ and a header
        std::uint64_t skip = 0;        // of an event beyond the bound
    };
    Result<bool> take(Level& level, std::string_view& bytes, bool inner);
    Status inflate(std::string_view bytes);

    const std::size_t most_bytes_;
    OnEvent on_event_;
    Level outer_, inner_;
    std::uint64_t compressed_ = 0;  // bytes of a compressed frame still to come
    std::unique_ptr<Inflater> inflater_;
    std::uint32_t last_sequence_ = 0;
    std::uint32_t window_ = 0;
};

}  // namespace vg::ingest
