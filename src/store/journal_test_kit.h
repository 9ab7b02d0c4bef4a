// What the tests of the journal share: a journal on a FaultDisk or on the real disk, records, and reading all of it.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "base/time.h"
#include "store/fault_disk.h"
#include "store/journal.h"
#include "store/signing.h"

namespace vg::store::kit {

using Records = std::vector<event::Record>;

inline const Time kStart = *parse_time("2024-05-01T00:00:00Z");

inline event::Record record(std::string raw, Time received = kStart) {
    event::Record made;
    made.envelope.source.bytes = {1, 2, 3};
    made.envelope.organisation.bytes = {9};
    made.envelope.received = received;
    made.envelope.format = "sshd";
    made.envelope.zone = "Asia/Ho_Chi_Minh";
    made.envelope.peer = "192.0.2.7";
    made.raw = std::move(raw);
    return made;
}

// "WORD 0", "WORD 1"..., each filled up to `bytes` with bytes that do not compress.
inline Records records(std::size_t count, std::string_view word, std::size_t bytes = 0, Time received = kStart) {
    Records made;
    SeededRandom random{count};
    for (std::size_t i = 0; i < count; ++i) {
        std::string raw = format("{} {} ", word, i);
        const std::size_t start = raw.size();
        if (start < bytes) {
            raw.resize(bytes);
            random.fill(reinterpret_cast<std::uint8_t*>(raw.data()) + start, bytes - start);
        }
        made.push_back(record(std::move(raw), received));
    }
    return made;
}

struct All {
    std::vector<StoredRecord> records;
    std::vector<Damage> damage;
    [[nodiscard]] std::vector<std::uint64_t> positions() const {
        std::vector<std::uint64_t> found;
        for (const StoredRecord& one : records) found.push_back(one.position.value);
        return found;
    }
};

inline All read_all(const Journal& journal, Position from = {}) {
    All all;
    const auto reader = journal.reader(from);
    while (true) {
        auto batch = reader->next(1000, 1 << 20);
        EXPECT_TRUE(batch) << batch.error().text;
        if (!batch || (batch->records.empty() && batch->damage.empty())) return all;
        for (auto& one : batch->records) all.records.push_back(std::move(one));
        for (auto& one : batch->damage) all.damage.push_back(std::move(one));
    }
}

inline std::vector<std::uint64_t> range(std::uint64_t from, std::uint64_t to) {
    std::vector<std::uint64_t> numbers;
    for (; from < to; ++from) numbers.push_back(from);
    return numbers;
}

struct Base : ::testing::Test {
    Base() {
        options.key = *signing_key_of(std::string(32, 'k'));
        options.random = &random;
        options.reserve_bytes = 0;
    }
    std::unique_ptr<Journal> open(Disk& disk, const std::string& folder) {
        auto opened = Journal::open(disk, folder, options, clock, metrics);
        EXPECT_TRUE(opened) << opened.error().text;
        return opened ? std::move(*opened) : nullptr;
    }

    SeededRandom random{1};
    ManualClock clock{kStart};
    metrics::Registry metrics;
    JournalOptions options;
};

struct InMemory : Base {
    InMemory() { EXPECT_TRUE(disk.make_folder("data") && disk.sync_folder(".")); }
    std::unique_ptr<Journal> open() { return Base::open(disk, "data/journal"); }
    // Paths of the segments, oldest first.
    std::vector<std::string> segments() {
        std::vector<std::string> found;
        const std::vector<std::string> names = *disk.list("data/journal");
        for (const std::string& name : names)
            if (name.ends_with(".seg")) found.push_back("data/journal/" + name);
        return found;
    }
    VerifyReport verify() {
        auto report = verify_folder(disk, "data/journal", options.key.public_key, {});
        EXPECT_TRUE(report) << report.error().text;
        return report ? std::move(*report) : VerifyReport{};
    }

    FaultDisk disk{1};
};

struct OnDisk : Base {
    OnDisk() {
        static std::atomic<int> number{0};
        root = std::filesystem::temp_directory_path() / format("vg_journal_test_{}_{}", ::getpid(), number++);
        std::filesystem::create_directories(root);
    }
    ~OnDisk() override { std::filesystem::remove_all(root); }
    std::unique_ptr<Journal> open() { return Base::open(system_disk(), folder()); }
    [[nodiscard]] std::string folder() const { return (root / "journal").string(); }

    std::filesystem::path root;
};

}  // namespace vg::store::kit
