#include "hunts/runner.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/log.h"
#include "base/priority.h"
#include "base/text.h"
#include "base/time.h"
#include "hunts/coverage.h"
#include "intel/sightings.h"

namespace vg::hunts {

namespace {

constexpr Span kIdle = seconds(60), kSoon = milliseconds(200);
constexpr int kMostTries = 20;  // of a part that cannot be read: the archive puts it aside within some seconds
constexpr int kForgetPieces = 50;  // then it is looked whether a hunt waits
constexpr Span kNoLimit = days(36'500);

// The disk is for others first: the idle class (ioprio_set(2)), which glibc has no function for.
void idle_disk() {
    constexpr int kProcess = 1, kIdleClass = 3, kClassShift = 13;
    (void)::syscall(SYS_ioprio_set, kProcess, 0, kIdleClass << kClassShift);
}

double in_seconds(Span span) { return static_cast<double>(span.micros) / 1e6; }

}  // namespace

Runner::Runner(Parts parts, Options options)
    : parts_(std::move(parts)), options_(std::move(options)), hits_metric_(parts_.metrics.counter("vonggac_hunt_hits_total", "Events of the archive that hunts found")),
      parts_metric_(parts_.metrics.counter("vonggac_hunt_parts_total", "Segments of the archive that hunts went through")),
      running_metric_(parts_.metrics.gauge("vonggac_hunt_running", "1 while a hunt is worked on")) {}

void Runner::start() {
    if (thread_.joinable()) return;
    thread_ = std::jthread{[this](const std::stop_token& stop) { run(stop); }};
}

void Runner::stop() {
    if (!thread_.joinable()) return;
    thread_.request_stop();
    thread_.join();
}

void Runner::poke() {
    {
        const std::lock_guard lock{mutex_};
        has_news_ = true;
    }
    poked_.notify_all();
}

bool Runner::wait(const std::stop_token& stop, Span most) {
    std::unique_lock lock{mutex_};
    poked_.wait_for(lock, stop, std::chrono::microseconds{most.micros}, [&] { return has_news_; });
    has_news_ = false;
    return !stop.stop_requested();
}

bool Runner::give_way(const std::stop_token& stop) {
    while (!stop.stop_requested() && parts_.busy && parts_.busy()) wait(stop, kSoon);
    return !stop.stop_requested();
}

void Runner::run(const std::stop_token& stop) {
    lower_priority(19);
    idle_disk();
    while (!stop.stop_requested()) {
        const auto worked = work_one(stop);
        if (!worked && !stop.stop_requested()) log::warn("hunts: a hunt does not get on; it is tried again", {{"reason", worked.error().text}});
        if (!worked || !*worked) wait(stop, worked ? kIdle : seconds(5));
    }
}

store::Question Runner::question_of(const Hunt& hunt, const std::stop_token& stop) const {
    store::Question question{.from = hunt.from, .to = hunt.until, .most_time = kNoLimit, .stop = stop};
    if (!hunt.organisation.is_nil()) {
        std::vector<OrganisationId> organisations = parts_.below ? parts_.below(hunt.organisation) : std::vector{hunt.organisation};
        std::sort(organisations.begin(), organisations.end());
        question.organisations = std::move(organisations);
    }
    return question;
}

Result<bool> Runner::work_one(const std::stop_token& stop) {
    const Time now = parts_.clock.now();
    auto found = TRY(parts_.state.read([&](store::Transaction& tx) { return next(tx, now); }));
    if (!found) return forget(stop);
    Hunt hunt = std::move(*found);
    resumed_ = now;
    running_metric_.set(1);
    const Status done = work(hunt, stop);
    running_metric_.set(0);
    if (stop.stop_requested()) return true;
    if (done) {
        forget_asker(parts_.asker, hunt.id);
        return true;
    }
    // Somebody paused or stopped it: State says so already.
    if (done.error().code == Code::conflict) return true;
    hunt.state = State::failed;
    hunt.reason = shorten(done.error().text, 500);
    hunt.worked.micros += (parts_.clock.now() - resumed_).micros;
    TRY(parts_.state.write([&](store::Transaction& tx) -> Status {
        TRY(save(tx, hunt));
        return {};
    }));
    log::warn("hunts: a hunt failed", {{"hunt", hunt.id.text()}, {"name", hunt.name}, {"reason", hunt.reason}});
    return true;
}

Result<bool> Runner::forget(const std::stop_token& stop) {
    for (int piece = 0; piece < kForgetPieces; ++piece) {
        if (!give_way(stop)) return false;
        if (!TRY(parts_.state.write([](store::Transaction& tx) { return forget_some_values(tx); }))) return false;
    }
    return true;
}

Status Runner::work(Hunt& hunt, const std::stop_token& stop) {
    if (parts_.archive == nullptr) return fail(Code::unavailable, "the archive is not open: there is nothing to ask");
    store::Segments* const segments = store::segments_of(*parts_.archive);
    if (segments == nullptr) return fail(Code::unavailable, "this archive has no segments to go through");
    hunt.state = State::running;
    if (!hunt.started) hunt.started = parts_.clock.now();
    std::vector<Hit> none;
    TRY(commit(hunt, none));
    TRY(wait_for_archive(hunt, stop));
    const Asker asker = TRY(make_asker(parts_.asker, hunt));
    if (asker.restore) {
        hunt.carried = TRY(parts_.state.read([&](store::Transaction& tx) { return carried(tx, hunt.id); }));
        if (!hunt.carried.empty())
            if (const Status taken_up = asker.restore(hunt.carried); !taken_up) log::warn("hunts: patterns of several observations begin anew", {{"hunt", hunt.id.text()}, {"reason", taken_up.error().text}});
    }
    const store::Question question = question_of(hunt, stop);
    TRY(sweep(hunt, asker, question, *segments, stop));
    TRY(tell_coverage(hunt, asker, question, *segments));
    hunt.state = State::done;
    hunt.ended = parts_.clock.now();
    TRY(commit(hunt, none));
    const event::Position begin = segments->begin();
    TRY(parts_.state.write([&](store::Transaction& tx) { return tidy(tx, begin); }));
    log::info("hunts: a hunt is done", {{"hunt", hunt.id.text()}, {"name", hunt.name}, {"hits", hunt.hits}, {"events", hunt.events}, {"seconds", in_seconds(hunt.worked)}});
    return {};
}

// What came before the hunt may be on its way into the archive still.
Status Runner::wait_for_archive(const Hunt& hunt, const std::stop_token& stop) {
    const Time until = parts_.clock.now() + options_.wait_for_archive;
    while (parts_.archive->searchable() < hunt.before && parts_.clock.now() < until) {
        if (options_.wait_for_archive.micros == 0) break;
        if (!wait(stop, kSoon)) return fail(Code::unavailable, "the program ends");
    }
    return {};
}

Status Runner::sweep(Hunt& hunt, const Asker& asker, const store::Question& question, store::Segments& segments, const std::stop_token& stop) {
    std::vector<Hit> hits;
    for (int tries = 0;;) {
        if (!give_way(stop)) return fail(Code::unavailable, "the program ends");
        const auto part = TRY(segments.newest(question, hunt.below));
        if (part == nullptr) return {};
        hunt.parts_total = hunt.parts_done + static_cast<std::int64_t>(part->parts_left());
        const auto one_part = [&]() -> Status {
            const Where where = TRY(asker.where(*part));
            for (const store::Stretch& stretch : where.stretches) {
                if (!give_way(stop)) return fail(Code::unavailable, "the program ends");
                const std::size_t before = hits.size();
                if (asker.carry) hunt.carried = asker.carry();
                const Status read = part->read(stretch, asker.worth ? &*asker.worth : nullptr, [&](store::FoundEvent&& event) -> Status {
                    ++hunt.events_read;
                    return asker.ask(event, hits);
                });
                if (!read) {
                    hits.resize(before);
                    if (asker.restore) TRY(asker.restore(hunt.carried));
                    return read;
                }
                if (asker.end_stretch) asker.end_stretch(hits);
                if (asker.carry) hunt.carried = asker.carry();
                hunt.below = stretch.first;
                if (hits.size() >= options_.commit_hits || parts_.clock.now() - resumed_ > seconds(2)) TRY(commit(hunt, hits));
                if (hunt.hits > options_.most_hits) return fail(Code::too_large, format("more than {} hits: what is asked for is everywhere. Look at the list for values that are no threat", options_.most_hits));
            }
            hunt.below = part->place().from;
            ++hunt.parts_done;
            hunt.parts_total = hunt.parts_done + static_cast<std::int64_t>(part->parts_left()) - 1;
            hunt.parts_read += where.stretches.empty() ? 0 : 1;
            hunt.events += static_cast<std::int64_t>(part->place().events);
            parts_metric_.add(1);
            return commit(hunt, hits);
        };
        const Status done = one_part();
        if (done) {
            tries = 0;
            continue;
        }
        // The archive puts aside what it cannot read, and names it; then the gap is told instead.
        if (done.error().code != Code::corrupt || ++tries > kMostTries) return done;
        if (!wait(stop, seconds(1))) return done;
    }
}

Status Runner::commit(Hunt& hunt, std::vector<Hit>& hits) {
    Hunt next;
    std::vector<findings::Touched> touched;
    const Time now = parts_.clock.now();
    TRY(parts_.state.write([&](store::Transaction& tx) -> Status {
        next = hunt;
        next.worked.micros += std::max<std::int64_t>((now - resumed_).micros, 0);
        touched.clear();
        std::vector<findings::Sighting> fresh;
        std::vector<intel::Seen> seen;
        std::sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) { return a.sighting.event.position < b.sighting.event.position; });
        for (const Hit& hit : hits) {
            ++next.hits;
            if (!next.records) continue;
            // In force already when the event came: detection has told it.
            if (hit.value && next.origin == Origin::person)
                if (const auto since = TRY(intel::known_since(tx, *hit.value, hit.family)); since && *since <= hit.sighting.received) {
                    ++next.known;
                    continue;
                }
            if (!TRY(note_hit(tx, hit.sighting.event.position, hit.what))) {
                ++next.known;
                continue;
            }
            fresh.push_back(hit.sighting);
            fresh.back().found = now;
            if (hit.value) seen.push_back({*hit.value, hit.sighting.occurred, hit.sighting.occurred, 1});
        }
        touched = TRY(findings::Book::record_and_tell(tx, fresh));
        for (const findings::Touched& one : touched) next.findings += one.is_new ? 1 : 0;
        if (parts_.note && !touched.empty()) TRY(parts_.note(tx, touched));
        TRY(intel::note_seen(tx, intel::merged(std::move(seen))));
        if (!TRY(save(tx, next))) return fail(Code::conflict, "the hunt was paused or stopped");
        return {};
    }));
    hits_metric_.add(static_cast<std::uint64_t>(next.hits - hunt.hits));
    hunt = std::move(next);
    resumed_ = now;
    hits.clear();
    if (parts_.committed && !touched.empty()) parts_.committed(touched);
    if (options_.after_commit) options_.after_commit(hunt);
    return {};
}

Status Runner::tell_coverage(Hunt& hunt, const Asker& asker, const store::Question& question, store::Segments& segments) {
    Days days;
    std::map<SourceId, store::PartOfArchive::Sent> sent;
    const std::vector<event::Ecs> fields = fields_of(asker.kinds);
    std::optional<Time> first, last;
    std::optional<store::Unseen> unseen;
    std::size_t parts = 0, looked = 0;
    std::uint64_t events = 0;
    for (event::Position below = hunt.before;; ++parts) {
        const auto part = TRY(segments.newest(question, below));
        if (part == nullptr) break;
        if (!unseen) unseen = part->unseen();
        const store::PartPlace& place = part->place();
        below = place.from;
        events += place.events;
        first = std::min(first.value_or(place.occurred_first), place.occurred_first);
        last = std::max(last.value_or(place.occurred_last), place.occurred_last);
        if (const auto filter = part->filter()) {
            for (std::size_t block = 0; block < (*filter)->blocks(); ++block) days.add((*filter)->facts(block).occurred_first, (*filter)->facts(block).occurred_last);
        } else {
            days.add(place.occurred_first, place.occurred_last);
        }
        if (fields.empty() || looked >= options_.parts_for_senders) continue;
        ++looked;
        for (auto& [source, more] : TRY(part->sent(fields))) {
            store::PartOfArchive::Sent& all = sent[source];
            all.with.resize(fields.size());
            all.events += more.events;
            for (std::size_t i = 0; i < fields.size(); ++i) all.with[i] += more.with[i];
        }
    }
    const Time until = std::min(hunt.until, hunt.created);  // nothing has come from later on
    json::Value answer = json::object({{"from", to_rfc3339(hunt.from)}, {"until", to_rfc3339(until)}, {"parts", parts}, {"events", events}});
    if (first) answer.set("first", to_rfc3339(std::max(*first, hunt.from))).set("last", to_rfc3339(std::min(*last, hunt.until)));
    answer.set("days_without", hunt.from < until ? days.without(hunt.from, until) : json::Value{json::Array{}});
    json::Value lost{json::Array{}};
    if (unseen)
        for (const store::Gap& gap : unseen->gaps) {
            json::Value one = json::object({{"lost", gap.lost}});
            if (gap.from) one.set("from", to_rfc3339(*gap.from)).set("to", to_rfc3339(gap.to.value_or(*gap.from)));
            if (gap.events) one.set("events", *gap.events);
            lost.add(std::move(one));
        }
    answer.set("missing", std::move(lost));
    if (const event::Position end = parts_.archive->searchable(); end < hunt.before) answer.set("not_yet_searchable", hunt.before.value - end.value);
    answer.set("skipped_values", asker.skipped);
    if (hunt.what == What::indicators) {
        std::vector<LiveSource> sources = parts_.sources ? parts_.sources() : std::vector<LiveSource>{};
        if (question.organisations) std::erase_if(sources, [&](const LiveSource& one) { return !std::binary_search(question.organisations->begin(), question.organisations->end(), one.organisation); });
        answer.set("sources", unsent(asker.kinds, fields, sent, sources)).set("sources_parts", looked);
    }
    hunt.answer = std::move(answer);
    return {};
}

}  // namespace vg::hunts
