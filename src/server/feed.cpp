#include "server/feed.h"

#include <algorithm>
#include <chrono>

#include "base/json.h"
#include "base/log.h"
#include "base/priority.h"
#include "base/text.h"

namespace vg::server {

namespace {

event::Event as_text(const event::Record& record, Arena& arena) {
    event::Builder builder{arena};
    builder.ecs(event::Ecs::message, is_utf8(record.raw) ? std::string_view{record.raw} : arena.copy(to_valid_utf8(record.raw)));
    event::Event made;
    made.occurred = made.received = record.envelope.received;
    made.fields = builder.finish();
    return made;
}

}  // namespace

Feed::Feed(Parts parts, FeedOptions options)
    : parts_(std::move(parts)),
      options_(options),
      appended_(parts_.metrics.counter("vonggac_archive_appended_total", "Events appended to the archive")),
      put_back_(parts_.metrics.counter("vonggac_archive_put_back_total", "Events put back into the archive from the journal after damage")),
      rebuilt_(parts_.metrics.counter("vonggac_archive_rebuilt_total", "Events of segments that were built anew from the journal on request")),
      lag_records_(parts_.metrics.gauge("vonggac_archive_lag_records", "Durable records that cannot be searched yet")),
      lag_seconds_(parts_.metrics.gauge("vonggac_archive_lag_seconds", "Age of the record last appended when it could be searched")) {}

Result<std::unique_ptr<Feed>> Feed::start(Parts parts, FeedOptions options) {
    if (parts.archive.watermark() > parts.journal.end())
        return fail(Code::corrupt, format("the archive has records up to {}, but the journal ends at {}: records are missing; restore the journal, or move "
                                          "the archive's folder away to rebuild it from what is left",
                                          parts.archive.watermark().value, parts.journal.end().value));
    std::unique_ptr<Feed> feed{new Feed{std::move(parts), options}};
    TRY(feed->load_suspects());
    feed->feeder_ = std::jthread{[self = feed.get()](std::stop_token stop) { self->run(stop); }};
    feed->tender_ = std::jthread{[self = feed.get()](std::stop_token stop) { self->run_tender(stop); }};
    return feed;
}

Feed::~Feed() { stop(); }

void Feed::stop() {
    if (!feeder_.joinable()) return;
    feeder_.request_stop();
    tender_.request_stop();
    parts_.archive.hurry();
    parts_.journal.wake();
    feeder_.join();
    tender_.join();
    if (const Status closed = parts_.archive.tend(true); !closed)
        log::warn("archive: the tail could not be closed; the next start takes it from the journal", {{"reason", closed.error().text}});
}

// What the last process had in hand may have ended it. How often is written down before anything is parsed.
Status Feed::load_suspects() {
    store::Disk& disk = store::system_disk();
    in_hand_ = TRY(InHand::open(parts_.folder + "/archive-in-hand"));
    const std::string path = parts_.folder + "/archive-suspects.json";
    if (disk.exists(path)) {
        const auto noted = json::parse(TRY(store::read_whole(disk, path)));
        if (noted && noted->is_array())
            for (const json::Value& one : noted->as_array())
                if (const auto position = one.integer("position"); position && *position >= 0)
                    suspects_[{static_cast<std::uint64_t>(*position)}] = static_cast<int>(one.integer("times").value_or(1));
    }
    const event::Position watermark = parts_.archive.watermark();
    const auto missing = parts_.archive.missing();
    const bool any = parts_.archive.rebuilding().segments > 0;  // may be read again
    std::erase_if(suspects_, [&](const auto& one) {
        return !any && one.first < watermark && std::none_of(missing.begin(), missing.end(), [&](const auto& range) { return range.from <= one.first && one.first < range.to; });
    });
    for (const event::Position position : in_hand_->suspects()) ++suspects_[position];
    if (suspects_.empty()) return disk.exists(path) ? disk.remove(path) : Status{};
    json::Array noted;
    for (const auto& [position, times] : suspects_) noted.push_back(json::object({{"position", position.value}, {"times", times}}));
    return store::write_whole(disk, path, json::Value{std::move(noted)}.dump());
}

Feed::Verdict Feed::verdict(event::Position position, event::Position passed, const std::vector<event::Position>& set_aside) const {
    const auto suspect = suspects_.find(position);
    if (suspect != suspects_.end()) {
        if (suspect->second >= 2) return Verdict::keep_as_text;
        if (passed <= position) return Verdict::wait;
    }
    return std::find(set_aside.begin(), set_aside.end(), position) == set_aside.end() ? Verdict::parse : Verdict::keep_as_text;
}

std::size_t Feed::parse(Batch& batch, std::size_t slot) {
    batch.arena.reset();
    batch.events.clear();
    batch.archived.clear();
    batch.events.reserve(batch.records.size());  // archived events point into it
    const auto library = parts_.library();
    const event::Position passed = parts_.pipeline_position();  // before the list: a record it has passed stands there if anywhere
    const std::vector<event::Position> set_aside = parts_.set_aside();
    std::size_t taken = 0;
    for (const store::StoredRecord& stored : batch.records) {
        const event::Record& record = stored.record;
        if (record.envelope.kind == event::Kind::control) {
            ++taken;
            continue;
        }
        std::string_view unparsed;
        switch (verdict(stored.position, passed, set_aside)) {
            case Verdict::wait: return taken;
            case Verdict::keep_as_text:
                batch.events.push_back(as_text(record, batch.arena));
                unparsed = "the record was set aside: it ended the program";
                break;
            case Verdict::parse: {
                in_hand_->hold(slot, stored.position);
                if (parts_.before_parse) parts_.before_parse(record);
                const formats::Outcome outcome = formats::to_event(record, *library, batch.arena);
                in_hand_->release(slot);
                batch.events.push_back(outcome.event);
                unparsed = outcome.unparsed;
                break;
            }
        }
        batch.archived.push_back(
            {.position = stored.position, .envelope = &record.envelope, .event = &batch.events.back(), .unparsed = unparsed, .raw_bytes = record.raw.size()});
        ++taken;
    }
    return taken;
}

void Feed::run(std::stop_token stop) {
    lower_priority(options_.nice);
    std::unique_ptr<store::Journal::Reader> reader;  // null: begins anew where the archive stands
    Batch batch;
    event::Position next;                            // of the batch
    while (!stop.stop_requested()) {
        if (!reader) {
            next = std::max(parts_.archive.searchable(), parts_.journal.begin());
            reader = parts_.journal.reader(next);
            batch.records.clear();
        }
        const auto began = std::chrono::steady_clock::now();
        if (batch.records.empty()) {
            auto read = reader->next(options_.batch_records, options_.batch_bytes);
            if (!read) {
                note_trouble(feed_trouble_, "the journal cannot be read: " + read.error().text);
                reader.reset();
                pause(stop, milliseconds(500));
                continue;
            }
            batch.records = std::move(read->records);
            if (batch.records.empty() && read->next == next) {
                lag_records_.set(0);
                lag_seconds_.set(0);
                note_trouble(feed_trouble_, "");
                parts_.journal.wait_past(next, seconds(1));
                if (parts_.journal.end() <= next) continue;
                pause(stop, options_.gather);
                continue;
            }
            next = read->next;
        }
        const std::size_t taken = parse(batch, 0);
        const bool all = taken == batch.records.size();
        const event::Position covered = all ? next : batch.records[taken].position;
        const Status appended = taken == 0 && !all ? Status{} : parts_.archive.append(batch.archived, covered);
        if (!appended) {
            note_trouble(feed_trouble_, appended.error().code == Code::busy ? "" : "events cannot be added: " + appended.error().text);
            if (appended.error().code != Code::busy) reader.reset();
            call_tender();
            pause(stop, milliseconds(appended.error().code == Code::busy ? 20 : 500));
            continue;
        }
        note_trouble(feed_trouble_, "");
        appended_.add(batch.archived.size());
        if (taken > 0) lag_seconds_.set(static_cast<double>((parts_.clock.now() - batch.records[taken - 1].record.envelope.received).micros) / 1e6);
        batch.records.erase(batch.records.begin(), batch.records.begin() + static_cast<std::ptrdiff_t>(taken));
        const std::uint64_t left = parts_.journal.end().value - covered.value;
        lag_records_.set(static_cast<double>(left));
        if (!all) {
            pause(stop, milliseconds(100));  // until the pipeline has passed the record that is suspected
        } else if (left < options_.batch_records) {
            const Span spent = microseconds(std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began).count());
            if (spent < options_.gather) pause(stop, microseconds(options_.gather.micros - spent.micros));
        }
    }
}

void Feed::run_tender(std::stop_token stop) {
    lower_priority(2 * options_.nice);
    Batch batch;
    while (!stop.stop_requested()) {
        Status tended = parts_.archive.tend(false);
        const auto missing = tended ? parts_.archive.missing() : std::vector<store::Archive::Range>{};
        const auto old = tended && missing.empty() ? parts_.archive.to_rebuild() : std::nullopt;
        if (!missing.empty()) tended = put_back(missing.front(), batch);
        if (old) tended = build_anew(*old, batch);
        note_trouble(tender_trouble_, tended || stop.stop_requested() ? "" : tended.error().text);
        if (tended && (!missing.empty() || old)) continue;
        std::unique_lock lock{mutex_};
        paused_.wait_for(lock, stop, std::chrono::microseconds{options_.tend_every.micros}, [&] { return tender_called_; });
        tender_called_ = false;
    }
}

// The tail is full: the tender does not wait for its time.
void Feed::call_tender() {
    const std::lock_guard lock{mutex_};
    tender_called_ = true;
    paused_.notify_all();
}

// The beginning of a missing range, from the journal.
Status Feed::put_back(store::Archive::Range range, Batch& batch) {
    const event::Position begin = parts_.journal.begin();
    if (range.from < begin) return parts_.archive.give_up({range.from, std::min(range.to, begin)}, "the journal holds them no longer");
    const store::Archive::Range whole = range;
    const auto damage = TRY(read_again(range, batch));
    if (!damage.empty()) {
        const event::Position from = std::max(damage.front().from, whole.from), to = std::min(damage.front().to, whole.to);
        if (from <= whole.from) return parts_.archive.give_up({whole.from, std::max(to, event::Position{whole.from.value + 1})}, "the journal is damaged there");
        std::erase_if(batch.archived, [&](const store::ArchivedEvent& one) { return one.position >= from; });
        range.to = std::min(range.to, from);
    }
    TRY(parts_.archive.replace(range, batch.archived));
    put_back_.add(batch.archived.size());
    return {};
}

Result<std::vector<store::Damage>> Feed::read_again(store::Archive::Range& range, Batch& batch) {
    const auto reader = parts_.journal.reader(range.from);
    auto read = TRY(reader->next(options_.replace_records, options_.batch_bytes));
    batch.records = std::move(read.records);
    std::erase_if(batch.records, [&](const store::StoredRecord& stored) { return stored.position >= range.to; });
    std::erase_if(read.damage, [&](const store::Damage& one) { return one.from >= range.to; });
    const std::size_t taken = parse(batch, 1);
    const bool all = taken == batch.records.size();
    range.to = std::min(range.to, all ? read.next : batch.records[taken].position);
    if (range.to <= range.from) return fail(Code::unavailable, "a record that is to be put back waits for the pipeline");
    return std::move(read.damage);
}

// The beginning of what is left of a segment. What the journal cannot give whole stays as it is.
Status Feed::build_anew(store::Archive::Range range, Batch& batch) {
    if (range.from < parts_.journal.begin()) return parts_.archive.keep_as_is("the journal holds its records no longer");
    const auto damage = TRY(read_again(range, batch));
    if (!damage.empty()) return parts_.archive.keep_as_is(format("the journal is damaged there: {}", damage.front().reason));
    TRY(parts_.archive.rebuild_with(range, batch.archived));
    rebuilt_.add(batch.archived.size());
    return {};
}

void Feed::pause(std::stop_token stop, Span time) {
    std::unique_lock lock{mutex_};
    paused_.wait_for(lock, stop, std::chrono::microseconds{time.micros}, [] { return false; });
}

void Feed::note_trouble(std::string& which, std::string reason) {
    const std::lock_guard lock{mutex_};
    if (which != reason && !reason.empty()) log::error("archive: " + reason);
    which = std::move(reason);
}

std::string Feed::trouble() const {
    const std::lock_guard lock{mutex_};
    return feed_trouble_.empty() ? tender_trouble_ : feed_trouble_;
}

}  // namespace vg::server
