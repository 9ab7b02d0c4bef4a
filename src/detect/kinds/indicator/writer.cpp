#include <algorithm>
#include <bit>
#include <utility>

#include "base/text.h"
#include "detect/kinds/indicator/layout.h"
#include "detect/kinds/indicator/record.h"
#include "detect/kinds/indicator/table.h"

namespace vg::detect::indicator {

namespace {

constexpr std::size_t kBuffer = std::size_t{1} << 20;

// The first address after a network; nothing when it reaches the end.
std::optional<Address> after(const Network& network) {
    Address next = network.last();
    for (std::size_t i = 16; i-- > 0;)
        if (++next.bytes[i] != 0) return next;
    return std::nullopt;
}

struct Stretch {
    Address start;
    std::uint32_t narrowest = 0;  // number of a network from 1; 0: none
};

// Networks are nested or apart, so a stack of the open ones gives the narrowest everywhere. `parents` gets the next wider one.
std::vector<Stretch> stretches_of(const std::vector<Network>& sorted, std::vector<std::uint32_t>& parents) {
    std::vector<Stretch> out;
    std::vector<std::uint32_t> open;
    const auto begin = [&](const Address& at, std::uint32_t number) {
        if (!out.empty() && out.back().start == at)
            out.back().narrowest = number;
        else
            out.push_back({at, number});
    };
    const auto close_until = [&](const std::optional<Address>& next) {
        while (!open.empty()) {
            const auto end = after(sorted[open.back() - 1]);
            if (!end || (next && *next < *end)) break;
            open.pop_back();
            begin(*end, open.empty() ? 0 : open.back());
        }
    };
    parents.assign(sorted.size(), 0);
    for (std::uint32_t i = 0; i < sorted.size(); ++i) {
        close_until(sorted[i].base);
        parents[i] = open.empty() ? 0 : open.back();
        open.push_back(i + 1);
        begin(sorted[i].base, i + 1);
    }
    close_until(std::nullopt);
    return out;
}

}  // namespace

Writer::Writer(std::uint64_t seed, Sink sink) : seed_(seed), sink_(std::move(sink)) {
    buffer_ += kMagic;
    put(buffer_, seed);
    written_ = kHead;
}

Status Writer::put_out(bool all) {
    if (buffer_.empty() || (!all && buffer_.size() < kBuffer)) return {};
    TRY(sink_(buffer_));
    buffer_.clear();
    return {};
}

Status Writer::add(const Entry& entry) {
    const std::size_t before = buffer_.size();
    if (entry.value.kind == Kind::network) {
        const auto network = parse_network(entry.value.text);
        if (!network) return fail(Code::bad_input, format("{} is no network", entry.value.text));
        networks_.push_back({*network, written_});
    } else if (entry.value.kind == Kind::address) {
        const auto address = parse_address(entry.value.text);
        if (!address) return fail(Code::bad_input, format("{} is no address", entry.value.text));
        keys_.push_back({table_hash(seed_, Kind::address, view_of(*address)), written_});
    } else {
        keys_.push_back({table_hash(seed_, entry.value.kind, entry.value.text), written_});
    }
    if (entry.value.kind == Kind::pattern && patterns_at_ == 0) patterns_at_ = written_;
    kinds_[static_cast<std::size_t>(entry.value.kind)]++;
    put_record(buffer_, entry);
    written_ += buffer_.size() - before;
    return put_out(false);
}

Status Writer::finish() {
    if (size() >= std::numeric_limits<std::uint32_t>::max()) return fail(Code::too_large, "a set holds less than 4,294,967,295 indicators");
    std::vector<std::uint64_t> foot(foot_numbers);
    foot[foot_count] = keys_.size();
    foot[foot_records_end] = written_;
    std::sort(keys_.begin(), keys_.end(), [](const Key& a, const Key& b) { return a.hash != b.hash ? a.hash < b.hash : a.offset < b.offset; });
    for (const Key& key : keys_) {
        put(buffer_, key.offset);
        TRY(put_out(false));
    }
    std::sort(networks_.begin(), networks_.end(), [](const Net& a, const Net& b) { return a.network < b.network; });
    std::vector<Network> sorted;
    for (const Net& net : networks_) sorted.push_back(net.network);
    std::vector<std::uint32_t> parents;
    const std::vector<Stretch> stretches = stretches_of(sorted, parents);
    for (std::size_t i = 0; i < networks_.size(); ++i) {
        put(buffer_, networks_[i].offset);
        put(buffer_, parents[i]);
        TRY(put_out(false));
    }
    TRY(put_out(true));

    std::string resident;
    const int bits = static_cast<int>(std::bit_width(keys_.size() / 8));
    foot[foot_bucket_bits] = static_cast<std::uint64_t>(bits);
    for (const Key& key : keys_) put(resident, static_cast<std::uint32_t>((key.hash << bits) >> 32));
    std::size_t at = 0;
    for (std::uint64_t bucket = 0; bucket <= (std::uint64_t{1} << bits); ++bucket) {
        while (at < keys_.size() && bits > 0 && (keys_[at].hash >> (64 - bits)) < bucket) ++at;
        if (bits == 0) at = bucket == 0 ? 0 : keys_.size();
        put(resident, static_cast<std::uint32_t>(at));
    }
    for (const Stretch& stretch : stretches) {
        if (!stretch.start.is_v4()) continue;
        put(resident, number_of(stretch.start));
        put(resident, stretch.narrowest);
        ++foot[foot_starts4];
    }
    for (const Stretch& stretch : stretches) {
        if (stretch.start.is_v4()) continue;
        resident += view_of(stretch.start);
        put(resident, stretch.narrowest);
        ++foot[foot_starts6];
    }
    foot[foot_networks] = networks_.size();
    foot[foot_patterns] = patterns_at_;
    foot[foot_resident] = written_ + keys_.size() * 8 + networks_.size() * kNetworkRow;
    foot[foot_resident_bytes] = resident.size();
    foot[foot_resident_hash] = hash64(resident);
    for (std::size_t i = 0; i < kKinds; ++i) foot[foot_kinds + i] = kinds_[i];
    std::string tail;
    for (std::size_t i = 0; i < foot_own_hash; ++i) put(tail, foot[i]);
    put(tail, hash64(tail, seed_));
    tail += kMagic;
    TRY(sink_(resident));
    return sink_(tail);
}

}  // namespace vg::detect::indicator
