#include "ingest/frames/lines.h"

#include <algorithm>
#include <cstring>

namespace vg::ingest {

bool LineSplitter::emit(std::string_view text, bool too_long) {
    ++number_;
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (number_ == 1 && text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    stopped_ = !on_line_({.number = number_, .text = text, .too_long = too_long});
    return !stopped_;
}

bool LineSplitter::feed(std::string_view bytes) {
    while (!stopped_ && !bytes.empty()) {
        const void* found = std::memchr(bytes.data(), '\n', bytes.size());
        const std::size_t end = found == nullptr ? bytes.size() : static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
        const std::string_view part = bytes.substr(0, end);
        const std::size_t size = held_.size() + part.size();
        // One byte more may be held, for it may be the CR of the line end.
        const bool ends_with_cr = part.empty() ? held_.ends_with('\r') : part.ends_with('\r');
        if (skipping_) {
            skipping_ = found == nullptr;
        } else if (size > most_bytes_ + 1 || (size > most_bytes_ && !ends_with_cr)) {
            held_.append(part.substr(0, std::min<std::size_t>(part.size(), 256)));
            skipping_ = found == nullptr;
            emit(std::string_view{held_}.substr(0, std::min<std::size_t>(256, most_bytes_)), true);
            held_.clear();
        } else if (found == nullptr) {
            held_.append(part);
        } else if (held_.empty()) {
            emit(part, false);
        } else {
            held_.append(part);
            emit(held_, false);
            held_.clear();
        }
        bytes.remove_prefix(found == nullptr ? end : end + 1);
    }
    return !stopped_;
}

bool LineSplitter::finish() {
    if (stopped_ || skipping_ || held_.empty()) return !stopped_;
    const bool too_long = held_.size() > most_bytes_ && !held_.ends_with('\r');
    const bool more = emit(std::string_view{held_}.substr(0, too_long ? std::min<std::size_t>(256, most_bytes_) : held_.size()), too_long);
    held_.clear();
    return more;
}

}  // namespace vg::ingest
