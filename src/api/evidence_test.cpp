// Evidence files: what is in them, that they prove what they say, and that every change of a byte is found.
#include <gtest/gtest.h>

#include "api/evidence_check.h"
#include "api/test_world.h"
#include "api/zip.h"
#include "base/bytes.h"
#include "base/text.h"
#include "store/audit.h"

namespace vg::api::test {
namespace {

using access::Role;

class Evidence : public ::testing::Test {
protected:
    Reply ask(const std::vector<std::string>& ids, Role role = Role::analyst, const std::string& organisation = "A", const char* chain = nullptr) {
        json::Value list{json::Array{}};
        for (const std::string& id : ids) list.add(id);
        json::Value body = json::object({{"ids", std::move(list)}, {"reason", "for the court"}});
        if (chain != nullptr) body.set("chain", chain);
        return world.send({.method = "POST", .path = "/api/v1/events/evidence", .body = body.dump()}, &world.account(organisation, role).credential);
    }
    // Two events of A, and a checkpoint behind them.
    std::vector<std::string> two() {
        const std::vector<std::string> ids{world.add_record("A", R"({"message":"one"})").text(), world.add_record("A", "\x01\xFF bytes, not text").text()};
        world.clock.move(minutes(2));
        world.add_event("A");  // the journal signs with the first call after a minute
        return ids;
    }
    std::string key() { return to_hex(world.journal_key); }

    World world;
};

TEST_F(Evidence, HoldsTheBytesAndProvesThem) {
    const auto ids = two();
    const Reply reply = ask(ids, Role::administrator, "node");
    ASSERT_EQ(reply.status, 200) << reply.body;
    EXPECT_EQ(reply.header("Content-Type"), "application/zip");
    const auto files = read_zip(reply.body);
    ASSERT_TRUE(files) << files.error().text;
    const std::string position = ids[1].substr(ids[1].find(':') + 1);
    EXPECT_EQ(files->files.at("events/0002-" + position + ".raw"), "\x01\xFF bytes, not text");
    EXPECT_TRUE(files->files.contains("README.vi.txt"));
    EXPECT_TRUE(files->files.contains("README.en.txt"));
    const auto report = check_evidence(reply.body, key());
    ASSERT_TRUE(report) << report.error().text;
    EXPECT_TRUE(report->good()) << report->wrong.front();
    EXPECT_TRUE(check_evidence(reply.body, "ed25519 " + key() + "\n")->good()) << "as it stands in keys/journal.pub";
    EXPECT_EQ(report->events, 2U);
    EXPECT_EQ(report->stated, 2U);
    EXPECT_EQ(report->chained, 2U) << "from the bytes to the signed checkpoint";
}

TEST_F(Evidence, AnyChangedByteIsFound) {
    const Reply reply = ask(two(), Role::administrator, "node");
    ASSERT_EQ(reply.status, 200);
    std::size_t tried = 0, harmless = 0;
    for (std::size_t at = 0; at < reply.body.size(); at += 97) {
        std::string altered = reply.body;
        altered[at] = static_cast<char>(altered[at] ^ 0x20);
        const auto report = check_evidence(altered, key());
        ++tried;
        // Bytes of the ZIP's own frame (a date, an attribute) say nothing; the files in it are as they were.
        if (report && report->good()) {
            EXPECT_EQ(read_zip(altered)->files, read_zip(reply.body)->files) << "byte " << at << " can be changed";
            ++harmless;
        }
    }
    EXPECT_GT(tried, 50U);
    EXPECT_LT(harmless, tried / 2);
    EXPECT_FALSE(check_evidence(reply.body.substr(0, reply.body.size() - 1), key()));
}

// Who repacks the file with other bytes and sums has not the key.
TEST_F(Evidence, AFileThatWasMadeAnewDoesNotPass) {
    const Reply reply = ask(two(), Role::administrator, "node");
    const auto files = read_zip(reply.body);
    ASSERT_TRUE(files);
    ZipWriter forged{world.clock.now()};
    std::string bytes, sums;
    for (const auto& [name, content] : files->files) {
        if (name == "SHA256SUMS") continue;
        std::string mine{content};
        if (name.starts_with("events/0001") && name.ends_with(".raw")) mine = R"({"message":"two"})";
        bytes += forged.add(name, mine);
        sums += format("{}  {}\n", sha256_hex(mine), name);
    }
    bytes += forged.add("SHA256SUMS", sums);
    bytes += forged.finish();
    const auto report = check_evidence(bytes, key());
    ASSERT_TRUE(report);
    ASSERT_FALSE(report->good());
    EXPECT_NE(report->wrong.front().find("the bytes are not those of the statement"), std::string::npos) << report->wrong.front();
    // And with a key of his own he is found by the key.
    EXPECT_FALSE(check_evidence(reply.body, std::string(64, 'a'))->good());
}

// The blocks hold what stands beside: they are for those who may see all of it.
TEST_F(Evidence, BlocksWithRecordsOfOthersAreLeftOut) {
    const event::EventId mine = world.add_record("A", R"({"message":"mine"})");
    world.add_record("B", R"({"message":"of B"})");
    world.clock.move(minutes(2));
    world.add_event("A");
    const Reply reply = ask({mine.text()});
    ASSERT_EQ(reply.status, 200) << reply.body;
    EXPECT_EQ(reply.body.find("of B"), std::string::npos);
    const auto report = check_evidence(reply.body, key());
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->good());
    EXPECT_EQ(report->stated, 1U);
    EXPECT_EQ(report->chained, 0U);
    const auto left_out = check_evidence(ask({mine.text()}, Role::administrator, "node", "statements").body, key());
    EXPECT_TRUE(left_out->good());
    EXPECT_EQ(left_out->chained, 0U);
}

TEST_F(Evidence, EachEventIsALineInTheAuditChain) {
    const auto ids = two();
    ASSERT_EQ(ask(ids).status, 200);
    std::vector<std::string> objects;
    const auto lines = world.state->read([&](store::Transaction& tx) { return store::audit::list(tx, nullptr, std::nullopt, 1000); });
    for (const store::AuditLine& line : lines.value())
        if (line.action == "evidence:export") {
            objects.push_back(line.object);
            EXPECT_EQ(line.details.text("reason"), "for the court");
            EXPECT_EQ(line.organisation, world.organisation("A"));
        }
    EXPECT_EQ(objects, (std::vector{"event/" + ids[1], "event/" + ids[0]}));
}

TEST_F(Evidence, IsRefusedForOthersEventsAndForThoseWhoMayNotReveal) {
    const auto ids = two();
    const std::string theirs = world.add_event("B").text();
    const Reply foreign = ask({ids[0], theirs}), missing = ask({ids[0], event::EventId{world.journal->id(), {999'999}}.text()});
    EXPECT_EQ(foreign.status, 404);
    EXPECT_EQ(foreign.bytes, missing.bytes);
    EXPECT_EQ(ask(ids, Role::reader).status, 403);
    EXPECT_EQ(ask(ids, Role::operator_).status, 403);
    EXPECT_EQ(ask({"nonsense"}).status, 404);
    for (const Role role : access::all_roles())
        EXPECT_TRUE(!access::allows(role, "evidence:export") || access::allows(role, "personal:reveal")) << "evidence reveals: " << access::name_of(role);
}

TEST(Zip, HostileFilesAreRefused) {
    ZipWriter good{Time{1'780'000'000'000'000}};
    std::string bytes = good.add("a/b.txt", "hello");
    bytes += good.add("c.txt", "");
    bytes += good.finish();
    const auto files = read_zip(bytes);
    ASSERT_TRUE(files) << files.error().text;
    EXPECT_EQ(files->files.at("a/b.txt"), "hello");
    EXPECT_EQ(files->files.at("c.txt"), "");
    for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(read_zip(std::string_view{bytes}.substr(0, size))) << size;
    for (const char* name : {"../x", "/x", "a/../x", "a\\x", "C:x", ""}) {
        ZipWriter writer{Time{1'780'000'000'000'000}};
        std::string hostile = writer.add(name, "x");
        hostile += writer.finish();
        EXPECT_FALSE(read_zip(hostile)) << name;
    }
    ZipWriter twice{Time{1'780'000'000'000'000}};
    std::string doubled = twice.add("x", "1");
    doubled += twice.add("x", "2");
    doubled += twice.finish();
    EXPECT_FALSE(read_zip(doubled));
}

}  // namespace
}  // namespace vg::api::test
