#include "event/event.h"

#include <gtest/gtest.h>

#include "event/record.h"

namespace vg::event {
namespace {

TEST(Builder, ConvertsEcsFieldsToTheTypeOfTheDictionary) {
    Arena arena;
    Builder builder{arena};
    builder.text("SourceIp", "2001:DB8::1").ecs(Ecs::source_ip, "2001:DB8::1").ecs(Ecs::source_port, "443").ecs(Ecs::destination_ip, "-");
    const Event event{.fields = builder.finish()};
    EXPECT_EQ(event.text(Ecs::source_ip), "2001:db8::1");
    EXPECT_EQ(event.find(Ecs::source_port)->integer, 443);
    EXPECT_EQ(event.find(Ecs::destination_ip), nullptr);
    EXPECT_EQ(event.find("SourceIp")->type, Type::text);
    EXPECT_EQ(to_json(event).dump(), R"({"SourceIp":"2001:DB8::1","source.ip":"2001:db8::1","source.port":443})");
}

TEST(Builder, NormalisesTextToNfc) {
    Arena arena;
    Builder builder{arena};
    builder.text("User", "Vie\u0323\u0302t");
    EXPECT_EQ((Event{.fields = builder.finish()}).find("User")->text, "Việt");
}

TEST(Fields, EveryNameIsFoundAndStandsOnce) {
    std::size_t index = 0;
    for (const FieldInfo& field : all_fields()) EXPECT_EQ(ecs_field(field.name), static_cast<Ecs>(++index)) << field.name;
    EXPECT_EQ(ecs_field("no.such.field"), Ecs::none);
}

TEST(EventId, TextAndBack) {
    const EventId id{parse_uuid("017f22e2-79b0-7cc3-98c4-dc0c0c07398f").value(), {42}};
    EXPECT_EQ(id.text(), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f:42");
    EXPECT_EQ(EventId::parse(id.text()).value(), id);
    for (const char* wrong : {"", "42", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f:", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f:-1"})
        EXPECT_FALSE(EventId::parse(wrong)) << wrong;
}

}  // namespace
}  // namespace vg::event
