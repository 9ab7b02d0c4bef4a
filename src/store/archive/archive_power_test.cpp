// Power cuts and failing disks while segments are closed, joined, dropped and put back. DuckDB needs real files, so the disk
// here is the real one behind a counter: after the n-th change everything fails, and the cut then takes from the files what
// was not synced.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>

#include "store/archive/archive_test_kit.h"

namespace vg::store::archive {
namespace {

using kit::Events;

// What was done since the power came back and is not known to be durable: contents of files, and names in folders.
class CutDisk final : public Disk {
public:
    Result<std::unique_ptr<File>> open(const std::string& path, Open how) override {
        if (how == Open::create) {
            TRY(change());
            unsynced_.insert(path);
            undo_.push_back([path] { std::filesystem::remove(path); });
        }
        auto file = TRY(system_disk().open(path, how));
        return std::make_unique<CutFile>(*this, std::move(file), path);
    }
    Status rename(const std::string& from, const std::string& to) override {
        TRY(change());
        const bool existed = exists(to);
        const std::string kept = existed ? TRY(read_whole(system_disk(), to)) : "";
        TRY(system_disk().rename(from, to));
        if (unsynced_.erase(from) > 0) unsynced_.insert(to);
        undo_.push_back([from, to, existed, kept] {
            if (!std::filesystem::exists(to)) return;
            std::filesystem::rename(to, from);
            if (existed) std::ofstream{to, std::ios::binary} << kept;
        });
        return {};
    }
    Status remove(const std::string& path) override {
        TRY(change());
        const std::string kept = TRY(read_whole(system_disk(), path));
        TRY(system_disk().remove(path));
        undo_.push_back([path, kept] { std::ofstream{path, std::ios::binary} << kept; });
        return {};
    }
    Status make_folder(const std::string& path) override { return system_disk().make_folder(path); }
    Status sync_folder(const std::string& path) override {
        TRY(change());
        undo_.clear();
        return system_disk().sync_folder(path);
    }
    Result<std::vector<std::string>> list(const std::string& folder) override { return system_disk().list(folder); }
    Result<std::uint64_t> free_bytes(const std::string& path) override {
        if (free_) return *free_;
        return system_disk().free_bytes(path);
    }
    void says_free(std::optional<std::uint64_t> bytes) { free_ = bytes; }
    bool exists(const std::string& path) override { return system_disk().exists(path); }

    void off_after(std::uint64_t changes) { left_ = changes; }
    void fail_syncs(bool fail) { fail_syncs_ = fail; }
    [[nodiscard]] std::uint64_t changes() const { return changes_; }
    // The power is gone: names changed last may be as before, and files that nobody synced end somewhere.
    void cut(SeededRandom& random) {
        const auto one_of = [&](std::size_t n) {
            std::uint64_t number = 0;
            random.fill(reinterpret_cast<std::uint8_t*>(&number), sizeof number);
            return static_cast<std::size_t>(number % n);
        };
        const std::size_t undone = one_of(undo_.size() + 1);
        for (std::size_t i = 0; i < undone; ++i) undo_[undo_.size() - 1 - i]();
        for (const std::string& path : unsynced_)
            if (std::filesystem::exists(path)) std::filesystem::resize_file(path, one_of(std::filesystem::file_size(path) + 1));
        undo_.clear();
        unsynced_.clear();
        left_ = UINT64_MAX;
    }

private:
    class CutFile final : public File {
    public:
        CutFile(CutDisk& disk, std::unique_ptr<File> file, std::string path) : disk_(disk), file_(std::move(file)), path_(std::move(path)) {}
        Status append(std::string_view bytes) override {
            if (Status on = disk_.change(); !on) {
                (void)file_->append(bytes.substr(0, bytes.size() / 2));
                return on;
            }
            disk_.unsynced_.insert(path_);
            return file_->append(bytes);
        }
        Status sync() override {
            TRY(disk_.change());
            if (disk_.fail_syncs_) return fail(Code::unavailable, "input/output error");
            disk_.unsynced_.erase(path_);
            return file_->sync();
        }
        Status truncate(std::uint64_t size) override { return file_->truncate(size); }
        [[nodiscard]] Result<std::uint64_t> size() const override { return file_->size(); }
        [[nodiscard]] Result<std::string> read(std::uint64_t offset, std::size_t length) const override { return file_->read(offset, length); }

    private:
        CutDisk& disk_;
        std::unique_ptr<File> file_;
        std::string path_;
    };
    Status change() {
        ++changes_;
        if (left_ == 0) return fail(Code::unavailable, "the power is off");
        --left_;
        return {};
    }

    std::uint64_t left_ = UINT64_MAX, changes_ = 0;
    bool fail_syncs_ = false;
    std::optional<std::uint64_t> free_;
    std::set<std::string> unsynced_;
    std::vector<std::function<void()>> undo_;
};

struct ArchivePower : kit::Base {
    ArchivePower() {
        options.disk = &disk;
        options.segment_events = 1000;
        options.keep_for = days(30);
    }
    // What Feed does after a start: everything from where the archive stands, and what is missing. `expired`: positions below
    // may be gone.
    void catch_up(std::uint64_t end) {
        const std::uint64_t from = archive->searchable().value;
        ASSERT_LE(from, end);
        if (from < end) append_simple(from, end);
        while (!archive->missing().empty()) {
            const Archive::Range range = archive->missing().front();
            Events events;
            events.received = clock.now();
            events.simple_range(range.from.value, range.to.value);
            ASSERT_TRUE(archive->replace(range, events.all));
        }
    }
    CutDisk disk;
};

// Each cut of the disk is tried where VG_POWER_CUTS is set, as the tier full does on the release build; else every fifth.
std::uint64_t stride() { return std::getenv("VG_POWER_CUTS") != nullptr ? 1 : 5; }

// Every change of the disk in turn is the last one before the cut. Afterwards the archive opens, knows where it stands, and
// has every event exactly once.
TEST_F(ArchivePower, NothingIsLostOrDoubledWhereverThePowerFails) {
    // Seven segments stand; the eighth is closed, and then all are joined.
    open();
    for (std::uint64_t i = 0; i < 7; ++i) {
        append_simple(i * 5, i * 5 + 5);
        tend(true);
    }
    archive.reset();
    const std::filesystem::path seven = root / "seven";
    std::filesystem::rename(options.folder, seven);
    SeededRandom random{7};
    bool survived = false;
    for (std::uint64_t off_after = 0; !survived; off_after += stride()) {
        std::filesystem::remove_all(options.folder);
        std::filesystem::copy(seven, options.folder, std::filesystem::copy_options::recursive);
        open();
        append_simple(35, 40);
        disk.off_after(off_after);
        const std::uint64_t before = disk.changes();
        if (archive->tend(true)) (void)archive->tend(false);
        survived = disk.changes() - before <= off_after;
        if (survived) { ASSERT_EQ(segments(), 1U); }
        archive.reset();
        disk.cut(random);
        open();
        ASSERT_TRUE(archive) << off_after;
        ASSERT_LE(archive->watermark().value, 40U);
        catch_up(40);
        ASSERT_EQ(positions(), range(0, 40)) << "the power failed after " << off_after << " changes";
        ASSERT_TRUE(archive->verify({}));
        ASSERT_TRUE(archive->missing().empty()) << "damage after " << off_after;
    }
}

TEST_F(ArchivePower, DroppingAndPuttingBackSurviveAnyCut) {
    SeededRandom random{11};
    bool survived = false;
    for (std::uint64_t off_after = 0; !survived; off_after += stride()) {
        std::filesystem::remove_all(options.folder);
        clock.set(kit::kStart);
        open();
        append_simple(0, 10);
        tend(true);
        clock.move(days(20));
        append_simple(10, 20);
        tend(true);
        append_simple(20, 30);
        tend(true);
        std::filesystem::resize_file(options.folder + "/segments/000000000002.parquet", 100);
        clock.move(days(15));
        disk.off_after(off_after);
        const std::uint64_t before = disk.changes();
        (void)archive->verify({});   // puts the second aside
        (void)archive->tend(false);  // drops the first
        if (!archive->missing().empty()) {
            Events events;
            events.received = clock.now();
            events.simple_range(10, 20);
            (void)archive->replace({{10}, {20}}, events.all);
        }
        survived = disk.changes() - before <= off_after;
        archive.reset();
        disk.cut(random);
        open();
        ASSERT_TRUE(archive) << off_after;
        clock.move(seconds(1));
        tend();
        catch_up(30);
        ASSERT_EQ(positions(), range(10, 30)) << "the power failed after " << off_after << " changes";
    }
}

TEST_F(ArchivePower, NothingIsWrittenIntoTheReserveButExpiredSegmentsStillGo) {
    options.reserve_bytes = 1 << 20;
    open();
    append_simple(0, 50);
    tend(true);
    clock.move(days(31));
    append_simple(50, 60);
    disk.says_free((1 << 20) - 1);
    EXPECT_FALSE(archive->tend(true));
    EXPECT_NE(archive->health().trouble.find("kept in reserve"), std::string::npos) << archive->health().trouble;
    EXPECT_EQ(archive->watermark().value, 50U);
    Question everything{.query = nullptr, .organisations = {}, .from = kit::kStart - days(365), .to = kit::kStart + days(365)};
    EXPECT_FALSE(archive->export_parquet(everything, (root / "export.parquet").string()));
    EXPECT_FALSE(archive->tend(false));  // the new tail still does not fit, the old segment goes
    EXPECT_EQ(segments(), 0U);
    EXPECT_EQ(positions(), range(50, 60));
    disk.says_free({});
    tend(true);
    EXPECT_EQ(archive->health().trouble, "");
    EXPECT_EQ(archive->watermark().value, 60U);
    EXPECT_EQ(positions(), range(50, 60));
}

TEST_F(ArchivePower, FailingDiskKeepsTheTailAndIsTriedAgain) {
    open();
    append_simple(0, 50);
    disk.fail_syncs(true);
    EXPECT_FALSE(archive->tend(true));
    EXPECT_FALSE(archive->tend(true));
    EXPECT_NE(archive->health().trouble.find("input/output error"), std::string::npos) << archive->health().trouble;
    EXPECT_EQ(archive->watermark().value, 0U);
    EXPECT_EQ(positions(), range(0, 50));
    append_simple(50, 60);  // goes on in the next table
    EXPECT_EQ(positions(), range(0, 60));
    disk.fail_syncs(false);
    tend(true);
    EXPECT_EQ(archive->health().trouble, "");
    EXPECT_EQ(archive->watermark().value, 60U);
    EXPECT_EQ(positions(), range(0, 60));
    EXPECT_EQ(files().size(), 2U * segments());  // nothing of the failed tries is left
    EXPECT_TRUE(files("scratch").empty());
}

TEST_F(ArchivePower, BuildingAnewSurvivesAnyCut) {
    SeededRandom random{13};
    bool survived = false;
    for (std::uint64_t off_after = 0; !survived; off_after += stride()) {
        std::filesystem::remove_all(options.folder);
        open();
        append_simple(0, 20);
        tend(true);
        append_simple(20, 30);
        tend(true);
        disk.off_after(off_after);
        const std::uint64_t before = disk.changes();
        const auto build = [&] {
            for (int i = 0; i < 10; ++i) {
                const auto next = archive->to_rebuild();
                if (!next) return;
                Events events;
                events.received = clock.now();
                const event::Position to{std::min(next->to.value, next->from.value + 8)};
                events.simple_range(next->from.value, to.value);
                if (!archive->rebuild_with({next->from, to}, events.all)) return;
            }
        };
        const bool marked = archive->rebuild({{0}, {UINT64_MAX}}, {}, [](event::Position) { return std::optional<Time>{}; }).has_value();
        if (marked) build();
        survived = disk.changes() - before <= off_after;
        archive.reset();
        disk.cut(random);
        open();
        ASSERT_TRUE(archive) << off_after;
        ASSERT_TRUE(archive->missing().empty());
        ASSERT_EQ(positions(), range(0, 30)) << "the power failed after " << off_after << " changes";
        build();
        ASSERT_FALSE(archive->to_rebuild()) << off_after;
        ASSERT_EQ(positions(), range(0, 30)) << "built on after a cut behind " << off_after << " changes";
        ASSERT_TRUE(archive->verify({}));
        ASSERT_TRUE(archive->missing().empty()) << "damage after " << off_after;
        ASSERT_EQ(files().size(), 2U * segments());
    }
}

}  // namespace
}  // namespace vg::store::archive
