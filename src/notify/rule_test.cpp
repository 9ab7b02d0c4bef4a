#include "notify/rule.h"

#include <gtest/gtest.h>

#include "base/time.h"
#include "notify/channels.h"
#include "notify/words.h"

namespace vg::notify {
namespace {

Time at(std::string_view text) { return parse_time(text).value(); }

Status apply_text(Rule& rule, std::string_view text) { return apply(rule, json::parse(text).value()); }

Rule rule_of(std::string_view text) {
    Rule rule{.name = "a"};
    const Status done = apply_text(rule, text);
    EXPECT_TRUE(done) << done.error().text;
    return rule;
}

TEST(NotificationRule, ReadsBackWhatItStores) {
    const Rule rule = rule_of(R"({"mail":["an@x.vn"],"webhooks":["https://hooks.example/secret"],"level":"medium","rules":["r1"],"tags":["attack.t1486"],"events":["reopened"],"below":false,"zone":"UTC",
        "quiet":{"days":["sat","sun"],"from":"22:00","until":"06:30","critical_breaks":false},"dedupe_minutes":5,"escalation":{"after_minutes":15,"mail":["lanh-dao@x.vn"]}})");
    Rule again{.name = "a"};
    ASSERT_TRUE(apply(again, settings_of(rule)));
    EXPECT_EQ(settings_of(again).dump(), settings_of(rule).dump());
    EXPECT_EQ(again.quiet.days, 0x60);
    EXPECT_EQ(again.quiet.until, 390);
    EXPECT_FALSE(again.on_new);
    EXPECT_EQ(again.escalation->after, minutes(15));
    EXPECT_EQ(settings_of(rule_of(R"({"mail":["an@x.vn"],"quiet":null,"escalation":null})")).find("quiet")->is_null(), true);
}

TEST(NotificationRule, RefusesWhatCannotBeRight) {
    for (const char* bad : {R"({})", R"({"mail":[]})", R"({"mail":["an@x.vn\r\nBcc: b@x.vn"]})", R"({"mail":["an"]})", R"({"webhooks":["file:///etc/passwd"]})", R"({"webhooks":["unix:/a:/b"]})",
                            R"({"webhooks":["https://a@b/"]})", R"({"webhooks":["https://hooks.example/…"]})", R"({"webhooks":["https://hooks.example sealed1:00"]})", R"({"mail":["an@x.vn"],"level":"worst"})", R"({"mail":["an@x.vn"],"zone":"Asia/Hue"})",
                            R"({"mail":["an@x.vn"],"quiet":{"from":"22","until":"06:00"}})", R"({"mail":["an@x.vn"],"quiet":{"from":"25:00","until":"06:00"}})",
                            R"({"mail":["an@x.vn"],"quiet":{"from":"22:61","until":"06:00"}})", R"({"mail":["an@x.vn"],"escalation":{"after_minutes":5}})", R"({"mail":["an@x.vn"],"events":["closed"]})", R"({"mail":[1]})"}) {
        Rule rule{.name = "a"};
        const Status done = apply_text(rule, bad);
        EXPECT_FALSE(done) << bad;
        EXPECT_TRUE(done || done.error().text.starts_with("field ")) << done.error().text;
    }
}

TEST(NotificationRule, SpeaksOfLevelRulesAndTags) {
    findings::Finding finding;
    finding.level = "high";
    finding.rule_id = "r1";
    finding.tags = {"attack.t1059.001"};
    EXPECT_TRUE(matches(rule_of(R"({"mail":["an@x.vn"]})"), finding, false));
    EXPECT_FALSE(matches(rule_of(R"({"mail":["an@x.vn"],"level":"critical"})"), finding, false));
    EXPECT_TRUE(matches(rule_of(R"({"mail":["an@x.vn"],"rules":["r0","r1"]})"), finding, false));
    EXPECT_FALSE(matches(rule_of(R"({"mail":["an@x.vn"],"rules":["r0"]})"), finding, false));
    EXPECT_TRUE(matches(rule_of(R"({"mail":["an@x.vn"],"tags":["attack.t1059"]})"), finding, false));
    EXPECT_TRUE(matches(rule_of(R"({"mail":["an@x.vn"],"tags":["attack.t1059.001"]})"), finding, false));
    EXPECT_FALSE(matches(rule_of(R"({"mail":["an@x.vn"],"tags":["attack.t105"]})"), finding, false));
    EXPECT_FALSE(matches(rule_of(R"({"mail":["an@x.vn"],"events":["reopened"]})"), finding, false));
    EXPECT_TRUE(matches(rule_of(R"({"mail":["an@x.vn"],"events":["reopened"]})"), finding, true));
    EXPECT_FALSE(matches(rule_of(R"({"mail":["an@x.vn"],"enabled":false})"), finding, false));
}

// 2026-04-30 is a Thursday; Vietnam is at UTC+7 all the year.
TEST(QuietHours, CrossMidnightInTheRulesZone) {
    const Rule rule = rule_of(R"({"mail":["an@x.vn"],"quiet":{"days":["thu"],"from":"22:00","until":"06:00"}})");
    const auto until = [&](std::string_view now) { return quiet_until(rule.quiet, rule.zone, at(now)); };
    EXPECT_FALSE(until("2026-04-30T21:59:59+07:00"));
    EXPECT_EQ(until("2026-04-30T22:00:00+07:00"), at("2026-05-01T06:00:00+07:00"));
    EXPECT_EQ(until("2026-05-01T05:59:59+07:00"), at("2026-05-01T06:00:00+07:00"));
    EXPECT_FALSE(until("2026-05-01T06:00:00+07:00"));
    EXPECT_FALSE(until("2026-05-01T22:30:00+07:00")) << "they begin on Thursdays";
    EXPECT_FALSE(until("2026-04-30T05:00:00+07:00")) << "Wednesday's would be those";
}

TEST(QuietHours, WholeDaysJoin) {
    const Rule rule = rule_of(R"({"mail":["an@x.vn"],"quiet":{"days":["sat","sun"],"from":"00:00","until":"24:00"}})");
    EXPECT_EQ(quiet_until(rule.quiet, rule.zone, at("2026-05-02T10:00:00+07:00")), at("2026-05-04T00:00:00+07:00"));
    EXPECT_FALSE(quiet_until(rule.quiet, rule.zone, at("2026-05-04T00:00:00+07:00")));
    const Rule always = rule_of(R"({"mail":["an@x.vn"],"quiet":{"from":"00:00","until":"00:00"}})");
    const auto end = quiet_until(always.quiet, always.zone, at("2026-05-02T10:00:00+07:00"));
    ASSERT_TRUE(end) << "it has an end even then";
    EXPECT_LE(*end, at("2026-05-11T00:00:00+07:00"));
}

TEST(Webhook, UrlIsShownWithoutItsSecret) {
    EXPECT_EQ(shown_url("https://hooks.example:8443/T0/B0/secret?x=1"), "https://hooks.example:8443/…");
    EXPECT_EQ(shown_url("https://hooks.example?token=1"), "https://hooks.example/…");
    EXPECT_EQ(shown_url("https://hooks.example"), "https://hooks.example");
    EXPECT_EQ(shown_url("https://hooks.example/… sealed1:00"), "https://hooks.example/…");
    EXPECT_EQ(shown_url("https://hooks.example sealed1:00"), "https://hooks.example");
    EXPECT_EQ(shown_url("https://hooks.example"), "https://hooks.example");
}

// RFC 4231, test case 2, has the key "Jefe" and the data "what do ya want for nothing?"; with our timestamp and dot before it,
// by `printf '1700000000.what do ya want for nothing?' | openssl dgst -sha256 -hmac Jefe`.
TEST(Webhook, SignatureIsHmacSha256) {
    EXPECT_EQ(signature_of("Jefe", "1700000000", "what do ya want for nothing?"), "sha256=1cdd0650c8be1cb0974b1788d458b1e781206cfef59b85faafc582d2e182c57e");
}

Story story() {
    return {.rule = "Ca trực", .tellings = {{.kind = "new", .finding = "018f", .title = "Mã độc tống tiền\r\nBcc: x@x.vn", .level = "critical", .state = "new", .organisation = "Sở Y tế", .count = 3,
                                             .first_seen = at("2024-04-26T01:02:03Z"), .last_seen = at("2024-04-26T17:30:00Z")}},
            .all = 1, .console = "https://vonggac.example", .zone = "Asia/Ho_Chi_Minh"};
}

TEST(Words, VietnameseComesFirstAndTimesAreLocal) {
    const std::string text = mail_text(story());
    EXPECT_NE(text.find("Phát hiện mới: Mã độc tống tiền  Bcc: x@x.vn\n  Mức: Nghiêm trọng\n  Đơn vị: Sở Y tế\n"), std::string::npos) << text;
    EXPECT_NE(text.find("Thấy lần đầu: 26/04/2024 08:02 (GMT+7)\n  Thấy gần nhất: 27/04/2024 00:30 (GMT+7)\n  Số sự kiện: 3\n"), std::string::npos) << text;
    EXPECT_NE(text.find("Xem: https://vonggac.example/ui/findings/018f\n"), std::string::npos) << text;
    EXPECT_LT(text.find("Phát hiện mới"), text.find("New finding"));
    EXPECT_NE(text.find("Level: Critical"), std::string::npos);
    EXPECT_EQ(subject_of(story()), "[Vọng Gác] Nghiêm trọng: Mã độc tống tiền  Bcc: x@x.vn – Sở Y tế");
}

TEST(Words, RulesGoByTheirTitleInEachLanguage) {
    Story both = story();
    both.tellings[0].title = "Ransomware";
    both.tellings[0].title_vi = "Mã độc tống tiền";
    const std::string text = mail_text(both);
    EXPECT_NE(text.find("Phát hiện mới: Mã độc tống tiền\n"), std::string::npos) << text;
    EXPECT_NE(text.find("New finding: Ransomware\n"), std::string::npos) << text;
    EXPECT_EQ(subject_of(both), "[Vọng Gác] Nghiêm trọng: Mã độc tống tiền – Sở Y tế");
    const json::Value body = json::parse(webhook_body(both, MessageId{{1}}, at("2024-04-26T01:02:03Z"))).value();
    EXPECT_EQ(body.find("findings")->as_array()[0].text("title_vi"), "Mã độc tống tiền");
}

TEST(Words, WhatIsNotListedIsCounted) {
    Story many = story();
    many.all = 72;
    EXPECT_NE(mail_text(many).find("và 71 phát hiện nữa"), std::string::npos);
    EXPECT_NE(mail_text(many).find("and 71 more findings"), std::string::npos);
    EXPECT_TRUE(subject_of(many).starts_with("[Vọng Gác] 72 phát hiện, cao nhất: Nghiêm trọng"));
    const json::Value body = json::parse(webhook_body(many, MessageId{{1}}, at("2024-04-26T01:02:03Z"))).value();
    EXPECT_EQ(body.integer("count"), 72);
    EXPECT_EQ(body.find("findings")->as_array().size(), 1U);
}

}  // namespace
}  // namespace vg::notify
