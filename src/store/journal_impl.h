// The journal behind Journal::open(). Inside of store only; journal.cpp opens and answers, journal_write.cpp writes,
// journal_reader.cpp reads, journal_verify.cpp proves.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "store/journal.h"
#include "store/journal_blocks.h"
#include "store/journal_files.h"
#include "store/journal_proof.h"
#include "store/journal_records.h"
#include "store/journal_scan.h"

namespace vg::store::journal {

inline constexpr std::uint64_t kSignEvery = std::uint64_t{8} << 20;  // bytes of blocks; verify refuses a longer unsigned end
inline constexpr Span kSignAfter = seconds(60);

class JournalFile final : public Journal {
public:
    JournalFile(Disk& disk, std::string folder, JournalOptions options, Clock& clock, metrics::Registry& metrics);
    ~JournalFile() override;
    Status load();

    [[nodiscard]] const Uuid& id() const override { return identity_.id; }
    Result<Position> keep(std::span<const event::Record> records) override;
    [[nodiscard]] Position begin() const override;
    [[nodiscard]] Position end() const override;
    void wait_past(Position position, Span at_most) override;
    void wake() override;
    [[nodiscard]] std::unique_ptr<Reader> reader(Position from) const override;
    [[nodiscard]] Result<StoredRecord> at(Position position) const override;
    [[nodiscard]] Result<VerifyReport> verify(const std::function<bool(std::uint64_t, std::uint64_t)>& progress) const override;
    Result<std::uint64_t> retire(Position needed_from) override;
    [[nodiscard]] Health health() const override;
    [[nodiscard]] std::vector<SegmentFile> files() const override;
    Status try_to_heal() override;

    // For store::prove().
    [[nodiscard]] Result<RecordProof> prove(Position position, Time now) const;

    // For readers.
    struct Place {
        Segment segment;
        std::uint64_t offset = 0;     // of a group at or before the position, when known
        std::uint64_t next_first = 0; // where readable positions go on after the segment
    };
    // The segment that holds the position, or the first after it. Nothing at the end.
    [[nodiscard]] std::optional<Place> locate(std::uint64_t position) const;
    void note_damage(const Damage& damage) const;
    [[nodiscard]] Disk& disk() const { return disk_; }
    [[nodiscard]] std::string path_of(std::uint64_t first) const { return folder_ + "/" + segment_name(first); }
    [[nodiscard]] Marks marks(std::uint64_t first) const { return marks_of(identity_.salt, first); }

private:
    // What one write will have made of the journal, if it succeeds.
    struct Draft {
        Growing growing;
        bool is_new = false;   // the segment begins with it
        std::string bytes;     // to append
        std::uint64_t records = 0, groups = 0;
    };
    Status load_identity_file();
    Status load_segments();
    Status settle(const std::string& path, std::uint64_t length);
    void note_hole(const Segment& before, std::uint64_t next_first);

    Result<Draft> begin_draft();
    Status add_groups(Draft& draft, std::span<const event::Record> records, std::uint64_t durable);
    Status add_checkpoint(Draft& draft, std::uint64_t durable);
    Status add_close(Draft& draft, std::uint64_t durable, std::uint64_t call_offset);
    Status commit(Draft draft);
    Status write_out(const Draft& draft);
    Status repair();
    tl::unexpected<Error> refuse(Error error);

    // constant after construction and load()
    Disk& disk_;
    const std::string folder_;
    const JournalOptions options_;
    Clock& clock_;
    Identity identity_;
    // synchronise themselves
    metrics::Histogram& fsync_seconds_;
    metrics::Counter& groups_total_;
    metrics::Counter& records_total_;
    metrics::Counter& bytes_total_;
    metrics::Counter& failures_total_;
    metrics::Gauge& bytes_gauge_;
    metrics::Gauge& segments_gauge_;
    metrics::Gauge& writable_gauge_;

    std::mutex write_mutex_;
    // guarded by write_mutex_; taken before mutex_
    std::unique_ptr<File> file_;  // of the growing segment; none: the next keep() begins a segment
    Growing growing_;
    Time signed_at_;
    bool needs_repair_ = false;
    std::string half_made_;       // path of a segment whose making failed
    Packer packer_;

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    // guarded by mutex_
    std::vector<Segment> segments_;
    SparseIndex index_;           // of the growing segment
    std::uint64_t begin_ = 0, end_ = 0;
    std::uint64_t wakes_ = 0;
    mutable Health health_;       // all but bytes, segments, oldest
};

// A segment for verify: its first position, and how many of its bytes count.
struct ToVerify {
    std::uint64_t first = 0, bytes = 0;
};
Result<VerifyReport> verify_segments(Disk& disk, const std::string& folder, const Identity& identity, std::string_view public_key,
                                     const std::vector<ToVerify>& segments, const std::function<bool(std::uint64_t, std::uint64_t)>& progress);

}  // namespace vg::store::journal
