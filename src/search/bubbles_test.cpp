#include "search/bubbles.h"

#include <gtest/gtest.h>

#include "search/complete.h"

namespace vg::search {
namespace {

std::string with(std::string_view text, Filter filter, Sense sense) { return with_filter(text, filter, sense).value(); }

TEST(Bubbles, AreTheConditionsThatMustAllHold) {
    const auto query = parse("source.ip:203.0.113.0/24 AND NOT user.name:SYSTEM (a OR b) -\"x y\" missing:url.full");
    ASSERT_TRUE(query);
    const auto all = bubbles(*query);
    ASSERT_EQ(all.size(), 5U);
    EXPECT_EQ(all[0].text, "source.ip:203.0.113.0/24");
    EXPECT_EQ(all[0].field, "source.ip");
    EXPECT_FALSE(all[0].negated);
    EXPECT_EQ(all[1].text, "user.name:SYSTEM");
    EXPECT_TRUE(all[1].negated);
    EXPECT_EQ(query->text().substr(all[1].offset, all[1].length), "NOT user.name:SYSTEM");
    EXPECT_EQ(all[2].text, "(a OR b)");
    EXPECT_EQ(all[2].field, "");
    EXPECT_EQ(all[3].text, "\"x y\"");
    EXPECT_TRUE(all[3].negated);
    EXPECT_EQ(all[4].text, "missing:url.full");
    EXPECT_FALSE(all[4].negated);
}

TEST(Bubbles, AlternativesAndBracketsAreOne) {
    EXPECT_EQ(bubbles(*parse("a OR b")).size(), 1U);
    EXPECT_EQ(bubbles(*parse("(a b)")).size(), 1U);
    EXPECT_EQ(bubbles(*parse("(a) (b)")).size(), 2U);
    EXPECT_EQ(bubbles(*parse("user.name:(a b)")).size(), 1U);
    EXPECT_EQ(without_bubble("user.name:(a b) c", 0).value(), "c");
    EXPECT_EQ(bubbles(*parse("")).size(), 0U);
    EXPECT_EQ(bubbles(*parse("*")).size(), 1U);
}

TEST(Bubbles, AFilterIsAddedOnceAndTheOppositeReplaced) {
    EXPECT_EQ(with("", {"user.name", "an"}, Sense::include), "user.name:\"an\"");
    EXPECT_EQ(with("mimikatz ", {"user.name", "an"}, Sense::exclude), "mimikatz NOT user.name:\"an\"");
    EXPECT_EQ(with("user.name:\"an\" x", {"user.name", "an"}, Sense::include), "user.name:\"an\" x");
    EXPECT_EQ(with("user.name:\"an\" x", {"user.name", "an"}, Sense::exclude), "NOT user.name:\"an\" x");
    EXPECT_EQ(with("NOT user.name:\"an\" x", {"user.name", "an"}, Sense::include), "user.name:\"an\" x");
    EXPECT_EQ(with("a OR b", {"source.ip", "203.0.113.7"}, Sense::include), "(a OR b) source.ip:203.0.113.7");
    EXPECT_EQ(with("x", {"user.name", std::nullopt}, Sense::include), "x missing:user.name");
    EXPECT_EQ(with("missing:user.name", {"user.name", std::nullopt}, Sense::exclude), "exists:user.name");
}

TEST(Bubbles, HostileNamesAndValuesStayValues) {
    for (const std::string value : {"a\" OR \"b", "\\", "C:\\Temp\\", "x) OR (y", "*", "-1", "a b", ""})
        for (const std::string name : {"user.name", "Image", "Strange \"name\" OR x", "id", "source.ip.x", "a:b", "-x", "exists", "AND", "*"}) {
            if (name == "id") continue;  // an own word: a native field of that name is asked for in quotes, by hand
            const std::string text = with("", {name, value}, Sense::include);
            const auto query = parse(text);
            ASSERT_TRUE(query) << text << ": " << query.error().text;
            ASSERT_EQ(bubbles(*query).size(), 1U) << text;
            EXPECT_EQ(bubbles(*query)[0].field, name) << text;
            Arena arena;
            event::Builder builder{arena};
            if (const event::Ecs field = event::ecs_field(name); field != event::Ecs::none) builder.ecs(field, value);
            else builder.text(name, value);
            event::Event event;
            event.fields = builder.finish();
            EXPECT_TRUE(matches(*query, event)) << text;
            builder.text(name, arena.copy(value + "x"));
            event.fields = builder.finish();
            EXPECT_FALSE(matches(*query, event)) << text;
        }
}

TEST(Bubbles, ABackslashAtTheEndEscapesNothingThatIsAdded) {
    EXPECT_EQ(with("Image:C:\\Temp\\", {"user.name", "an"}, Sense::include), "Image:C:\\Temp\\\\ user.name:\"an\"");
    EXPECT_EQ(with("Image:x\\ ", {"user.name", "an"}, Sense::include), "Image:x\\  user.name:\"an\"");  // the value ends in a blank
    EXPECT_EQ(inverted_bubble("a OR b\\", 0).value(), "NOT (a OR b\\\\)");
}

TEST(Bubbles, AreTakenOutAndTurnedRound) {
    EXPECT_EQ(without_bubble("a AND b AND NOT c", 1).value(), "a NOT c");
    EXPECT_EQ(without_bubble("a", 0).value(), "");
    EXPECT_EQ(without_bubble("a", 7).value(), "a");
    EXPECT_EQ(inverted_bubble("a NOT b", 1).value(), "a b");
    EXPECT_EQ(inverted_bubble("a -b", 1).value(), "a b");
    EXPECT_EQ(inverted_bubble("a b", 0).value(), "NOT a b");
    EXPECT_EQ(inverted_bubble("a OR b", 0).value(), "NOT (a OR b)");
    EXPECT_FALSE(inverted_bubble("a OR", 0));
}

TEST(Complete, KnowsWhatStandsAtTheCursor) {
    auto at = [](std::string_view text) { return complete(text, text.size()); };
    EXPECT_EQ(at("sou").kind, Expectation::Kind::term);
    EXPECT_EQ(at("sou").suggestions.front(), "source:");
    EXPECT_EQ(at("x user.na").suggestions.front(), "user.name:");
    EXPECT_EQ(at("x user.na").offset, 2U);
    EXPECT_EQ(at("x user.na").length, 7U);

    const Expectation value = at("a AND user.name:sys");
    EXPECT_EQ(value.kind, Expectation::Kind::value);
    EXPECT_EQ(value.field, "user.name");
    EXPECT_EQ(value.prefix, "sys");
    EXPECT_EQ(value.offset, 16U);
    EXPECT_EQ(value.length, 3U);

    EXPECT_EQ(at("user.name:").kind, Expectation::Kind::value);
    EXPECT_EQ(at("user.name:").prefix, "");
    EXPECT_EQ(at("user.name:\"Nguyễn V").prefix, "Nguyễn V");
    EXPECT_TRUE(at("user.name:\"Nguyễn V").quoted);
    EXPECT_EQ(at("event.code:[1, 46").prefix, "46");
    EXPECT_EQ(at("event.code:[1, 46").field, "event.code");
    EXPECT_EQ(at("user.name:(an OR sy").field, "user.name");
    EXPECT_EQ(at("user.name:(an OR sy").prefix, "sy");
    EXPECT_EQ(at("(user.name:(an) fo").kind, Expectation::Kind::term);
    EXPECT_EQ(at("source.port:>4").prefix, "4");
    EXPECT_EQ(at("exists:user.t").kind, Expectation::Kind::name);
    EXPECT_EQ(at("exists:user.t").suggestions.front(), "user.target.name");
    EXPECT_EQ(at("\"Strange name\":x").field, "Strange name");
    EXPECT_TRUE(at("\"Strange name\":x").field_quoted);
    EXPECT_EQ(at("NOT -us").prefix, "us");
    EXPECT_EQ(at("a ").suggestions.front(), "AND ");
    EXPECT_EQ(complete("user.name:sys x", 13).prefix, "sys");
}

TEST(Complete, QuotesWhatItMustAndFindsByPrefix) {
    EXPECT_EQ(quoted_value("a\"b\\"), "\"a\\\"b\\\\\"");
    Arena arena;
    event::Builder builder{arena};
    builder.text("Strange name", "-x*(y) z");
    event::Event event;
    event.fields = builder.finish();
    const std::string text = prefix_query("Strange name", true, "-X*(");
    const auto query = parse(text);
    ASSERT_TRUE(query) << text;
    EXPECT_TRUE(matches(*query, event)) << text;
    EXPECT_FALSE(matches(*parse(prefix_query("Strange name", true, "x")), event));
}

}  // namespace
}  // namespace vg::search
