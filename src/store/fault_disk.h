// FaultDisk: a Disk in memory for tests, which does what real ones do at the worst moment. It knows of each file what
// was synced and which writes were not, and of each folder which creations, renames and removals were not.
//
//   FaultDisk disk{seed};
//   ...                                    // run the real code over it
//   auto later = disk.after_cut(random);   // what a power cut at this moment could leave; ask it for what was acknowledged
//   disk.power_off_after(7);               // the 7th call that changes something is cut in the middle, all later ones fail
//   disk.power_cut(random);                // power is back, files opened before are dead
//
// After a power cut any subset of the unsynced 512-byte sectors stands on the disk; a sector may be torn (a beginning of
// the new bytes, or garbage all over it), a file may have its new length without its new bytes, and any subset of the
// unsynced folder changes has happened. A failed fsync writes some sectors, forgets the rest and calls them clean, as
// Linux does: a second fsync then succeeds without writing them. Any thread.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "store/disk.h"

namespace vg::store {

class FaultDisk final : public Disk {
public:
    enum class Call { append, sync, truncate, read, create, open, rename, remove, make_folder, sync_folder };
    static constexpr std::size_t kCalls = 10;

    explicit FaultDisk(std::uint64_t seed);
    ~FaultDisk() override;

    Result<std::unique_ptr<File>> open(const std::string& path, Open how) override;
    Status rename(const std::string& from, const std::string& to) override;
    Status remove(const std::string& path) override;
    Status make_folder(const std::string& path) override;
    Status sync_folder(const std::string& path) override;
    Result<std::vector<std::string>> list(const std::string& folder) override;
    Result<std::uint64_t> free_bytes(const std::string& path) override;
    bool exists(const std::string& path) override;

    // Asked at each call; true: it fails with EIO (an append after a part of its bytes). Empty: no faults.
    void fail_when(std::function<bool(Call, const std::string& path)> decide);
    // How many bytes all files together may have; beyond it an append writes what fits and fails.
    void set_capacity(std::uint64_t bytes);
    // Reads that touch these bytes fail.
    void set_unreadable(const std::string& path, std::uint64_t offset, std::uint64_t length);
    void set_readable();

    void power_off_after(std::uint64_t changing_calls);
    [[nodiscard]] bool is_off() const;
    void power_cut(Random& random);
    // The program was killed instead (after power_off_after() or at any moment): files opened before are dead, but the
    // kernel still has what was not synced.
    void restart();
    [[nodiscard]] std::unique_ptr<FaultDisk> after_cut(Random& random) const;

    // For proofs that an answer was given only for synced bytes: true when no power cut can take anything of the file,
    // or of any file.
    [[nodiscard]] bool is_durable(const std::string& path) const;
    [[nodiscard]] bool is_all_durable() const;
    [[nodiscard]] std::uint64_t calls(Call call) const;

    // Damage done behind everyone's back, durable at once.
    void flip(const std::string& path, std::uint64_t offset, std::uint8_t mask = 1);
    [[nodiscard]] std::string content(const std::string& path) const;  // empty when it does not exist
    void put(const std::string& path, std::string bytes);
    void erase(const std::string& path);

private:
    friend class FaultFile;
    struct Write {
        bool is_truncate = false;
        std::uint64_t offset = 0;  // or the size
        std::string bytes;
    };
    struct Node {
        bool is_folder = false;
        std::string now, synced;
        std::vector<Write> pending;
    };
    using Names = std::map<std::string, std::shared_ptr<Node>>;
    struct NameChange {
        std::string folder, erased, set;
        std::shared_ptr<Node> node;  // of set
    };

    // All below with mutex_ held.
    Status enter(Call call, const std::string& path, bool& cut);  // the fault that this call meets
    static void apply(std::string& image, const Write& write);
    static void apply(Names& names, const NameChange& change);
    static std::string image_after_cut(const Node& node, Random& random);
    Names names_after_cut(Random& random) const;
    void forget_pending(Node& node);
    [[nodiscard]] std::uint64_t used() const;

    mutable std::mutex mutex_;
    // guarded by mutex_
    SeededRandom random_;
    Names names_, durable_;
    std::vector<NameChange> changes_;
    std::function<bool(Call, const std::string&)> decide_;
    std::uint64_t capacity_ = UINT64_MAX;
    std::uint64_t calls_left_ = UINT64_MAX;
    bool off_ = false;
    std::uint64_t generation_ = 0;
    std::array<std::uint64_t, kCalls> calls_{};
    struct Unreadable {
        std::string path;
        std::uint64_t offset = 0, length = 0;
    };
    std::vector<Unreadable> unreadable_;
};

}  // namespace vg::store
