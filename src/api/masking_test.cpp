#include "api/masking.h"

#include <gtest/gtest.h>

namespace vg::api {
namespace {

std::string text_of(const event::Event& event, std::string_view name) {
    const event::Field* field = event.find(name);
    return field == nullptr ? "(none)" : std::string{field->text};
}

class Masking : public ::testing::Test {
protected:
    event::Event event_of(std::initializer_list<std::pair<std::string_view, std::string_view>> native, std::string_view user) {
        event::Builder builder{arena_};
        for (const auto& [name, value] : native) builder.text(name, value);
        if (!user.empty()) builder.ecs(event::Ecs::user_name, user);
        event::Event event;
        event.fields = builder.finish();
        return masked(event, arena_);
    }
    Arena arena_;
};

TEST_F(Masking, HidesPersonalFieldsAndTheSameValueElsewhere) {
    const event::Event event = event_of({{"CommandLine", "net use X: /user:CORP\\thuydang secret"}, {"TargetUserName", "ThuyDang"}, {"Image", "C:\\net.exe"}}, "thuydang");
    EXPECT_EQ(text_of(event, "user.name"), "[masked]");
    EXPECT_EQ(text_of(event, "TargetUserName"), "[masked]");
    EXPECT_EQ(text_of(event, "CommandLine"), "net use X: /user:CORP\\[masked] secret");
    EXPECT_EQ(text_of(event, "Image"), "C:\\net.exe");
}

TEST_F(Masking, HidesTheAccountPartOfDomainAndMailNames) {
    const event::Event event = event_of({{"User", "CORP\\thuydang"}, {"message", "thuydang logged on"}}, "");
    EXPECT_EQ(text_of(event, "message"), "[masked] logged on");
    EXPECT_EQ(text_of(event_of({{"message", "mail from lan.tran to all"}, {"user.email", "lan.tran@example.org"}}, ""), "message"), "mail from [masked] to all");
}

TEST_F(Masking, ShortNamesAreHiddenAsWholeWordsOnly) {
    EXPECT_EQ(text_of(event_of({{"message", "an opened a banana"}}, "an"), "message"), "[masked] opened a banana");
}

TEST_F(Masking, AccountsOfTheSystemAreNoPersons) {
    const event::Event event = event_of({{"User", "NT AUTHORITY\\SYSTEM"}, {"message", "system started"}}, "root");
    EXPECT_EQ(text_of(event, "User"), "NT AUTHORITY\\SYSTEM");
    EXPECT_EQ(text_of(event, "user.name"), "root");
    EXPECT_EQ(text_of(event, "message"), "system started");
}

TEST(MaskedFields, WorkAsForEvents) {
    const json::Value fields = json::parse(R"({"Image":"C:\\Users\\thuydang\\a.exe","TargetUserName":"thuydang","EventID":4624})").value();
    EXPECT_EQ(masked_fields(fields).dump(), R"({"Image":"C:\\Users\\[masked]\\a.exe","TargetUserName":"[masked]","EventID":4624})");
}

TEST(MaskedEntity, HidesUsersOnly) {
    EXPECT_EQ(masked_entity("user:CORP\\an"), "user:[masked]");
    EXPECT_EQ(masked_entity("host:WS01"), "host:WS01");
    EXPECT_EQ(masked_entity("user:root"), "user:root");
}

TEST(IsPersonal, KnowsNativeNamesByTheirWords) {
    for (const char* name : {"user.name", "SubjectUserName", "TargetUserSid", "User", "AccountName", "mail"}) EXPECT_TRUE(is_personal(name)) << name;
    for (const char* name : {"Image", "user_agent.original", "host.name", "source.ip"}) EXPECT_FALSE(is_personal(name)) << name;
}

}  // namespace
}  // namespace vg::api
