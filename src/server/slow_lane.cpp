#include "server/slow_lane.h"

#include <algorithm>

#include "base/bytes.h"

namespace vg::server {

namespace {

constexpr std::size_t kEntry = 16 + 8 + 8;  // source, left, time

}  // namespace

SlowLane::Turn::Turn(SlowLane& lane, const SourceId& source, Time received) : whole_(lane.renew({}, received)), own_(lane.renew(source, received)) {}

std::uint64_t SlowLane::Turn::most() { return std::min(whole_.left, own_.left) / 2; }

void SlowLane::Turn::pay(std::uint64_t work) {
    whole_.left -= std::min(whole_.left, work);
    own_.left -= std::min(own_.left, work);
}

SlowLane::Allowance& SlowLane::renew(const SourceId& source, Time received) {
    const std::uint64_t full = source.is_nil() ? limits_.burst : limits_.burst / 2;
    const std::uint64_t second = source.is_nil() ? limits_.second : limits_.second / 2;
    changed_.insert(source);
    const auto [found, fresh] = allowances_.try_emplace(source, Allowance{full, received});
    Allowance& one = found->second;
    // A clock that steps back gives nothing; from there on it counts again.
    const double passed = std::max(0.0, static_cast<double>((received - one.at).micros) / 1e6) * static_cast<double>(second);
    one.left = std::min(full, one.left + (passed >= static_cast<double>(full) ? full : static_cast<std::uint64_t>(passed)));
    one.at = received;
    return one;
}

SlowLane::Allowances SlowLane::take_changed() {
    Allowances changed;
    for (const SourceId& source : changed_) changed.emplace(source, allowances_.at(source));
    changed_.clear();
    return changed;
}

std::string to_bytes(const SlowLane::Allowances& allowances) {
    std::string out;
    for (const auto& [source, one] : allowances) {
        out.append(reinterpret_cast<const char*>(source.bytes.data()), source.bytes.size());
        put(out, one.left);
        put(out, one.at.micros);
    }
    put(out, hash64(out));
    return out;
}

Result<SlowLane::Allowances> parse_allowances(std::string_view bytes) {
    if (bytes.size() < 8 || pick<std::uint64_t>(bytes, bytes.size() - 8) != hash64(bytes.substr(0, bytes.size() - 8)) || (bytes.size() - 8) % kEntry != 0)
        return fail(Code::corrupt, "the allowances of the slow lane are not whole");
    bytes.remove_suffix(8);
    SlowLane::Allowances allowances;
    for (std::size_t at = 0; at < bytes.size(); at += kEntry) {
        SourceId source;
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), source.bytes.size(), source.bytes.begin());
        const SlowLane::Allowance one{pick<std::uint64_t>(bytes, at + 16), {pick<std::int64_t>(bytes, at + 24)}};
        allowances.emplace(source, one);
    }
    return allowances;
}

}  // namespace vg::server
