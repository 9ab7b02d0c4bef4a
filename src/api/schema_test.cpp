#include "api/schema.h"

#include <gtest/gtest.h>

namespace vg::api {
namespace {

std::string wrong(std::string_view schema, std::string_view value) {
    const Status status = conforms(json::parse(schema).value(), json::parse(value).value());
    return status ? "" : status.error().text;
}

constexpr std::string_view kPerson = R"({"type":"object","required":["name"],"additionalProperties":false,"properties":{
    "name":{"type":"string","minLength":1,"maxLength":4},"age":{"type":"integer","minimum":0,"maximum":150},"id":{"type":"string","format":"uuid"},
    "born":{"type":["string","null"],"format":"date-time"},"sex":{"enum":["f","m"]},"tags":{"type":"array","maxItems":2,"items":{"type":"string"}}}})";

TEST(Schema, AcceptsWhatFits) {
    EXPECT_EQ(wrong(kPerson, R"({"name":"Đặng","age":0,"id":"0190a8f0-0000-7000-8000-000000000000","born":null,"sex":"f","tags":["a","b"]})"), "");
    EXPECT_EQ(wrong(kPerson, R"({"name":"a","born":"2026-01-31T08:00:00+07:00"})"), "");
}

TEST(Schema, NamesTheFieldAndTheReason) {
    EXPECT_EQ(wrong(kPerson, R"([])"), "the body must be of type object, not array");
    EXPECT_EQ(wrong(kPerson, R"({})"), "field name: is missing");
    EXPECT_EQ(wrong(kPerson, R"({"name":""})"), "field name: must not be empty");
    EXPECT_EQ(wrong(kPerson, R"({"name":"Đặngg"})"), "field name: must have at most 4 characters");
    EXPECT_EQ(wrong(kPerson, R"({"name":"a","age":1.5})"), "field age: must be of type integer, not number");
    EXPECT_EQ(wrong(kPerson, R"({"name":"a","age":-1})"), "field age: must be at least 0");
    EXPECT_EQ(wrong(kPerson, R"({"name":"a","sex":"x"})"), "field sex: must be one of f, m");
    EXPECT_EQ(wrong(kPerson, R"({"name":"a","id":"7"})"), "field id: must be a UUID");
    EXPECT_EQ(wrong(kPerson, R"({"name":"a","born":"yesterday"})"), "field born: must be a time as in RFC 3339, such as 2026-01-31T08:00:00Z");
    EXPECT_EQ(wrong(kPerson, R"({"name":"a","tags":["x",1]})"), "field tags[1]: must be of type string, not integer");
    EXPECT_EQ(wrong(kPerson, R"({"name":"a","tags":["x","y","z"]})"), "field tags: must have at most 2 items");
}

TEST(Schema, NamesTheNearestKnownMember) {
    EXPECT_EQ(wrong(kPerson, R"({"name":"a","agee":1})"), "field agee: is unknown; did you mean age?");
    EXPECT_EQ(wrong(kPerson, R"({"name":"a","somethingelse":1})"), "field somethingelse: is unknown");
}

TEST(Schema, FollowsReferencesAndBoundsThem) {
    const json::Value loop = json::parse(R"({"$ref":"#/self"})").value();
    const Status status = conforms(loop, json::Value{1}, [&](std::string_view) { return &loop; });
    EXPECT_FALSE(status) << "a reference to itself ends";
    EXPECT_FALSE(conforms(loop, json::Value{1})) << "a reference to nothing is an error";
}

}  // namespace
}  // namespace vg::api
