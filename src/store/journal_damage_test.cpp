// Damage and deceit: what is found, what it is called, and that the rest can still be read.
#include <algorithm>

#include "base/bytes.h"
#include "store/journal_blocks.h"
#include "store/journal_files.h"
#include "store/journal_test_kit.h"

namespace vg::store {
namespace {

using namespace kit;

// Four closed segments of two calls with ten records each, 0-19, 20-39, 40-59, 60-79, and an open one, 80-99.
struct JournalDamage : InMemory {
    JournalDamage() {
        options.segment_bytes = 8000;
        auto journal = open();
        for (int call = 0; call < 10; ++call) EXPECT_TRUE(journal->keep(records(10, format("call {}", call), call >= 8 ? 100 : call % 2 == 0 ? 300 : 500)));
        // As after kill -9: the last segment is not closed.
        const auto copy = disk.after_cut(random);
        journal.reset();
        for (const std::string& path : segments()) disk.put(path, copy->content(path));
        EXPECT_EQ(segments().size(), 5U);
        EXPECT_TRUE(verify().good());
    }

    // Offsets of the blocks of a kind in a segment.
    std::vector<std::uint64_t> blocks(std::size_t segment, journal::Kind kind) {
        const std::string path = segments()[segment];
        const auto identity = *journal::load_identity(disk, "data/journal");
        const auto file = *disk.open(path, Open::read);
        journal::BlockCursor cursor{*file, journal::marks_of(identity.salt, segment * 20), 0, *file->size(), false};
        std::vector<std::uint64_t> found;
        while (true) {
            const auto item = *cursor.next();
            if (!item) return found;
            if (!item->gap && item->head.kind == kind) found.push_back(item->offset);
        }
    }
    bool has_error(const VerifyReport& report, std::string_view words) {
        return std::any_of(report.chain_errors.begin(), report.chain_errors.end(), [&](const std::string& text) { return text.find(words) != std::string::npos; });
    }
    std::string name(std::size_t segment) { return segments()[segment].substr(std::string{"data/journal/"}.size()); }
};

TEST_F(JournalDamage, AFlippedByteIsFoundNamedAndDoesNotStopTheRest) {
    const std::uint64_t offset = blocks(1, journal::Kind::group)[0];
    disk.flip(segments()[1], offset + 200);
    const auto journal = open();
    const All all = read_all(*journal);
    std::vector<std::uint64_t> expected = range(0, 20);
    for (const std::uint64_t position : range(30, 100)) expected.push_back(position);
    EXPECT_EQ(all.positions(), expected);
    ASSERT_EQ(all.damage.size(), 1U);
    EXPECT_EQ(all.damage[0].segment, name(1));
    EXPECT_EQ(all.damage[0].offset, offset);
    EXPECT_EQ(all.damage[0].from.value, 20U);
    EXPECT_EQ(all.damage[0].to.value, 30U);
    EXPECT_NE(all.damage[0].reason.find("checksum"), std::string::npos);
    EXPECT_EQ(journal->health().damage.size(), 1U) << "a reader tells the journal what it met";
    EXPECT_EQ(journal->at({25}).error().code, Code::corrupt);
    EXPECT_EQ(journal->at({30})->record.raw.substr(0, 9), "call 3 0 ");
    const auto report = verify();
    ASSERT_EQ(report.damage.size(), 1U);
    EXPECT_EQ(report.damage[0].from.value, 20U);
    EXPECT_EQ(report.damage[0].to.value, 30U);
    EXPECT_EQ(report.records, 90U);
    EXPECT_TRUE(report.chain_errors.empty()) << "the chain goes on behind the damage";
}

TEST_F(JournalDamage, AByteFlippedInTheOpenSegmentBeforeAWholeGroupIsDamageAndNotATornTail) {
    const std::uint64_t offset = blocks(4, journal::Kind::group)[0];
    disk.flip(segments()[4], offset);  // the magic itself
    const auto journal = open();
    EXPECT_FALSE(journal->health().torn_tail);
    ASSERT_EQ(journal->health().damage.size(), 1U);
    EXPECT_EQ(journal->health().damage[0].from.value, 80U);
    EXPECT_EQ(journal->health().damage[0].to.value, 90U);
    EXPECT_EQ(journal->end().value, 100U);
    EXPECT_EQ(journal->keep(records(1, "next"))->value, 100U);
    const All all = read_all(*journal, {80});
    EXPECT_EQ(all.positions(), range(90, 101));
    ASSERT_EQ(all.damage.size(), 1U);
    EXPECT_EQ(all.damage[0].offset, offset);
}

TEST_F(JournalDamage, TheLastGroupOfAJournalThatWasStoppedCleanlyIsDamageAndNotATornTail) {
    open().reset();
    disk.flip(segments()[4], blocks(4, journal::Kind::group)[1] + 100);
    const auto journal = open();
    EXPECT_FALSE(journal->health().torn_tail);
    EXPECT_EQ(journal->end().value, 100U);
    const All all = read_all(*journal);
    EXPECT_EQ(all.positions(), range(0, 90));
    ASSERT_EQ(all.damage.size(), 1U);
    EXPECT_EQ(all.damage[0].to.value, 100U);
}

TEST_F(JournalDamage, ADamagedCallBeforeASegmentThatWasOnlyBegunWasAcknowledgedAndIsNotCut) {
    disk.put(segments()[4], disk.content(segments()[4]).substr(0, 100));
    disk.flip(segments()[3], blocks(3, journal::Kind::group)[1] + 100);  // of the call that closed the segment
    const auto journal = open();
    EXPECT_EQ(segments().size(), 4U);
    EXPECT_EQ(journal->end().value, 80U);
    EXPECT_EQ(journal->keep(records(1, "next"))->value, 80U);
    const All all = read_all(*journal, {60});
    ASSERT_EQ(all.damage.size(), 1U);
    EXPECT_EQ(all.damage[0].from.value, 70U);
    EXPECT_EQ(all.damage[0].to.value, 80U);
    EXPECT_EQ(all.records.size(), 11U);
}

TEST_F(JournalDamage, EveryFlippedByteIsFoundByVerify) {
    for (const std::size_t segment : {std::size_t{0}, std::size_t{2}}) {
        const std::string path = segments()[segment];
        const std::string whole = disk.content(path);
        for (std::size_t offset = 0; offset < whole.size(); offset += offset % 512 < 200 ? 1 : 17) {
            disk.flip(path, offset, static_cast<std::uint8_t>(1U << (offset % 8)));
            const auto report = verify();
            ASSERT_FALSE(report.good()) << "byte " << offset << " of " << path;
            disk.put(path, whole);
        }
        EXPECT_TRUE(verify().good());
    }
    for (const std::string file : {"data/journal/identity"}) {
        const std::string whole = disk.content(file);
        for (std::size_t offset = 0; offset < whole.size(); ++offset) {
            disk.flip(file, offset);
            const auto opened = Journal::open(disk, "data/journal", options, clock, metrics);
            if (opened) {  // made again from the headers, and told
                EXPECT_FALSE((*opened)->health().damage.empty());
                EXPECT_EQ(read_all(**opened).positions(), range(0, 100));
            } else {
                EXPECT_EQ(opened.error().code, Code::bad_input) << "only a newer version is refused";
            }
            disk.put(file, whole);
        }
    }
}

TEST_F(JournalDamage, ASegmentTakenOutOfTheMiddleIsFoundAndTheRestIsRead) {
    disk.erase(segments()[2]);
    const auto report = verify();
    EXPECT_TRUE(has_error(report, "a segment is missing"));
    EXPECT_TRUE(has_error(report, "hash does not fit"));
    const auto journal = open();
    ASSERT_FALSE(journal->health().damage.empty());
    EXPECT_EQ(journal->health().damage[0].from.value, 40U);
    EXPECT_EQ(journal->health().damage[0].to.value, 60U);
    const All all = read_all(*journal, {30});
    EXPECT_EQ(all.positions().front(), 30U);
    EXPECT_EQ(all.records.size(), 10U + 40U);
    ASSERT_EQ(all.damage.size(), 1U);
    EXPECT_EQ(all.damage[0].from.value, 40U);
    EXPECT_EQ(all.damage[0].to.value, 60U);
    EXPECT_EQ(journal->at({45}).error().code, Code::corrupt);
}

TEST_F(JournalDamage, SegmentsTakenOffTheFrontAreToldFromRetention) {
    disk.erase(segments()[0]);
    EXPECT_TRUE(has_error(verify(), "retention did not delete them"));
    const auto journal = open();
    ASSERT_FALSE(journal->health().damage.empty());
    EXPECT_EQ(journal->begin().value, 20U);
    EXPECT_EQ(read_all(*journal).positions(), range(20, 100));
}

TEST_F(JournalDamage, AForgedWordOfRetentionIsRefused) {
    const auto other = *signing_key_of(std::string(32, 'o'));
    const auto identity = *journal::load_identity(disk, "data/journal");
    disk.erase(segments()[0]);
    disk.put("data/journal/retention", *journal::retention_text(identity.id, {20, kStart}, other));
    EXPECT_TRUE(has_error(verify(), "retention file"));
    disk.put("data/journal/retention", *journal::retention_text(identity.id, {20, kStart}, options.key));
    EXPECT_TRUE(verify().good());
}

TEST_F(JournalDamage, SwappedSegmentsAreFound) {
    const std::string first = disk.content(segments()[1]);
    const std::string second = disk.content(segments()[2]);
    disk.put(segments()[1], second);
    disk.put(segments()[2], first);
    EXPECT_FALSE(verify().good());
    const auto journal = open();
    const All all = read_all(*journal);
    std::vector<std::uint64_t> expected = range(0, 20);
    for (const std::uint64_t position : range(60, 100)) expected.push_back(position);
    EXPECT_EQ(all.positions(), expected) << "a record is never read under another's position";
    EXPECT_FALSE(all.damage.empty());
}

TEST_F(JournalDamage, AClosedSegmentCutShortIsFound) {
    const std::string path = segments()[1];
    const std::string whole = disk.content(path);
    const std::uint64_t close = blocks(1, journal::Kind::close)[0];
    const std::uint64_t second_group = blocks(1, journal::Kind::group)[1];
    for (const std::uint64_t left : {close, close + 100, second_group, std::uint64_t{512}, std::uint64_t{0}}) {
        disk.put(path, whole.substr(0, left));
        const auto report = verify();
        EXPECT_TRUE(has_error(report, "closing checkpoint is missing")) << left;
        const auto journal = open();
        EXPECT_FALSE(journal->health().damage.empty()) << left;
        EXPECT_FALSE(journal->health().torn_tail) << left;
        EXPECT_EQ(disk.content(path).size(), left) << "nothing is cut but the tail of the journal";
        const All all = read_all(*journal);
        EXPECT_EQ(all.records.back().position.value, 99U);
        EXPECT_EQ(all.records.size(), left >= close ? 100U : left == second_group ? 90U : 80U);
    }
}

TEST_F(JournalDamage, AJournalSignedAgainWithAnotherKeyIsFound) {
    const auto report = verify_folder(disk, "data/journal", signing_key_of(std::string(32, 'o'))->public_key, {});
    ASSERT_TRUE(report);
    EXPECT_EQ(report->chain_errors.size(), 4U) << "one for each closed segment";
    EXPECT_TRUE(has_error(*report, "signed by another key"));
}

// Someone who has the disk, knows the format and changes a record, with all checksums and hashes made to fit; only the
// key is not theirs. A thief who names our key gets a signature that does not fit.
TEST_F(JournalDamage, ARecordChangedWithAllHashesMadeToFitIsFoundByTheSignature) {
    const std::string path = segments()[1];
    const auto identity = *journal::load_identity(disk, "data/journal");
    const auto marks = journal::marks_of(identity.salt, 20);
    SigningKey thief = *signing_key_of(std::string(32, 't'));
    thief.public_key = options.key.public_key;
    std::string forged;
    {
        const auto file = *disk.open(path, Open::read);
        journal::BlockCursor cursor{*file, marks, 0, *file->size(), false};
        Sha256 previous{};
        while (true) {
            const auto item = *cursor.next();
            if (!item) break;
            ASSERT_FALSE(item->gap);
            if (item->head.kind == journal::Kind::header) {
                forged += item->bytes;
                previous = sha256(item->bytes);
                continue;
            }
            journal::Head head = item->head;
            std::string payload{item->payload()};
            if (head.kind == journal::Kind::group) {
                const std::size_t at = payload.find("call 2 0 ");
                if (at != std::string::npos) payload.replace(at, 4, "CALL");
            }
            head.previous = previous;
            const std::size_t start = journal::begin_block(forged);
            forged += payload;
            if (head.kind == journal::Kind::close) std::fill_n(forged.begin() + static_cast<std::ptrdiff_t>(start + 96 + 32), 64, '\0');
            previous = *journal::finish_block(forged, start, head, marks, thief);
        }
    }
    ASSERT_EQ(forged.size(), disk.content(path).size());
    ASSERT_NE(forged, disk.content(path));
    disk.put(path, forged);
    const auto report = verify();
    EXPECT_TRUE(report.damage.empty());
    EXPECT_TRUE(has_error(report, "the signature at"));
    EXPECT_TRUE(has_error(report, "hash does not fit")) << "the next segment names the hash of the true one";
}

TEST_F(JournalDamage, ARecordedHeadShowsThatTheEndWasTakenOff) {
    open().reset();
    const auto before = verify();
    EXPECT_EQ(before.end.value, 100U);
    EXPECT_EQ(before.unsigned_records, 0U);
    disk.erase(segments()[4]);
    const auto after = verify();
    EXPECT_TRUE(after.good()) << "what is left fits: only the head that was written down elsewhere tells";
    EXPECT_NE(after.head, before.head);
    EXPECT_LT(after.end, before.end);
}

TEST_F(JournalDamage, VerifyTellsHowManyRecordsAreNotSignedYet) {
    EXPECT_EQ(verify().unsigned_records, 20U);
    const auto journal = open();
    clock.move(minutes(2));
    ASSERT_TRUE(journal->keep(records(1, "tick")));
    EXPECT_EQ(verify().unsigned_records, 0U) << "after a minute the next call is signed";
}

TEST_F(JournalDamage, VerifyStopsWhenItIsTold) {
    const auto stopped = verify_folder(disk, "data/journal", options.key.public_key, [](std::uint64_t done, std::uint64_t all) { return done * 2 < all; });
    EXPECT_EQ(stopped.error().code, Code::busy);
    EXPECT_FALSE(verify_folder(disk, "data/journal", "short", {}));
    EXPECT_FALSE(verify_folder(disk, "data/journal", "", {})) << "no key stands beside it";
}

TEST_F(JournalDamage, AnAuditorNeedsOnlyTheFolderAndTheKeyBesideIt) {
    SeededRandom keys_random{5};
    const auto key = load_or_make_signing_key(disk, "data/keys", keys_random);
    ASSERT_TRUE(key);
    options.key = *key;
    FaultDisk& shared = disk;
    ASSERT_TRUE(shared.make_folder("data/other"));
    Base::open(shared, "data/other")->keep(records(2, "x"));
    const auto report = verify_folder(shared, "data/other", "", {});
    ASSERT_TRUE(report) << report.error().text;
    EXPECT_TRUE(report->good());
    EXPECT_EQ(report->records, 2U);
}

TEST_F(JournalDamage, ALongUnsignedEndIsRefused) {
    options.segment_bytes = 64 << 20;
    FaultDisk other{1};
    ASSERT_TRUE(other.make_folder("data") && other.sync_folder("."));
    const auto journal = Base::open(other, "data/journal");
    ASSERT_TRUE(journal->keep(records(90, "x", 100'000)));  // about 9 MB: signed at once
    const std::string path = "data/journal/00000000000000000000.seg";
    EXPECT_TRUE(verify_folder(other, "data/journal", options.key.public_key, {})->good());
    const std::string whole = other.content(path);
    other.put(path, whole.substr(0, whole.size() - 512));  // the checkpoint taken off
    const auto report = verify_folder(other, "data/journal", options.key.public_key, {});
    EXPECT_TRUE(has_error(*report, "are not signed"));
}

}  // namespace
}  // namespace vg::store
