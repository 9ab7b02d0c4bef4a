// An archive of made-up events and hunts over it. For tests.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "detect/kinds/indicator/set.h"
#include "findings/book.h"
#include "hunts/runner.h"
#include "intel/indicators.h"
#include "store/archive/archive_test_kit.h"
#include "store/audit.h"
#include "store/state_fixture.h"

namespace vg::hunts::kit {

namespace archive_kit = store::archive::kit;
using archive_kit::id_of;
using archive_kit::kStart;

// Of each finding how many events it has, by organisation, rule and entity.
using Counts = std::map<std::tuple<std::string, std::string, std::string>, std::int64_t>;

struct World : archive_kit::Base {
    World() {
        options.segment_events = 1'000'000;
        options.rows_in_group = 512;
        options.rows_in_block = 64;
        const store::Schema schemas[] = {store::audit_schema(), findings::schema(), intel::schema(), schema()};
        auto opened = store::State::open(store::test_state(), schemas, metrics);
        EXPECT_TRUE(opened) << opened.error().text;
        state = std::move(*opened);
        open();
    }
    ~World() override { state.reset(); }

    Runner::Parts parts() {
        return {.state = *state,
                .archive = archive.get(),
                .clock = clock,
                .metrics = metrics,
                .asker = {.state = *state, .disk = store::system_disk(), .random = random, .folder = (root / "hunts").string(), .journal = options.journal},
                .below = [](const OrganisationId& one) { return std::vector{one}; },
                .sources = [] { return std::vector<LiveSource>{{id_of<SourceTag>(1), id_of<OrganisationTag>(1), "firewall"}, {id_of<SourceTag>(2), id_of<OrganisationTag>(2), "resolver"}}; }};
    }

    // Closes what was appended into a segment.
    void close() { tend(true); }

    Hunt hunt_of(const std::vector<std::string>& values, Hunt hunt = {}) {
        hunt.id = make_id<HuntTag>(clock.now(), random);
        hunt.name = "june";
        hunt.by = "user:an";
        hunt.state = State::collecting;
        if (hunt.from == Time{}) hunt.from = kStart - days(90);
        if (hunt.until == Time{}) hunt.until = kStart + days(90);
        hunt.created = clock.now();
        if (hunt.before == event::Position{}) hunt.before = {1'000'000};
        std::vector<AskedValue> asked;
        for (const std::string& text : values) {
            const auto value = indicator::recognise(text);
            EXPECT_TRUE(value) << text;
            indicator::Attribution by;
            by.list = "june";
            by.family = "emotet";
            by.confidence = 80;
            if (value) asked.push_back({*value, by});
        }
        return put(hunt, asked);
    }
    Hunt put(Hunt hunt, const std::vector<AskedValue>& asked) {
        const Status added = state->write([&](store::Transaction& tx) -> Status {
            TRY(add(tx, hunt));
            TRY(add_values(tx, hunt.id, asked));
            return close_values(tx, hunt.id, hunt.before);
        });
        EXPECT_TRUE(added) << added.error().text;
        return shown(hunt.id);
    }
    Hunt shown(const HuntId& id) {
        auto found = state->read([&](store::Transaction& tx) { return find(tx, access::Scope::node(), id); });
        EXPECT_TRUE(found) << found.error().text;
        return found ? *found : Hunt{};
    }
    // Works until no hunt waits.
    void work(Runner::Options with = {}) {
        with.wait_for_archive = seconds(0);
        Runner runner{parts(), with};
        for (;;) {
            const auto worked = runner.work_one({});
            ASSERT_TRUE(worked) << worked.error().text;
            if (!*worked) return;
        }
    }
    Hunt worked(const Hunt& hunt, Runner::Options with = {}) {
        work(with);
        return shown(hunt.id);
    }

    std::vector<findings::Finding> findings() {
        auto page = state->read([&](store::Transaction& tx) { return findings::Book::list(tx, access::Scope::node(), {}, std::nullopt, 1000); });
        EXPECT_TRUE(page) << page.error().text;
        return page ? page->items : std::vector<findings::Finding>{};
    }
    Counts counts() {
        Counts out;
        for (const findings::Finding& one : findings()) {
            out[{one.organisation.text(), one.rule_id, one.entity}] += one.count;
            EXPECT_EQ(one.retrospective, one.count) << "all of it was found by hunts";
        }
        return out;
    }

    SeededRandom random{7};
    std::unique_ptr<store::State> state;
};

}  // namespace vg::hunts::kit
