#include "server/settings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/text.h"

namespace vg::server {
namespace {

TEST(Settings, ReadsNestedKeysOverTheDefaults) {
    const auto settings = load_settings("listen = [\"0.0.0.0:7443\"]\n[journal]\nkeep_days = 400\n", "x.toml");
    ASSERT_TRUE(settings) << settings.error().text;
    EXPECT_EQ(settings->listen, Texts{"0.0.0.0:7443"});
    EXPECT_EQ(settings->keep_days, 400);
    EXPECT_EQ(settings->queue_records, 200000);
}

TEST(Settings, AnUnknownKeyNamesTheNearestKnownOneAndTheLine) {
    const auto settings = load_settings("\n[journal]\nkeep_day = 400\n", "x.toml");
    ASSERT_FALSE(settings);
    EXPECT_EQ(settings.error().text, "x.toml:3: setting journal.keep_day is not known; did you mean journal.keep_days?");
}

TEST(Settings, AValueOutOfBoundsNamesTheBounds) {
    EXPECT_EQ(load_settings("[journal]\nkeep_days = 0\n", "x.toml").error().text, "x.toml:2: setting journal.keep_days must be between 1 and 36500");
    EXPECT_EQ(load_settings("listen = \"x\"\n", "x.toml").error().text, "x.toml:1: setting listen must be a list of texts: [\"...\"]");
    EXPECT_FALSE(load_settings("[tls]\nkey = \"a.pem\"\n", "x.toml"));
    EXPECT_FALSE(load_settings("listen = [\n", "x.toml"));
    EXPECT_FALSE(load_settings(std::string_view{"[\x01\0\0" "0[jou", 9}, "x.toml"));
}

TEST(Settings, ATextThatIsNoTomlNamesTheLineAndTheReason) {
    EXPECT_EQ(load_settings("[journal\nkeep_days = 1\n", "x.toml").error().text, "x.toml:1: an invalid key appeared.");
    EXPECT_EQ(load_settings("data = \"a\"\ndata = \"b\"\n", "x.toml").error().text, "x.toml:2: value (\"data\") already exists.");
    EXPECT_EQ(load_settings("\n\nlisten = " + std::string(2000, '['), "x.toml").error().text, "x.toml:3: too many opening brackets");
    EXPECT_EQ(load_settings("data = \"\xff\"", "x.toml").error().text, "x.toml: is not UTF-8");
}

TEST(Settings, EachSaysInVietnameseAndInEnglishWhatItIsFor) {
    const json::Value all = describe(Settings{});
    ASSERT_GT(all.as_array().size(), 30U);
    std::set<std::string> told;
    for (const json::Value& setting : all.as_array()) {
        const std::string key = setting.text("key").value_or(""), vi = setting.text("text_vi").value_or(""), en = setting.text("text").value_or("");
        const auto is_ascii = [](std::string_view text) { return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; }); };
        EXPECT_TRUE(vi.ends_with('.') && en.ends_with('.')) << key << ": both are sentences";
        EXPECT_TRUE(is_utf8(vi) && !is_ascii(vi)) << key << ": Vietnamese has letters of its own";
        EXPECT_TRUE(is_ascii(en)) << key << ": English has none of these";
        EXPECT_TRUE(told.insert(vi).second && told.insert(en).second) << key << ": told of another one already";
    }
}

}  // namespace
}  // namespace vg::server
