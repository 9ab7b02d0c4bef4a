// Files of cases and answers by the sheet over the API: never shown as a page, named as evidence, and nothing of others.
#include <gtest/gtest.h>

#include "api/test_world.h"
#include "base/text.h"
#include "base/time.h"

namespace vg::api::attachments_test {
namespace {

using test::Account;
using test::Reply;
using test::World;

struct CaseFiles : testing::Test {
    World world;
    const Account& contact = world.account("A", access::Role::contact);
    const Account& stranger = world.account("B", access::Role::contact);
    const Account& lead = world.account("A", access::Role::duty_lead);
    Reply post(const std::string& path, const std::string& body, const Account& who, std::vector<net::Header> query = {}) { return world.send({.method = "POST", .path = path, .query = std::move(query), .body = body}, &who.credential); }
    Reply get(const std::string& path, const Account& who, std::vector<net::Header> query = {}) { return world.send({.path = path, .query = std::move(query)}, &who.credential); }
    Reply sheet(const std::string& csv, const Account& who, bool preview = false) { return post("/api/v1/case-answers", json::object({{"text", csv}, {"preview", preview}}).dump(), who); }
};

TEST_F(CaseFiles, APageThatIsAttachedIsNoPageOfOurs) {
    const std::string item = "/api/v1/case-items/" + world.add_case_item("A");
    const Reply kept = post(item + "/attachments", "<script>alert(1)</script>", contact, {{"name", "kết quả \"quét\".html"}, {"note", "ảnh"}});
    ASSERT_EQ(kept.status, 201) << kept.body;
    EXPECT_EQ(kept.parsed().text("name"), "kết quả quét.html");
    const std::string path = "/api/v1/attachments/" + kept.parsed().text("id").value_or("");
    const Reply content = get(path + "/content", contact);
    EXPECT_EQ(content.body, "<script>alert(1)</script>");
    EXPECT_EQ(content.header("Content-Type"), "application/octet-stream");
    EXPECT_EQ(content.header("X-Content-Type-Options"), "nosniff");
    // RFC 6266, with the name of RFC 8187.
    EXPECT_EQ(content.header("Content-Disposition"), "attachment; filename=\"k___t qu___ qu__t.html\"; filename*=UTF-8''k%E1%BA%BFt%20qu%E1%BA%A3%20qu%C3%A9t.html");
    EXPECT_EQ(get(path, stranger).status, 404);
    EXPECT_EQ(get(path + "/content", stranger).status, 404);
    EXPECT_EQ(post(item + "/attachments", "x", stranger).status, 404);
    EXPECT_EQ(post(item + "/attachments", "", contact).status, 400);
}

TEST_F(CaseFiles, ARemovalNamesAFileOfItsOwn) {
    const std::string id = world.add_case_item("A"), other = world.add_case_item("A");
    const std::string file = post("/api/v1/case-items/" + id + "/attachments", "log", contact, {{"name", "quet.log"}}).parsed().text("id").value_or("");
    const auto removed = [&](const std::string& item) {
        return post("/api/v1/case-items/" + item + "/answer",
                    format(R"({{"answer":"removed","evidence":{{"removed":"{}","tool":"AV","hash":"{}","rescan":"clean","attachment":"{}"}}}})", to_rfc3339(world.clock.now()), std::string(64, 'a'), file), contact);
    };
    EXPECT_EQ(removed(other).status, 404) << "of another victim";
    EXPECT_EQ(get("/api/v1/case-items/" + other, contact).parsed().text("state"), "open") << "and nothing of the answer stays";
    ASSERT_EQ(removed(id).status, 200);
    EXPECT_EQ(get("/api/v1/attachments/" + file, contact).parsed().integer("evidence"), 1);
}

TEST_F(CaseFiles, ASheetAnswersForItsOwnItemsOnly) {
    const std::string mine = world.add_case_item("A"), theirs = world.add_case_item("B");
    const std::string csv = format("Mã mục,Trả lời,\"Lý do, ghi chú\"\n{},Báo sai,máy quét của ta\n{},Báo sai,máy quét của ta\n0190b5f0-0000-7000-8000-000000000000,Báo sai,x\n", mine, theirs);
    const Reply preview = sheet(csv, contact, true);
    ASSERT_EQ(preview.status, 200) << preview.body;
    EXPECT_EQ(preview.parsed().integer("taken"), 1);
    EXPECT_EQ(preview.parsed().boolean("kept"), false);
    EXPECT_EQ(get("/api/v1/case-items/" + mine, contact).parsed().text("state"), "open");
    const json::Value told = sheet(csv, contact).parsed();
    EXPECT_EQ(told.integer("read"), 3);
    EXPECT_EQ(told.integer("taken"), 1);
    EXPECT_EQ(told.integer("refused"), 2);
    const json::Array& reasons = told.find("reasons")->as_array();
    ASSERT_EQ(reasons.size(), 2U);
    EXPECT_EQ(reasons[0].integer("line"), 3);
    EXPECT_EQ(reasons[0].text("reason"), reasons[1].text("reason")) << "another organisation's item is said as one that there is not";
    EXPECT_EQ(get("/api/v1/case-items/" + mine, contact).parsed().text("answer_text"), "máy quét của ta");
    EXPECT_EQ(get("/api/v1/case-items/" + theirs, stranger).parsed().text("state"), "open");
    EXPECT_EQ(sheet(csv, contact).parsed().integer("taken"), 0);
    // What the coordinator returned stands in the sheet.
    ASSERT_EQ(post("/api/v1/case-items/" + mine + "/judge", R"({"accept":false,"reason":"thiếu nhật ký"})", lead).status, 200);
    EXPECT_EQ(get("/api/v1/case-items/" + mine, contact).parsed().text("returned"), "thiếu nhật ký");
    const Reply given = get("/api/v1/case-answers/sheet", contact);
    EXPECT_NE(given.body.find("thiếu nhật ký"), std::string::npos);
    EXPECT_EQ(given.body.find(theirs), std::string::npos);
    EXPECT_TRUE(get("/api/v1/case-answers/sheet", contact, {{"format", "xlsx"}}).body.starts_with("PK"));
    EXPECT_EQ(sheet("ip,answer\n1,2\n", contact).status, 400) << "no heading of the item";
}

}  // namespace
}  // namespace vg::api::attachments_test
