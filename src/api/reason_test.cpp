#include "api/reason.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "api/test_world.h"
#include "base/text.h"

namespace vg::api {
namespace {

std::vector<std::string_view> pieces_of(std::string_view pattern) {
    std::vector<std::string_view> pieces;
    for (std::size_t hole = pattern.find("{}"); hole != std::string_view::npos; hole = pattern.find("{}")) {
        pieces.push_back(pattern.substr(0, hole));
        pattern.remove_prefix(hole + 2);
    }
    pieces.push_back(pattern);
    return pieces;
}

TEST(Reason, OfASentenceIsItsCodeWithWhatItNames) {
    const auto pause = reason_of("too many failed sign-ins; try again in 30 seconds");
    ASSERT_TRUE(pause);
    EXPECT_EQ(pause->code, "sign-in-pause");
    EXPECT_EQ(pause->values, std::vector<std::string>{"30"});
    const auto two = reason_of("the finding is closed and cannot be muted");
    ASSERT_TRUE(two);
    EXPECT_EQ(two->values, (std::vector<std::string>{"closed", "muted"}));
    EXPECT_EQ(reason_of("no mail server is set: see the settings smtp.host and smtp.from")->code, "mail-not-set");
    EXPECT_FALSE(reason_of("no mail server is set: see the settings"));
    EXPECT_FALSE(reason_of(""));
    EXPECT_FALSE(reason_of("something that nobody says"));
}

TEST(Reason, IsTheOneThatSaysTheMostOfThoseThatFit) {
    EXPECT_EQ(reason_of("webhook a.example: its address is not of the public Internet, and the operator's setting does not allow it")->code, "webhook-inner");
    const auto away = reason_of("webhook a.example: timed out");
    EXPECT_EQ(away->code, "webhook-away");
    EXPECT_EQ(away->values, (std::vector<std::string>{"a.example", "timed out"}));
}

TEST(Reason, ValuesMayBeAnything) {
    const auto address = reason_of("is {} \"\n is no mail address");
    ASSERT_TRUE(address);
    EXPECT_EQ(address->values, std::vector<std::string>{"is {} \"\n"});
}

TEST(Reason, StandsInTheProblemDocumentAndInOutcomes) {
    test::World world;
    const test::Reply wrong = world.send({.method = "POST", .path = "/api/v1/session", .body = R"({"name":"nobody","password":"a long wrong password"})"});
    EXPECT_EQ(wrong.parsed().text("reason_code"), "sign-in-wrong") << wrong.body;
    EXPECT_EQ(wrong.parsed().text("detail"), "name or password is wrong");
    const test::Reply empty = world.send({.method = "POST", .path = "/api/v1/notification-rules", .body = R"({"name":"a"})"}, &world.account("A", access::Role::administrator).credential);
    EXPECT_EQ(empty.parsed().text("reason_code"), "recipient-none") << empty.body;
    EXPECT_EQ(empty.parsed().text("field"), "mail");
}

// Whoever changes a sentence in the code finds out here that the console would no longer know it.
TEST(Reason, EverySentenceIsSaidSomewhere) {
    std::string all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{VG_SOURCE_DIR "/src"}) {
        const std::string name = entry.path().filename().string();
        if ((!name.ends_with(".cpp") && !name.ends_with(".h")) || name.ends_with("_test.cpp") || name.starts_with("reason.")) continue;
        std::ifstream in{entry.path()};
        std::ostringstream text;
        text << in.rdbuf();
        all += text.str();
    }
    ASSERT_GT(all.size(), 1'000'000U);
    std::set<std::string_view> codes, texts;
    std::string_view before;
    for (const KnownReason& known : known_reasons()) {
        EXPECT_TRUE(codes.insert(known.code).second) << known.code;
        EXPECT_TRUE(texts.insert(known.text).second) << known.text;
        EXPECT_LT(before, known.code) << "they are sorted";
        before = known.code;
        std::size_t said = 0;
        for (const std::string_view piece : pieces_of(known.text)) {
            EXPECT_NE(all.find(piece), std::string::npos) << known.code << ": '" << piece << "'";
            said += piece.size();
        }
        EXPECT_GE(said, 8U) << known.code << " fits too much";
    }
}

}  // namespace
}  // namespace vg::api
