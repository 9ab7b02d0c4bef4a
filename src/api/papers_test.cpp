// Papers over the API: from a case to the acknowledged final report; and calls for help.
#include <gtest/gtest.h>

#include "api/test_world.h"
#include "base/bytes.h"
#include "base/text.h"
#include "base/time.h"
#include "notify/rows.h"
#include "reports/mails.h"
#include "store/state_fixture.h"

namespace vg::api::papers_test {
namespace {

using test::Account;
using test::Reply;
using test::World;

struct PaperRoutes : testing::Test {
    World world;
    const Account& contact = world.account("A", access::Role::contact);
    const Account& lead = world.account("A", access::Role::duty_lead);
    Reply ask(const std::string& method, const std::string& path, const std::string& body, const Account& who, std::vector<net::Header> query = {}) {
        return world.send({.method = method, .path = path, .query = std::move(query), .body = body}, &who.credential);
    }
    Reply post(const std::string& path, const std::string& body, const Account& who, std::vector<net::Header> query = {}) { return ask("POST", path, body, who, std::move(query)); }
    Reply get(const std::string& path, const Account& who, std::vector<net::Header> query = {}) { return ask("GET", path, "", who, std::move(query)); }
    std::string drafted(const std::string& form, const std::string& of) {
        const Reply made = post("/api/v1/papers", json::object({{"form", form}, {"case", of}}).dump(), lead);
        EXPECT_EQ(made.status, 201) << made.body;
        return "/api/v1/papers/" + made.parsed().text("id").value_or("");
    }
    // A case without victims, so that its report may be sent.
    std::string empty_case() {
        const Reply made = post("/api/v1/cases", R"({"title":"Sự cố máy chủ","detected":"2024-04-26T01:00:00Z"})", lead);
        EXPECT_EQ(made.status, 201) << made.body;
        return made.parsed().text("id").value_or("");
    }
};

TEST_F(PaperRoutes, AFinalReportGoesFromDraftToTheReceiptThatClosesItsCase) {
    const std::string of = empty_case();
    const std::string paper = drafted("mau-04", of);
    const std::string send_it = R"({"channel":"letter","role":"national-coordinator","addressee":"VNCERT/CC"})";
    EXPECT_EQ(post(paper + "/send", send_it, lead).status, 409) << "nobody signed it";
    EXPECT_EQ(post(paper + "/sign", "%PDF-1.4 signed", world.account("A", access::Role::analyst)).status, 403);
    const Reply is_signed = post(paper + "/sign", "%PDF-1.4 signed", lead);
    ASSERT_EQ(is_signed.status, 200) << is_signed.body;
    EXPECT_EQ(ask("PATCH", paper, R"({"fields":{"reporter.name":"khác"}})", lead).status, 409) << "it is signed";
    const Reply sent = post(paper + "/send", send_it, lead);
    ASSERT_EQ(sent.status, 200) << sent.body;
    EXPECT_EQ(sent.parsed().text("remark"), "");
    EXPECT_EQ(get("/api/v1/cases/" + of, lead).parsed().text("stage"), "report-sent") << "sent is not closed";
    EXPECT_EQ(post(paper + "/acknowledge", R"({"role":"owner","number":"1"})", lead).status, 409) << "it was not sent to the owner";
    const Reply acknowledged = post(paper + "/acknowledge", R"({"role":"national-coordinator","number":"15/VNCERTCC","day":"2024-05-02"})", lead);
    ASSERT_EQ(acknowledged.status, 200) << acknowledged.body;
    const json::Value file = get("/api/v1/cases/" + of, lead).parsed();
    EXPECT_EQ(file.text("stage"), "acknowledged");
    EXPECT_EQ(file.text("receipt"), "15/VNCERTCC, 2024-05-02");
    const Reply bytes = get(paper + "/file", lead);
    EXPECT_EQ(bytes.body, "%PDF-1.4 signed") << "what was sent comes back bit for bit";
    std::string kinds;
    const json::Value facts = get(paper + "/facts", contact).parsed();
    for (const json::Value& one : facts.find("items")->as_array()) kinds += one.text("kind").value_or("") + " ";
    EXPECT_EQ(kinds, "drafted signed sent acknowledged ");
}

TEST_F(PaperRoutes, APersonsWordGoesBeforeTheFactAndEmptyGivesTheFactBack) {
    const std::string paper = drafted("mau-03", world.add_case("A"));
    const auto field = [&](std::string_view name) {
        const json::Value all = get(paper + "/fields", lead).parsed();
        for (const json::Value& one : all.find("fields")->as_array())
            if (one.text("name") == name) return one;
        return json::Value{};
    };
    const std::string fact = field("reporter.name").text("fact").value_or("");
    ASSERT_EQ(ask("PATCH", paper, R"({"fields":{"reporter.name":"Trung tâm CNTT"}})", lead).status, 200);
    EXPECT_EQ(field("reporter.name").text("value"), "Trung tâm CNTT");
    EXPECT_EQ(field("reporter.name").text("fact"), fact);
    ASSERT_EQ(ask("PATCH", paper, R"({"fields":{"reporter.name":""}})", lead).status, 200);
    EXPECT_EQ(field("reporter.name").text("value"), fact);
    EXPECT_EQ(ask("PATCH", paper, R"({"fields":{"no.such":"x"}})", lead).status, 400);
    EXPECT_EQ(world.send({.method = "PATCH", .path = paper, .body = R"({"anew":true})", .headers = {{"if-match", "\"1\""}}}, &lead.credential).status, 412) << "it was changed since";
}

TEST_F(PaperRoutes, WhatIsGivenAsAFileIsOne) {
    const std::string paper = drafted("mau-03", world.add_case("A"));
    EXPECT_TRUE(get(paper + "/document", lead).body.starts_with("%PDF-"));
    EXPECT_TRUE(get(paper + "/document", lead, {{"format", "docx"}}).body.starts_with("PK"));
    EXPECT_TRUE(get(paper + "/page", lead).body.starts_with("\x89PNG"));
    EXPECT_EQ(get(paper + "/page", lead, {{"number", "9999999"}}).status, 400);
    EXPECT_GE(get(paper + "/pages", lead).parsed().integer("pages").value_or(0), 1);
    EXPECT_EQ(get(paper + "/file", lead).status, 404) << "nothing was kept by looking";
    ASSERT_EQ(post(paper + "/issue", "{}", lead).status, 200);
    const Reply issued = get(paper + "/file", lead);
    EXPECT_EQ(issued.body, get(paper + "/document", lead).body) << "the same draft gives the same bytes";
    EXPECT_EQ(get(paper + "/mail", lead).status, 409) << "a report is signed first";
    ASSERT_EQ(post(paper + "/sign", issued.body, lead).status, 200);
    const Reply mail = get(paper + "/mail", lead, {{"to", "ir@vncert.example"}});
    ASSERT_EQ(mail.status, 200) << mail.body;
    EXPECT_NE(mail.body.find("\r\nTo: ir@vncert.example\r\n"), std::string::npos);
    EXPECT_NE(mail.body.find("application/pdf"), std::string::npos);
    EXPECT_EQ(get(paper + "/mail", lead, {{"to", "a@b\r\nBcc: c@d"}}).status, 400);
}

TEST_F(PaperRoutes, ADetachedSignatureAsksForBytesThatWereIssued) {
    const std::string paper = drafted("mau-03", world.add_case("A"));
    EXPECT_EQ(post(paper + "/sign", "x", lead, {{"kind", "detached"}}).status, 409);
    ASSERT_EQ(post(paper + "/issue", "{}", lead).status, 200);
    EXPECT_EQ(post(paper + "/sign", "no signature", lead, {{"kind", "detached"}}).status, 400);
    EXPECT_EQ(post(paper + "/sign", "neither PDF nor picture", lead).status, 400);
    EXPECT_EQ(get(paper, lead).parsed().text("state"), "draft");
}

TEST_F(PaperRoutes, AMailWaitsUntilItsServerTookItAndThenTheLedgerSaysSent) {
    const std::string paper = drafted("mau-04", empty_case());
    const auto mail_to = [](const std::string& to) { return json::object({{"to", to}, {"role", "national-coordinator"}, {"addressee", "VNCERT/CC"}, {"text", "Kính gửi"}}).dump(); };
    EXPECT_EQ(post(paper + "/mails", mail_to("ir@vncert.example"), lead).status, 409) << "nobody signed it";
    ASSERT_EQ(post(paper + "/sign", "%PDF-1.4 signed", lead).status, 200);
    EXPECT_EQ(post(paper + "/mails", mail_to("ir@vncert.example\r\nBcc: b@x.vn"), lead).status, 400);
    EXPECT_EQ(post(paper + "/mails", mail_to("ir@vncert.example"), world.account("A", access::Role::analyst)).status, 403);
    const Reply queued = post(paper + "/mails", mail_to("ir@vncert.example"), lead);
    ASSERT_EQ(queued.status, 202) << queued.body;
    const std::string id = queued.parsed().text("id").value_or("");
    EXPECT_EQ(queued.parsed().text("state"), "waiting");
    EXPECT_EQ(post(paper + "/mails", mail_to("ir@vncert.example"), lead).status, 409) << "one to that address waits";
    EXPECT_EQ(get(paper, lead).parsed().text("state"), "signed") << "what waits was not sent";

    const notify::Message message = world.state->read([&](store::Transaction& tx) { return notify::find_message(tx, access::Scope::node(), notify::MessageId::parse(id).value()); }).value();
    EXPECT_TRUE(message.subject.starts_with("[TBSC] ")) << message.subject;
    EXPECT_EQ(message.recipient, "ir@vncert.example");
    ASSERT_EQ(message.enclosed.size(), 1U);
    EXPECT_EQ(message.enclosed.front().sha256, sha256_hex("%PDF-1.4 signed"));
    EXPECT_TRUE(message.content.starts_with("Kính gửi\n"));

    // The server takes it: only now it is sent, in the name of who had it sent.
    const reports::SentContext context{*world.forms};
    ASSERT_TRUE(world.state->write([&](store::Transaction& tx) { return reports::settle_mail(tx, id, "", context, world.clock.now()); }));
    EXPECT_EQ(get(paper, lead).parsed().text("state"), "sent");
    const json::Value facts = get(paper + "/facts", lead).parsed();
    const json::Value& fact = facts.find("items")->as_array().back();
    EXPECT_EQ(fact.text("kind"), "sent");
    EXPECT_EQ(fact.text("channel"), "mail");
    EXPECT_EQ(fact.text("actor"), queued.parsed().text("queued_by"));
    EXPECT_EQ(fact.text("sha256"), sha256_hex("%PDF-1.4 signed"));

    // And it comes back.
    const std::string report = World::delivery_report(id);
    EXPECT_EQ(post("/api/v1/delivery-reports", report, world.account("B", access::Role::duty_lead)).status, 404) << "another's mail";
    EXPECT_EQ(post("/api/v1/delivery-reports", "Subject: away\r\n\r\n", lead).status, 400);
    const Reply told = post("/api/v1/delivery-reports", report, lead);
    ASSERT_EQ(told.status, 200) << told.body;
    EXPECT_EQ(told.parsed().boolean("failed"), true);
    EXPECT_EQ(told.parsed().text("mail"), id);
    const json::Value mails = get(paper + "/mails", lead).parsed();
    const json::Value& mail = mails.find("items")->as_array().front();
    EXPECT_EQ(mail.text("state"), "failed");
    EXPECT_EQ(mail.boolean("bounced"), true);
    EXPECT_EQ(mail.text("error"), "5.1.1 550 5.1.1 no such user");
    EXPECT_EQ(get(paper, lead).parsed().text("state"), "sent") << "that it was sent stays true";
}

TEST_F(PaperRoutes, AMailThatWaitsCanBeTakenBack) {
    const std::string id = world.add_paper_mail("A");
    EXPECT_EQ(post("/api/v1/paper-mails/" + id + "/withdraw", "", world.account("B", access::Role::duty_lead)).status, 404);
    const Reply back = post("/api/v1/paper-mails/" + id + "/withdraw", "", lead);
    ASSERT_EQ(back.status, 200) << back.body;
    EXPECT_EQ(back.parsed().text("state"), "failed");
    EXPECT_EQ(post("/api/v1/paper-mails/" + id + "/withdraw", "", lead).status, 409) << "it waits no more";
    const auto due = world.state->read([&](store::Transaction& tx) { return notify::due_messages(tx, world.clock.now() + days(1), 100); }).value();
    EXPECT_TRUE(std::none_of(due.begin(), due.end(), [&](const notify::Message& one) { return one.id.text() == id; }));
}

TEST_F(PaperRoutes, AClockIsMetOnlyWhenAllItsAddresseesHaveThePaper) {
    const std::string of = empty_case(), paper = drafted("notice", of);
    const auto clock = [&] {
        const json::Value all = get(paper + "/clocks", lead).parsed();
        for (const json::Value& one : all.find("items")->as_array())
            if (one.find("clock")->text("id") == "vn-2017-notice") return one;
        return json::Value{};
    };
    ASSERT_TRUE(clock().is_object());
    EXPECT_EQ(clock().text("state"), "waits");
    EXPECT_EQ(clock().find("lacking")->as_array().size(), 4U) << "owner, coordinator, specialised unit, relevant member: TT 20/2017 Điều 9";
    ASSERT_EQ(post(paper + "/sign", "%PDF-1.4 signed", lead, {{"time", "2024-04-28T01:00:00Z"}}).status, 200);
    const auto kept = [&] {
        const json::Value all = get("/api/v1/cases/" + of + "/deadlines", lead).parsed();
        for (const json::Value& one : all.find("kept")->as_array())
            if (one.text("id") == "vn-2017-notice") return one;
        return json::Value{};
    };
    int hour = 1;
    for (const char* role : {"owner", "national-coordinator", "specialised-unit", "relevant-member"}) {
        EXPECT_FALSE(kept().is_object() && kept().text("done")) << "before " << role << " has it";
        const Reply sent = post(paper + "/send", json::object({{"channel", "letter"}, {"role", role}, {"addressee", "nơi nhận"}, {"time", format("2024-04-29T0{}:00:00Z", hour++)}}).dump(), lead);
        ASSERT_EQ(sent.status, 200) << sent.body;
    }
    EXPECT_EQ(clock().text("state"), "met");
    EXPECT_EQ(kept().text("done"), "2024-04-29T04:00:00Z") << "with the last of them";
    EXPECT_EQ(kept().text("document"), format("notice {}", get(paper, lead).parsed().integer("number").value_or(0)));
}

TEST_F(PaperRoutes, HelpIsCalledForAndTheAnswerStopsTheTimer) {
    const std::string of = world.add_case("A");
    const Reply made = post("/api/v1/escalations", json::object({{"case", of}, {"reason", "lan nhanh hơn dọn"}, {"chase_minutes", 15}}).dump(), contact);
    ASSERT_EQ(made.status, 201) << made.body;
    const std::string help = "/api/v1/escalations/" + made.parsed().text("id").value_or("");
    EXPECT_EQ(made.parsed().text("chase"), to_rfc3339(world.clock.now() + minutes(15)));
    EXPECT_EQ(made.parsed().text("role"), "national-coordinator");
    EXPECT_EQ(get("/api/v1/papers/" + made.parsed().text("paper").value_or(""), contact).parsed().text("form"), "mau-03") << "the initial report goes with it";
    EXPECT_EQ(post("/api/v1/escalations", json::object({{"case", of}, {"reason", "lại"}}).dump(), contact).status, 409) << "it was called for already";
    world.clock.set(world.clock.now() + minutes(20));
    EXPECT_EQ(get(help, contact).parsed().boolean("overdue"), true);
    ASSERT_EQ(post(help + "/log", R"({"kind":"call","to":"024","text":"không ai nghe"})", contact).status, 200);
    EXPECT_EQ(get(help, contact).parsed().boolean("overdue"), false) << "a call moves the timer on";
    const Reply answered = post(help + "/log", R"({"kind":"answer","person":"anh Bình","text":"đã tiếp nhận, số 12"})", contact);
    ASSERT_EQ(answered.status, 200) << answered.body;
    EXPECT_EQ(answered.parsed().text("state"), "answered");
    EXPECT_TRUE(answered.parsed().find("chase")->is_null());
    EXPECT_EQ(get(help, world.account("B", access::Role::duty_lead)).status, 404);
}

TEST_F(PaperRoutes, TheCallSheetNamesWhoHoldsTheRoleTodayAndHoldsNoMarkup) {
    const std::string of = world.add_case("A");
    const Reply made = post("/api/v1/escalations", json::object({{"case", of}, {"reason", "<script>alert(1)</script>"}}).dump(), contact);
    const std::string help = "/api/v1/escalations/" + made.parsed().text("id").value_or("");
    const Reply sheet = get(help + "/sheet", contact);
    ASSERT_EQ(sheet.status, 200);
    EXPECT_EQ(sheet.body.find("<script"), std::string::npos);
    EXPECT_EQ(sheet.body.find("http"), std::string::npos) << "nothing from elsewhere";
    EXPECT_NE(sheet.body.find("Trung tâm An ninh mạng quốc gia"), std::string::npos) << "the holder since 1/3/2025";
}

}  // namespace
}  // namespace vg::api::papers_test
