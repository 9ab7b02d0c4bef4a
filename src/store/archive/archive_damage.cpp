// What is missing or damaged: found at open by size, by verify() and after a failed question by checksum; put aside, and put
// back from the journal by the archive's owner.
#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "store/archive/archive_impl.h"

namespace vg::store::archive {

namespace {

Status check_size(Disk& disk, const std::string& path, std::uint64_t bytes) {
    const auto file = TRY(disk.open(path, Open::read));
    const std::uint64_t size = TRY(file->size());
    if (size != bytes) return fail(Code::corrupt, format("has {} bytes instead of {}", size, bytes));
    return {};
}

Status check_whole(Disk& disk, const std::string& path, std::uint64_t bytes, std::uint64_t checksum) {
    TRY(check_size(disk, path, bytes));
    if (TRY(checksum_of(disk, path)) != checksum) return fail(Code::corrupt, "its bytes were altered: the checksum does not fit");
    return {};
}

}  // namespace

// At open, for all segments: a few microseconds each.
Status ArchiveImpl::check_sizes() {
    Segments segments;
    {
        const std::lock_guard lock{mutex_};
        segments = segments_;
    }
    for (const auto& segment : segments)
        if (const Status good = check_size(disk_, segment->path(), segment->facts.bytes); !good) TRY(put_aside(segment, good.error().text));
    return {};
}

void ArchiveImpl::suspect(const Segments& segments, const Error& why) {
    const std::lock_guard lock{mutex_};
    for (const auto& segment : segments) suspects_[segment->facts.name] = why.text;
}

// Segments that something could not read: by their bytes it is decided whether they are damaged.
Status ArchiveImpl::check_suspects() {
    std::map<std::string, std::string> suspects;
    Segments segments;
    {
        const std::lock_guard lock{mutex_};
        suspects.swap(suspects_);
        segments = segments_;
    }
    if (suspects.empty()) return {};
    for (const auto& segment : segments) {
        const auto found = suspects.find(segment->facts.name);
        if (found == suspects.end()) continue;
        const Status good = check_whole(disk_, segment->path(), segment->facts.bytes, segment->facts.checksum);
        if (good)
            log::warn("archive: a segment could not be read, but its bytes are as they were written", {{"segment", segment->facts.name}, {"reason", found->second}});
        else
            TRY(put_aside(segment, good.error().text));
    }
    return {};
}

// The segment is not asked any more; its file goes to damaged/ for whoever wants to look, its positions are missing.
Status ArchiveImpl::put_aside(const std::shared_ptr<const SegmentFile>& segment, const std::string& reason) {
    const SegmentFacts& facts = segment->facts;
    const std::string what = format("segment {} (positions {} to {}, {} events): {}", facts.name, facts.from.value, facts.to.value - 1, facts.events, reason);
    log::error("archive: a segment is damaged", {{"segment", facts.name}, {"from", facts.from.value}, {"to", facts.to.value}, {"reason", reason}});
    TRY(change({.out = {segment}, .in = {}, .lost = {{facts.from, facts.to}}}));
    if (disk_.exists(segment->path())) (void)disk_.rename(segment->path(), options_.folder + "/damaged/" + facts.name + ".parquet");
    damaged_metric_.add();
    const std::lock_guard lock{mutex_};
    if (damage_.size() >= Manifest::kMostLost) damage_.erase(damage_.begin());
    damage_.push_back({{facts.from, facts.to}, what});
    return {};
}

Status ArchiveImpl::replace(Range range, std::span<const ArchivedEvent> given) {
    const std::vector<ArchivedEvent> events = within_terms(given);
    const std::lock_guard tending{tending_};
    {
        const std::lock_guard lock{mutex_};
        const bool known = std::any_of(manifest_.missing.begin(), manifest_.missing.end(),
                                       [&](const Range& one) { return one.from == range.from && range.to <= one.to && range.from < range.to; });
        if (!known) return fail(Code::bad_input, format("positions {} to {} are not missing", range.from.value, range.to.value));
    }
    Change found;
    found.found = {range};
    found.put_back = given.size();
    if (!events.empty()) {
        event::Position next = range.from;
        for (const ArchivedEvent& one : events) {
            if (one.position < next || one.position >= range.to) return fail(Code::internal, format("event {} is out of order or range", one.position.value));
            next.value = one.position.value + 1;
        }
        std::unique_ptr<Generation> rows;
        {
            const std::lock_guard appending{appending_};
            rows = TRY(new_generation(range.from));
        }
        TRY(write_rows(*rows, events));
        TRY_IN("a segment cannot be put back: ", check_room(rows->memory_bytes() / 2));
        const SegmentFacts facts = rows->facts.finish();
        found.in.push_back(TRY(write_segment(workshop(), {.select = format("SELECT * FROM {}", rows->table->name()),
                                                          .name = take_name(),
                                                          .from = range.from,
                                                          .to = range.to,
                                                          .facts = &facts,
                                                          .filter = rows->filter->finish()})));
    }
    return change(found);
}

Status ArchiveImpl::give_up(Range range, std::string_view why) {
    const std::lock_guard tending{tending_};
    const std::string what = format("positions {} to {} are lost to the archive: {}", range.from.value, range.to.value - 1, why);
    return change({.out = {}, .in = {}, .found = {range}, .lost_for_good = what});
}

Status ArchiveImpl::verify(const std::function<bool(std::uint64_t, std::uint64_t)>& progress) {
    Segments segments;
    {
        const std::lock_guard lock{mutex_};
        segments = segments_;
    }
    std::uint64_t done = 0, all = 0;
    for (const auto& segment : segments) all += segment->facts.bytes + segment->facts.filter_bytes;
    for (const auto& segment : segments) {
        if (progress && !progress(done, all)) return fail(Code::unavailable, "stopped");
        const SegmentFacts& facts = segment->facts;
        const Status good = check_whole(disk_, segment->path(), facts.bytes, facts.checksum);
        const Status filter_good = facts.filter_bytes == 0 ? Status{} : check_whole(disk_, segment->filter_path(), facts.filter_bytes, facts.filter_checksum);
        done += facts.bytes + facts.filter_bytes;
        if (good && filter_good) continue;
        const std::lock_guard tending{tending_};
        {
            const std::lock_guard lock{mutex_};  // it may have been joined or dropped meanwhile
            if (std::find(segments_.begin(), segments_.end(), segment) == segments_.end()) continue;
        }
        if (!good) {
            TRY(put_aside(segment, good.error().text));
            continue;
        }
        log::error("archive: the filter of a segment is damaged; it is made again", {{"segment", facts.name}, {"reason", filter_good.error().text}});
        TRY(rewrite(segment, {}));
    }
    if (progress) (void)progress(all, all);
    return {};
}

}  // namespace vg::store::archive
