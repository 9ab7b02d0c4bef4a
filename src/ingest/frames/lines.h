// Lines of a byte stream that comes in pieces. Pure and bounded: at most one line of `most_bytes` is held; a longer one
// is reported once and skipped to its end. A line ends with LF; a CR before it is cut off. A UTF-8 byte-order mark at
// the beginning of the stream is cut off.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace vg::ingest {

class LineSplitter {
public:
    struct Line {
        std::uint64_t number = 0;  // from 1
        std::string_view text;     // valid during the call; the first bytes when too long
        bool too_long = false;
    };
    // False stops the work: feed() and finish() return at once from then on.
    using OnLine = std::function<bool(const Line&)>;

    LineSplitter(std::size_t most_bytes, OnLine on_line) : most_bytes_(most_bytes), on_line_(std::move(on_line)) {}

    // False when on_line has stopped the work.
    bool feed(std::string_view bytes);
    // The end of the stream: a last line without LF counts, an empty one does not.
    bool finish();

private:
    bool emit(std::string_view text, bool too_long);

    const std::size_t most_bytes_;
    const OnLine on_line_;
    std::string held_;  // the beginning of a line whose end has not come
    std::uint64_t number_ = 0;
    bool skipping_ = false;
    bool stopped_ = false;
};

}  // namespace vg::ingest
