#include "api/backtest.h"

#include "base/arena.h"
#include "hunts/found_event.h"

namespace vg::api {

namespace {

constexpr std::int64_t kDay = 86'400'000'000;

std::int64_t day_of(Time time) { return time.micros >= 0 ? time.micros / kDay : (time.micros - kDay + 1) / kDay; }

}  // namespace

Backtest::Backtest(const Context& context, std::shared_ptr<const detect::Engine> engine) : context_(context), engine_(std::move(engine)), library_(context.library()) {
    for (const detect::RuleInfo* rule : engine_->rules())
        if (detect::correlation::is_told(engine_->plan(), *rule)) found_[rule->id];
    if (!detect::correlation::is_empty(engine_->plan())) correlator_ = detect::Correlator::make(engine_, {}, {.lateness = days(36'500)});
}

void Backtest::ask(const store::FoundEvent& event) {
    ++events_;
    Arena arena;
    event::Event asked = hunts::event_of(event, arena);
    matches_.clear();
    engine_->match(asked, scratch_, matches_);
    bool confirmed = false;
    if (!matches_.empty()) {
        // Nothing is known of its log source yet, so that every rule was asked.
        const bool is_kept = event.position >= context_.journal.begin() && event.position < context_.journal.end();
        if (const auto stored = is_kept ? context_.journal.at(event.position) : Result<store::StoredRecord>{fail(Code::not_found, "the journal has it no more")}) {
            Arena its_own;
            asked.logsource = formats::to_event(stored->record, *library_, its_own).event.logsource;
            matches_.clear();
            engine_->match(asked, scratch_, matches_);
            confirmed = true;
            asked.logsource = {};  // its texts end with the record
        }
    }
    for (const detect::Match& match : matches_)
        if (detect::correlation::is_told_alone(engine_->plan(), *match.rule)) note(*match.rule, event, confirmed);
    if (!correlator_) return;
    std::vector<detect::correlation::Occurrence> occurrences;
    detect::correlation::occurrences(engine_->plan(), asked, matches_, event.organisation, correlator_->seed(), occurrences);
    if (occurrences.empty()) return;
    std::vector<detect::CorrelationMatch> held;
    correlator_->correlate({event.position, event.source, event.organisation, event.occurred, event.occurred}, occurrences, held);
    for (const detect::CorrelationMatch& match : held)
        if (match.begins && detect::correlation::is_told(engine_->plan(), *match.rule)) note(*match.rule, event, confirmed);
}

void Backtest::note(const detect::RuleInfo& rule, const store::FoundEvent& event, bool confirmed) {
    Found& found = found_[rule.id];
    ++found.matches;
    if (!confirmed) ++found.unconfirmed;
    ++found.by_day[day_of(event.occurred)];
    if (found.samples.size() < kMostSamples) found.samples.emplace_back(event::EventId{context_.journal.id(), event.position}.text(), event.occurred);
}

}  // namespace vg::api
