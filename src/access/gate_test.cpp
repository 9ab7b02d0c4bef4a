#include "access/gate.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>

#include "access/accounts_fixture.h"
#include "access/totp.h"
#include "base/bytes.h"

namespace vg::access {
namespace {

class GateTest : public AccountsFixture {
protected:
    Result<SignedIn> guess(std::string name, std::string peer = "192.0.2.7") {
        return gate_.sign_in({.name = std::move(name), .password = "not the password", .peer = std::move(peer)}, now_);
    }
    // Bytes of the base32 text (RFC 4648), as an authenticator program reads them.
    static std::string from_base32(std::string_view text) {
        std::string out;
        std::uint32_t held = 0;
        int bits = 0;
        for (const char c : text) {
            held = (held << 5) | static_cast<std::uint32_t>(c >= 'A' ? c - 'A' : c - '2' + 26);
            if ((bits += 5) >= 8) out += static_cast<char>(held >> (bits -= 8));
        }
        return out;
    }
    // Gives the signed-in user a second factor; its secret.
    std::string add_totp(const SignedIn& in) {
        const auto offer = state_->write([&](auto& tx) { return Accounts::offer_totp(tx, in.actor, random_, now_); });
        std::string secret = from_base32(offer->secret);
        const Status confirmed = state_->write([&](auto& tx) { return Accounts::confirm_totp(tx, in.actor, code(secret), now_); });
        EXPECT_TRUE(confirmed) << confirmed.error().text;
        return secret;
    }
    std::string code(const std::string& secret) const { return totp::code_at(secret, now_.micros / 1'000'000 / totp::kStep); }
};

TEST_F(GateTest, ASessionIsTheUserWithinTheirOrganisation) {
    const User user = *add_user("an", Role::analyst, one_);
    const SignedIn in = *sign_in(" An ");
    const Actor actor = *gate_.session(in.secret, now_);
    EXPECT_EQ(actor.name, "user:an");
    EXPECT_EQ(actor.role, Role::analyst);
    EXPECT_EQ(actor.user, user.id);
    EXPECT_EQ(actor.organisation, one_);
    EXPECT_TRUE(actor.scope.sees(one_));
    EXPECT_FALSE(actor.scope.sees(two_));
    EXPECT_FALSE(actor.scope.sees_node());
    EXPECT_EQ(actor.session, sha256_hex(in.secret));
}

TEST_F(GateTest, AUserOfTheNodeSeesAllOfIt) {
    ASSERT_TRUE(add_user("an", Role::reader, OrganisationId{}));
    EXPECT_TRUE(gate_.session(sign_in("an")->secret, now_)->scope.sees_node());
}

TEST_F(GateTest, AChangedRoleHoldsForSessionsThatStand) {
    const User user = *add_user("an", Role::analyst, one_);
    const SignedIn in = *sign_in("an");
    ASSERT_TRUE(state_->write([&](auto& tx) { return Accounts::change_role(tx, root_, user.id, Role::reader, {}, now_); }));
    EXPECT_EQ(gate_.session(in.secret, now_)->role, Role::reader);
}

TEST_F(GateTest, UnknownUserWrongPasswordAndDisabledUserGetOneAnswer) {
    ASSERT_TRUE(add_user("an", Role::reader, one_));
    const User off = *add_user("off", Role::reader, one_);
    ASSERT_TRUE(state_->write([&](auto& tx) { return Accounts::disable_user(tx, root_, off.id, {}, now_); }));
    const auto wrong = guess("an"), unknown = guess("nobody"), disabled = sign_in("off"), no_name = guess("' or 1=1 --");
    for (const auto* answer : {&wrong, &unknown, &disabled, &no_name}) {
        EXPECT_EQ(answer->error().code, Code::denied);
        EXPECT_EQ(answer->error().text, "name or password is wrong");
    }
}

TEST_F(GateTest, SessionsEndWhenIdleForTwelveHours) {
    ASSERT_TRUE(add_user("an", Role::reader, one_));
    const SignedIn in = *sign_in("an");
    now_ = now_ + hours(12) - seconds(1);
    EXPECT_TRUE(gate_.session(in.secret, now_)) << "and this was a use";
    now_ = now_ + hours(12) - seconds(1);
    EXPECT_TRUE(gate_.session(in.secret, now_));
    now_ = now_ + hours(12);
    EXPECT_EQ(gate_.session(in.secret, now_).error().code, Code::denied);
}

TEST_F(GateTest, SessionsEndAfterSevenDaysHoweverBusy) {
    ASSERT_TRUE(add_user("an", Role::reader, one_));
    const SignedIn in = *sign_in("an");
    const Time start = now_;
    for (; now_ < start + days(7); now_ = now_ + hours(6)) ASSERT_TRUE(gate_.session(in.secret, now_));
    EXPECT_EQ(gate_.session(in.secret, now_).error().code, Code::denied);
}

TEST_F(GateTest, WhatIsNoSessionIsRefused) {
    ASSERT_TRUE(add_user("an", Role::reader, one_));
    const SignedIn in = *sign_in("an");
    for (const std::string& text : {std::string{}, std::string{"x"}, in.secret.substr(1), in.secret + "a", sha256_hex(in.secret), std::string(43, 'A'),
                                    std::string(1'000'000, 'a')}) {
        EXPECT_EQ(gate_.session(text, now_).error().code, Code::denied);
        EXPECT_EQ(gate_.token("vg_" + text, now_).error().code, Code::denied);
    }
}

TEST_F(GateTest, SigningOutEndsThisSessionOnly) {
    ASSERT_TRUE(add_user("an", Role::reader, one_));
    const SignedIn first = *sign_in("an"), second = *sign_in("an");
    ASSERT_TRUE(state_->write([&](auto& tx) { return Accounts::sign_out(tx, first.actor, now_); }));
    EXPECT_FALSE(gate_.session(first.secret, now_));
    EXPECT_TRUE(gate_.session(second.secret, now_));
}

TEST_F(GateTest, OwnSessionsAreListedAndEndedAndNobodyElses) {
    ASSERT_TRUE(add_user("an", Role::reader, one_));
    ASSERT_TRUE(add_user("bo", Role::reader, one_));
    const SignedIn an = *sign_in("an");
    now_ = now_ + seconds(1);
    const SignedIn an_too = *sign_in("an"), bo = *sign_in("bo");
    const auto list = state_->read([&](auto& tx) { return Accounts::list_sessions(tx, an.actor, now_); });
    ASSERT_EQ(list->size(), 2u);
    EXPECT_FALSE((*list)[0].current);
    EXPECT_TRUE((*list)[1].current);
    EXPECT_EQ((*list)[1].peer, "192.0.2.7");
    EXPECT_EQ((*list)[1].agent, "test");
    EXPECT_EQ(state_->write([&](auto& tx) { return Accounts::end_session(tx, bo.actor, (*list)[0].id, now_); }).error().code, Code::not_found);
    EXPECT_TRUE(gate_.session(an_too.secret, now_));
    ASSERT_TRUE(state_->write([&](auto& tx) { return Accounts::end_session(tx, an.actor, (*list)[0].id, now_); }));
    EXPECT_FALSE(gate_.session(an_too.secret, now_));
    EXPECT_TRUE(gate_.session(an.secret, now_));
}

TEST_F(GateTest, TheOldestOfTooManySessionsEnds) {
    ASSERT_TRUE(add_user("an", Role::reader, one_));
    const SignedIn first = *sign_in("an");
    for (int i = 0; i < 50; ++i) {
        now_ = now_ + seconds(1);
        ASSERT_TRUE(sign_in("an"));
    }
    EXPECT_FALSE(gate_.session(first.secret, now_));
    EXPECT_EQ(state_->read([&](auto& tx) { return Accounts::list_sessions(tx, first.actor, now_); })->size(), 50u);
}

TEST_F(GateTest, AChangedPasswordEndsTheOtherSessions) {
    ASSERT_TRUE(add_user("an", Role::reader, one_));
    const SignedIn here = *sign_in("an"), elsewhere = *sign_in("an");
    EXPECT_EQ(gate_.change_password(here.actor, "not it, not it", "a different password", now_).error().text, "field present: is not your password");
    EXPECT_EQ(gate_.change_password(here.actor, kPassword, "short", now_).error().code, Code::bad_input);
    EXPECT_EQ(gate_.change_password(here.actor, kPassword, kPassword, now_).error().code, Code::bad_input);
    EXPECT_TRUE(gate_.session(elsewhere.secret, now_));
    ASSERT_TRUE(gate_.change_password(here.actor, kPassword, "a different password", now_));
    EXPECT_TRUE(gate_.session(here.secret, now_));
    EXPECT_FALSE(gate_.session(elsewhere.secret, now_));
    EXPECT_FALSE(sign_in("an"));
    EXPECT_TRUE(gate_.sign_in({.name = "an", .password = "a different password"}, now_));
}

TEST_F(GateTest, ASecondFactorIsAskedForOnlyAfterTheRightPassword) {
    ASSERT_TRUE(add_user("an", Role::reader, one_));
    const SignedIn in = *sign_in("an");
    const std::string secret = add_totp(in);
    now_ = now_ + seconds(60);
    EXPECT_EQ(guess("an").error().text, "name or password is wrong");
    EXPECT_EQ(sign_in("an").error().text, "field code: the code of the second factor is needed");
    EXPECT_EQ(sign_in("an", "000000").error().text, "field code: is wrong or was used already");
    EXPECT_TRUE(sign_in("an", code(secret)));
    EXPECT_EQ(sign_in("an", code(secret)).error().text, "field code: is wrong or was used already") << "a code works once";
}

TEST_F(GateTest, TheCodeThatConfirmedTheFactorIsUsedUp) {
    ASSERT_TRUE(add_user("an", Role::reader, one_));
    const SignedIn in = *sign_in("an"), other = *sign_in("an");
    const std::string secret = add_totp(in);
    EXPECT_FALSE(gate_.session(other.secret, now_)) << "other sessions had no second factor";
    EXPECT_FALSE(sign_in("an", code(secret)));
    now_ = now_ + seconds(30);
    EXPECT_TRUE(sign_in("an", code(secret)));
}

TEST_F(GateTest, AStolenSessionCannotReplaceTheSecondFactor) {
    ASSERT_TRUE(add_user("an", Role::reader, one_));
    const SignedIn in = *sign_in("an");
    add_totp(in);
    EXPECT_EQ(state_->write([&](auto& tx) { return Accounts::offer_totp(tx, in.actor, random_, now_); }).error().code, Code::conflict);
    EXPECT_EQ(gate_.remove_totp(in.actor, "not the password", now_).error().code, Code::denied);
    ASSERT_TRUE(gate_.remove_totp(in.actor, kPassword, now_));
    EXPECT_TRUE(sign_in("an"));
}

TEST_F(GateTest, AWrongCodeConfirmsNothing) {
    ASSERT_TRUE(add_user("an", Role::reader, one_));
    const SignedIn in = *sign_in("an");
    ASSERT_TRUE(state_->write([&](auto& tx) { return Accounts::offer_totp(tx, in.actor, random_, now_); }));
    EXPECT_FALSE(state_->write([&](auto& tx) { return Accounts::confirm_totp(tx, in.actor, "12345", now_); }));
    EXPECT_TRUE(sign_in("an")) << "no code is asked for";
}

TEST_F(GateTest, FiveFailuresMakeTheNameWaitTwiceAsLongEachTime) {
    ASSERT_TRUE(add_user("an", Role::reader, one_));
    for (int i = 0; i < 5; ++i) EXPECT_EQ(guess("an").error().code, Code::denied);
    EXPECT_EQ(sign_in("an").error().text, "too many failed sign-ins; try again in 1 seconds");
    now_ = now_ + seconds(1);
    EXPECT_EQ(guess("an").error().code, Code::denied);
    EXPECT_EQ(sign_in("an").error().text, "too many failed sign-ins; try again in 2 seconds");
    now_ = now_ + seconds(2);
    EXPECT_EQ(guess("an").error().code, Code::denied);
    EXPECT_EQ(sign_in("an").error().text, "too many failed sign-ins; try again in 4 seconds");
    now_ = now_ + seconds(4);
    EXPECT_TRUE(sign_in("an")) << "the right password after the wait";
    EXPECT_EQ(guess("an").error().code, Code::denied) << "and the count began anew";
    EXPECT_TRUE(sign_in("an"));
}

TEST_F(GateTest, NobodyWaitsLongerThanAQuarterOfAnHourEvenWhenTheClockIsPutBack) {
    ASSERT_TRUE(add_user("an", Role::reader, one_));
    for (int i = 0; i < 40; ++i) {
        EXPECT_FALSE(guess("an", ""));
        now_ = now_ + minutes(15);
    }
    EXPECT_FALSE(guess("an", ""));
    EXPECT_EQ(sign_in("an").error().text, "too many failed sign-ins; try again in 900 seconds");
    now_ = now_ - days(1);
    EXPECT_EQ(sign_in("an").error().text, "too many failed sign-ins; try again in 900 seconds");
}

TEST_F(GateTest, AnUnknownNameWaitsLikeAKnownOne) {
    for (int i = 0; i < 5; ++i) EXPECT_EQ(guess("nobody").error().code, Code::denied);
    EXPECT_EQ(guess("nobody").error().text, "too many failed sign-ins; try again in 1 seconds");
}

TEST_F(GateTest, APeerThatTriesManyNamesWaits) {
    ASSERT_TRUE(add_user("an", Role::reader, one_));
    for (int i = 0; i < 20; ++i) EXPECT_EQ(guess(format("name{}", i), "2001:db8:1:2::1").error().code, Code::denied);
    EXPECT_EQ(guess("fresh", "2001:db8:1:2:ffff::9").error().code, Code::busy) << "the same /64";
    EXPECT_EQ(guess("fresh", "2001:db8:1:3::1").error().code, Code::denied);
    EXPECT_TRUE(sign_in("an")) << "others are not kept out";
}

// One's own right password must not wash a peer clean.
TEST_F(GateTest, ASuccessDoesNotForgiveAPeerItsFailures) {
    ASSERT_TRUE(add_user("an", Role::reader, one_));
    for (int i = 0; i < 19; ++i) ASSERT_EQ(guess(format("name{}", i)).error().code, Code::denied);
    ASSERT_TRUE(sign_in("an"));
    EXPECT_EQ(guess("another").error().code, Code::denied);
    EXPECT_EQ(guess("fresh").error().code, Code::busy);
}

TEST_F(GateTest, AForgottenCodeIsNoFailure) {
    ASSERT_TRUE(add_user("an", Role::reader, one_));
    const std::string secret = add_totp(*sign_in("an"));
    now_ = now_ + seconds(60);
    for (int i = 0; i < 30; ++i) ASSERT_EQ(sign_in("an").error().code, Code::denied);
    EXPECT_TRUE(sign_in("an", code(secret)));
}

// Sixteen guesses at the same moment count sixteen times, whatever the order: at most five are looked at.
TEST_F(GateTest, GuessesAtOnceAreEachCounted) {
    SystemRandom random;
    Passwords passwords{random, {.cost = kCheapPasswords, .at_once = 4, .waiting = 100}};
    Gate gate{*state_, passwords, random, [](const OrganisationId& id) { return std::vector{id}; }};
    ASSERT_TRUE(add_user("an", Role::reader, one_));
    std::atomic<int> denied = 0, busy = 0;
    {
        std::latch start{16};
        std::vector<std::jthread> threads;
        for (int i = 0; i < 16; ++i)
            threads.emplace_back([&] {
                start.arrive_and_wait();
                const auto answer = gate.sign_in({.name = "an", .password = "not the password"}, now_);
                (answer.error().code == Code::busy ? busy : denied)++;
            });
    }
    EXPECT_EQ(denied, 5);
    EXPECT_EQ(busy, 11);
}

TEST_F(GateTest, RepeatedFailuresAreAuditedEverMoreRarely) {
    const User user = *add_user("an", Role::reader, one_);
    for (int i = 0; i < 20; ++i) {
        EXPECT_FALSE(guess("an", ""));
        now_ = now_ + minutes(15);
    }
    const std::vector<OrganisationId> ones{one_};
    // Failures 1, 2, 3, 4, 8 and 16.
    EXPECT_EQ(actions(&ones), "user:add session:refuse session:refuse session:refuse session:refuse session:refuse session:refuse ");
}

TEST_F(GateTest, AFloodOfUnknownNamesDoesNotFillTheAuditChain) {
    for (int i = 0; i < 600; ++i) ASSERT_FALSE(guess(format("name{}", i), ""));
    const std::string text = actions(nullptr);
    // 200 in the hour, then the 256th and the 512th.
    EXPECT_EQ(std::count(text.begin(), text.end(), ' '), 202);
}

TEST_F(GateTest, ATokenIsAProgramWithinItsOrganisationAndSource) {
    const IssuedToken issued = *state_->write([&](auto& tx) {
        return Accounts::add_token(tx, root_, {.name = "web-01", .role = Role::token_ingest, .organisation = one_, .source = source_, .expires = now_ + hours(1)},
                                   random_, now_);
    });
    EXPECT_EQ(issued.text.size(), 46u);
    EXPECT_EQ(issued.text.substr(0, 3), "vg_");
    const Actor actor = *gate_.token(issued.text, now_);
    EXPECT_EQ(actor.name, "token:web-01");
    EXPECT_EQ(actor.role, Role::token_ingest);
    EXPECT_EQ(actor.source, source_);
    EXPECT_EQ(actor.organisation, one_);
    EXPECT_FALSE(actor.user);
    EXPECT_FALSE(actor.scope.sees(two_));
    EXPECT_TRUE(gate_.token(issued.text, now_ + hours(1) - seconds(1)));
    EXPECT_EQ(gate_.token(issued.text, now_ + hours(1)).error().code, Code::denied);
}

TEST_F(GateTest, TheLastUseOfATokenIsKeptToTheMinute) {
    const IssuedToken issued = *state_->write([&](auto& tx) {
        return Accounts::add_token(tx, root_, {.name = "t", .role = Role::token_reader, .organisation = one_}, random_, now_);
    });
    const auto used = [&] { return state_->read([&](auto& tx) { return Accounts::find_token(tx, Scope::node(), issued.token.id); })->used; };
    EXPECT_FALSE(used());
    const Time start = now_;
    ASSERT_TRUE(gate_.token(issued.text, start));
    EXPECT_EQ(used(), start);
    ASSERT_TRUE(gate_.token(issued.text, start + seconds(59)));
    EXPECT_EQ(used(), start);
    ASSERT_TRUE(gate_.token(issued.text, start + seconds(60)));
    EXPECT_EQ(used(), start + seconds(60));
}

TEST_F(GateTest, AnOldCostIsRaisedAtTheNextSignIn) {
    ASSERT_TRUE(add_user("an", Role::reader, one_));
    Passwords dearer{random_, {{2, 16'384}}};
    Gate gate{*state_, dearer, random_, [](const OrganisationId& id) { return std::vector{id}; }};
    ASSERT_TRUE(gate.sign_in({.name = "an", .password = kPassword}, now_));
    const auto stored = state_->read([](auto& tx) { return tx.template first<std::string>("select password from access_user where name = 'an'"); });
    EXPECT_FALSE(dearer.is_outdated(std::get<0>(**stored)));
    EXPECT_TRUE(gate.sign_in({.name = "an", .password = kPassword}, now_));
}

// A copy of the database gives no second factor away; what was stored before there was sealing goes on, and is sealed at start.
TEST_F(GateTest, SecondFactorsAreSealedWithTheNodesKey) {
    (void)*add_user("an", Role::analyst, one_);
    const SignedIn in = *sign_in("an");
    const std::string secret = add_totp(in);  // plain, as before
    const store::Secrets mine{std::string(32, 'k')}, other{std::string(32, 'o')};
    const auto stored = [&] { return std::get<0>(*state_->read([&](auto& tx) { return tx.template first<std::string>("select totp_secret from access_user where totp_secret is not null"); }).value()); };
    EXPECT_EQ(stored(), to_hex(secret));
    ASSERT_TRUE(state_->write([&](auto& tx) { return Accounts::seal_secrets(tx, mine, random_); }));
    EXPECT_TRUE(store::Secrets::is_sealed(stored()));
    EXPECT_EQ(stored().find(to_hex(secret)), std::string::npos);
    const std::string sealed = stored();
    ASSERT_TRUE(state_->write([&](auto& tx) { return Accounts::seal_secrets(tx, mine, random_); }));
    EXPECT_EQ(stored(), sealed) << "once";

    now_ = now_ + minutes(1);
    Gate with_key{*state_, passwords_, random_, [](const OrganisationId& id) { return std::vector{id}; }, &mine};
    Gate with_another{*state_, passwords_, random_, [](const OrganisationId& id) { return std::vector{id}; }, &other};
    EXPECT_FALSE(with_another.sign_in({.name = "an", .password = kPassword, .code = code(secret)}, now_));
    EXPECT_FALSE(with_key.sign_in({.name = "an", .password = kPassword, .code = "000000"}, now_));
    EXPECT_TRUE(with_key.sign_in({.name = "an", .password = kPassword, .code = code(secret)}, now_));
}

}  // namespace
}  // namespace vg::access
