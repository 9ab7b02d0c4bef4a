#include "ingest/frames/syslog_frames.h"

#include <algorithm>
#include <cstring>

namespace vg::ingest {
namespace {

constexpr std::size_t kMostCountDigits = 7;  // a count of more is no count

std::size_t find_byte(std::string_view bytes, char byte, std::size_t from) {
    if (from >= bytes.size()) return std::string_view::npos;
    const void* found = std::memchr(bytes.data() + from, byte, bytes.size() - from);
    return found == nullptr ? std::string_view::npos : static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
}

// The first newline or NUL.
std::size_t find_end(std::string_view bytes, std::size_t from) {
    const std::size_t line = find_byte(bytes, '\n', from);
    return std::min(line, find_byte(bytes.substr(0, std::min(line, bytes.size())), '\0', from));
}

enum class Header { counted, line, unclear };

// "LEN SP <": the digits, a space, and what every message begins with.
Header read_header(std::string_view bytes, std::size_t& header, std::size_t& count) {
    if (bytes.front() < '1' || bytes.front() > '9') return Header::line;
    count = 0;
    for (std::size_t i = 0; i < bytes.size() && i <= kMostCountDigits; ++i) {
        const char c = bytes[i];
        if (c >= '0' && c <= '9') {
            count = count * 10 + static_cast<std::size_t>(c - '0');
            continue;
        }
        if (c != ' ') return Header::line;
        if (i + 1 == bytes.size()) return Header::unclear;
        header = i + 1;
        return bytes[i + 1] == '<' ? Header::counted : Header::line;
    }
    return bytes.size() > kMostCountDigits ? Header::line : Header::unclear;
}

}  // namespace

std::string_view without_line_end(std::string_view message) {
    while (!message.empty() && (message.back() == '\n' || message.back() == '\0' || message.back() == '\r')) message.remove_suffix(1);
    return message;
}

void SyslogFrames::emit(std::string_view text, bool cut) {
    text = without_line_end(text);
    if (!text.empty()) on_frame_({text, cut});
}

void SyslogFrames::feed(std::string_view bytes) {
    if (held_.empty()) {
        work(bytes, false);
        held_.assign(bytes);
        return;
    }
    held_.append(bytes);
    std::string_view all = held_;
    work(all, false);
    held_.erase(0, held_.size() - all.size());
}

void SyslogFrames::finish() {
    std::string_view all = held_;
    work(all, true);
    held_.clear();
}

void SyslogFrames::work(std::string_view& bytes, bool at_end) {
    while (!bytes.empty() && take(bytes, at_end)) looked_ = 0;
}

bool SyslogFrames::take(std::string_view& bytes, bool at_end) {
    if (skip_octets_ > 0) {
        const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(skip_octets_, bytes.size()));
        bytes.remove_prefix(count);
        skip_octets_ -= count;
        return true;
    }
    if (skip_line_) {
        const std::size_t end = find_end(bytes, 0);
        skip_line_ = end == std::string_view::npos;
        bytes.remove_prefix(skip_line_ ? bytes.size() : end + 1);
        return true;
    }
    const std::size_t begin = bytes.find_first_not_of(std::string_view{"\n\r\0", 3});
    bytes.remove_prefix(begin == std::string_view::npos ? bytes.size() : begin);
    if (begin > 0) looked_ = 0;
    if (bytes.empty()) return true;
    std::size_t header = 0, count = 0;
    const Header kind = read_header(bytes, header, count);
    if (kind == Header::unclear && !at_end) return false;
    return kind == Header::counted ? take_counted(bytes, header, count, at_end) : take_line(bytes, at_end);
}

bool SyslogFrames::take_counted(std::string_view& bytes, std::size_t header, std::size_t count, bool at_end) {
    const std::size_t wanted = std::min(count, most_bytes_);
    if (bytes.size() < header + wanted) {
        if (!at_end) return false;
        emit(bytes.substr(header), true);  // the sender broke off: its rest never came
        bytes = {};
        return true;
    }
    emit(bytes.substr(header, wanted), count > wanted);
    bytes.remove_prefix(header + wanted);
    skip_octets_ = count - wanted;
    return true;
}

bool SyslogFrames::take_line(std::string_view& bytes, bool at_end) {
    const std::string_view window = bytes.substr(0, std::min(bytes.size(), most_bytes_ + 2));  // CR LF may stand behind the longest
    const std::size_t end = find_end(window, std::min(looked_, window.size()));
    if (end != std::string_view::npos) {
        const std::string_view line = without_line_end(bytes.substr(0, end));
        emit(line.substr(0, most_bytes_), line.size() > most_bytes_);
        bytes.remove_prefix(end + 1);
        return true;
    }
    if (window.size() == most_bytes_ + 2) {
        emit(bytes.substr(0, most_bytes_), true);
        bytes.remove_prefix(most_bytes_);
        skip_line_ = true;
        return true;
    }
    looked_ = window.size();
    if (!at_end) return false;
    const std::string_view line = without_line_end(bytes);
    emit(line.substr(0, most_bytes_), line.size() > most_bytes_);
    bytes = {};
    return true;
}

}  // namespace vg::ingest
