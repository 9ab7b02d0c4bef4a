#include "directory/directory.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "base/cursor.h"
#include "base/text.h"
#include "store/audit.h"
#include "store/state_fixture.h"

namespace vg::directory {
namespace {

using access::Actor;
using access::Scope;

constexpr Time kStart{1'700'000'000'000'000};

class DirectoryTest : public ::testing::Test {
protected:
    void SetUp() override {
        const store::Schema schemas[] = {schema(), store::audit_schema()};
        auto opened = store::State::open(store::test_state(), schemas, metrics_);
        ASSERT_TRUE(opened) << opened.error().text;
        state_ = std::move(*opened);
        const auto root = state_->write([&](store::Transaction& tx) { return Directory::ensure_root(tx, "Bộ Thông tin", organisation_id(), kStart); });
        ASSERT_TRUE(root) << root.error().text;
        root_ = root->id;
    }

    OrganisationId organisation_id() { return make_id<OrganisationTag>(kStart, random_); }

    // The outcome as a code; nothing when it went well.
    template <class Work>
    std::optional<Code> outcome(Work&& work) {
        const Status status = state_->write([&](store::Transaction& tx) -> Status { return work(tx); });
        return status ? std::nullopt : std::optional{status.error().code};
    }
    OrganisationId add(std::string name, const OrganisationId& parent) {
        const Organisation made{.id = organisation_id(), .name = std::move(name), .parent = parent, .created = kStart};
        EXPECT_EQ(outcome([&](auto& tx) { return Directory::add(tx, node_, made); }), std::nullopt);
        return made.id;
    }
    Source source(std::string name, const OrganisationId& organisation) {
        return {.id = make_id<SourceTag>(kStart, random_), .name = std::move(name), .organisation = organisation, .created = kStart};
    }
    SourceId add_source(std::string name, const OrganisationId& organisation) {
        const Source made = source(std::move(name), organisation);
        EXPECT_EQ(outcome([&](auto& tx) { return Directory::add(tx, node_, made); }), std::nullopt);
        return made.id;
    }
    Actor actor_of(std::vector<OrganisationId> organisations) {
        Actor actor;
        actor.name = "user:an";
        actor.scope = Scope::of(std::move(organisations));
        return actor;
    }
    Organisation found(const OrganisationId& id) {
        auto organisation = state_->read([&](store::Transaction& tx) { return Directory::find(tx, Scope::node(), id); });
        EXPECT_TRUE(organisation);
        return organisation.value_or(Organisation{});
    }
    std::vector<store::AuditLine> audit() {
        return *state_->read([](store::Transaction& tx) { return store::audit::list(tx, nullptr, std::nullopt, 1000); });
    }

    metrics::Registry metrics_;
    SeededRandom random_{7};
    std::unique_ptr<store::State> state_;
    OrganisationId root_;
    Actor node_{.name = "system", .scope = Scope::node()};
};

TEST_F(DirectoryTest, RootIsMadeOnceAndKeepsItsName) {
    const auto again = state_->write([&](store::Transaction& tx) { return Directory::ensure_root(tx, "Another", organisation_id(), kStart + seconds(9)); });
    ASSERT_TRUE(again);
    EXPECT_EQ(again->id, root_);
    EXPECT_EQ(again->name, "Bộ Thông tin");
    EXPECT_EQ(audit().size(), 1u);
}

TEST_F(DirectoryTest, NamesAreBoundedNormalisedText) {
    const auto try_name = [&](std::string name) {
        const Organisation made{.id = organisation_id(), .name = std::move(name), .parent = root_, .created = kStart};
        return outcome([&](auto& tx) { return Directory::add(tx, node_, made); });
    };
    std::string longest;
    for (int i = 0; i < 200; ++i) longest += "ặ";
    EXPECT_EQ(try_name(longest), std::nullopt);
    EXPECT_EQ(try_name(longest + "a"), Code::bad_input);
    EXPECT_EQ(try_name(""), Code::bad_input);
    EXPECT_EQ(try_name("a\u0300"), Code::bad_input) << "a decomposed letter is not NFC";
    EXPECT_EQ(try_name("a\nb"), Code::bad_input);
    EXPECT_EQ(try_name(" a"), Code::bad_input);
    EXPECT_EQ(try_name("\xff"), Code::bad_input);
    EXPECT_EQ(try_name("'; drop table organisation; --"), std::nullopt);
    EXPECT_EQ(audit().size(), 3u) << "what was refused left no line";
}

TEST_F(DirectoryTest, ParentOutsideScopeDoesNotExist) {
    const OrganisationId ours = add("ours", root_), theirs = add("theirs", root_);
    const Actor actor = actor_of({ours});
    const auto below = [&](std::optional<OrganisationId> parent) {
        const Organisation made{.id = organisation_id(), .name = "x", .parent = parent, .created = kStart};
        return outcome([&](auto& tx) { return Directory::add(tx, actor, made); });
    };
    EXPECT_EQ(below(ours), std::nullopt);
    EXPECT_EQ(below(theirs), Code::not_found);
    EXPECT_EQ(below(root_), Code::not_found);
    EXPECT_EQ(below(organisation_id()), Code::not_found);
    EXPECT_EQ(below(std::nullopt), Code::bad_input);
}

TEST_F(DirectoryTest, NothingStandsAboveItself) {
    const OrganisationId id = organisation_id();
    const Organisation own_parent{.id = id, .name = "x", .parent = id, .created = kStart};
    EXPECT_EQ(outcome([&](auto& tx) { return Directory::add(tx, node_, own_parent); }), Code::not_found);
    const OrganisationId child = add("child", root_);
    const Organisation root_again{.id = root_, .name = "x", .parent = child, .created = kStart};
    EXPECT_EQ(outcome([&](auto& tx) { return Directory::add(tx, node_, root_again); }), Code::conflict);
    EXPECT_EQ(found(root_).parent, std::nullopt);
}

TEST_F(DirectoryTest, TreeIsAtMost32Deep) {
    OrganisationId last = root_;
    for (int depth = 2; depth <= 32; ++depth) last = add(format("level {}", depth), last);
    const Organisation too_deep{.id = organisation_id(), .name = "x", .parent = last, .created = kStart};
    EXPECT_EQ(outcome([&](auto& tx) { return Directory::add(tx, node_, too_deep); }), Code::too_large);
}

TEST_F(DirectoryTest, OtherPeoplesThingsAreNotFoundByAnyCall) {
    const OrganisationId ours = add("ours", root_), theirs = add("theirs", root_);
    const SourceId foreign = add_source("their-source", theirs);
    const Actor actor = actor_of({ours});
    EXPECT_EQ(outcome([&](auto& tx) { return Directory::rename(tx, actor, theirs, "mine", std::nullopt, kStart); }), Code::not_found);
    EXPECT_EQ(outcome([&](auto& tx) { return Directory::end(tx, actor, theirs, 99, kStart); }), Code::not_found);
    EXPECT_EQ(outcome([&](auto& tx) { return Directory::end(tx, actor, foreign, 99, kStart); }), Code::not_found);
    Source changed = source("their-source", ours);
    changed.id = foreign;
    EXPECT_EQ(outcome([&](auto& tx) { return Directory::change(tx, actor, changed, std::nullopt, kStart); }), Code::not_found);
    EXPECT_EQ(outcome([&](auto& tx) { return Directory::add(tx, actor, source("new", theirs)); }), Code::not_found);
    for (const Scope& scope : {actor.scope, Scope::nothing()}) {
        EXPECT_EQ(outcome([&](auto& tx) { return Directory::find(tx, scope, theirs).map([](auto&&) {}); }), Code::not_found);
        EXPECT_EQ(outcome([&](auto& tx) { return Directory::find_source(tx, scope, foreign).map([](auto&&) {}); }), Code::not_found);
        const auto named = state_->read([&](store::Transaction& tx) { return Directory::source_named(tx, scope, "their-source"); });
        ASSERT_TRUE(named);
        EXPECT_EQ(*named, std::nullopt);
    }
    const auto seen = state_->read([&](store::Transaction& tx) { return Directory::list(tx, actor.scope, std::nullopt, 100); });
    ASSERT_TRUE(seen);
    ASSERT_EQ(seen->items.size(), 1u);
    EXPECT_EQ(seen->items[0].id, ours);
    EXPECT_TRUE(state_->read([&](store::Transaction& tx) { return Directory::list_sources(tx, actor.scope, std::nullopt, 100); })->items.empty());
}

TEST_F(DirectoryTest, SourceNamesAreUniqueOnTheNodeEvenEnded) {
    const OrganisationId one = add("one", root_), two = add("two", root_);
    const SourceId first = add_source("web-01", one);
    EXPECT_EQ(outcome([&](auto& tx) { return Directory::add(tx, node_, source("web-01", two)); }), Code::conflict);
    EXPECT_EQ(outcome([&](auto& tx) { return Directory::end(tx, node_, first, std::nullopt, kStart); }), std::nullopt);
    EXPECT_EQ(outcome([&](auto& tx) { return Directory::add(tx, node_, source("web-01", one)); }), Code::conflict);
    for (const char* name : {"", "Web", "web 1", "wéb", "a/b", "0123456789012345678901234567890123456789012345678901234567890123x"})
        EXPECT_EQ(outcome([&](auto& tx) { return Directory::add(tx, node_, source(name, one)); }), Code::bad_input) << name;
}

TEST_F(DirectoryTest, ZoneMustBeIana) {
    Source made = source("s", root_);
    made.zone = "Asia/Ho_Chi_Minh";
    EXPECT_EQ(outcome([&](auto& tx) { return Directory::add(tx, node_, made); }), std::nullopt);
    for (const char* zone : {"Asia/Saigon/..", "+07:00x", "../../etc/passwd", "Mars/Olympus"}) {
        made.zone = zone;
        EXPECT_EQ(outcome([&](auto& tx) { return Directory::change(tx, node_, made, std::nullopt, kStart); }), Code::bad_input) << zone;
    }
}

TEST_F(DirectoryTest, ChangesNeedTheVersionThatWasRead) {
    const OrganisationId id = add("first", root_);
    EXPECT_EQ(outcome([&](auto& tx) { return Directory::rename(tx, node_, id, "second", 1, kStart); }), std::nullopt);
    EXPECT_EQ(outcome([&](auto& tx) { return Directory::rename(tx, node_, id, "third", 1, kStart); }), Code::conflict);
    EXPECT_EQ(found(id).name, "second");
    EXPECT_EQ(found(id).version, 2);
    EXPECT_EQ(outcome([&](auto& tx) { return Directory::rename(tx, node_, id, "third", std::nullopt, kStart); }), std::nullopt);
    EXPECT_EQ(found(id).version, 3);
}

TEST_F(DirectoryTest, EndedIsKeptAndTakesNothingNew) {
    const OrganisationId parent = add("parent", root_), child = add("child", parent);
    const SourceId own = add_source("own", child);
    EXPECT_EQ(outcome([&](auto& tx) { return Directory::end(tx, node_, parent, std::nullopt, kStart); }), Code::conflict) << "the child lives";
    const Time later = kStart + hours(1);
    EXPECT_EQ(outcome([&](auto& tx) { return Directory::end(tx, node_, child, std::nullopt, later); }), std::nullopt);
    EXPECT_EQ(found(child).ended, later);
    EXPECT_EQ(state_->read([&](store::Transaction& tx) { return Directory::find_source(tx, Scope::node(), own); })->ended, later);
    EXPECT_EQ(outcome([&](auto& tx) { return Directory::add(tx, node_, source("late", child)); }), Code::conflict);
    EXPECT_EQ(outcome([&](auto& tx) { return Directory::rename(tx, node_, child, "x", std::nullopt, later); }), Code::conflict);
    EXPECT_EQ(outcome([&](auto& tx) { return Directory::end(tx, node_, child, std::nullopt, later); }), Code::conflict);
    EXPECT_EQ(outcome([&](auto& tx) { return Directory::end(tx, node_, parent, std::nullopt, later); }), std::nullopt);
    EXPECT_EQ(outcome([&](auto& tx) { return Directory::end(tx, node_, root_, std::nullopt, later); }), Code::conflict) << "the node needs one";
}

TEST_F(DirectoryTest, EachChangeIsInTheAuditChainWithBeforeAndAfter) {
    const OrganisationId id = add("before", root_);
    ASSERT_EQ(outcome([&](auto& tx) { return Directory::rename(tx, node_, id, "after", std::nullopt, kStart + seconds(5)); }), std::nullopt);
    const auto line = audit().front();
    EXPECT_EQ(line.action, "organisation:rename");
    EXPECT_EQ(line.object, "organisation/" + id.text());
    EXPECT_EQ(line.organisation, id);
    EXPECT_EQ(line.time, kStart + seconds(5));
    ASSERT_NE(line.details.find("before"), nullptr);
    EXPECT_EQ(line.details.find("before")->text("name"), "before");
    EXPECT_EQ(line.details.find("after")->text("name"), "after");
    EXPECT_EQ(state_->read([](store::Transaction& tx) { return store::audit::verify(tx); })->lines, 3);
}

TEST_F(DirectoryTest, PagesHoldEverythingOnceInFoldedOrder) {
    std::set<std::string> names{"Bộ Thông tin"};
    for (const char* name : {"Đà Nẵng", "da nang", "Hà Nội", "ha noi", "An Giang", "an giang", "Ứng Hoà", "Zulu", "Đ", "d"}) {
        add(name, root_);
        names.insert(name);
    }
    add("d", root_);  // two of one name
    std::vector<std::string> seen;
    std::optional<std::string> after;
    do {
        const auto page = state_->read([&](store::Transaction& tx) { return Directory::list(tx, Scope::node(), after, 3); });
        ASSERT_TRUE(page) << page.error().text;
        EXPECT_LE(page->items.size(), 3u);
        for (const Organisation& item : page->items) seen.push_back(item.name);
        after = page->next;
    } while (after);
    EXPECT_EQ(seen.size(), 12u);
    EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()), names);
    EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end(), [](auto& a, auto& b) { return fold(a) < fold(b); }));
}

TEST_F(DirectoryTest, HostileCursorsAreBadInput) {
    std::mt19937 random{42};
    const std::string good = to_cursor("organisation", {"a", root_.text()});
    std::vector<std::string> hostile{"", "a", "====", "%00", std::string(100'000, 'A'), to_cursor("source", {"a"}), to_cursor("organisation", {"a"}),
                                     to_cursor("organisation", {"a", "b", "c"}), to_cursor("organisation", {"\xff", "b"}),
                                     to_cursor("organisation", {std::string(1, '\0'), "b"}), good + "A", good.substr(0, good.size() - 4)};
    for (int i = 0; i < 2000; ++i) {
        std::string text = good;
        text[random() % text.size()] = static_cast<char>(random());
        hostile.push_back(text);
    }
    int refused = 0;
    for (const std::string& cursor : hostile) {
        const auto page = state_->read([&](store::Transaction& tx) { return Directory::list(tx, Scope::node(), cursor, 10); });
        if (page) continue;
        EXPECT_EQ(page.error().code, Code::bad_input);
        ++refused;
    }
    for (std::size_t i = 0; i < 12; ++i)
        EXPECT_FALSE(from_cursor("organisation", 2, hostile[i])) << i;
    EXPECT_GT(refused, 100);
}

TEST_F(DirectoryTest, SnapshotKnowsWhatIsBelow) {
    const OrganisationId a = add("a", root_), b = add("b", a), c = add("c", b), d = add("d", root_);
    const SourceId s = add_source("s", c);
    const auto snapshot = state_->read([](store::Transaction& tx) { return Snapshot::load(tx); });
    ASSERT_TRUE(snapshot);
    std::vector<OrganisationId> expected{a, b, c};
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ((*snapshot)->descendants(a), expected);
    EXPECT_EQ((*snapshot)->descendants(d), std::vector{d});
    EXPECT_EQ((*snapshot)->descendants(root_).size(), 5u);
    EXPECT_TRUE((*snapshot)->descendants(organisation_id()).empty());
    ASSERT_NE((*snapshot)->source(s), nullptr);
    EXPECT_EQ((*snapshot)->source(s)->organisation, c);
    EXPECT_EQ((*snapshot)->organisation(b)->parent, a);
}

TEST_F(DirectoryTest, PeersAreKeptInOneFormAndBelongToOneSource) {
    Source made = source("fw", root_);
    made.peers = {"192.0.2.7/32", "2001:DB8::1", "198.51.100.9/24", "Certificate:FW-01.example"};
    made.cadence = minutes(15);
    EXPECT_EQ(outcome([&](auto& tx) { return Directory::add(tx, node_, made); }), std::nullopt);
    const auto stored = state_->read([&](store::Transaction& tx) { return Directory::find_source(tx, Scope::node(), made.id); });
    ASSERT_TRUE(stored);
    EXPECT_EQ(stored->peers, (std::vector<std::string>{"192.0.2.7", "198.51.100.0/24", "2001:db8::1", "certificate:fw-01.example"}));
    EXPECT_EQ(stored->cadence, minutes(15));
    Source other = source("other", root_);
    other.peers = {"192.0.2.7"};
    EXPECT_EQ(outcome([&](auto& tx) { return Directory::add(tx, node_, other); }), Code::conflict);
    other.listener = "relp";  // on one listener it may be another source
    EXPECT_EQ(outcome([&](auto& tx) { return Directory::add(tx, node_, other); }), std::nullopt);
    for (const char* bad : {"host.example", "192.0.2.7/33", "certificate:", ""}) {
        Source wrong = source("wrong", root_);
        wrong.peers = {bad};
        EXPECT_EQ(outcome([&](auto& tx) { return Directory::add(tx, node_, wrong); }), Code::bad_input) << bad;
    }
    EXPECT_EQ(outcome([&](auto& tx) { return Directory::end(tx, node_, made.id, std::nullopt, kStart); }), std::nullopt);
    other.listener = "";
    EXPECT_EQ(outcome([&](auto& tx) { return Directory::change(tx, node_, other, std::nullopt, kStart); }), std::nullopt) << "what has ended holds no address";
}

TEST_F(DirectoryTest, ASenderIsTheNarrowestThatFitsAndTheListenersOwn) {
    const auto add_with = [&](std::string name, std::string listener, std::vector<std::string> peers) {
        Source made = source(std::move(name), root_);
        made.listener = std::move(listener);
        made.peers = std::move(peers);
        EXPECT_EQ(outcome([&](auto& tx) { return Directory::add(tx, node_, made); }), std::nullopt);
    };
    add_with("wide", "", {"192.0.2.0/24"});
    add_with("wide-relp", "relp", {"192.0.2.0/24"});
    add_with("narrow", "", {"192.0.2.0/28"});
    add_with("one", "", {"192.0.2.7"});
    add_with("one-udp", "syslog_udp", {"192.0.2.7"});
    add_with("named", "", {"certificate:web-01"});
    const auto snapshot = state_->read([](store::Transaction& tx) { return Snapshot::load(tx); });
    ASSERT_TRUE(snapshot);
    const auto who = [&](std::string_view listener, const char* address, std::vector<std::string> names = {}) {
        const Source* found = (*snapshot)->sender(listener, *parse_address(address), names);
        return found == nullptr ? std::string{} : found->name;
    };
    EXPECT_EQ(who("syslog_tcp", "192.0.2.7"), "one");
    EXPECT_EQ(who("syslog_udp", "192.0.2.7"), "one-udp");
    EXPECT_EQ(who("syslog_tcp", "192.0.2.8"), "narrow");
    EXPECT_EQ(who("syslog_tcp", "192.0.2.99"), "wide");
    EXPECT_EQ(who("relp", "192.0.2.99"), "wide-relp");
    EXPECT_EQ(who("syslog_tcp", "198.51.100.1"), "");
    EXPECT_EQ(who("syslog_tls", "192.0.2.7", {"stranger", "web-01"}), "named");
}

TEST_F(DirectoryTest, UnknownSendersAreAtMostAThousand) {
    const auto ensure = [&](const std::string& name) {
        return state_->write([&](store::Transaction& tx) { return Directory::ensure_own(tx, name, make_id<SourceTag>(kStart, random_), kStart); });
    };
    const auto other = ensure("unknown/other");
    ASSERT_TRUE(other && *other);
    EXPECT_EQ((*other)->organisation, root_);
    for (int i = 1; i < 1000; ++i) ASSERT_TRUE(*ensure("unknown/10.0." + std::to_string(i / 256) + "." + std::to_string(i % 256)));
    EXPECT_FALSE(*ensure("unknown/192.0.2.1"));
    const auto again = ensure("unknown/10.0.0.1");
    ASSERT_TRUE(again && *again) << "one that is there stays";
    EXPECT_EQ(outcome([&](auto& tx) { return Directory::end(tx, node_, (*again)->id, std::nullopt, kStart); }), std::nullopt);
    EXPECT_FALSE(*ensure("unknown/10.0.0.1")) << "one that was ended does not come back";
    EXPECT_TRUE(*ensure("unknown/192.0.2.1")) << "and makes room";
    EXPECT_EQ(ensure("fw-01").error().code, Code::bad_input);
}

}  // namespace
}  // namespace vg::directory
