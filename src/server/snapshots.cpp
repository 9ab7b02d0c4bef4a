#include "server/snapshots.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/log.h"
#include "base/text.h"

namespace vg::server {

namespace {

constexpr std::string_view kMagic = "VGCORR02";
constexpr std::string_view kOldMagic = "VGCORR01";  // without the size of the lane, and without a lane
constexpr std::size_t kOldHead = 8 + 16 + 8 + 64 + 8 + 8;  // magic, journal, position, content, size of the state, hash of all before
constexpr std::size_t kHead = kOldHead + 8;                // the size of the lane stands before the hash
constexpr std::size_t kMostBytes = std::size_t{16} << 30;

}  // namespace

std::string to_bytes(const Snapshot& snapshot) {
    std::string out{kMagic};
    out.append(reinterpret_cast<const char*>(snapshot.journal.data()), snapshot.journal.size());
    put(out, snapshot.position.value);
    std::string content = snapshot.content;
    content.resize(64, ' ');
    out += content;
    put(out, static_cast<std::uint64_t>(snapshot.state.size()));
    put(out, static_cast<std::uint64_t>(snapshot.lane.size()));
    put(out, hash64(out));
    out += snapshot.state;
    out += snapshot.lane;
    return out;
}

Result<Snapshot> parse_snapshot(std::string_view bytes) {
    const bool old = bytes.substr(0, kOldMagic.size()) == kOldMagic;
    const std::size_t head = old ? kOldHead : kHead;
    if (bytes.size() < head || (!old && bytes.substr(0, kMagic.size()) != kMagic) || hash64(bytes.substr(0, head - 8)) != pick<std::uint64_t>(bytes, head - 8))
        return fail(Code::corrupt, "it is no whole snapshot of the correlations");
    Snapshot snapshot;
    std::copy_n(bytes.begin() + 8, 16, snapshot.journal.begin());
    snapshot.position.value = pick<std::uint64_t>(bytes, 24);
    snapshot.content = trim(bytes.substr(32, 64));
    const auto state = pick<std::uint64_t>(bytes, 96);
    const auto lane = old ? 0 : pick<std::uint64_t>(bytes, 104);
    const std::uint64_t rest = bytes.size() - head;
    if (state > rest || lane != rest - state) return fail(Code::corrupt, "the snapshot of the correlations is cut short");
    snapshot.state = bytes.substr(head, state);
    snapshot.lane = bytes.substr(head + state);
    return snapshot;
}

Result<Snapshot> Snapshots::read(int which) const { return parse_snapshot(TRY(store::read_whole(disk_, path(which), kMostBytes))); }

Status Snapshots::write(const Snapshot& snapshot) {
    TRY(disk_.make_folder(folder_));
    if (next_ < 0) {  // the one that is kept is the newest of those that can be read
        const auto even = read(0);
        const auto odd = read(1);
        next_ = even && (!odd || odd->position < even->position) ? 1 : 0;
    }
    TRY(store::write_whole(disk_, path(next_), to_bytes(snapshot)));
    next_ = 1 - next_;
    return {};
}

std::optional<Snapshot> Snapshots::newest(const Uuid& journal, event::Position most) const {
    std::optional<Snapshot> best;
    for (const int which : {0, 1}) {
        if (!disk_.exists(path(which))) continue;
        auto one = read(which);
        if (!one) {
            log::warn("correlation: a snapshot cannot be used", {{"file", path(which)}, {"reason", one.error().text}});
            continue;
        }
        if (one->journal != journal || one->position > most) continue;
        if (!best || best->position < one->position) best = std::move(*one);
    }
    return best;
}

}  // namespace vg::server
