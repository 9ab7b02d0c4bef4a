// The journal: every record that was ever acknowledged, in order of arrival, in append-only segments. It is written
// before anything is parsed, and everything else can be rebuilt from it. docs/life-of-an-event.md says where it stands.
//
// One thread (ingest::Intake's) calls keep(); any number of threads read. keep() returns after fsync: only then may a
// sender be told that its records are safe. After an error nothing of that call is kept, and the journal heals itself on
// a later call when the disk does.
//
// Whoever can write to the disk but has not the signing key can change nothing before the last signature without
// verify() finding it. They can alter what came after it (less than 8 MiB), and take whole ends off: compare
// VerifyReport::end and head with what was written down elsewhere. docs/decisions/0001-journal-format.md has it all.
//
// Only one program may have the folder open; the journal itself does not lock it.
//
//   auto journal = TRY(Journal::open(disk, "data/journal", options));
//   Position first = TRY(journal->keep(records));
//   Reader reader = journal->reader(first);
//   ReadBatch batch = TRY(reader.next(10'000, 8 << 20));     // empty at the end
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/metrics.h"
#include "base/result.h"
#include "event/record.h"
#include "store/disk.h"

namespace vg::store {

using event::Position;

// Ed25519 key that signs the checkpoint at the end of each segment. Kept in data/keys.
struct SigningKey {
    std::string secret;  // 32-byte seed
    std::string public_key;  // 32 bytes
};
// Loads FOLDER/journal.key or makes it at first start. `folder` is the folder of keys itself; journal.pub is left beside it for auditors.
Result<SigningKey> load_or_make_signing_key(Disk& disk, const std::string& folder, Random& random);

struct JournalOptions {
    std::uint64_t segment_bytes = std::uint64_t{128} << 20;  // a segment is closed when it reaches this
    Span keep_for = days(365);                                // by received time; at least this long, in whole segments
    std::uint64_t keep_bytes = 0;                             // 0: no bound by size
    std::size_t group_bytes = std::size_t{1} << 20;           // raw bytes packed together: what at() must unpack for one record
    int zstd_level = 1;
    std::uint64_t reserve_bytes = std::uint64_t{64} << 20;    // keep() refuses before the disk has less than this free; 0: no look
    SigningKey key;
    Random* random = nullptr;                                 // for journal id and salt; null: the kernel's
};

struct StoredRecord {
    Position position;
    event::Record record;
};

// What a reader met on its way that was not a record.
struct Damage {
    std::string segment;
    std::uint64_t offset = 0;
    Position from;           // the first position that cannot be read
    Position to;             // the first after it that can be
    std::string reason;
};

struct ReadBatch {
    std::vector<StoredRecord> records;
    std::vector<Damage> damage;  // skipped on the way, each reported once per reader
    Position next;               // where the next batch begins
};

struct VerifyReport {
    std::uint64_t segments = 0, records = 0, bytes = 0;
    std::vector<Damage> damage;            // altered, torn or missing parts, each named
    std::vector<std::string> chain_errors;  // a hash or signature that does not fit, a missing segment
    Position end;                           // one after the last record
    std::uint64_t unsigned_records = 0;     // records after the last signature: their chain fits, but no key vouches for it
    std::string head;                       // hex hash of the last block: written down elsewhere with `end` it proves that nothing was taken off the end
    [[nodiscard]] bool good() const { return damage.empty() && chain_errors.empty(); }
};

class Journal {
public:
    static Result<std::unique_ptr<Journal>> open(Disk& disk, const std::string& folder, JournalOptions options, Clock& clock,
                                                 metrics::Registry& metrics);
    virtual ~Journal() = default;

    [[nodiscard]] virtual const Uuid& id() const = 0;
    // Makes all records durable with one fsync, or none. The position of the first.
    virtual Result<Position> keep(std::span<const event::Record> records) = 0;
    [[nodiscard]] virtual Position begin() const = 0;  // the oldest still kept
    [[nodiscard]] virtual Position end() const = 0;    // one after the last durable
    // Blocks until end() > position, the time is over, or wake() is called.
    virtual void wait_past(Position position, Span at_most) = 0;
    virtual void wake() = 0;

    class Reader {
    public:
        virtual ~Reader() = default;
        // The next records; empty at the end of the journal. Damaged groups are skipped and named.
        virtual Result<ReadBatch> next(std::size_t most_records, std::size_t most_bytes) = 0;
    };
    [[nodiscard]] virtual std::unique_ptr<Reader> reader(Position from) const = 0;
    [[nodiscard]] virtual Result<StoredRecord> at(Position position) const = 0;

    // Reads everything and checks checksums, hash chain and signatures. `progress` gets (bytes done, bytes in all) and
    // stops the work by returning false.
    [[nodiscard]] virtual Result<VerifyReport> verify(const std::function<bool(std::uint64_t, std::uint64_t)>& progress) const = 0;
    // Deletes whole segments that are past retention, never one at or after `needed_from`. How many were deleted.
    virtual Result<std::uint64_t> retire(Position needed_from) = 0;

    struct Health {
        bool writable = true;
        std::string reason;            // why not, for a person
        std::uint64_t bytes = 0;       // on disk
        std::uint64_t segments = 0;
        Time oldest;                   // received time of the oldest record kept
        std::optional<std::string> torn_tail;  // what was cut at open
        std::vector<Damage> damage;
    };
    [[nodiscard]] virtual Health health() const = 0;

    // For a backup: the segment files, oldest first, and how much of each is durable. Nothing before that ever changes;
    // a file may be deleted by retention at any time.
    struct SegmentFile {
        std::string name;
        Position first, end;
        std::uint64_t bytes = 0;
        bool closed = false;           // never grows again
    };
    [[nodiscard]] virtual std::vector<SegmentFile> files() const { return {}; }
    // Tries to write again after a failure (called about once a second by the owner while not writable).
    virtual Status try_to_heal() = 0;
};

// Checks a journal folder without opening it for writing: for `vonggac verify` and auditors. `public_key` empty: taken
// from ../keys/journal.pub beside the folder.
Result<VerifyReport> verify_folder(Disk& disk, const std::string& folder, std::string_view public_key,
                                   const std::function<bool(std::uint64_t, std::uint64_t)>& progress);

}  // namespace vg::store
