// RELP, the Reliable Event Logging Protocol of rsyslog (librelp's relp.html): frames "TXNR SP COMMAND SP DATALEN [SP DATA] LF"
// of the client. Pure.
//
//   RelpFrames frames{65536, [&](const RelpFrames::Frame& frame) { ... }};
//   TRY(frames.feed(bytes));           // an error: this is not RELP, end the connection
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vg::ingest {

class RelpFrames {
public:
    struct Frame {
        std::uint64_t transaction = 0;  // at most nine digits
        std::string_view command;       // 1 to 32 letters
        std::string_view data;          // good inside the call
        bool cut = false;               // the data were longer than the bound: the rest is dropped
    };
    using OnFrame = std::function<void(const Frame&)>;

    RelpFrames(std::size_t most_bytes, OnFrame on_frame) : most_bytes_(most_bytes), on_frame_(std::move(on_frame)) {}
    Status feed(std::string_view bytes);

    // The answer to a transaction: "TXNR rsp DATALEN DATA LF".
    static std::string response(std::uint64_t transaction, std::string_view data);

private:
    Result<bool> take(std::string_view& bytes);  // false: more is needed

    const std::size_t most_bytes_;
    OnFrame on_frame_;
    std::string held_;               // the beginning of a frame, at most most_bytes_ and a header
    std::uint64_t skip_octets_ = 0;  // of data beyond the bound
    bool wants_end_ = false;         // the LF behind them
};

}  // namespace vg::ingest
