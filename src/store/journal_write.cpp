// The writing half of the journal: one call of keep() is one append and one fsync, and a failed call leaves nothing.
#include <algorithm>
#include <chrono>

#include "base/log.h"
#include "base/text.h"
#include "store/journal_impl.h"

namespace vg::store::journal {

JournalFile::~JournalFile() {
    const std::lock_guard lock{write_mutex_};
    if (!file_ || needs_repair_ || growing_.groups == 0) return;
    Draft draft{growing_, false, {}, 0, 0};  // a clean stop closes and signs the segment
    Status closed = add_close(draft, draft.growing.segment.end, draft.growing.segment.bytes);
    if (closed) closed = write_out(draft);
    if (closed) return;
    log::warn("journal: the last segment could not be closed", {{"reason", closed.error().text}});
    static_cast<void>(repair());
}

Result<Position> JournalFile::keep(std::span<const event::Record> records) {
    const std::lock_guard lock{write_mutex_};
    for (const event::Record& record : records) TRY(check_record(record));
    const std::uint64_t position = end().value;
    if (records.empty()) return Position{position};
    if (Status repaired = repair(); !repaired) return refuse(std::move(repaired).error());

    Draft draft = TRY(begin_draft());
    const std::uint64_t call_offset = draft.growing.segment.bytes;
    TRY(add_groups(draft, records, position));
    if (draft.growing.segment.bytes >= options_.segment_bytes)
        TRY(add_close(draft, position, call_offset));
    else if (draft.growing.segment.bytes - draft.growing.signed_bytes >= kSignEvery || clock_.now() - signed_at_ >= kSignAfter)
        TRY(add_checkpoint(draft, position));
    if (Status kept = commit(std::move(draft)); !kept) return refuse(std::move(kept).error());
    return Position{position};
}

Status JournalFile::try_to_heal() {
    const std::lock_guard lock{write_mutex_};
    {
        const std::lock_guard state{mutex_};
        if (health_.writable) return {};
    }
    if (Status repaired = repair(); !repaired) return refuse(std::move(repaired).error());
    Draft draft = TRY(begin_draft());  // a checkpoint shows that the disk takes bytes again
    TRY(add_checkpoint(draft, draft.growing.segment.end));
    if (Status written = commit(std::move(draft)); !written) return refuse(std::move(written).error());
    return {};
}

Result<JournalFile::Draft> JournalFile::begin_draft() {
    if (file_) return Draft{growing_, false, {}, 0, 0};
    Draft draft;
    draft.is_new = true;
    Segment& segment = draft.growing.segment;
    Sha256 previous{};
    {
        const std::lock_guard lock{mutex_};
        segment.first = segment.end = end_;
        if (!segments_.empty()) previous = segments_.back().last_hash;
    }
    segment.low = {INT64_MAX};
    segment.high = {INT64_MIN};
    segment.last_hash = TRY(put_header(draft.bytes, identity_.id, identity_.salt, segment.first, previous, clock_.now()));
    segment.bytes = draft.bytes.size();
    return draft;
}

Status JournalFile::add_groups(Draft& draft, std::span<const event::Record> records, std::uint64_t durable) {
    Segment& segment = draft.growing.segment;
    const Marks marks = this->marks(segment.first);
    const std::uint64_t base = segment.bytes - draft.bytes.size();
    const std::size_t group_bytes = std::min(options_.group_bytes, std::size_t{16} << 20);
    while (!records.empty()) {
        std::size_t count = 0;
        Head head{.kind = Kind::group, .first = segment.end, .durable = durable, .low = {INT64_MAX}, .high = {INT64_MIN}, .previous = segment.last_hash};
        for (std::size_t raw = 0; count < records.size() && count < kMostGroupRecords; ++count) {
            raw += records[count].raw.size();
            if (count > 0 && raw > group_bytes) break;
            head.low = std::min(head.low, records[count].envelope.received);
            head.high = std::max(head.high, records[count].envelope.received);
        }
        const std::string payload = encode(records.first(count));
        const std::size_t start = begin_block(draft.bytes);
        head.packed = packer_.pack(payload, draft.bytes);
        head.raw = static_cast<std::uint32_t>(payload.size());
        head.count = static_cast<std::uint32_t>(count);
        records = records.subspan(count);
        head.last_of_call = records.empty();
        segment.last_hash = TRY(finish_block(draft.bytes, start, head, marks, options_.key));
        draft.growing.index.add({segment.end, base + start});
        segment.end += count;
        segment.bytes = base + draft.bytes.size();
        segment.low = std::min(segment.low, head.low);
        segment.high = std::max(segment.high, head.high);
        ++draft.growing.groups;
        ++draft.groups;
        draft.records += count;
    }
    return {};
}

Status JournalFile::add_checkpoint(Draft& draft, std::uint64_t durable) {
    Segment& segment = draft.growing.segment;
    const std::size_t before = draft.bytes.size();
    segment.last_hash = TRY(put_checkpoint(draft.bytes, marks(segment.first), options_.key, segment.end, durable, segment.last_hash, clock_.now()));
    segment.bytes += draft.bytes.size() - before;
    draft.growing.signed_bytes = segment.bytes;
    return {};
}

Status JournalFile::add_close(Draft& draft, std::uint64_t durable, std::uint64_t call_offset) {
    Segment& segment = draft.growing.segment;
    const std::size_t before = draft.bytes.size();
    Closing closing{.low = segment.low, .high = segment.high, .first = segment.first, .end = segment.end, .groups = draft.growing.groups,
                    .call_offset = call_offset, .durable = durable, .previous = segment.last_hash, .index = draft.growing.index};
    segment.last_hash = TRY(put_close(draft.bytes, marks(segment.first), options_.key, closing));
    segment.bytes += draft.bytes.size() - before;
    segment.closed = true;
    draft.growing.signed_bytes = segment.bytes;
    return {};
}

Status JournalFile::write_out(const Draft& draft) {
    if (draft.is_new) {
        half_made_ = path_of(draft.growing.segment.first);
        needs_repair_ = true;
        file_ = TRY(disk_.open(half_made_, Open::create));
    }
    needs_repair_ = true;
    TRY(file_->append(draft.bytes));
    const auto start = std::chrono::steady_clock::now();  // for the metric only
    const Status synced = file_->sync();
    fsync_seconds_.observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    TRY(synced);
    if (draft.is_new) TRY(disk_.sync_folder(folder_));
    needs_repair_ = false;
    half_made_.clear();
    return {};
}

Status JournalFile::commit(Draft draft) {
    TRY(leave_free(disk_, folder_, draft.bytes.size(), options_.reserve_bytes));
    if (Status written = write_out(draft); !written) {
        if (Status repaired = repair(); !repaired) log::warn("journal: cannot cut back yet", {{"reason", repaired.error().text}});
        return written;
    }
    const Segment& segment = draft.growing.segment;
    groups_total_.add(draft.groups);
    records_total_.add(draft.records);
    bytes_total_.add(draft.bytes.size());
    if (draft.growing.signed_bytes == segment.bytes) signed_at_ = clock_.now();
    bool was_writable = true;
    {
        const std::lock_guard lock{mutex_};
        if (draft.is_new)
            segments_.push_back(segment);
        else
            segments_.back() = segment;
        index_ = draft.growing.index;
        end_ = segment.end;
        was_writable = health_.writable;
        health_.writable = true;
        health_.reason.clear();
        changed_.notify_all();
    }
    writable_gauge_.set(1);
    if (!was_writable) log::info("journal: records can be kept again");
    growing_ = std::move(draft.growing);
    if (growing_.segment.closed) {
        file_.reset();
        growing_ = {};
    }
    const Health now = health();
    bytes_gauge_.set(static_cast<double>(now.bytes));
    segments_gauge_.set(static_cast<double>(now.segments));
    return {};
}

// After a failed write or fsync nothing after the last good fsync is believed: the kernel may have dropped the dirty
// pages and call them clean. The file is cut back to what was synced, so that the next call writes all its bytes again;
// fsync is never asked a second time about the same bytes.
Status JournalFile::repair() {
    if (!needs_repair_) return {};
    if (!half_made_.empty()) {
        file_.reset();
        if (disk_.exists(half_made_)) TRY(disk_.remove(half_made_));
        TRY(disk_.sync_folder(folder_));
        half_made_.clear();
    } else {
        TRY(file_->truncate(growing_.segment.bytes));
    }
    needs_repair_ = false;
    return {};
}

tl::unexpected<Error> JournalFile::refuse(Error error) {
    failures_total_.add();
    writable_gauge_.set(0);
    error.code = Code::unavailable;
    bool was_writable = true;
    {
        const std::lock_guard lock{mutex_};
        was_writable = health_.writable;
        health_.writable = false;
        health_.reason = error.text;
    }
    if (was_writable) log::error("journal: records cannot be kept", {{"reason", error.text}});
    return fail(std::move(error));
}

Result<std::uint64_t> JournalFile::retire(Position needed_from) {
    const std::lock_guard lock{write_mutex_};
    std::vector<Segment> going;
    {
        const std::lock_guard state{mutex_};
        std::uint64_t bytes = 0;
        for (const Segment& segment : segments_) bytes += segment.bytes;
        const Time oldest_kept = clock_.now() - options_.keep_for;
        for (std::size_t i = 0; i + 1 < segments_.size(); ++i) {  // never the last one
            const Segment& segment = segments_[i];
            const bool is_old = segment.high < oldest_kept;
            const bool is_over = options_.keep_bytes > 0 && bytes > options_.keep_bytes;
            if (segment.end > needed_from.value || segments_[i + 1].first > needed_from.value || (!is_old && !is_over)) break;
            going.push_back(segment);
            bytes -= segment.bytes;
        }
        if (going.empty()) return std::uint64_t{0};
    }
    std::uint64_t begin = 0;
    {
        const std::lock_guard state{mutex_};
        begin = segments_[going.size()].first;
    }
    // The signed word first: a power cut then leaves files that the next start deletes, never a gap without a reason.
    const std::string text = TRY(retention_text(identity_.id, {begin, clock_.now()}, options_.key));
    TRY_IN("before deleting old segments: ", write_whole(disk_, folder_ + "/retention", text));
    {
        const std::lock_guard state{mutex_};
        segments_.erase(segments_.begin(), segments_.begin() + static_cast<std::ptrdiff_t>(going.size()));
        begin_ = begin;
    }
    for (const Segment& segment : going) TRY(disk_.remove(path_of(segment.first)));
    TRY(disk_.sync_folder(folder_));
    return std::uint64_t{going.size()};
}

}  // namespace vg::store::journal
