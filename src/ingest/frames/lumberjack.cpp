#include "ingest/frames/lumberjack.h"

#include <zlib.h>

#include <algorithm>
#include <vector>

namespace vg::ingest {
namespace {

constexpr std::uint64_t kMostCompressed = std::uint64_t{64} << 20;   // of one frame
constexpr std::uint64_t kMostInflated = std::uint64_t{256} << 20;    // of one frame
constexpr std::size_t kMostEvent = std::size_t{256} << 20;           // an event that is longer is no event
constexpr std::size_t kEventHeader = 10;
constexpr std::size_t kShown = 256;

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<std::uint8_t>(bytes[at + i]);
    return value;
}

}  // namespace

// zlib (RFC 1950) in pieces of 64 kB.
class LumberjackFrames::Inflater {
public:
    Inflater() : out_(64 << 10) { good_ = inflateInit(&stream_) == Z_OK; }
    ~Inflater() { inflateEnd(&stream_); }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    void begin() {
        good_ = good_ && inflateReset(&stream_) == Z_OK;
        total_ = 0;
        ended_ = false;
    }
    template <class OnBytes>
    Status feed(std::string_view bytes, const OnBytes& on_bytes) {
        if (!good_) return fail(Code::internal, "zlib cannot be used");
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
        stream_.avail_in = static_cast<uInt>(bytes.size());
        for (;;) {
            if (ended_) return stream_.avail_in == 0 ? Status{} : fail(Code::bad_input, "a compressed frame has bytes behind its end");
            stream_.next_out = out_.data();
            stream_.avail_out = static_cast<uInt>(out_.size());
            const int status = ::inflate(&stream_, Z_NO_FLUSH);
            if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) return fail(Code::bad_input, "a compressed frame is not valid zlib");
            const std::size_t count = out_.size() - stream_.avail_out;
            total_ += count;
            if (total_ > kMostInflated) return fail(Code::too_large, "a compressed frame holds more than 256 MB");
            ended_ = status == Z_STREAM_END;
            TRY(on_bytes(std::string_view{reinterpret_cast<const char*>(out_.data()), count}));
            if (!ended_ && stream_.avail_in == 0 && stream_.avail_out > 0) return {};
            if (status == Z_BUF_ERROR && count == 0) return {};
        }
    }
    [[nodiscard]] bool ended() const { return ended_; }

private:
    z_stream stream_{};
    std::vector<Bytef> out_;
    std::uint64_t total_ = 0;
    bool good_ = false;
    bool ended_ = false;
};

LumberjackFrames::LumberjackFrames(std::size_t most_bytes, OnEvent on_event) : most_bytes_(most_bytes), on_event_(std::move(on_event)) {}
LumberjackFrames::~LumberjackFrames() = default;

std::string LumberjackFrames::acknowledgement(std::uint32_t sequence) {
    std::string frame = "2A";
    for (int shift = 24; shift >= 0; shift -= 8) frame.push_back(static_cast<char>(sequence >> shift & 0xff));
    return frame;
}

Status LumberjackFrames::feed(std::string_view bytes) {
    while (!bytes.empty()) {
        if (compressed_ > 0) {
            const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(compressed_, bytes.size()));
            TRY(inflate(bytes.substr(0, count)));
            bytes.remove_prefix(count);
            continue;
        }
        // One level at a time: a compressed frame ends the plain ones before it.
        const std::size_t piece = std::min<std::size_t>(bytes.size(), std::size_t{64} << 10);
        std::string_view rest = bytes.substr(0, piece);
        std::string& held = outer_.held;
        const std::size_t before = held.size();
        if (before > 0) {
            held.append(rest);
            rest = held;
        }
        while (!rest.empty() && compressed_ == 0)
            if (!TRY(take(outer_, rest, false))) break;
        if (compressed_ > 0) {  // what is behind its header belongs to it
            bytes.remove_prefix(piece - rest.size());
            held.clear();
            continue;
        }
        bytes.remove_prefix(piece);
        if (before > 0)
            held.erase(0, held.size() - rest.size());
        else
            held.assign(rest);
    }
    return {};
}

Status LumberjackFrames::inflate(std::string_view bytes) {
    TRY(inflater_->feed(bytes, [this](std::string_view plain) -> Status {
        std::string& held = inner_.held;
        const bool joined = !held.empty();
        if (joined) held.append(plain);
        std::string_view rest = joined ? std::string_view{held} : plain;
        while (!rest.empty())
            if (!TRY(take(inner_, rest, true))) break;
        if (joined)
            held.erase(0, held.size() - rest.size());
        else
            held.assign(rest);
        return {};
    }));
    compressed_ -= bytes.size();
    if (compressed_ == 0 && (!inflater_->ended() || !inner_.held.empty() || inner_.skip > 0)) return fail(Code::bad_input, "a compressed frame is not complete");
    return {};
}

Result<bool> LumberjackFrames::take(Level& level, std::string_view& bytes, bool inner) {
    if (level.skip > 0) {
        const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(level.skip, bytes.size()));
        bytes.remove_prefix(count);
        level.skip -= count;
        return true;
    }
    if (bytes[0] != '2') return fail(Code::bad_input, bytes[0] == '1' ? "Lumberjack version 1 is not taken, version 2 is" : "this is not Lumberjack");
    if (bytes.size() < 2) return false;
    const char type = bytes[1];
    if (type != 'W' && type != 'J' && (type != 'C' || inner)) return fail(Code::bad_input, "this is not a frame of Lumberjack 2");
    if (bytes.size() < 6) return false;
    if (type == 'W') {
        window_ = number_at(bytes, 2);
        bytes.remove_prefix(6);
        return true;
    }
    if (type == 'C') {
        compressed_ = number_at(bytes, 2);
        if (compressed_ == 0 || compressed_ > kMostCompressed) return fail(Code::too_large, "a compressed frame is empty or longer than 64 MB");
        bytes.remove_prefix(6);
        if (!inflater_) inflater_ = std::make_unique<Inflater>();
        inflater_->begin();
        return true;
    }
    if (bytes.size() < kEventHeader) return false;
    const std::size_t length = number_at(bytes, 6);
    if (length > kMostEvent) return fail(Code::too_large, "an event is longer than 256 MB");
    const bool too_long = length > most_bytes_;
    const std::size_t kept = too_long ? std::min(most_bytes_, kShown) : length;
    if (bytes.size() < kEventHeader + kept) return false;
    last_sequence_ = number_at(bytes, 2);
    on_event_({.sequence = last_sequence_, .json = bytes.substr(kEventHeader, kept), .too_long = too_long});
    bytes.remove_prefix(kEventHeader + kept);
    level.skip = length - kept;
    return true;
}

}  // namespace vg::ingest
