#include "ingest/frames/relp.h"

#include <algorithm>

#include "base/text.h"

namespace vg::ingest {
namespace {

constexpr std::size_t kMostDigits = 9;
constexpr std::size_t kMostCommand = 32;
constexpr std::size_t kMostHeader = 2 * kMostDigits + kMostCommand + 3;
constexpr std::uint64_t kMostData = std::uint64_t{16} << 20;  // a frame of more is no message of a log

std::string_view word(std::string_view bytes, std::size_t& at) {
    const std::size_t begin = at;
    while (at < bytes.size() && bytes[at] != ' ' && bytes[at] != '\n') ++at;
    return bytes.substr(begin, at - begin);
}

}  // namespace

std::string RelpFrames::response(std::uint64_t transaction, std::string_view data) { return format("{} rsp {} {}\n", transaction, data.size(), data); }

Status RelpFrames::feed(std::string_view bytes) {
    if (!held_.empty()) held_.append(bytes);
    std::string_view rest = held_.empty() ? bytes : std::string_view{held_};
    while (!rest.empty())
        if (!TRY(take(rest))) break;
    if (held_.empty())
        held_.assign(rest);
    else
        held_.erase(0, held_.size() - rest.size());
    return {};
}

Result<bool> RelpFrames::take(std::string_view& bytes) {
    if (skip_octets_ > 0) {
        const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(skip_octets_, bytes.size()));
        bytes.remove_prefix(count);
        skip_octets_ -= count;
        return true;
    }
    if (wants_end_) {
        if (bytes.front() != '\n') return fail(Code::bad_input, "a RELP frame has no line feed at its end");
        wants_end_ = false;
        bytes.remove_prefix(1);
        return true;
    }
    std::size_t at = 0;
    const std::string_view transaction = word(bytes.substr(0, kMostHeader), at);
    const bool one = at < bytes.size() && at < kMostHeader;
    const std::string_view command = one ? word(bytes.substr(0, kMostHeader), ++at) : std::string_view{};
    const bool two = one && at < bytes.size() && at < kMostHeader;
    const std::string_view length = two ? word(bytes.substr(0, kMostHeader), ++at) : std::string_view{};
    const bool three = two && at < bytes.size() && at < kMostHeader;
    const auto digits = [](std::string_view text) { return text.size() <= kMostDigits && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }); };
    const bool letters = command.size() <= kMostCommand && std::all_of(command.begin(), command.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
    if (!digits(transaction) || !digits(length) || !letters || (one && (transaction.empty() || bytes[transaction.size()] != ' ')) ||
        (two && (command.empty() || bytes[transaction.size() + 1 + command.size()] != ' ')) || (three && length.empty()))
        return fail(Code::bad_input, "this is not a RELP frame");
    if (!three) {
        if (bytes.size() >= kMostHeader) return fail(Code::bad_input, "the header of a RELP frame is too long");
        return false;
    }
    const auto count = static_cast<std::uint64_t>(*parse_int(length));
    if (count > kMostData) return fail(Code::too_large, "a RELP frame is longer than 16 MB");
    if (count > 0 && bytes[at] != ' ') return fail(Code::bad_input, "this is not a RELP frame");
    // Without data the LF stands at once; some senders write a space before it.
    if (bytes[at] == ' ') ++at;
    const auto kept = static_cast<std::size_t>(std::min<std::uint64_t>(count, most_bytes_));
    if (bytes.size() < at + kept) return false;
    Frame frame{.transaction = static_cast<std::uint64_t>(*parse_int(transaction)), .command = command, .data = bytes.substr(at, kept), .cut = kept < count};
    on_frame_(frame);
    bytes.remove_prefix(at + kept);
    skip_octets_ = count - kept;
    wants_end_ = true;
    return true;
}

}  // namespace vg::ingest
