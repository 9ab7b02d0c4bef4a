// The proof that nothing acknowledged is lost: a real workload over a disk with faults, the power cut at random calls.
// VG_POWER_CUTS sets how many cuts (500 unless set), VG_POWER_SEED repeats a run.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <deque>

#include "base/text.h"
#include "base/time.h"
#include "store/fault_disk.h"
#include "store/journal.h"
#include "store/signing.h"

namespace vg::store {
namespace {

using Records = std::vector<event::Record>;
constexpr const char* kFolder = "data/journal";

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

bool same(const event::Record& a, const event::Record& b) {
    return a.raw == b.raw && a.envelope.source == b.envelope.source && a.envelope.received == b.envelope.received && a.envelope.peer == b.envelope.peer;
}

// The journal says on standard error what it met, thousands of times here.
class Quiet {
public:
    Quiet() : kept_(::dup(2)) {
        const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
        ::dup2(nowhere, 2);
        ::close(nowhere);
    }
    ~Quiet() {
        ::dup2(kept_, 2);
        ::close(kept_);
    }
    Quiet(const Quiet&) = delete;
    Quiet& operator=(const Quiet&) = delete;

private:
    int kept_;
};

class Workload {
public:
    explicit Workload(std::uint64_t seed) : random_(seed), disk_(seed + 1) {
        options_.key = *signing_key_of(std::string(32, 'k'));
        options_.random = &random_;
        options_.reserve_bytes = 0;
        options_.keep_for = hours(2);
    }

    // Runs until the power is cut, looks what is left, and goes on from there at the next call.
    void round() {
        if (disk_.is_off()) disk_.restart();
        options_.segment_bytes = 2048 + below(30'000);
        options_.group_bytes = 500 + below(6000);  // so that a call has several groups
        options_.keep_bytes = below(3) == 0 ? 40'000 + below(100'000) : 0;
        disk_.power_off_after(1 + below(below(4) == 0 ? 12 : 120));  // often so early that opening is cut as well
        run_until_cut();
        if (::testing::Test::HasFatalFailure()) return;
        disk_.fail_when({});
        disk_.set_capacity(UINT64_MAX);
        if (below(3) > 0) {
            disk_.power_cut(random_);
            look();
            return;
        }
        // The program alone was killed. What it finds at its next start it may tell others, so that must survive as well.
        ++killed;
        disk_.restart();
        look();
        if (::testing::Test::HasFatalFailure()) return;
        disk_.power_cut(random_);
        look();
    }

    std::uint64_t acknowledged = 0, refused = 0, extra = 0, torn = 0, deleted = 0, cut_while_opening = 0, failed_syncs = 0, killed = 0;

private:
    std::uint64_t below(std::uint64_t bound) {
        std::uint64_t value = 0;
        random_.fill(reinterpret_cast<std::uint8_t*>(&value), sizeof value);
        return value % bound;
    }

    // What several senders have pushed since the last call.
    Records push() {
        Records records;
        for (std::uint64_t senders = 1 + below(4); senders > 0; --senders) {
            const std::uint64_t sender = below(8);
            for (std::uint64_t n = 1 + below(below(10) == 0 ? 60 : 6); n > 0; --n) {
                event::Record record;
                record.envelope.source.bytes = {static_cast<std::uint8_t>(sender)};
                record.envelope.received = clock_.now();
                record.envelope.peer = format("198.51.100.{}", sender);
                record.raw = format("sender {} record {} ", sender, serial_++);
                if (below(3) == 0) {  // does not compress
                    std::string noise(below(below(40) == 0 ? 40'000 : 900), '\0');
                    random_.fill(reinterpret_cast<std::uint8_t*>(noise.data()), noise.size());
                    record.raw += noise;
                }
                records.push_back(std::move(record));
            }
        }
        return records;
    }

    void add_faults() {
        const std::uint64_t kind = below(4);
        if (kind == 0)
            disk_.fail_when([this](FaultDisk::Call call, const std::string&) {
                const bool fails = call != FaultDisk::Call::read && call != FaultDisk::Call::open && below(12) == 0;
                failed_syncs += fails && call == FaultDisk::Call::sync ? 1 : 0;
                return fails;
            });
        else if (kind == 1)
            disk_.set_capacity(20'000 + below(200'000));
    }

    void run_until_cut() {
        if (!disk_.make_folder("data") || !disk_.sync_folder(".")) return;
        auto opened = Journal::open(disk_, kFolder, options_, clock_, metrics_);
        if (!opened) {
            ASSERT_TRUE(disk_.is_off()) << opened.error().text;  // faults begin only after it
            ++cut_while_opening;
            return;
        }
        const auto journal = std::move(*opened);
        add_faults();
        for (int call = 0; call < 200 && !disk_.is_off(); ++call) {
            clock_.move(seconds(static_cast<std::int64_t>(below(240))));
            if (below(15) == 0) {
                if (auto count = journal->retire({journal->end().value - below(20) % (journal->end().value + 1)})) deleted += *count;
                begin_ = journal->begin().value;
            }
            if (below(6) == 0) static_cast<void>(journal->try_to_heal());
            if (below(20) == 0) disk_.set_capacity(UINT64_MAX);
            Records records = push();
            const std::uint64_t end = journal->end().value;
            ASSERT_EQ(end, first_ + kept_.size());
            const auto kept = journal->keep(records);
            if (!kept) {
                ASSERT_EQ(kept.error().code, Code::unavailable);
                ASSERT_EQ(journal->end().value, end) << "a refused call moved the end";
                ++refused;
                tried_.push_back(std::move(records));
                continue;
            }
            ASSERT_EQ(kept->value, end);
            ASSERT_FALSE(disk_.is_off());
            ASSERT_TRUE(disk_.is_durable(segment_of(*kept))) << "an answer was given for an unsynced byte";
            acknowledged += records.size();
            for (event::Record& record : records) kept_.push_back(std::move(record));
            tried_.clear();
            if (below(40) == 0) break;  // a clean stop, perhaps cut
        }
    }

    std::string segment_of(event::Position position) {
        std::string found;
        const std::vector<std::string> names = *disk_.list(kFolder);
        for (const std::string& name : names)
            if (name.ends_with(".seg") && name <= format("{:020}.seg", position.value)) found = std::string{kFolder} + "/" + name;
        return found;
    }

    // After the power is back: all that was acknowledged is there, in order and equal; at most one refused call as well.
    void look() {
        ASSERT_TRUE(disk_.make_folder("data"));
        auto opened = Journal::open(disk_, kFolder, options_, clock_, metrics_);
        ASSERT_TRUE(opened) << opened.error().text;
        const auto journal = std::move(*opened);
        torn += journal->health().torn_tail ? 1 : 0;
        ASSERT_TRUE(journal->health().damage.empty()) << journal->health().damage.front().reason;
        const auto report = journal->verify({});
        ASSERT_TRUE(report);
        ASSERT_TRUE(report->chain_errors.empty()) << report->chain_errors.front();
        ASSERT_TRUE(report->damage.empty()) << report->damage.front().reason;
        const std::uint64_t begin = journal->begin().value;
        const std::uint64_t end = journal->end().value;
        ASSERT_GE(begin, begin_);
        ASSERT_GE(end, first_ + kept_.size()) << "acknowledged records are gone";
        Records found;
        const auto reader = journal->reader({begin});
        while (true) {
            auto batch = reader->next(1 + below(50), 1 + below(10'000));
            ASSERT_TRUE(batch);
            ASSERT_TRUE(batch->damage.empty());
            if (batch->records.empty()) break;
            for (StoredRecord& record : batch->records) {
                ASSERT_EQ(record.position.value, begin + found.size());
                found.push_back(std::move(record.record));
            }
        }
        ASSERT_EQ(begin + found.size(), end);
        for (std::uint64_t position = begin; position < first_ + kept_.size(); ++position)
            ASSERT_TRUE(same(found[position - begin], kept_[position - first_])) << "record " << position << " is another one";
        if (const std::uint64_t more = end - (first_ + kept_.size()); more > 0) {
            ++extra;
            const Records tail(found.end() - static_cast<std::ptrdiff_t>(more), found.end());
            const bool is_one_call = std::any_of(tried_.begin(), tried_.end(), [&](const Records& tried) {
                return tried.size() == tail.size() && std::equal(tried.begin(), tried.end(), tail.begin(), same);
            });
            ASSERT_TRUE(is_one_call) << "what more there is must be one refused call, whole";
        }
        disk_.power_off_after(1);  // no clean stop
        // Retention may have come through although its call was cut.
        first_ = begin_ = begin;
        kept_.assign(found.begin(), found.end());
        tried_.clear();
    }

    SeededRandom random_;
    FaultDisk disk_;
    ManualClock clock_{*parse_time("2024-05-01T00:00:00Z")};
    metrics::Registry metrics_;
    JournalOptions options_;
    std::uint64_t serial_ = 0;
    std::uint64_t first_ = 0, begin_ = 0;  // position of kept_[0]; least begin that the journal may have
    std::deque<event::Record> kept_;       // acknowledged
    std::vector<Records> tried_;           // refused since the last acknowledgement
};

TEST(PowerCut, LosesNothingThatWasAcknowledgedAndVerifies) {
    const std::uint64_t cuts = setting("VG_POWER_CUTS", 500);
    const std::uint64_t seed = setting("VG_POWER_SEED", 20240501);
    const Quiet quiet;
    Workload workload{seed};
    for (std::uint64_t cut = 0; cut < cuts; ++cut) {
        workload.round();
        ASSERT_FALSE(HasFatalFailure()) << "cut " << cut << " of the run with VG_POWER_SEED=" << seed;
    }
    std::printf("%llu cuts (%llu while opening, %llu after a kill), %llu records acknowledged, %llu calls refused (%llu failed fsyncs), %llu torn tails, "
                "%llu refused calls found whole, %llu segments deleted\n",
                static_cast<unsigned long long>(cuts), static_cast<unsigned long long>(workload.cut_while_opening), static_cast<unsigned long long>(workload.killed),
                static_cast<unsigned long long>(workload.acknowledged), static_cast<unsigned long long>(workload.refused),
                static_cast<unsigned long long>(workload.failed_syncs), static_cast<unsigned long long>(workload.torn),
                static_cast<unsigned long long>(workload.extra), static_cast<unsigned long long>(workload.deleted));
    if (cuts < 300) return;  // too few to say that all of it has happened
    // The run is worth something only when all of this has happened.
    EXPECT_GT(workload.acknowledged, cuts * 10);
    EXPECT_GT(workload.refused, cuts / 2);
    EXPECT_GT(workload.torn, cuts / 20);
    EXPECT_GT(workload.extra, 0U);
    EXPECT_GT(workload.deleted, cuts / 20);
    EXPECT_GT(workload.failed_syncs, cuts / 50);
    EXPECT_GT(workload.cut_while_opening, 0U);
    EXPECT_GT(workload.killed, cuts / 5);
}

}  // namespace
}  // namespace vg::store
