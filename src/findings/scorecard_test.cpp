#include "findings/scorecard.h"

#include <gtest/gtest.h>

#include "findings/book.h"
#include "store/audit.h"
#include "store/state_fixture.h"

namespace vg::findings::scorecard_test {
namespace {

constexpr Time kStart{1'700'000'000'000'000};

TEST(Scorecard, CountsWhatBecameOfEachRulesFindings) {
    metrics::Registry metrics;
    const store::Schema schemas[] = {schema(), store::audit_schema()};
    const auto state = store::State::open(store::test_state(), schemas, metrics).value();
    const detect::RuleInfo noisy{.id = "noisy", .title = "Noisy", .kind = "sigma", .level = detect::Level::low}, quiet{.id = "quiet", .title = "Quiet", .kind = "sigma", .level = detect::Level::high};
    const access::Actor node{.name = "user:an", .scope = access::Scope::node()};
    std::uint64_t position = 0;
    const auto see = [&](const detect::RuleInfo& rule, std::string entity, std::uint8_t organisation) {
        const Time at = kStart + seconds(static_cast<std::int64_t>(++position));
        const Sighting one{.event = {Uuid{1}, {position}}, .source = SourceId{{9}}, .organisation = OrganisationId{{organisation, 1}}, .occurred = at, .received = at, .entity = std::move(entity), .rule = &rule, .matched = {}};
        const auto told = state->write([&](store::Transaction& tx) { return Book::record_and_tell(tx, std::span{&one, 1}); });
        return told.value().front().id;
    };
    const auto act = [&](auto&& work) {
        const Status done = state->write([&](store::Transaction& tx) -> Status { return work(tx); });
        ASSERT_TRUE(done) << done.error().text;
    };
    const auto close = [&](const FindingId& id, std::string_view reason, Verdict verdict = Verdict::unsaid) { act([&](store::Transaction& tx) { return Book::close(tx, node, id, reason, std::nullopt, kStart, verdict); }); };
    const FindingId first = see(noisy, "host:a", 1);
    see(noisy, "host:a", 1);  // grows
    const FindingId second = see(noisy, "host:b", 1);
    const FindingId third = see(noisy, "host:c", 1);
    const FindingId muted = see(noisy, "host:d", 1);
    see(noisy, "host:e", 2);
    const FindingId real = see(noisy, "host:f", 1), mistaken = see(noisy, "host:g", 1);
    close(real, "false positive, said the first look; it was none", Verdict::attack);  // the verdict counts, not the words
    close(mistaken, "máy quét của mình", Verdict::false_alarm);
    see(quiet, "host:a", 1);
    close(first, "Báo động giả: kịch bản sao lưu");
    close(second, "false positive, the backup");
    close(third, "đã làm sạch máy");
    act([&](store::Transaction& tx) { return Book::mute(tx, node, muted, "known", kStart + days(1), std::nullopt, kStart); });

    const auto cards = state->read([&](store::Transaction& tx) { return scorecards(tx, access::Scope::node()); }).value();
    ASSERT_EQ(cards.size(), 2U);
    EXPECT_EQ(cards[0].rule, "noisy");
    EXPECT_EQ(cards[0].title, "Noisy");
    EXPECT_EQ(cards[0].findings, 7);
    EXPECT_EQ(cards[0].events, 8);
    EXPECT_EQ(cards[0].closed, 5);
    EXPECT_EQ(cards[0].closed_false, 3);
    EXPECT_EQ(cards[0].closed_true, 1);
    EXPECT_EQ(cards[0].open, 2);
    EXPECT_EQ(cards[0].muted, 1);
    EXPECT_EQ(cards[0].last_seen, kStart + seconds(8));
    EXPECT_EQ(cards[1].findings, 1);

    const auto theirs = state->read([&](store::Transaction& tx) { return scorecards(tx, access::Scope::of({OrganisationId{{2, 1}}})); }).value();
    ASSERT_EQ(theirs.size(), 1U);
    EXPECT_EQ(theirs[0].findings, 1);
    EXPECT_EQ(theirs[0].closed, 0);
}

TEST(Scorecard, ReadsReasonsWithAndWithoutMarks) {
    for (const char* reason : {"False Positive", "FP: backup", "báo nhầm", "BAO NHAM", "dương tính giả", "Báo động giả do quét nội bộ", "benign admin work"}) EXPECT_TRUE(says_false(reason)) << reason;
    for (const char* reason : {"cleaned", "đã làm sạch", "moved to another case", "fpga board replaced", "máy đã cài lại"}) EXPECT_FALSE(says_false(reason)) << reason;
}

}  // namespace
}  // namespace vg::findings::scorecard_test
