#include "store/fault_disk.h"

#include <algorithm>

#include "base/check.h"
#include "base/text.h"

namespace vg::store {

namespace {

constexpr std::size_t kSector = 512;

std::uint64_t below(Random& random, std::uint64_t bound) {
    std::uint64_t value = 0;
    random.fill(reinterpret_cast<std::uint8_t*>(&value), sizeof value);
    return bound == 0 ? 0 : value % bound;
}

tl::unexpected<Error> io_error(const std::string& path) { return fail(Code::unavailable, path + ": Input/output error"); }
tl::unexpected<Error> no_power(const std::string& path) { return fail(Code::unavailable, path + ": the power is off"); }
tl::unexpected<Error> missing(const std::string& path) { return fail(Code::not_found, path + ": No such file or directory"); }

}  // namespace

class FaultFile final : public File {
public:
    FaultFile(FaultDisk& disk, std::string path, std::shared_ptr<FaultDisk::Node> node, bool writable)
        : disk_(disk), path_(std::move(path)), node_(std::move(node)), writable_(writable), generation_(disk.generation_) {}

    Status append(std::string_view bytes) override {
        const std::lock_guard lock{disk_.mutex_};
        TRY(alive());
        CHECK(writable_, "only a file opened for writing is written");
        bool cut = false;
        const Status entered = disk_.enter(FaultDisk::Call::append, path_, cut);
        std::size_t count = bytes.size();
        if (!entered && !cut) count = below(disk_.random_, bytes.size());
        if (cut) count = below(disk_.random_, bytes.size() + 1);
        const std::uint64_t room = disk_.capacity_ - std::min(disk_.capacity_, disk_.used());
        const bool is_full = room < count;
        count = static_cast<std::size_t>(std::min<std::uint64_t>(count, room));
        if (count > 0) {
            node_->pending.push_back({false, node_->now.size(), std::string{bytes.substr(0, count)}});
            FaultDisk::apply(node_->now, node_->pending.back());
        }
        TRY(entered);
        if (is_full) return fail(Code::unavailable, path_ + ": No space left on device");
        return {};
    }

    Status sync() override {
        const std::lock_guard lock{disk_.mutex_};
        TRY(alive());
        bool cut = false;
        const Status entered = disk_.enter(FaultDisk::Call::sync, path_, cut);
        if (!entered) {
            if (!cut) disk_.forget_pending(*node_);
            return entered;
        }
        for (const FaultDisk::Write& write : node_->pending) FaultDisk::apply(node_->synced, write);
        node_->pending.clear();
        return {};
    }

    Status truncate(std::uint64_t size) override {
        const std::lock_guard lock{disk_.mutex_};
        TRY(alive());
        CHECK(writable_, "only a file opened for writing is cut");
        bool cut = false;
        TRY(disk_.enter(FaultDisk::Call::truncate, path_, cut));
        node_->pending.push_back({true, size, {}});
        FaultDisk::apply(node_->now, node_->pending.back());
        return {};
    }

    [[nodiscard]] Result<std::uint64_t> size() const override {
        const std::lock_guard lock{disk_.mutex_};
        TRY(alive());
        return std::uint64_t{node_->now.size()};
    }

    [[nodiscard]] Result<std::string> read(std::uint64_t offset, std::size_t length) const override {
        const std::lock_guard lock{disk_.mutex_};
        TRY(alive());
        bool cut = false;
        TRY(disk_.enter(FaultDisk::Call::read, path_, cut));
        for (const auto& bad : disk_.unreadable_)
            if (bad.path == path_ && offset < bad.offset + bad.length && bad.offset < offset + length) return io_error(path_);
        if (offset >= node_->now.size()) return std::string{};
        return node_->now.substr(static_cast<std::size_t>(offset), length);
    }

private:
    Status alive() const {
        if (disk_.off_ || generation_ != disk_.generation_) return no_power(path_);
        return {};
    }

    FaultDisk& disk_;
    const std::string path_;
    const std::shared_ptr<FaultDisk::Node> node_;
    const bool writable_;
    const std::uint64_t generation_;
};

FaultDisk::FaultDisk(std::uint64_t seed) : random_(seed) {}
FaultDisk::~FaultDisk() = default;

Status FaultDisk::enter(Call call, const std::string& path, bool& cut) {
    if (off_) return no_power(path);
    ++calls_[static_cast<std::size_t>(call)];
    if (call != Call::read && call != Call::open && calls_left_ != UINT64_MAX && --calls_left_ == 0) {
        off_ = true;
        cut = true;
        return no_power(path);
    }
    if (decide_ && decide_(call, path)) return io_error(path);
    return {};
}

void FaultDisk::apply(std::string& image, const Write& write) {
    if (write.is_truncate) {
        image.resize(static_cast<std::size_t>(write.offset));
        return;
    }
    const auto end = static_cast<std::size_t>(write.offset) + write.bytes.size();
    if (image.size() < end) image.resize(end);
    std::copy(write.bytes.begin(), write.bytes.end(), image.begin() + static_cast<std::ptrdiff_t>(write.offset));
}

void FaultDisk::apply(Names& names, const NameChange& change) {
    if (!change.erased.empty()) names.erase(change.erased);
    if (!change.set.empty()) names[change.set] = change.node;
}

// A failed fsync: each sector was written or not, and the kernel holds all of them for clean.
void FaultDisk::forget_pending(Node& node) {
    for (const Write& write : node.pending) {
        if (write.is_truncate) {
            if (below(random_, 2) == 0) apply(node.synced, write);
            continue;
        }
        for (std::size_t at = 0; at < write.bytes.size();) {
            const std::size_t length = std::min(write.bytes.size() - at, kSector - static_cast<std::size_t>((write.offset + at) % kSector));
            if (below(random_, 2) == 0) apply(node.synced, {false, write.offset + at, write.bytes.substr(at, length)});
            at += length;
        }
    }
    node.pending.clear();
}

std::string FaultDisk::image_after_cut(const Node& node, Random& random) {
    std::string image = node.synced;
    const std::uint64_t manner = below(random, 4);
    if (manner == 0 || node.pending.empty()) return image;  // nothing of it was written
    if (manner == 1) {                                       // all of it
        for (const Write& write : node.pending) apply(image, write);
        return image;
    }
    if (manner == 2) {  // a beginning
        const std::uint64_t whole = below(random, node.pending.size());
        for (std::size_t i = 0; i < whole; ++i) apply(image, node.pending[i]);
        Write last = node.pending[whole];
        if (last.is_truncate) return image;
        last.bytes.resize(below(random, last.bytes.size() + 1));
        if (!last.bytes.empty()) apply(image, last);
        return image;
    }
    for (const Write& write : node.pending) {  // sector by sector, in any order
        if (write.is_truncate) {
            if (below(random, 2) == 0) apply(image, write);
            continue;
        }
        for (std::size_t at = 0; at < write.bytes.size();) {
            const std::size_t length = std::min(write.bytes.size() - at, kSector - static_cast<std::size_t>((write.offset + at) % kSector));
            const Write sector{false, write.offset + at, write.bytes.substr(at, length)};
            at += length;
            const std::uint64_t fate = below(random, 8);
            if (fate < 4) {
                apply(image, sector);
            } else if (fate == 4) {  // torn: a beginning of the new bytes
                Write part = sector;
                part.bytes.resize(below(random, part.bytes.size()));
                if (!part.bytes.empty()) apply(image, part);
            } else if (fate == 5) {  // torn: garbage over the whole sector
                std::string garbage(kSector, '\0');
                random.fill(reinterpret_cast<std::uint8_t*>(garbage.data()), garbage.size());
                apply(image, {false, sector.offset / kSector * kSector, garbage});
            }
        }
    }
    if (below(random, 2) == 0 && image.size() < node.now.size()) image.resize(node.now.size());  // the length came through
    return image;
}

FaultDisk::Names FaultDisk::names_after_cut(Random& random) const {
    Names names = durable_;
    const std::uint64_t manner = below(random, 3);
    const std::uint64_t prefix = manner == 0 ? below(random, changes_.size() + 1) : changes_.size();
    for (std::size_t i = 0; i < prefix; ++i)
        if (manner != 1 || below(random, 2) == 0) apply(names, changes_[i]);
    // Two names of one file do not come out of rename(): the old one goes when the new one stands.
    for (std::size_t i = 0; i < prefix; ++i) {
        const NameChange& change = changes_[i];
        if (change.erased.empty() || change.set.empty()) continue;
        const auto old_name = names.find(change.erased);
        const auto new_name = names.find(change.set);
        if (old_name != names.end() && new_name != names.end() && old_name->second == new_name->second) names.erase(old_name);
    }
    Names left;  // images are made anew, and what stands in a folder that is gone is gone
    for (const auto& [path, node] : names) {
        const std::string folder = parent_of(path);
        if (folder != "." && folder != "/" && !left.contains(folder)) continue;
        auto fresh = std::make_shared<Node>();
        fresh->is_folder = node->is_folder;
        fresh->now = fresh->synced = image_after_cut(*node, random);
        left[path] = std::move(fresh);
    }
    return left;
}

void FaultDisk::power_cut(Random& random) {
    const std::lock_guard lock{mutex_};
    names_ = names_after_cut(random);
    durable_ = names_;
    changes_.clear();
    off_ = false;
    calls_left_ = UINT64_MAX;
    ++generation_;
}

void FaultDisk::restart() {
    const std::lock_guard lock{mutex_};
    off_ = false;
    calls_left_ = UINT64_MAX;
    ++generation_;
}

std::unique_ptr<FaultDisk> FaultDisk::after_cut(Random& random) const {
    const std::lock_guard lock{mutex_};
    auto later = std::make_unique<FaultDisk>(below(random, UINT64_MAX));
    later->names_ = names_after_cut(random);
    later->durable_ = later->names_;
    return later;
}

Result<std::unique_ptr<File>> FaultDisk::open(const std::string& path, Open how) {
    const std::lock_guard lock{mutex_};
    bool cut = false;
    TRY(enter(how == Open::create ? Call::create : Call::open, path, cut));
    const auto found = names_.find(path);
    if (how == Open::create) {
        if (found != names_.end()) return fail(Code::conflict, path + ": File exists");
        const std::string folder = parent_of(path);
        if (folder != "." && folder != "/" && !names_.contains(folder)) return missing(path);
        auto node = std::make_shared<Node>();
        names_[path] = node;
        changes_.push_back({folder, "", path, node});
        return std::make_unique<FaultFile>(*this, path, std::move(node), true);
    }
    if (found == names_.end() || found->second->is_folder) return missing(path);
    return std::make_unique<FaultFile>(*this, path, found->second, how == Open::append);
}

Status FaultDisk::rename(const std::string& from, const std::string& to) {
    const std::lock_guard lock{mutex_};
    bool cut = false;
    TRY(enter(Call::rename, from, cut));
    CHECK(parent_of(from) == parent_of(to), "renames stay in their folder here");
    const auto found = names_.find(from);
    if (found == names_.end()) return missing(from);
    changes_.push_back({parent_of(to), from, to, found->second});
    apply(names_, changes_.back());
    return {};
}

Status FaultDisk::remove(const std::string& path) {
    const std::lock_guard lock{mutex_};
    bool cut = false;
    TRY(enter(Call::remove, path, cut));
    if (!names_.contains(path)) return missing(path);
    changes_.push_back({parent_of(path), path, "", nullptr});
    apply(names_, changes_.back());
    return {};
}

Status FaultDisk::make_folder(const std::string& path) {
    const std::lock_guard lock{mutex_};
    bool cut = false;
    TRY(enter(Call::make_folder, path, cut));
    if (names_.contains(path)) return {};
    const std::string folder = parent_of(path);
    if (folder != "." && folder != "/" && !names_.contains(folder)) return missing(path);
    auto node = std::make_shared<Node>();
    node->is_folder = true;
    changes_.push_back({folder, "", path, node});
    apply(names_, changes_.back());
    return {};
}

Status FaultDisk::sync_folder(const std::string& path) {
    const std::lock_guard lock{mutex_};
    bool cut = false;
    TRY(enter(Call::sync_folder, path, cut));
    std::vector<NameChange> left;
    for (NameChange& change : changes_) {
        if (change.folder == path)
            apply(durable_, change);
        else
            left.push_back(std::move(change));
    }
    changes_ = std::move(left);
    return {};
}

Result<std::vector<std::string>> FaultDisk::list(const std::string& folder) {
    const std::lock_guard lock{mutex_};
    if (off_) return no_power(folder);
    std::vector<std::string> names;
    for (const auto& [path, node] : names_)
        if (parent_of(path) == folder) names.push_back(path.substr(path.find_last_of('/') + 1));
    return names;
}

std::uint64_t FaultDisk::used() const {
    std::uint64_t bytes = 0;
    for (const auto& [path, node] : names_) bytes += node->now.size();
    return bytes;
}

Result<std::uint64_t> FaultDisk::free_bytes(const std::string& path) {
    const std::lock_guard lock{mutex_};
    if (off_) return no_power(path);
    return capacity_ - std::min(capacity_, used());
}

bool FaultDisk::exists(const std::string& path) {
    const std::lock_guard lock{mutex_};
    return !off_ && names_.contains(path);
}

void FaultDisk::fail_when(std::function<bool(Call, const std::string&)> decide) {
    const std::lock_guard lock{mutex_};
    decide_ = std::move(decide);
}

void FaultDisk::set_capacity(std::uint64_t bytes) {
    const std::lock_guard lock{mutex_};
    capacity_ = bytes;
}

void FaultDisk::set_unreadable(const std::string& path, std::uint64_t offset, std::uint64_t length) {
    const std::lock_guard lock{mutex_};
    unreadable_.push_back({path, offset, length});
}

void FaultDisk::set_readable() {
    const std::lock_guard lock{mutex_};
    unreadable_.clear();
}

void FaultDisk::power_off_after(std::uint64_t changing_calls) {
    const std::lock_guard lock{mutex_};
    CHECK(changing_calls > 0, "calls are counted from 1");
    calls_left_ = changing_calls;
}

bool FaultDisk::is_off() const {
    const std::lock_guard lock{mutex_};
    return off_;
}

bool FaultDisk::is_durable(const std::string& path) const {
    const std::lock_guard lock{mutex_};
    const auto found = names_.find(path);
    const auto durable = durable_.find(path);
    if (found == names_.end() || durable == durable_.end() || found->second != durable->second) return false;
    return found->second->pending.empty() && found->second->now == found->second->synced;
}

bool FaultDisk::is_all_durable() const {
    const std::lock_guard lock{mutex_};
    return changes_.empty() && std::all_of(names_.begin(), names_.end(), [](const auto& entry) {
               return entry.second->pending.empty() && entry.second->now == entry.second->synced;
           });
}

std::uint64_t FaultDisk::calls(Call call) const {
    const std::lock_guard lock{mutex_};
    return calls_[static_cast<std::size_t>(call)];
}

void FaultDisk::flip(const std::string& path, std::uint64_t offset, std::uint8_t mask) {
    std::string bytes = content(path);
    CHECK(offset < bytes.size(), "the byte to flip must exist");
    bytes[static_cast<std::size_t>(offset)] = static_cast<char>(static_cast<std::uint8_t>(bytes[static_cast<std::size_t>(offset)]) ^ mask);
    put(path, std::move(bytes));
}

std::string FaultDisk::content(const std::string& path) const {
    const std::lock_guard lock{mutex_};
    const auto found = names_.find(path);
    return found == names_.end() ? std::string{} : found->second->now;
}

void FaultDisk::put(const std::string& path, std::string bytes) {
    const std::lock_guard lock{mutex_};
    auto node = std::make_shared<Node>();
    node->now = node->synced = std::move(bytes);
    names_[path] = durable_[path] = std::move(node);
}

void FaultDisk::erase(const std::string& path) {
    const std::lock_guard lock{mutex_};
    names_.erase(path);
    durable_.erase(path);
}

}  // namespace vg::store
