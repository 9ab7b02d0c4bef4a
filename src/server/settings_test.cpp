#include "server/settings.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace vg::server
