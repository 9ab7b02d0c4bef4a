#include "server/snapshots.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "base/log.h"
#include "base/text.h"

namespace vg::server {

namespace {

// Each adds a part and its size to the one before: the lane; the name of the set of indicators, and what patterns have seen.
constexpr std::array<std::string_view, 3> kMagics{"VGCORR01", "VGCORR02", "VGCORR03"};
constexpr std::array<std::size_t, 3> kParts{1, 2, 4};
constexpr std::size_t kSizesAt = 8 + 16 + 8 + 64;  // magic, journal, position, content; then the sizes, and the hash of all before it
constexpr std::size_t kMostBytes = std::size_t{16} << 30;

}  // namespace

std::string to_bytes(const Snapshot& snapshot) {
    std::string out{kMagics.back()};
    out.append(reinterpret_cast<const char*>(snapshot.journal.data()), snapshot.journal.size());
    put(out, snapshot.position.value);
    std::string content = snapshot.content;
    content.resize(64, ' ');
    out += content;
    const std::array<const std::string*, 4> parts{&snapshot.state, &snapshot.lane, &snapshot.indicators, &snapshot.patterns};
    for (const std::string* part : parts) put(out, static_cast<std::uint64_t>(part->size()));
    put(out, hash64(out));
    for (const std::string* part : parts) out += *part;
    return out;
}

Result<Snapshot> parse_snapshot(std::string_view bytes) {
    const auto version = static_cast<std::size_t>(std::find(kMagics.begin(), kMagics.end(), bytes.substr(0, 8)) - kMagics.begin());
    const std::size_t head = version < kMagics.size() ? kSizesAt + 8 * kParts[version] + 8 : 0;
    if (head == 0 || bytes.size() < head || hash64(bytes.substr(0, head - 8)) != pick<std::uint64_t>(bytes, head - 8)) return fail(Code::corrupt, "it is no whole snapshot of the correlations");
    Snapshot snapshot;
    std::copy_n(bytes.begin() + 8, 16, snapshot.journal.begin());
    snapshot.position.value = pick<std::uint64_t>(bytes, 24);
    snapshot.content = trim(bytes.substr(32, 64));
    const std::array<std::string*, 4> parts{&snapshot.state, &snapshot.lane, &snapshot.indicators, &snapshot.patterns};
    std::size_t at = head;
    for (std::size_t i = 0; i < kParts[version]; ++i) {
        const auto size = pick<std::uint64_t>(bytes, kSizesAt + 8 * i);
        if (size > bytes.size() - at) return fail(Code::corrupt, "the snapshot of the correlations is cut short");
        *parts[i] = bytes.substr(at, size);
        at += size;
    }
    if (at != bytes.size()) return fail(Code::corrupt, "the snapshot of the correlations is cut short");
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
