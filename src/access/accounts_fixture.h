// A state with two organisations, and the shortest words for what the tests of accounts and gate do. Tests only.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "access/accounts.h"
#include "access/gate.h"
#include "access/passwords.h"
#include "base/text.h"
#include "store/audit.h"
#include "store/state_fixture.h"

namespace vg::access {

inline constexpr const char* kPassword = "con bò vàng ăn cỏ";

class AccountsFixture : public ::testing::Test {
protected:
    static std::unique_ptr<store::State> open(metrics::Registry& metrics) {
        const store::Schema schemas[] = {store::audit_schema(), schema()};
        auto state = store::State::open(store::test_state(), schemas, metrics);
        if (!state) ADD_FAILURE() << state.error().text;
        return std::move(*state);
    }

    Actor local_administrator() const { return {.name = "user:local", .role = Role::administrator, .scope = Scope::of({one_}), .organisation = one_}; }

    std::optional<std::string> first_link() {
        auto secret = state_->write([&](store::Transaction& tx) { return Accounts::ensure_first_administrator(tx, random_, now_); });
        if (!secret) ADD_FAILURE() << secret.error().text;
        return *secret;
    }
    User first_administrator() { return *gate_.redeem_link(*first_link(), kPassword, now_); }

    Result<User> add_user(std::string name, Role role, OrganisationId organisation) {
        return state_->write([&](store::Transaction& tx) {
            return Accounts::add_user(tx, root_, {.name = name, .role = role, .organisation = organisation, .password = PasswordHash{hash_}}, random_, now_);
        });
    }
    Result<SignedIn> sign_in(std::string name, std::string code = {}) {
        return gate_.sign_in({.name = std::move(name), .password = kPassword, .code = std::move(code), .peer = "192.0.2.7", .agent = "test"}, now_);
    }
    // Actions of the audit chain, oldest first, each followed by a space.
    std::string actions(const std::vector<OrganisationId>* organisations) {
        const auto lines = state_->read([&](store::Transaction& tx) { return store::audit::list(tx, organisations, std::nullopt, 1'000); });
        std::string text;
        for (auto line = lines->rbegin(); line != lines->rend(); ++line) text += line->action + " ";
        return text;
    }

    metrics::Registry metrics_;
    SeededRandom random_{7};
    Time now_ = Time{1'700'000'000'000'000};
    OrganisationId one_ = make_id<OrganisationTag>(now_, random_), two_ = make_id<OrganisationTag>(now_, random_);
    SourceId source_ = make_id<SourceTag>(now_, random_);
    std::unique_ptr<store::State> state_ = open(metrics_);
    Passwords passwords_{random_, {kCheapPasswords}};
    std::string hash_ = *passwords_.hash(kPassword);
    Gate gate_{*state_, passwords_, random_, [](const OrganisationId& id) { return std::vector{id}; }};
    Actor root_{.name = "local:0", .role = Role::administrator, .scope = Scope::node()};
};

}  // namespace vg::access
