// Proof of single records: it holds for what was kept, and for nothing else.
#include "store/journal_proof.h"

#include "base/bytes.h"
#include "store/journal_test_kit.h"

namespace vg::store {
namespace {

class Proof : public ::testing::Test {
protected:
    Proof() {
        TRY_OR_FAIL(disk.make_folder("keys"));
        auto key = load_or_make_signing_key(disk, "keys", random);
        EXPECT_TRUE(key);
        options.key = *key;
        options.random = &random;
        options.group_bytes = 2000;
        auto opened = Journal::open(disk, "journal", options, clock, registry);
        EXPECT_TRUE(opened);
        journal = std::move(*opened);
    }
    static void TRY_OR_FAIL(const Status& status) { EXPECT_TRUE(status) << status.error().text; }
    void keep(std::size_t count, std::string_view word) {
        const kit::Records records = kit::records(count, word, 300, clock.now());
        EXPECT_TRUE(journal->keep(records));
    }

    FaultDisk disk{1};
    SeededRandom random{2};
    metrics::Registry registry;
    ManualClock clock{kit::kStart};
    JournalOptions options;
    std::unique_ptr<Journal> journal;
};

TEST_F(Proof, LeadsFromTheBytesToTheNextSignature) {
    keep(40, "a");  // several groups
    keep(1, "between");
    clock.move(minutes(2));
    keep(1, "signed with");
    for (std::uint64_t position : {0U, 7U, 39U, 40U}) {
        const auto proof = prove(*journal, {position}, clock.now());
        ASSERT_TRUE(proof) << position << proof.error().text;
        EXPECT_TRUE(proof->is_signed);
        EXPECT_EQ(proof->chain.front().kind, "group");
        EXPECT_EQ(proof->chain.back().kind, "checkpoint");
        EXPECT_EQ(proof->record.record.raw, journal->at({position})->record.raw);
        const auto facts = check_statement(proof->statement, proof->signature, options.key.public_key);
        ASSERT_TRUE(facts);
        EXPECT_NE(proof->statement.find("\nraw-sha256 " + sha256_hex(proof->record.record.raw) + "\n"), std::string::npos);
        const auto hash = check_blocks(proof->blocks, {position}, proof->record.record.raw, options.key.public_key);
        ASSERT_TRUE(hash) << hash.error().text;
        EXPECT_EQ(*hash, proof->chain.front().sha256);
    }
}

TEST_F(Proof, ARecordBehindTheLastSignatureHasAStatementOnly) {
    keep(3, "a");
    const auto proof = prove(*journal, {1}, clock.now());
    ASSERT_TRUE(proof);
    EXPECT_FALSE(proof->is_signed);
    EXPECT_TRUE(check_statement(proof->statement, proof->signature, options.key.public_key));
    EXPECT_NE(proof->statement.find("\nsigned-block-offset none\n"), std::string::npos);
    EXPECT_FALSE(check_blocks(proof->blocks, {1}, proof->record.record.raw, options.key.public_key));
    EXPECT_EQ(prove(*journal, {3}, clock.now()).error().code, Code::not_found);
}

TEST_F(Proof, NoChangedByteOfTheBlocksPasses) {
    keep(5, "a");
    keep(5, "b");
    clock.move(minutes(2));
    keep(1, "signed with");
    const auto proof = prove(*journal, {2}, clock.now());
    ASSERT_TRUE(proof && proof->is_signed);
    const std::string& raw = proof->record.record.raw;
    ASSERT_TRUE(check_blocks(proof->blocks, {2}, raw, options.key.public_key));
    for (std::size_t at = 0; at < proof->blocks.size(); at += 7) {
        std::string altered = proof->blocks;
        altered[at] = static_cast<char>(altered[at] ^ 1);
        // Magic and checksum (the first 16 bytes) of the signed block itself are outside of the signature, as in the format.
        const std::size_t last = proof->blocks.size() - 512;
        if (at >= last && at < last + 16) continue;
        EXPECT_FALSE(check_blocks(altered, {2}, raw, options.key.public_key)) << at;
    }
    EXPECT_FALSE(check_blocks(proof->blocks, {3}, raw, options.key.public_key)) << "another position";
    EXPECT_FALSE(check_blocks(proof->blocks, {2}, raw + "x", options.key.public_key)) << "other bytes";
    EXPECT_FALSE(check_blocks(proof->blocks, {2}, raw, std::string(32, 'k'))) << "another key";
    for (std::size_t size = 0; size < proof->blocks.size(); size += 100) EXPECT_FALSE(check_blocks(std::string_view{proof->blocks}.substr(0, size), {2}, raw, options.key.public_key)) << size;
    std::string statement = proof->statement;
    statement[statement.find("raw-sha256 ") + 11] ^= 1;
    EXPECT_FALSE(check_statement(statement, proof->signature, options.key.public_key));
}

TEST_F(Proof, NamesWhoseRecordsTheBlocksHold) {
    kit::Records records = kit::records(2, "a");
    records[1].envelope.organisation.bytes = {7};
    ASSERT_TRUE(journal->keep(records));
    const auto proof = prove(*journal, {0}, clock.now());
    ASSERT_TRUE(proof);
    EXPECT_EQ(proof->organisations.size(), 2U);
}

}  // namespace
}  // namespace vg::store
