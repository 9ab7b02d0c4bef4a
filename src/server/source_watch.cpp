#include "server/source_watch.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "base/log.h"
#include "base/text.h"
#include "base/time.h"

namespace vg::server {

Result<std::unique_ptr<SourceWatch>> SourceWatch::open(Parts parts, WatchOptions options) {
    std::unique_ptr<SourceWatch> watch{new SourceWatch{std::move(parts), options}};
    for (const auto& [source, since] : TRY(watch->parts_.state.read([](store::Transaction& tx) { return load_silent(tx); }))) {
        Seen& seen = watch->seen_[source];
        seen.silent = true;
        seen.last = since;
    }
    return watch;
}

void SourceWatch::start() {
    thread_ = std::jthread{[this](std::stop_token stop) { run(stop); }};
}

void SourceWatch::stop() {
    if (!thread_.joinable()) return;
    thread_.request_stop();
    thread_.join();
}

void SourceWatch::run(std::stop_token stop) {
    pthread_setname_np(pthread_self(), "source-watch");
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock{mutex};
    while (!wake.wait_for(lock, stop, std::chrono::microseconds(options_.every.micros), [&] { return stop.stop_requested(); })) {
        parts_.meanwhile();
        look();
    }
}

void SourceWatch::note(const std::map<SourceId, Span>& offsets) {
    const std::lock_guard lock{mutex_};
    for (const auto& [source, offset] : offsets) {
        const auto known = offsets_.try_emplace(source, offset).first;
        known->second = std::max(known->second, offset);
    }
}

void SourceWatch::look() {
    const Time now = parts_.clock.now();
    std::map<SourceId, Span> offsets;
    {
        const std::lock_guard lock{mutex_};
        offsets.swap(offsets_);
    }
    const auto directory = parts_.directory();
    const Tallies tallies = parts_.tallies();
    const SourceTally nothing;
    for (const directory::Source* source : directory->live_sources()) {
        if (source->name == directory::kOwnSource) continue;
        const bool fresh = !seen_.contains(source->id);
        Seen& seen = seen_[source->id];
        const auto tally = tallies.find(source->id);
        const SourceTally& counts = tally == tallies.end() ? nothing : tally->second;
        const std::uint64_t received = parts_.received(source->id);
        if (fresh || seen.window_began.micros == 0) {
            seen.received = received;
            if (!seen.silent) seen.last = std::max(source->created, started_);
            seen.window_began = now;
            seen.accepted = counts.accepted;
            seen.unparsed = counts.unparsed;
            if (counts.accepted >= options_.window_records) seen.share = static_cast<double>(counts.unparsed) / static_cast<double>(counts.accepted);
        }
        if (received != seen.received) seen.last = std::max(seen.last, now);
        const bool spoke = received != seen.received || counts.last_received > seen.last;
        seen.last = std::max(seen.last, std::min(counts.last_received, now));
        seen.received = received;
        if (const auto offset = offsets.find(source->id); offset != offsets.end()) seen.offset = std::max(seen.offset.value_or(offset->second), offset->second);
        if (seen.silent && spoke) {
            seen.silent = false;
            turned_.emplace_back(source->id, std::nullopt);
            say(*source, "source-resumed", format("source {} speaks again", source->name), {}, now);
        }
        look_at(*source, seen, counts, now);
    }
    if (to_say_.empty()) return;
    // What cannot be kept now is said at the next look: only the words are lost in a crash, and then the state is, too.
    std::vector<event::Record> records = to_say_;
    if (const Status kept = parts_.report(std::move(records)); !kept) {
        log::warn("source watch: a report could not be kept; it is tried again", {{"reason", kept.error().text}});
        if (to_say_.size() > 10'000) to_say_.clear();
        return;
    }
    to_say_.clear();
    if (turned_.empty()) return;
    const Status saved = parts_.state.write([&](store::Transaction& tx) -> Status {
        for (const auto& [source, since] : turned_) TRY(save_silent(tx, source, since));
        return {};
    });
    if (saved) turned_.clear();
}

void SourceWatch::look_at(const directory::Source& source, Seen& seen, const SourceTally& tally, Time now) {
    const Span silence = now - seen.last;
    if (source.cadence.micros > 0 && !seen.silent && silence > source.cadence) {
        seen.silent = true;
        turned_.emplace_back(source.id, seen.last);
        say(source, "source-silent", format("source {} has been silent for {} s; it is expected to send every {} s", source.name, silence.micros / 1'000'000, source.cadence.micros / 1'000'000),
            {{"silent_seconds", silence.micros / 1'000'000}, {"cadence_seconds", source.cadence.micros / 1'000'000}, {"last", to_rfc3339(seen.last)}}, now);
    }
    if (now - seen.window_began >= options_.window) look_at_window(source, seen, tally, now);
}

void SourceWatch::look_at_window(const directory::Source& source, Seen& seen, const SourceTally& tally, Time now) {
    if (seen.offset) {
        const bool ahead = *seen.offset > options_.clock_limit;
        // An import of old records has no clock; a source that sends all the time has one.
        const bool behind = source.cadence.micros > 0 && Span{-seen.offset->micros} > options_.clock_limit;
        if ((ahead || behind) != seen.clock_off) {
            seen.clock_off = !seen.clock_off;
            const std::int64_t off = seen.offset->micros / 1'000'000;
            if (seen.clock_off)
                say(source, "source-clock-off", format("the clock of source {} is {} s {}, or its zone is not set right", source.name, std::abs(off), ahead ? "ahead" : "behind"), {{"offset_seconds", off}}, now);
            else
                say(source, "source-clock-right", format("the clock of source {} is right again", source.name), {{"offset_seconds", off}}, now);
        }
        seen.offset.reset();
    }
    const std::int64_t count = tally.accepted - seen.accepted;
    if (count >= options_.window_records) {
        const double share = static_cast<double>(tally.unparsed - seen.unparsed) / static_cast<double>(count);
        const double limit = static_cast<double>(options_.unparsed_percent) / 100;
        const bool jumped = seen.share && share - *seen.share >= limit;
        if (jumped != seen.jumped && seen.share) {
            seen.jumped = jumped;
            const auto percent = [](double part) { return static_cast<std::int64_t>(part * 100 + 0.5); };
            say(source, jumped ? "source-unparsed" : "source-parsed-again",
                jumped ? format("of the records of source {} {} % are not understood, {} % were before", source.name, percent(share), percent(*seen.share))
                       : format("the records of source {} are understood as before", source.name),
                {{"unparsed_percent", percent(share)}, {"before_percent", percent(*seen.share)}, {"records", count}}, now);
        }
        // A jump is measured against what was before it.
        if (!seen.jumped) seen.share = seen.share ? 0.8 * *seen.share + 0.2 * share : share;
    }
    if (count >= options_.window_records || now - seen.window_began > hours(1)) {
        seen.accepted = tally.accepted;
        seen.unparsed = tally.unparsed;
        seen.window_began = now;
    } else if (count == 0) {
        seen.window_began = now;
    }
}

void SourceWatch::say(const directory::Source& source, std::string_view action, std::string message, json::Object facts, Time now) {
    json::Value body = json::object({{"source", json::object({{"id", source.id.text()}, {"name", source.name}})}});
    for (auto& [name, value] : facts) body.set(name, std::move(value));
    event::Record record;
    record.envelope.organisation = source.organisation;
    record.envelope.format = "json";
    record.envelope.peer = "vonggac";
    record.raw = json::object({{"@timestamp", to_rfc3339(now)},
                               {"event", json::object({{"provider", "vonggac"}, {"module", "sources"}, {"kind", "event"}, {"action", action}})},
                               {"message", std::move(message)},
                               {"host", json::object({{"name", source.name}})},
                               {"vonggac", std::move(body)}})
                     .dump();
    to_say_.push_back(std::move(record));
}

}  // namespace vg::server
