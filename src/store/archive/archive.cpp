// Opens the archive, takes events into the tail, and shows everybody the same picture.
#include <algorithm>

#include "base/check.h"
#include "base/log.h"
#include "base/text.h"
#include "store/archive/archive_impl.h"

namespace vg::store {

Result<std::unique_ptr<Archive>> Archive::open(ArchiveOptions options, Clock& clock, metrics::Registry& metrics) {
    auto made = std::make_unique<archive::ArchiveImpl>(std::move(options), clock, metrics);
    TRY(made->open_folder());
    return made;
}

}  // namespace vg::store

namespace vg::store::archive {

namespace {
constexpr std::size_t kSlack = std::size_t{192} << 20;  // what DuckDB needs besides the tail and questions: row groups being written
}

ArchiveImpl::ArchiveImpl(ArchiveOptions options, Clock& clock, metrics::Registry& metrics)
    : options_(std::move(options)),
      clock_(clock),
      disk_(options_.disk == nullptr ? system_disk() : *options_.disk),
      events_metric_(metrics.gauge("vonggac_archive_events", "Events in segments and tail")),
      bytes_metric_(metrics.gauge("vonggac_archive_bytes", "Bytes of segments and filters")),
      segments_metric_(metrics.gauge("vonggac_archive_segments", "Segments")),
      tail_metric_(metrics.gauge("vonggac_archive_tail_bytes", "Memory of the events that are in no segment yet, about")),
      joined_metric_(metrics.counter("vonggac_archive_joined_total", "Segments that were joined into larger ones")),
      damaged_metric_(metrics.counter("vonggac_archive_damaged_total", "Segments found damaged or missing")),
      close_seconds_(metrics.histogram("vonggac_archive_close_seconds", "Time to write a segment, until it is durable")) {
    options_.rows_in_block = std::max<std::size_t>(options_.rows_in_block, 1);
    while (options_.segment_events / options_.rows_in_block >= kMostBlocks / 2) options_.rows_in_block *= 2;
}

ArchiveImpl::~ArchiveImpl() {
    // Tables of the tail need their database; questions are over.
    const std::lock_guard lock{mutex_};
    snapshot_.reset();
    growing_table_.reset();
}

Status ArchiveImpl::open_folder() {
    for (const char* inside : {"", "/segments", "/scratch", "/export", "/damaged"}) TRY(disk_.make_folder(options_.folder + inside));
    auto loaded = TRY_IN("archive: ", load_manifest(disk_, options_.folder));
    if (loaded) {
        manifest_ = std::move(loaded->manifest);
        if (!loaded->repaired.empty()) log::warn("archive: the manifest was read from its copy", {{"reason", loaded->repaired}});
        if (manifest_.journal != options_.journal)
            return fail(Code::conflict, format("the archive in {} belongs to journal {}, this one is {}; put back the folder that belongs to it, or move it "
                                               "away to rebuild it from this journal",
                                               options_.folder, to_text(manifest_.journal), to_text(options_.journal)));
    } else {
        manifest_.journal = options_.journal;
        SystemRandom random;
        std::uint8_t bytes[8];
        random.fill(bytes, sizeof bytes);
        for (const std::uint8_t byte : bytes) manifest_.seed = manifest_.seed << 8 | byte;
        TRY_IN("archive: ", save_manifest(disk_, options_.folder, manifest_));
        TRY(disk_.sync_folder(options_.folder));
    }
    seed_ = manifest_.seed;
    next_number_ = manifest_.next_number;
    remove_leftovers(manifest_);
    TRY(open_database());

    std::vector<SegmentFacts> named = std::exchange(manifest_.segments, {});
    for (SegmentFacts& facts : named) segments_.push_back(std::make_shared<SegmentFile>(disk_, options_.folder + "/segments", std::move(facts)));
    growing_ = TRY(new_generation(manifest_.watermark));
    {
        Old old;
        const std::lock_guard lock{mutex_};
        searchable_ = manifest_.watermark;
        gaps_ = all_gaps(manifest_.gaps, manifest_.missing, segments_);
        publish(old);
    }
    const std::lock_guard tending{tending_};
    return check_sizes();
}

Status ArchiveImpl::open_database() {
    auto opened = TRY(duck::Database::open({.folder = options_.folder, .memory_bytes = options_.memory_bytes + 3 * options_.tail_bytes + kSlack}));
    const std::lock_guard lock{mutex_};
    database_ = std::move(opened);
    return {};
}

// What a crash left behind: half-written segments, segments that no manifest names, exports, what did not fit in memory.
void ArchiveImpl::remove_leftovers(const Manifest& manifest) {
    std::vector<std::string> known;
    for (const SegmentFacts& facts : manifest.segments) {
        known.push_back(facts.name + ".parquet");
        known.push_back(facts.name + ".filter");
    }
    std::sort(known.begin(), known.end());
    for (const char* inside : {"/segments", "/scratch", "/export"}) {
        const auto names = disk_.list(options_.folder + inside);
        if (!names) continue;
        for (const std::string& name : *names) {
            if (std::string_view{inside} == "/segments" && std::binary_search(known.begin(), known.end(), name)) continue;
            if (const Status removed = disk_.remove(options_.folder + inside + "/" + name); !removed)
                log::warn("archive: a leftover could not be removed", {{"reason", removed.error().text}});
        }
    }
}

Workshop ArchiveImpl::workshop() const { return {disk_, options_.folder, *view().database, seed_, options_.rows_in_group, options_.rows_in_block, {}}; }

Workshop ArchiveImpl::patient_workshop() const {
    Workshop made = workshop();
    made.check = [this]() -> Status {
        if (hurried_) return fail(Code::unavailable, "the archive is being closed");
        return {};
    };
    return made;
}

ArchiveImpl::View ArchiveImpl::view() const {
    const std::lock_guard lock{mutex_};
    return {snapshot_, database_};
}

Result<std::unique_ptr<Generation>> ArchiveImpl::new_generation(event::Position from) {
    auto made = std::make_unique<Generation>();
    const auto in = view().database;
    made->table = TRY(TailTable::make(in, next_table_++));
    made->connection.emplace(TRY(in->connect()));
    made->appender.emplace(TRY(made->connection->appender(made->table->name())));
    made->writer.emplace(*made->appender);
    made->filter = std::make_unique<FilterBuilder>(FilterOptions{.seed = seed_});
    made->from = made->to = from;
    return made;
}

Status ArchiveImpl::write_rows(Generation& generation, std::span<const ArchivedEvent> events) {
    if (!events.empty() && generation.facts.events() == 0) generation.began = clock_.now();
    for (const ArchivedEvent& one : events) {
        generation.bytes += TRY(generation.writer->write(one));
        generation.facts.add(one.event->occurred, one.envelope->received, one.envelope->source, one.envelope->organisation, one.raw_bytes);
        generation.filter->add(one.position, *one.event);
        if (!one.event->format.empty()) generation.filter->add_field("format", one.event->format);
        if (!one.envelope->peer.empty()) generation.filter->add_field("peer", one.envelope->peer);
        if (!one.unparsed.empty()) generation.filter->add_field("unparsed", one.unparsed);
        if (++generation.in_block == options_.rows_in_block) {
            generation.filter->end_block();
            generation.in_block = 0;
        }
    }
    return generation.writer->flush();
}

Status ArchiveImpl::append(std::span<const ArchivedEvent> events, event::Position covered) {
    {
        const std::lock_guard appending{appending_};
        event::Position next = growing_->to;
        for (const ArchivedEvent& one : events) {
            if (one.position < next) return fail(Code::internal, format("event {} is appended where {} is next", one.position.value, next.value));
            next.value = one.position.value + 1;
        }
        covered = std::max(covered, next);
        if (growing_->memory_bytes() >= options_.tail_bytes || growing_->facts.events() >= options_.segment_events) {
            {
                const std::lock_guard lock{mutex_};
                if (pending_) return fail(Code::busy, trouble_.empty() ? "the tail waits for its segment" : "the tail is full: " + trouble_);
            }
            set_pending(TRY(new_generation(growing_->to)));
        }
        const Status written = write_rows(*growing_, events);
        if (written) {
            growing_->to = covered;
            Old old;
            const std::lock_guard lock{mutex_};
            show_growing();
            publish(old);
            return {};
        }
        log::error("archive: events could not be added to the tail", {{"reason", written.error().text}});
        if (lose_growing()) return written;
    }
    const std::lock_guard tending{tending_};
    TRY(lose_database());
    return fail(Code::unavailable, "the archive's tail was lost; it is filled again from the journal");
}

// The growing generation becomes the pending one.
void ArchiveImpl::set_pending(std::unique_ptr<Generation> fresh) {
    std::unique_ptr<Generation> full = std::exchange(growing_, std::move(fresh));
    full->writer.reset();
    full->appender.reset();
    full->connection.reset();
    Old old;
    const std::lock_guard lock{mutex_};
    pending_bytes_ = full->memory_bytes();
    pending_ = std::move(full);
    show_growing();
    publish(old);
}

// Rows may be half in: the generation begins anew, and its owner appends again from where it began.
Status ArchiveImpl::lose_growing() {
    auto fresh = TRY(new_generation(growing_->from));
    growing_ = std::move(fresh);
    Old old;
    const std::lock_guard lock{mutex_};
    show_growing();
    publish(old);
    return {};
}

// DuckDB met an error after which a database answers nothing any more: a new one, and the tail again from the journal.
Status ArchiveImpl::lose_database() {
    log::error("archive: DuckDB is started anew; the tail is filled again from the journal");
    forget_rebuild();
    const std::lock_guard appending{appending_};
    TRY(open_database());
    growing_ = TRY(new_generation(watermark()));
    Old old;
    const std::lock_guard lock{mutex_};
    pending_.reset();
    show_growing();
    publish(old);
    return {};
}

void ArchiveImpl::show_growing() {
    searchable_ = growing_->to;
    growing_table_ = growing_->table;
    growing_events_ = growing_->facts.events();
    growing_bytes_ = growing_->memory_bytes();
    tail_occurred_first_ = growing_->facts.occurred_first();
    tail_occurred_last_ = growing_->facts.occurred_last();
}

void ArchiveImpl::publish(Old& old) {
    auto shot = std::make_shared<Snapshot>();
    shot->segments = segments_;
    shot->end = searchable_;
    shot->tail_from = manifest_.watermark;
    shot->gaps = gaps_;
    if (pending_) {
        shot->tails.push_back(pending_->table);
        shot->tail_events += pending_->facts.events();
        shot->occurred_first = pending_->facts.occurred_first();
        shot->occurred_last = pending_->facts.occurred_last();
    }
    if (growing_events_ > 0) {
        const bool first = shot->tail_events == 0;
        shot->tail_events += growing_events_;
        shot->occurred_first = first ? tail_occurred_first_ : std::min(shot->occurred_first, tail_occurred_first_);
        shot->occurred_last = first ? tail_occurred_last_ : std::max(shot->occurred_last, tail_occurred_last_);
        shot->tails.push_back(growing_table_);
    }
    std::uint64_t events = shot->tail_events;
    std::uint64_t bytes = 0;
    for (const auto& segment : segments_) {
        events += segment->facts.events;
        bytes += segment->facts.bytes + segment->facts.filter_bytes;
    }
    events_metric_.set(static_cast<double>(events));
    bytes_metric_.set(static_cast<double>(bytes));
    segments_metric_.set(static_cast<double>(segments_.size()));
    tail_metric_.set(static_cast<double>(growing_bytes_ + (pending_ ? pending_bytes_ : 0)));
    old = std::exchange(snapshot_, std::move(shot));
}

event::Position ArchiveImpl::watermark() const {
    const std::lock_guard lock{mutex_};
    return manifest_.watermark;
}

event::Position ArchiveImpl::searchable() const {
    const std::lock_guard lock{mutex_};
    return searchable_;
}

std::vector<Archive::Range> ArchiveImpl::missing() const {
    const std::lock_guard lock{mutex_};
    return manifest_.missing;
}

Archive::Health ArchiveImpl::health() const {
    const Time now = clock_.now();
    const std::lock_guard lock{mutex_};
    Health health;
    health.damage = manifest_.lost;
    const auto is_missing = [&](const Range& range) {
        return std::any_of(manifest_.missing.begin(), manifest_.missing.end(), [&](const Range& one) { return one.from < range.to && range.from < one.to; });
    };
    for (const Found& found : damage_) health.damage.push_back(found.what + (is_missing(found.range) ? "" : "; replaced"));
    for (const Range& range : manifest_.missing)
        health.damage.push_back(format("positions {} to {} are being put back from the journal", range.from.value, range.to.value - 1));
    health.trouble = trouble_;
    health.tail_events = snapshot_->tail_events;
    health.tail_bytes = growing_bytes_ + (pending_ ? pending_bytes_ : 0);
    std::uint64_t week_bytes = 0;
    Time week_first = now;
    for (const auto& segment : segments_) {
        const SegmentFacts& facts = segment->facts;
        const std::uint64_t bytes = facts.bytes + facts.filter_bytes;
        ++health.segments;
        health.events += facts.events;
        health.bytes += bytes;
        health.filter_bytes += facts.filter_bytes;
        if (!health.oldest_received || facts.received_first < *health.oldest_received) health.oldest_received = facts.received_first;
        if (!health.oldest_occurred || facts.occurred_first < *health.oldest_occurred) health.oldest_occurred = facts.occurred_first;
        if (facts.received_last > now - days(7)) {
            week_bytes += bytes;
            week_first = std::min(week_first, facts.received_first);
        }
        for (const auto& [source, raw] : facts.raw_by_source)
            health.bytes_by_source[source] += static_cast<std::uint64_t>(static_cast<double>(bytes) * static_cast<double>(raw) / static_cast<double>(std::max<std::uint64_t>(facts.raw_bytes, 1)));
    }
    const double span = static_cast<double>(std::clamp((now - week_first).micros, hours(1).micros, days(7).micros));
    health.bytes_per_day = static_cast<double>(week_bytes) * static_cast<double>(days(1).micros) / span;
    return health;
}

}  // namespace vg::store::archive
