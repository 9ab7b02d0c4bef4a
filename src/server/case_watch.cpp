#include "server/case_watch.h"

#include <pthread.h>

#include <chrono>

#include "base/log.h"
#include "base/priority.h"

namespace vg::server {

namespace {

constexpr std::size_t kAtOnce = 50;  // findings of one transaction

}  // namespace

CaseWatch::CaseWatch(Parts parts, Options options)
    : parts_(std::move(parts)), options_(options), told_(parts_.metrics.counter("vonggac_case_sightings_total", "Findings that were sightings of a victim of a case")),
      items_(parts_.metrics.counter("vonggac_case_watched_total", "Looks at a victim whose removal was told")), proposed_(parts_.metrics.counter("vonggac_case_proposals_total", "Victims that were proposed to be closed")),
      reopened_(parts_.metrics.counter("vonggac_case_reopened_total", "Victims that were opened again by what was seen")),
      unanswered_(parts_.metrics.counter("vonggac_case_unanswered_total", "Looks at a victim of which the archive could not be asked")) {}

void CaseWatch::start() {
    if (thread_.joinable()) return;
    thread_ = std::jthread{[this](const std::stop_token& stop) { run(stop); }};
}

void CaseWatch::stop() {
    if (!thread_.joinable()) return;
    thread_.request_stop();
    thread_.join();
}

void CaseWatch::run(const std::stop_token& stop) {
    pthread_setname_np(pthread_self(), "case-watch");
    lower_priority(19);
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock{mutex};
    while (!wake.wait_for(lock, stop, std::chrono::microseconds(options_.every.micros), [&] { return stop.stop_requested(); }))
        if (const auto looked = look(stop); !looked && !stop.stop_requested()) log::warn("cases: what is watched could not be looked at; it is tried again", {{"reason", looked.error().text}});
}

Result<CaseWatch::Looked> CaseWatch::look(const std::stop_token& stop) {
    Looked looked;
    const Time now = parts_.clock.now();
    for (std::size_t taken = 0; taken < options_.findings && !stop.stop_requested();) {
        cases::NewsTaken some;
        TRY(parts_.state.write([&](store::Transaction& tx) -> Status {
            some = TRY(cases::take_news(tx, std::min(kAtOnce, options_.findings - taken), parts_.random, now));
            return {};
        }));
        looked.news.findings += some.findings;
        looked.news.reminded += some.reminded;
        looked.news.refuted += some.refuted;
        looked.news.relapsed += some.relapsed;
        if (some.findings == 0) break;
        taken += static_cast<std::size_t>(some.findings);
    }
    told_.add(static_cast<std::uint64_t>(looked.news.told()));
    looked.exceptions = TRY(parts_.state.write([&](store::Transaction& tx) { return cases::end_exceptions(tx, options_.items, now); }));
    if (parts_.meanwhile) TRY(parts_.meanwhile());
    TRY(look_at_items(looked, stop));
    reopened_.add(static_cast<std::uint64_t>(looked.news.refuted + looked.news.relapsed + looked.reopened));
    if (parts_.changed && (looked.news.told() > 0 || looked.exceptions > 0 || looked.proposed > 0 || looked.refused > 0 || looked.reopened > 0 || looked.closed > 0)) parts_.changed();
    return looked;
}

Status CaseWatch::look_at_items(Looked& looked, const std::stop_token& stop) {
    const Time began = parts_.clock.now();
    const auto items = TRY(parts_.state.read([&](store::Transaction& tx) { return cases::to_watch(tx, began - options_.again, options_.items); }));
    for (const cases::Item& item : items) {
        if (stop.stop_requested() || (parts_.busy && parts_.busy()) || parts_.clock.now() - began > options_.most_time) return {};
        std::optional<cases::Observed> observed;
        if (parts_.observe) {
            auto asked = parts_.observe(item);
            if (asked) {
                observed = std::move(*asked);
            } else {
                // Not asked is not silence: the item is looked at again, and says so meanwhile.
                ++looked.unanswered;
                unanswered_.add(1);
                log::warn("cases: the logs of a victim could not be looked at", {{"item", item.id.text()}, {"reason", asked.error().text}});
                observed = cases::Observed{.from = *item.removed, .until = *item.removed, .coverage = 0, .contacts = 0, .last_contact = {}, .covered_from = {}, .why_not = "no-archive", .of_unknown = 0, .servers = 0, .sources = {}};
            }
        }
        cases::Watched what = cases::Watched::same;
        TRY(parts_.state.write([&](store::Transaction& tx) -> Status {
            what = TRY(cases::note_watched(tx, item.id, parts_.policy, observed, parts_.random, parts_.clock.now()));
            return {};
        }));
        ++looked.items;
        items_.add(1);
        switch (what) {
            case cases::Watched::proposed: ++looked.proposed, proposed_.add(1); break;
            case cases::Watched::refused: ++looked.refused; break;
            case cases::Watched::reopened: ++looked.reopened; break;
            case cases::Watched::closed: ++looked.closed; break;
            case cases::Watched::withdrawn:
            case cases::Watched::same:
            case cases::Watched::gone: break;
        }
    }
    return {};
}

}  // namespace vg::server
