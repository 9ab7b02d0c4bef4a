#include "directory/facts.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "base/time.h"
#include "directory/attribution_changes.h"
#include "directory/directory.h"
#include "directory/fact_keeper.h"
#include "directory/fact_kinds.h"
#include "store/audit.h"
#include "store/state_fixture.h"

namespace vg::directory::facts_test {
namespace {

using access::Role;
using access::Scope;

Time at(std::string_view text) {
    const auto time = parse_time(text);
    EXPECT_TRUE(time) << text;
    return time.value_or(Time{});
}

json::Value body(std::string_view text) {
    auto value = json::parse(text);
    EXPECT_TRUE(value) << text;
    return value.value_or(json::Value{});
}

class FactsTest : public ::testing::Test {
protected:
    void SetUp() override {
        const store::Schema schemas[] = {schema(), store::audit_schema()};
        auto opened = store::State::open(store::test_state(), schemas, metrics_);
        ASSERT_TRUE(opened) << opened.error().text;
        state_ = std::move(*opened);
        node_ = actor("local:0", Role::administrator, Scope::node());
        const OrganisationId root = make_id<OrganisationTag>(now_, random_);
        ASSERT_TRUE(state_->write([&](store::Transaction& tx) { return Directory::ensure_root(tx, "Bộ", root, now_); }));
        for (auto [name, id] : {std::pair{"Sở Y tế", &ours_}, {"Sở Giáo dục", &theirs_}}) {
            const Organisation made{.id = make_id<OrganisationTag>(now_, random_), .name = name, .parent = root, .created = now_, .ended = {}};
            ASSERT_TRUE(state_->write([&](store::Transaction& tx) { return Directory::add(tx, node_, made); }));
            *id = made.id;
        }
        auto keeper = FactKeeper::open(*state_);
        ASSERT_TRUE(keeper) << keeper.error().text;
        keeper_ = std::move(*keeper);
        contact_ = actor("user:an", Role::contact, Scope::of({ours_}));
        approver_ = actor("user:binh", Role::approver, Scope::node());
    }

    static access::Actor actor(std::string name, Role role, Scope scope) {
        access::Actor made;
        made.name = std::move(name);
        made.role = role;
        made.scope = std::move(scope);
        return made;
    }
    FactDraft draft(std::string kind, std::string_view text, Time from, std::optional<Time> until = {}) {
        return {.kind = std::move(kind), .organisation = ours_, .body = body(text), .from = from, .until = until, .document = "12/QĐ-SYT", .replaces = {}};
    }
    Result<FactPlan> add(const access::Actor& who, const FactDraft& draft) {
        return keeper_->change(who, now_, [&](store::Transaction& tx) { return Facts::add(tx, who, draft, now_); });
    }
    Result<FactPlan> approve(const access::Actor& who, std::int64_t number, std::optional<std::int64_t> version = {}) {
        return keeper_->change(who, now_, [&](store::Transaction& tx) { return Facts::approve(tx, who, number, version, now_); });
    }
    Result<FactPlan> end(const access::Actor& who, std::int64_t number, Time until) {
        return keeper_->change(who, now_, [&](store::Transaction& tx) { return Facts::end(tx, who, number, until, "given back", {}, now_); });
    }
    std::int64_t added(const access::Actor& who, const FactDraft& draft) {
        const auto done = add(who, draft);
        EXPECT_TRUE(done) << done.error().text;
        return done ? done->back().now.number : 0;
    }
    Fact found(std::int64_t number) {
        auto fact = state_->read([&](store::Transaction& tx) { return Facts::find(tx, Scope::node(), number); });
        EXPECT_TRUE(fact);
        return fact.value_or(Fact{});
    }
    std::vector<std::string> subjects(const Scope& scope, const FactFilter& filter) {
        std::vector<std::string> all;
        std::optional<std::string> after;
        do {
            auto page = state_->read([&](store::Transaction& tx) { return Facts::list(tx, scope, filter, after, 2); });
            EXPECT_TRUE(page) << page.error().text;
            if (!page) break;
            for (const Fact& fact : page->items) all.push_back(fact.subject);
            after = page->next;
        } while (after);
        return all;
    }
    Answer whose(std::string_view address, Time time) { return keeper_->attribution()->of({*parse_address(address), {}, time}); }

    metrics::Registry metrics_;
    SeededRandom random_{11};
    std::unique_ptr<store::State> state_;
    std::unique_ptr<FactKeeper> keeper_;
    OrganisationId ours_, theirs_;
    access::Actor node_, contact_, approver_;
    const Time now_ = at("2026-03-01T00:00:00Z"), year24_ = at("2024-01-01T00:00:00Z"), year25_ = at("2025-01-01T00:00:00Z");
};

TEST_F(FactsTest, NobodyButTheNodeClaimsWhatManyHaveNamesBelow) {
    const auto add_domain = [&](const access::Actor& who, const std::string& domain) { return add(who, draft("domain", R"({"domain":")" + domain + R"("})", year24_)); };
    const auto refused = add_domain(contact_, "gov.vn");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().text, "field domain: gov.vn is a public suffix: many have names of their own below it; give the organisation's own name");
    EXPECT_FALSE(add_domain(contact_, "github.io"));
    EXPECT_FALSE(add_domain(contact_, "vn"));
    EXPECT_TRUE(add_domain(contact_, "so-tai-chinh.gov.vn"));
    EXPECT_TRUE(add_domain(node_, "gov.vn")) << "a registry may be ours";
}

TEST_F(FactsTest, WhatIsProposedCountsOnceSomebodyElseApprovesIt) {
    const std::int64_t number = added(contact_, draft("range", R"({"range":"203.0.113.0/24"})", year24_));
    EXPECT_EQ(found(number).state, FactState::proposed);
    EXPECT_EQ(whose("203.0.113.7", year25_).kind, Answer::Kind::nobody) << "a proposal claims nothing yet";
    const auto denied = approve(contact_, number);
    ASSERT_FALSE(denied);
    EXPECT_EQ(denied.error().code, Code::denied);
    ASSERT_TRUE(approve(approver_, number));
    const Fact fact = found(number);
    EXPECT_EQ(fact.state, FactState::approved);
    EXPECT_EQ(fact.claimed_by, "user:an");
    EXPECT_EQ(fact.approved_by, "user:binh");
    EXPECT_EQ(fact.approved, now_);
    const Answer answer = whose("203.0.113.7", year25_);
    ASSERT_EQ(answer.kind, Answer::Kind::owner);
    const auto attribution = keeper_->attribution();
    EXPECT_EQ(attribution->claim(answer.claim).organisation, ours_);
    EXPECT_EQ(attribution->claim(answer.claim).number, number);
    EXPECT_EQ(attribution->claim(answer.claim).approved_by, "user:binh");
    EXPECT_EQ(whose("203.0.113.7", year24_ - seconds(1)).kind, Answer::Kind::nobody) << "it is valid from its first day on";
}

TEST_F(FactsTest, WhoMayApproveAddsAtOnceAndAnAdministratorMayApproveHisOwn) {
    EXPECT_EQ(found(added(node_, draft("asn", R"({"number":"AS45899"})", year24_))).state, FactState::approved);
    access::Actor both = contact_;
    const std::int64_t number = added(both, draft("domain", R"({"domain":"Mail.Example.VN."})", year24_));
    EXPECT_EQ(found(number).subject, "mail.example.vn");
    both.role = Role::approver;  // the same account with another role: still his own proposal
    EXPECT_FALSE(approve(both, number));
    both.role = Role::administrator;
    EXPECT_FALSE(approve(both, number)) << "of one organisation: a domain may be somebody else's";
    both.scope = Scope::node();
    EXPECT_TRUE(approve(both, number));
}

TEST_F(FactsTest, WhatHasEndedIsKeptAndCountsForItsTime) {
    const std::int64_t number = added(node_, draft("range", R"({"range":"198.51.100.0/25"})", year24_));
    ASSERT_TRUE(end(approver_, number, year25_));
    EXPECT_EQ(found(number).until, year25_);
    EXPECT_EQ(found(number).reason, "given back");
    EXPECT_EQ(found(number).state, FactState::approved);
    EXPECT_EQ(whose("198.51.100.3", year25_ - seconds(1)).kind, Answer::Kind::owner);
    EXPECT_EQ(whose("198.51.100.3", year25_).kind, Answer::Kind::nobody) << "half-open: on the last day it is no more";
    const auto later = end(approver_, number, year25_ + days(9));
    ASSERT_FALSE(later);
    EXPECT_EQ(later.error().code, Code::conflict) << "an end is not put off";
}

TEST_F(FactsTest, WhatEndsBeforeItBeganIsWithdrawn) {
    const std::int64_t number = added(node_, draft("range", R"({"range":"198.51.100.0/25"})", year24_));
    ASSERT_TRUE(end(approver_, number, year24_));
    EXPECT_EQ(found(number).state, FactState::refused);
    EXPECT_EQ(found(number).from, year24_) << "what was said is kept";
    EXPECT_EQ(whose("198.51.100.3", year25_).kind, Answer::Kind::nobody);
}

TEST_F(FactsTest, WhatReplacesEndsTheOldWhenItIsApproved) {
    const std::int64_t old = added(node_, draft("system", R"({"code":"HIS","name":"Bệnh án","level":2})", year24_));
    FactDraft next = draft("system", R"({"code":"HIS","name":"Bệnh án","level":3})", year25_);
    next.replaces = old;
    const std::int64_t number = added(contact_, next);
    EXPECT_EQ(found(old).until, std::nullopt) << "nothing changes before somebody approves";
    ASSERT_TRUE(approve(approver_, number));
    EXPECT_EQ(found(old).until, year25_);
    EXPECT_EQ(found(old).reason, format("replaced by fact {}", number));
    const auto level = [&](Time time) {
        const auto systems = state_->read([&](store::Transaction& tx) { return Facts::systems(tx, Scope::node(), time); });
        EXPECT_TRUE(systems && systems->size() == 1);
        return systems && systems->size() == 1 ? systems->front().level.value_or(0) : 0;
    };
    EXPECT_EQ(level(year25_ - seconds(1)), 2);
    EXPECT_EQ(level(year25_), 3);
    EXPECT_EQ(keeper_->system_level(ours_, "HIS"), 3);
    EXPECT_EQ(keeper_->system_level(theirs_, "HIS"), 3) << "nobody else has a system of that code";
    EXPECT_EQ(keeper_->system_level(ours_, "LMS"), 0);
}

TEST_F(FactsTest, AnotherVersionIsAConflict) {
    const std::int64_t number = added(contact_, draft("asn", R"({"number":64500})", year24_));
    const auto other = approve(approver_, number, 7);
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, Code::conflict);
    ASSERT_TRUE(approve(approver_, number, 1));
    EXPECT_EQ(found(number).version, 2);
    EXPECT_EQ(approve(approver_, number).error().code, Code::conflict) << "it is no proposal any more";
    // Two plans of the same state: the second finds it changed.
    const std::int64_t another = added(contact_, draft("asn", R"({"number":64501})", year24_));
    const auto plan = [&] { return *state_->read([&](store::Transaction& tx) { return Facts::approve(tx, approver_, another, {}, now_); }); };
    const FactPlan first = plan(), second = plan();
    EXPECT_TRUE(state_->write([&](store::Transaction& tx) { return Facts::write(tx, approver_, first, now_); }));
    const Status late = state_->write([&](store::Transaction& tx) { return Facts::write(tx, approver_, second, now_); });
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, Code::conflict);
}

TEST_F(FactsTest, WhatIsOutsideTheScopeDoesNotExist) {
    FactDraft foreign = draft("asn", R"({"number":64500})", year24_);
    foreign.organisation = theirs_;
    const auto refused = add(contact_, foreign);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::not_found);
    const std::int64_t number = added(node_, foreign);
    const auto seen = state_->read([&](store::Transaction& tx) { return Facts::find(tx, contact_.scope, number); });
    ASSERT_FALSE(seen);
    EXPECT_EQ(seen.error().code, Code::not_found);
    EXPECT_TRUE(subjects(contact_.scope, {}).empty());
    EXPECT_EQ(subjects(Scope::node(), {}), std::vector<std::string>{"AS64500"});
    FactDraft link = draft("successor", format(R"({{"organisation":"{}"}})", theirs_.text()), year24_);
    EXPECT_EQ(add(contact_, link).error().code, Code::not_found) << "an organisation that is not seen cannot be named";
}

TEST_F(FactsTest, ListsAreInOrderOfAddressesAndFindWithoutAccents) {
    for (const char* range : {R"({"range":"203.0.113.0/24"})", R"({"range":"9.0.0.0/8"})", R"({"range":"2001:db8::/32"})", R"({"range":"100.0.0.0/8"})", R"({"range":"9.0.0.0/24"})"}) added(node_, draft("range", range, year24_));
    FactFilter ranges;
    ranges.kind = "range";
    EXPECT_EQ(subjects(Scope::node(), ranges), (std::vector<std::string>{"9.0.0.0/8", "9.0.0.0/24", "100.0.0.0/8", "203.0.113.0/24", "2001:db8::/32"}));
    added(node_, draft("system", R"({"code":"QLVB","name":"Quản lý văn bản_100%"})", year24_, year25_));
    FactFilter words;
    words.text = "QUAN LY";
    EXPECT_EQ(subjects(Scope::node(), words), std::vector<std::string>{"QLVB"});
    words.text = "ban_100%";
    EXPECT_EQ(subjects(Scope::node(), words), std::vector<std::string>{"QLVB"});
    words.text = "ban_10_%";
    EXPECT_TRUE(subjects(Scope::node(), words).empty()) << "_ and % are meant as they stand";
    words.text = "quản lý";
    words.at = year25_;
    EXPECT_TRUE(subjects(Scope::node(), words).empty()) << "it had ended then";
    words.at = year24_;
    EXPECT_EQ(subjects(Scope::node(), words).size(), 1u);
    FactFilter everything;
    EXPECT_EQ(subjects(Scope::node(), everything).size(), 6u);
}

TEST_F(FactsTest, EachChangeLeavesItsLineAndARefusedOneNone) {
    const std::int64_t number = added(contact_, draft("asn", R"({"number":64500})", year24_));
    EXPECT_FALSE(add(contact_, draft("asn", R"({"number":64500})", year24_))) << "it is said already";
    EXPECT_FALSE(approve(contact_, number));
    ASSERT_TRUE(keeper_->change(approver_, now_, [&](store::Transaction& tx) { return Facts::refuse(tx, approver_, number, "not ours", {}, now_); }));
    EXPECT_EQ(found(number).state, FactState::refused);
    EXPECT_EQ(found(number).reason, "not ours");
    const auto lines = state_->read([&](store::Transaction& tx) { return store::audit::list_of(tx, format("fact/{}", number), 10); });
    ASSERT_TRUE(lines);
    ASSERT_EQ(lines->size(), 2u);
    EXPECT_EQ((*lines)[1].action, "fact:propose");
    EXPECT_EQ((*lines)[0].action, "fact:refuse");
    EXPECT_EQ((*lines)[0].actor, "user:binh");
    EXPECT_EQ((*lines)[0].organisation, ours_);
}

// 20,001 claims over one address are more than Attribution takes (attribution.h).
TEST_F(FactsTest, AttributionThatCannotBeBuiltRefusesTheChange) {
    const auto settling = state_->read([&](store::Transaction& tx) { return Settling::read(tx, node_); });
    ASSERT_TRUE(settling);
    FactPlan many;
    for (std::int64_t i = 1; i <= static_cast<std::int64_t>(Attribution::kMostAround); ++i) {
        auto fact = Facts::make(node_, *settling, draft("range", R"({"range":"203.0.113.0/24"})", year24_ + seconds(i)), now_);
        ASSERT_TRUE(fact);
        fact->number = i;
        many.push_back({.now = std::move(*fact), .before = {}, .action = "fact:add"});
    }
    ASSERT_TRUE(keeper_->change(node_, now_, [&](store::Transaction&) -> Result<FactPlan> { return many; }));
    const auto before = keeper_->attribution();
    const auto one_more = add(node_, draft("range", R"({"range":"203.0.113.0/24"})", year24_));
    ASSERT_FALSE(one_more);
    EXPECT_EQ(one_more.error().code, Code::too_large);
    EXPECT_EQ(keeper_->attribution(), before);
    EXPECT_EQ(before->size(), Attribution::kMostAround);
    EXPECT_FALSE(state_->read([&](store::Transaction& tx) { return Facts::find(tx, Scope::node(), static_cast<std::int64_t>(Attribution::kMostAround) + 1); }));
    const auto lines = state_->read([&](store::Transaction& tx) { return store::audit::list(tx, nullptr, std::nullopt, 1000); });
    ASSERT_TRUE(lines);
    EXPECT_EQ(std::count_if(lines->begin(), lines->end(), [](const auto& line) { return line.action == "fact:add"; }), 20) << "one line for each piece of a thousand";
    auto again = FactKeeper::open(*state_);
    ASSERT_TRUE(again) << again.error().text;
    EXPECT_EQ((*again)->attribution()->size(), before->size()) << "what is kept is what is read at the next start";
}

TEST_F(FactsTest, ACorrectionTellsWhichAnswersChange) {
    const std::int64_t wide = added(node_, draft("range", R"({"range":"198.51.100.0/24"})", year24_));
    FactDraft theirs = draft("range", R"({"range":"198.51.100.64/26","system":"LMS"})", year24_);
    theirs.organisation = theirs_;
    const auto plan = state_->read([&](store::Transaction& tx) { return Facts::add(tx, node_, theirs, now_); });
    ASSERT_TRUE(plan);
    const auto after = keeper_->with(*plan);
    ASSERT_TRUE(after);
    const std::vector<Ask> asks{{*parse_address("198.51.100.1"), {}, year25_}, {*parse_address("198.51.100.70"), {}, year25_}, {*parse_address("198.51.100.70"), {}, year24_ - seconds(1)}, {*parse_address("192.0.2.1"), {}, year25_}};
    const auto changed = changed_answers(*keeper_->attribution(), **after, asks);
    ASSERT_EQ(changed.size(), 1u) << "only the address within the new range, and only when it is valid";
    EXPECT_EQ(changed[0].ask, 1u);
    EXPECT_EQ(keeper_->attribution()->claim(changed[0].before.claim).number, wide);
    EXPECT_EQ((*after)->claim(changed[0].after.claim).organisation, theirs_);
    EXPECT_EQ(keeper_->attribution()->size(), 1u) << "asking keeps nothing";
}

TEST_F(FactsTest, AProposerTakesHisOwnProposalBack) {
    access::Actor proposer = node_;
    proposer.name = "user:contact";
    proposer.role = access::Role::contact;
    const std::int64_t number = added(proposer, draft("range", R"({"range":"198.51.100.0/24"})", year24_));
    const auto withdraw = [&](const access::Actor& actor) { return keeper_->change(actor, now_, [&](store::Transaction& tx) { return Facts::withdraw(tx, actor, number, "a mistake", {}, now_); }); };
    const auto foreign = withdraw(node_);
    ASSERT_FALSE(foreign);
    EXPECT_EQ(foreign.error().code, Code::not_found) << "others refuse it";
    ASSERT_TRUE(withdraw(proposer));
    const auto kept = state_->read([&](store::Transaction& tx) { return Facts::find(tx, Scope::node(), number); });
    ASSERT_TRUE(kept) << kept.error().text;
    EXPECT_EQ(kept->state, FactState::refused);
    EXPECT_EQ(kept->reason, "a mistake");
    EXPECT_EQ(withdraw(proposer).error().code, Code::conflict) << "once";
    const auto lines = state_->read([&](store::Transaction& tx) { return store::audit::list(tx, nullptr, std::nullopt, 1); });
    EXPECT_EQ(lines->front().action, "fact:withdraw");
}

TEST_F(FactsTest, NamesFollowWhatIsApproved) {
    const std::int64_t number = added(node_, draft("domain", R"({"domain":"so.example"})", year24_));
    EXPECT_EQ(keeper_->names()->of("www.so.example", year25_).number, number);
    const auto plan = state_->read([&](store::Transaction& tx) { return Facts::end(tx, node_, number, year24_, "given back", {}, now_); });
    ASSERT_TRUE(plan);
    EXPECT_EQ((*keeper_->names_with(*plan))->of("www.so.example", year25_).kind, Answer::Kind::gap);
    EXPECT_EQ(keeper_->names()->of("www.so.example", year25_).number, number) << "asking keeps nothing";
    std::size_t noted = 0;
    keeper_->note_with([&](store::Transaction&, const access::Actor&, std::span<const FactChange> piece, Time) -> Status {
        noted += piece.size();
        return {};
    });
    ASSERT_TRUE(keeper_->change(node_, now_, [&](store::Transaction&) -> Result<FactPlan> { return *plan; }));
    EXPECT_EQ(noted, 1U);
    EXPECT_EQ(keeper_->names()->of("www.so.example", year25_).kind, Answer::Kind::gap);
}

// ---- bodies ----

std::string refusal(std::string_view kind, std::string_view text) {
    const auto shape = shape_of(*fact_kind(kind), body(text));
    return shape ? "" : shape.error().text;
}
std::string canonical(std::string_view kind, std::string_view text) {
    const auto shape = shape_of(*fact_kind(kind), body(text));
    EXPECT_TRUE(shape) << shape.error().text;
    return shape ? shape->body.dump() : "";
}

TEST(FactKinds, BodiesAreBroughtToOneForm) {
    EXPECT_EQ(canonical("range", R"({"ports":" 1024 - 2047","range":"203.0.113.4 - 203.0.113.9"})"), R"({"range":"203.0.113.4-203.0.113.9","ports":"1024-2047"})");
    EXPECT_EQ(canonical("range", R"({"range":"2001:DB8:0::/32"})"), R"({"range":"2001:db8::/32"})");
    EXPECT_EQ(canonical("asn", R"({"number":"as 45899"})"), R"({"number":45899})");
    EXPECT_EQ(canonical("pool", R"({"name":"nat-1","public":"203.0.113.0/28","inside":["10.1.0.0/16"," 10.2.0.0/16 "]})"), R"({"name":"nat-1","public":["203.0.113.0/28"],"inside":["10.1.0.0/16","10.2.0.0/16"]})");
    EXPECT_EQ(canonical("name", "{\"vi\":\"So\\u0302\u0309 Y te\u0302\u0301\"}"), R"({"vi":"Sổ Y tế"})") << "NFC";
    EXPECT_EQ(canonical("system", R"({"code":"A","name":"B","level":"3","decision_date":"2024-04-17","name_en":""})"), R"({"code":"A","name":"B","level":3,"decision_date":"2024-04-17"})");
}

TEST(FactKinds, WhatIsWrongNamesItsField) {
    EXPECT_EQ(refusal("range", R"({"range":"203.0.113.5/24"})"), "field range: 203.0.113.5/24 has bits behind its prefix; is 203.0.113.0/24 meant?");
    EXPECT_TRUE(refusal("range", R"({"range":"203.0.113.9-203.0.113.4"})").starts_with("field range: "));
    EXPECT_TRUE(refusal("range", R"({"range":"203.0.113.9-2001:db8::1"})").starts_with("field range: "));
    EXPECT_TRUE(refusal("range", R"({"range":"203.0.113.0/33"})").starts_with("field range: "));
    EXPECT_TRUE(refusal("range", R"({"ports":"1"})").starts_with("field range: "));
    EXPECT_TRUE(refusal("range", R"({"range":"203.0.113.0/24","ports":"70000"})").starts_with("field ports: "));
    EXPECT_EQ(refusal("range", R"({"range":"203.0.113.0/24","sistem":"X"})"), "field sistem: a range has no such field; is system meant?");
    EXPECT_TRUE(refusal("system", R"({"code":"A","name":"B","level":6})").starts_with("field level: "));
    EXPECT_TRUE(refusal("system", R"({"code":"A","name":"B","decision_date":"2024-02-30"})").starts_with("field decision_date: "));
    EXPECT_TRUE(refusal("system", R"({"code":"A","name":"B","owner":"us"})").starts_with("field owner: "));
    EXPECT_TRUE(refusal("contact", R"({"purpose":"incident","channel":"pigeon","value":"x"})").starts_with("field channel: "));
    EXPECT_TRUE(refusal("domain", R"({"domain":"tiếng-việt.vn"})").starts_with("field domain: "));
    EXPECT_TRUE(refusal("machine", R"({"host":"a\u0007b"})").starts_with("field host: "));
    EXPECT_TRUE(refusal("machine", "{\"host\":\"" + std::string(254, 'a') + "\"}").starts_with("field host: "));
    EXPECT_TRUE(refusal("asn", R"({"number":4294967296})").starts_with("field number: "));
    EXPECT_TRUE(refusal("asn", R"([1])").starts_with("field body: "));
}

}  // namespace
}  // namespace vg::directory::facts_test
