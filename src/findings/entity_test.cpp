#include <gtest/gtest.h>

#include "base/arena.h"
#include "base/text.h"
#include "findings/book.h"

namespace vg::findings {
namespace {

using event::Ecs;

const SourceId kSource{{0x01, 0x8b, 0xcf, 0xe5, 0x68, 0x00, 0x70, 0x01, 0x80, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08}};

std::string entity(std::initializer_list<std::pair<Ecs, std::string_view>> fields) {
    Arena arena;
    event::Builder builder{arena};
    for (const auto& [field, value] : fields) builder.ecs(field, value);
    event::Event made{};
    made.fields = builder.finish();
    return entity_of(made, kSource);
}

TEST(EntityOf, TakesHostThenUserThenAddressThenSource) {
    EXPECT_EQ(entity({{Ecs::source_ip, "192.0.2.7"}, {Ecs::user_name, "an"}, {Ecs::host_name, "WS01.Example"}}), "host:ws01.example");
    EXPECT_EQ(entity({{Ecs::source_ip, "192.0.2.7"}, {Ecs::user_name, "An"}, {Ecs::user_domain, "CORP"}}), "user:CORP\\An");
    EXPECT_EQ(entity({{Ecs::source_ip, "192.0.2.7"}, {Ecs::user_name, "an"}}), "user:an");
    EXPECT_EQ(entity({{Ecs::source_ip, "192.0.2.7"}, {Ecs::user_domain, "CORP"}}), "ip:192.0.2.7");
    EXPECT_EQ(entity({{Ecs::process_name, "x"}}), "source:018bcfe5-6800-7001-8002-030405060708");
    EXPECT_EQ(entity({{Ecs::host_name, ""}, {Ecs::source_ip, "192.0.2.7"}}), "ip:192.0.2.7");
}

TEST(EntityOf, LowersVietnameseHostNames) { EXPECT_EQ(entity({{Ecs::host_name, "MÁY-ĐẦU"}}), "host:máy-đầu"); }

TEST(EntityOf, HostileTextStaysTextWithinBounds) {
    const std::string nul{"a\0b", 3};
    EXPECT_EQ(entity({{Ecs::user_name, nul}}), "user:a\uFFFDb");
    EXPECT_EQ(entity({{Ecs::user_name, "<script>'; drop table finding; --"}}), "user:<script>'; drop table finding; --");
    EXPECT_TRUE(is_utf8(entity({{Ecs::user_name, "a\xff\xfe z"}})));
    const std::string long_name(10'000, 'x');
    const std::string one = entity({{Ecs::user_name, long_name}}), two = entity({{Ecs::user_name, long_name + "y"}});
    EXPECT_LE(one.size(), 255u);
    EXPECT_NE(one, two) << "different long names stay different";
    EXPECT_EQ(one, entity({{Ecs::user_name, long_name}}));
    std::string wide;
    for (int i = 0; i < 200; ++i) wide += "ặ";
    EXPECT_LE(entity({{Ecs::host_name, wide}}).size(), 255u);
    EXPECT_TRUE(is_utf8(entity({{Ecs::host_name, wide}})));
}

TEST(States, HaveNamesThatReadBack) {
    for (const State state : {State::new_, State::acknowledged, State::closed}) EXPECT_EQ(state_named(name_of(state)), state);
    EXPECT_EQ(state_named("open"), std::nullopt);
}

}  // namespace
}  // namespace vg::findings
