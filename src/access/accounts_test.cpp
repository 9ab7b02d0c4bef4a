#include "access/accounts.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "access/accounts_fixture.h"

namespace vg::access {
namespace {

class AccountsTest : public AccountsFixture {};

TEST_F(AccountsTest, TheFirstAdministratorGetsOneLinkThatWorksOnce) {
    const auto secret = first_link();
    ASSERT_TRUE(secret);
    EXPECT_EQ(gate_.who_is_linked(*secret, now_)->name, "admin");
    EXPECT_EQ(gate_.redeem_link(*secret, "short", now_).error().code, Code::bad_input);
    ASSERT_TRUE(gate_.redeem_link(*secret, kPassword, now_));
    EXPECT_EQ(gate_.redeem_link(*secret, "another good password", now_).error().code, Code::denied);
    EXPECT_FALSE(gate_.who_is_linked(*secret, now_));
    EXPECT_TRUE(sign_in("admin"));
    EXPECT_FALSE(first_link()) << "there is an administrator with a password";
}

TEST_F(AccountsTest, AnUnusedFirstLinkIsReplacedAtTheNextStartAndEndsAfterADay) {
    const auto first = first_link();
    const auto second = first_link();
    ASSERT_TRUE(first && second);
    EXPECT_FALSE(gate_.who_is_linked(*first, now_));
    EXPECT_TRUE(gate_.who_is_linked(*second, now_ + hours(24) - seconds(1)));
    EXPECT_FALSE(gate_.who_is_linked(*second, now_ + hours(24)));
    EXPECT_EQ(gate_.redeem_link(*second, kPassword, now_ + hours(24)).error().code, Code::denied);
}

TEST_F(AccountsTest, NamesAreCheckedAndTaken) {
    for (const char* name : {"", "An", "a b", "a/b", "tên", "a'--"}) EXPECT_EQ(add_user(name, Role::reader, one_).error().code, Code::bad_input) << name;
    EXPECT_EQ(add_user(std::string(65, 'a'), Role::reader, one_).error().code, Code::bad_input);
    ASSERT_TRUE(add_user("an", Role::reader, one_));
    EXPECT_EQ(add_user("an", Role::reader, two_).error().code, Code::conflict);
    EXPECT_EQ(add_user("bo", Role::token_ingest, one_).error().code, Code::bad_input);
}

TEST_F(AccountsTest, AUserOfAnotherOrganisationDoesNotExist) {
    const User here = *add_user("here", Role::reader, one_), there = *add_user("there", Role::reader, two_);
    const Actor local = local_administrator();
    const auto page = state_->read([&](store::Transaction& tx) { return Accounts::list_users(tx, local.scope, {}, 10); });
    ASSERT_EQ(page->items.size(), 1u);
    EXPECT_EQ(page->items[0].id, here.id);
    EXPECT_EQ(state_->read([&](auto& tx) { return Accounts::find_user(tx, local.scope, there.id); }).error().code, Code::not_found);
    EXPECT_EQ(state_->read([&](auto& tx) { return Accounts::find_user_named(tx, local.scope, "there"); }).error().code, Code::not_found);
    for (const Status& status :
         {state_->write([&](auto& tx) { return Accounts::disable_user(tx, local, there.id, {}, now_).map([](const User&) {}); }),
          state_->write([&](auto& tx) { return Accounts::change_role(tx, local, there.id, Role::analyst, {}, now_).map([](const User&) {}); }),
          state_->write([&](auto& tx) { return Accounts::reset_password(tx, local, there.id, {"x"}, now_); }),
          state_->write([&](auto& tx) { return Accounts::reset_totp(tx, local, there.id, now_); }),
          state_->write([&](auto& tx) { return Accounts::make_link(tx, local, there.id, random_, now_).map([](const std::string&) {}); }),
          state_->write([&](auto& tx) { return Accounts::end_sessions_of(tx, local, there.id, now_).map([](std::int64_t) {}); })})
        EXPECT_EQ(status.error().code, Code::not_found);
}

TEST_F(AccountsTest, PagesFollowEachOther) {
    for (const char* name : {"c", "a", "e", "b", "d"}) ASSERT_TRUE(add_user(name, Role::reader, one_));
    std::string names;
    std::optional<std::string> after;
    int pages = 0;
    do {
        const auto page = state_->read([&](store::Transaction& tx) { return Accounts::list_users(tx, Scope::of({one_}), after, 2); });
        for (const User& user : page->items) names += user.name;
        after = page->next;
        ++pages;
    } while (after && pages < 10);
    EXPECT_EQ(names, "abcde");
    EXPECT_EQ(pages, 3);
}

TEST_F(AccountsTest, AChangeOverAnOlderVersionIsRefused) {
    const User user = *add_user("an", Role::reader, one_);
    const auto change = [&](Role role, std::int64_t version) {
        return state_->write([&](store::Transaction& tx) { return Accounts::change_role(tx, root_, user.id, role, version, now_); });
    };
    EXPECT_EQ(change(Role::analyst, 1)->version, 2);
    EXPECT_EQ(change(Role::operator_, 1).error().code, Code::conflict);
    EXPECT_EQ(change(Role::operator_, 2)->role, Role::operator_);
}

TEST_F(AccountsTest, TheLastAdministratorOfTheNodeStays) {
    const User admin = first_administrator();
    const auto disable = [&](const UserId& id) { return state_->write([&](store::Transaction& tx) { return Accounts::disable_user(tx, root_, id, {}, now_); }); };
    EXPECT_EQ(disable(admin.id).error().code, Code::conflict);
    EXPECT_EQ(state_->write([&](auto& tx) { return Accounts::change_role(tx, root_, admin.id, Role::reader, {}, now_); }).error().code, Code::conflict);
    ASSERT_TRUE(add_user("second", Role::administrator, OrganisationId{}));
    EXPECT_TRUE(disable(admin.id));
}

TEST_F(AccountsTest, DisablingEndsSessionsLinksAndReadingTokensAtOnceButNoFeed) {
    first_administrator();
    const User user = *add_user("an", Role::administrator, one_);
    const SignedIn in = *sign_in("an");
    const auto token = [&](const char* name, Role role) {
        return state_->write([&](store::Transaction& tx) {
            return Accounts::add_token(tx, in.actor, {.name = name, .role = role, .organisation = one_,
                                                      .source = role == Role::token_ingest ? std::optional{source_} : std::nullopt}, random_, now_);
        });
    };
    const auto reading = token("reading", Role::token_reader), feed = token("feed", Role::token_ingest);
    ASSERT_TRUE(reading) << reading.error().text;
    ASSERT_TRUE(feed) << feed.error().text;
    const auto link = state_->write([&](auto& tx) { return Accounts::make_link(tx, root_, user.id, random_, now_); });
    ASSERT_TRUE(gate_.session(in.secret, now_));
    ASSERT_TRUE(gate_.token(reading->text, now_));

    ASSERT_TRUE(state_->write([&](auto& tx) { return Accounts::disable_user(tx, root_, user.id, {}, now_); }));
    EXPECT_EQ(gate_.session(in.secret, now_).error().code, Code::denied);
    EXPECT_EQ(gate_.token(reading->text, now_).error().code, Code::denied);
    EXPECT_TRUE(gate_.token(feed->text, now_));
    EXPECT_FALSE(gate_.who_is_linked(*link, now_));
    EXPECT_EQ(sign_in("an").error().text, "name or password is wrong");

    ASSERT_TRUE(state_->write([&](auto& tx) { return Accounts::enable_user(tx, root_, user.id, {}, now_); }));
    EXPECT_EQ(gate_.session(in.secret, now_).error().code, Code::denied);
    EXPECT_TRUE(sign_in("an"));
}

TEST_F(AccountsTest, AResetPasswordEndsSessions) {
    const User user = *add_user("an", Role::reader, one_);
    const SignedIn in = *sign_in("an");
    const PasswordHash hash{*passwords_.hash("a different password")};
    ASSERT_TRUE(state_->write([&](auto& tx) { return Accounts::reset_password(tx, root_, user.id, hash, now_); }));
    EXPECT_FALSE(gate_.session(in.secret, now_));
    EXPECT_FALSE(sign_in("an"));
    EXPECT_TRUE(gate_.sign_in({.name = "an", .password = "a different password"}, now_));
}

TEST_F(AccountsTest, TokensSayWhatTheyAreFor) {
    const auto add = [&](NewToken token) { return state_->write([&](store::Transaction& tx) { return Accounts::add_token(tx, root_, token, random_, now_); }); };
    EXPECT_EQ(add({.name = "t", .role = Role::token_ingest, .organisation = one_}).error().code, Code::bad_input);
    EXPECT_EQ(add({.name = "t", .role = Role::token_reader, .organisation = one_, .source = source_}).error().code, Code::bad_input);
    EXPECT_EQ(add({.name = "t", .role = Role::analyst, .organisation = one_}).error().code, Code::bad_input);
    EXPECT_EQ(add({.name = "t t", .role = Role::token_reader, .organisation = one_}).error().code, Code::bad_input);
    EXPECT_EQ(add({.name = "t", .role = Role::token_reader, .organisation = one_, .expires = now_}).error().code, Code::bad_input);
    ASSERT_TRUE(add({.name = "t", .role = Role::token_reader, .organisation = one_}));
    EXPECT_EQ(add({.name = "t", .role = Role::token_reader, .organisation = one_}).error().code, Code::conflict);
    EXPECT_TRUE(add({.name = "t", .role = Role::token_reader, .organisation = two_})) << "names are an organisation's own";
}

TEST_F(AccountsTest, ARevokedNameIsFreeAgainAndItsTokenIsDead) {
    const NewToken wanted{.name = "web", .role = Role::token_ingest, .organisation = one_, .source = source_};
    const auto add = [&] { return state_->write([&](store::Transaction& tx) { return Accounts::add_token(tx, root_, wanted, random_, now_); }); };
    const IssuedToken first = *add();
    EXPECT_EQ(gate_.token(first.text, now_)->source, source_);
    ASSERT_TRUE(state_->write([&](auto& tx) { return Accounts::revoke_token(tx, root_, first.token.id, {}, now_); }));
    EXPECT_EQ(gate_.token(first.text, now_).error().code, Code::denied);
    const IssuedToken second = *add();
    EXPECT_NE(first.text, second.text);
    EXPECT_TRUE(gate_.token(second.text, now_));
}

TEST_F(AccountsTest, ATokenOfAnotherOrganisationDoesNotExist) {
    const IssuedToken there = *state_->write([&](auto& tx) {
        return Accounts::add_token(tx, root_, {.name = "t", .role = Role::token_reader, .organisation = two_}, random_, now_);
    });
    const Actor local = local_administrator();
    EXPECT_EQ(state_->write([&](auto& tx) { return Accounts::revoke_token(tx, local, there.token.id, {}, now_); }).error().code, Code::not_found);
    EXPECT_TRUE(state_->read([&](auto& tx) { return Accounts::list_tokens(tx, local.scope, {}, 10); })->items.empty());
    EXPECT_EQ(state_->write([&](auto& tx) {
        return Accounts::add_token(tx, local, {.name = "t", .role = Role::token_reader, .organisation = two_}, random_, now_);
    }).error().code, Code::denied);
}

TEST_F(AccountsTest, NobodyRaisesThemselvesOrOthersAboveTheirOwn) {
    const User user = *add_user("an", Role::reader, one_);
    const auto add = [&](const Actor& actor, Role role, OrganisationId organisation) {
        return state_->write([&](store::Transaction& tx) { return Accounts::add_user(tx, actor, {.name = "new", .role = role, .organisation = organisation}, random_, now_); });
    };
    EXPECT_EQ(add(local_administrator(), Role::reader, OrganisationId{}).error().code, Code::denied);
    EXPECT_EQ(add(local_administrator(), Role::reader, two_).error().code, Code::denied);
    for (const Role role : {Role::reader, Role::analyst, Role::operator_, Role::approver, Role::duty_lead, Role::contact}) {
        const Actor actor{.name = "user:an", .role = role, .scope = Scope::of({one_}), .organisation = one_, .user = user.id};
        EXPECT_EQ(add(actor, Role::reader, one_).error().code, Code::denied) << name_of(role);
        EXPECT_EQ(state_->write([&](store::Transaction& tx) { return Accounts::change_role(tx, actor, user.id, Role::administrator, {}, now_); }).error().code, Code::denied);
        EXPECT_EQ(state_->write([&](store::Transaction& tx) {
            return Accounts::add_token(tx, actor, {.name = "t", .role = Role::token_reader, .organisation = one_}, random_, now_);
        }).error().code, Code::denied);
    }
    EXPECT_EQ(state_->read([&](store::Transaction& tx) { return Accounts::find_user(tx, Scope::node(), user.id); })->role, Role::reader);
}

// Everything that was secret in one long story, looked for in every text of the database.
TEST_F(AccountsTest, NoSecretIsStoredOrAudited) {
    const auto link = first_link();
    ASSERT_TRUE(gate_.redeem_link(*link, kPassword, now_));
    const SignedIn in = *sign_in("admin");
    const auto offer = state_->write([&](auto& tx) { return Accounts::offer_totp(tx, in.actor, random_, now_); });
    const auto token = state_->write([&](auto& tx) {
        return Accounts::add_token(tx, in.actor, {.name = "t", .role = Role::token_reader, .organisation = one_}, random_, now_);
    });
    EXPECT_FALSE(gate_.sign_in({.name = "typed password in the name field", .password = "wrong wrong wrong"}, now_));
    EXPECT_FALSE(gate_.sign_in({.name = "admin", .password = "wrong wrong wrong"}, now_));

    std::string everything;
    for (const auto& [table, columns] : std::vector<std::pair<std::string, std::vector<std::string>>>{
             {"access_user", {"name", "password"}}, {"access_token", {"hash", "name", "creator"}}, {"access_session", {"hash", "peer", "agent"}},
             {"access_link", {"hash"}}, {"access_attempt", {"who"}}, {"audit", {"actor", "action", "object", "details"}}})
        for (const std::string& column : columns) {
            const std::string question = "select coalesce(" + column + ", '') from " + table;
            const auto found = state_->read([&](store::Transaction& tx) { return tx.query<std::string>(question); });
            ASSERT_TRUE(found) << found.error().text;
            for (const auto& [text] : *found) everything += text + "\n";
        }
    ASSERT_NE(everything.find("session:start"), std::string::npos);
    ASSERT_NE(everything.find("user:totp-offer"), std::string::npos);
    for (const std::string& secret : {std::string{kPassword}, *link, in.secret, offer->secret, token->text, token->text.substr(3),
                                      std::string{"typed password in the name field"}, std::string{"wrong wrong wrong"}})
        EXPECT_EQ(everything.find(secret), std::string::npos) << secret;
}

TEST_F(AccountsTest, EveryChangeIsInTheAuditChainOfItsOrganisation) {
    const User user = *add_user("an", Role::reader, one_);
    ASSERT_TRUE(state_->write([&](auto& tx) { return Accounts::change_role(tx, root_, user.id, Role::analyst, {}, now_); }));
    ASSERT_TRUE(state_->write([&](auto& tx) { return Accounts::make_link(tx, root_, user.id, random_, now_); }));
    ASSERT_TRUE(state_->write([&](auto& tx) { return Accounts::disable_user(tx, root_, user.id, {}, now_); }));
    ASSERT_TRUE(state_->write([&](auto& tx) { return Accounts::enable_user(tx, root_, user.id, {}, now_); }));
    const std::vector<OrganisationId> ones{one_}, twos{two_};
    EXPECT_EQ(actions(&ones), "user:add user:role user:link user:disable user:enable ");
    EXPECT_EQ(actions(&twos), "");
    EXPECT_FALSE(state_->read([](auto& tx) { return store::audit::verify(tx); })->first_wrong);
}

TEST_F(AccountsTest, ARefusedChangeLeavesNoLine) {
    EXPECT_FALSE(state_->write([&](auto& tx) { return Accounts::add_user(tx, local_administrator(), {.name = "x", .organisation = two_}, random_, now_); }));
    EXPECT_EQ(actions(nullptr), "");
}

}  // namespace
}  // namespace vg::access
