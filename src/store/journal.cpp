#include "store/journal.h"

#include <algorithm>
#include <chrono>

#include "base/check.h"
#include "base/log.h"
#include "base/text.h"
#include "store/journal_impl.h"
#include "store/signing.h"

namespace vg::store {

Result<std::unique_ptr<Journal>> Journal::open(Disk& disk, const std::string& folder, JournalOptions options, Clock& clock,
                                               metrics::Registry& metrics) {
    if (options.key.public_key.size() != 32) return fail(Code::bad_input, "the journal needs its signing key");
    auto opened = std::make_unique<journal::JournalFile>(disk, folder, std::move(options), clock, metrics);
    TRY_IN(format("journal in {}: ", folder), opened->load());
    return std::unique_ptr<Journal>{std::move(opened)};
}

Result<VerifyReport> verify_folder(Disk& disk, const std::string& folder, std::string_view public_key,
                                   const std::function<bool(std::uint64_t, std::uint64_t)>& progress) {
    std::string key{public_key};
    if (key.empty())
        key = TRY_IN("no public key was given, and none stands beside the journal: ", load_public_key(disk, parent_of(folder) + "/keys"));
    const journal::Identity identity = TRY(journal::load_identity(disk, folder));
    std::vector<journal::ToVerify> segments;
    for (std::uint64_t first : TRY(journal::list_segments(disk, folder))) {
        const auto file = TRY(disk.open(folder + "/" + journal::segment_name(first), Open::read));
        segments.push_back({first, TRY(file->size())});
    }
    return journal::verify_segments(disk, folder, identity, key, segments, progress);
}

namespace journal {

namespace {
constexpr std::size_t kMostDamageKept = 1000;  // in Health; every reader and verify names all that they meet
constexpr const char* kFailuresHelp = "Calls that the disk failed; nothing of them was kept";
}  // namespace

JournalFile::JournalFile(Disk& disk, std::string folder, JournalOptions options, Clock& clock, metrics::Registry& metrics)
    : disk_(disk),
      folder_(std::move(folder)),
      options_(std::move(options)),
      clock_(clock),
      fsync_seconds_(metrics.histogram("vonggac_journal_fsync_seconds", "Time that the disk took to make one call durable")),
      groups_total_(metrics.counter("vonggac_journal_groups_total", "Groups of records written")),
      records_total_(metrics.counter("vonggac_journal_records_total", "Records made durable")),
      bytes_total_(metrics.counter("vonggac_journal_bytes_total", "Bytes written to segments")),
      failures_total_(metrics.counter("vonggac_journal_failures_total", kFailuresHelp)),
      bytes_gauge_(metrics.gauge("vonggac_journal_bytes", "Bytes of all segments")),
      segments_gauge_(metrics.gauge("vonggac_journal_segments", "Segments kept")),
      writable_gauge_(metrics.gauge("vonggac_journal_writable", "1 when records can be kept")),
      packer_(options_.zstd_level) {}

Status JournalFile::load() {
    TRY(disk_.make_folder(folder_));
    TRY(disk_.sync_folder(parent_of(folder_)));
    TRY(load_identity_file());
    TRY(load_segments());
    signed_at_ = clock_.now();
    if (file_ && growing_.segment.bytes - growing_.signed_bytes >= kSignEvery) {  // the checkpoint was in the torn tail
        const std::lock_guard lock{write_mutex_};
        Draft draft = TRY(begin_draft());
        TRY(add_checkpoint(draft, draft.growing.segment.end));
        if (Status written = commit(std::move(draft)); !written) return written;
    }
    writable_gauge_.set(1);
    segments_gauge_.set(static_cast<double>(segments_.size()));
    bytes_gauge_.set(static_cast<double>(health().bytes));
    return {};
}

Status JournalFile::load_identity_file() {
    const std::string path = folder_ + "/identity";
    auto found = load_identity(disk_, folder_);
    if (found) {
        identity_ = *found;
        const auto text = read_whole(disk_, path, 4096);
        if (text && *text == identity_text(identity_)) return {};
        const Damage damage{"identity", 0, {}, {}, "the file was damaged or gone; it was made again from the segments"};
        log::warn("journal: " + damage.reason);
        note_damage(damage);
        return write_whole(disk_, path, identity_text(identity_));
    }
    const bool is_empty = !disk_.exists(path) && TRY(list_segments(disk_, folder_)).empty();
    if (!is_empty) return fail(std::move(found).error());
    SystemRandom system_random;
    Random& random = options_.random ? *options_.random : system_random;
    identity_.id = make_uuid_v7(clock_.now(), random);
    random.fill(reinterpret_cast<std::uint8_t*>(&identity_.salt), sizeof identity_.salt);
    return write_whole(disk_, path, identity_text(identity_));
}

void JournalFile::note_hole(const Segment& before, std::uint64_t next_first) {
    if (before.end == next_first) return;
    note_damage({segment_name(before.first), before.bytes, {std::min(before.end, next_first)}, {next_first}, "records between two segments are missing"});
}

// After this the bytes of the segment survive a power cut, whatever happened to the program before.
Status JournalFile::settle(const std::string& path, std::uint64_t length) {
    Status written = write_again(disk_, path, length);
    if (written) return {};
    log::warn("journal: the last segment could not be written again; its last call is as safe as the kernel says", {{"reason", written.error().text}});
    const auto file = TRY(disk_.open(path, Open::append));
    TRY(file->sync());
    return disk_.sync_folder(folder_);
}

Status JournalFile::load_segments() {
    std::uint64_t deleted_before = 0;
    if (auto retention = load_retention(disk_, folder_, identity_.id, options_.key.public_key))
        deleted_before = retention->begin;
    else if (retention.error().code == Code::corrupt)
        note_damage({"retention", 0, {}, {}, retention.error().text});
    else
        return fail(std::move(retention).error());

    std::vector<std::uint64_t> firsts = TRY(list_segments(disk_, folder_));
    while (firsts.size() > 1 && firsts[1] <= deleted_before) {  // a power cut came between the decision and the deletion
        TRY(disk_.remove(path_of(firsts[0])));
        firsts.erase(firsts.begin());
        TRY(disk_.sync_folder(folder_));
    }
    bool may_cut = true;
    while (!firsts.empty()) {  // the last segment first: it may have to go
        const std::uint64_t first = firsts.back();
        auto closed = load_closed(disk_, folder_, identity_, first, may_cut);
        if (!closed && closed.error().code != Code::not_found) return fail(std::move(closed).error());
        if (closed && closed->unsure) TRY(settle(path_of(first), closed->bytes));
        const bool is_settled = !may_cut || (closed && (closed->unsure || write_close_again(disk_, path_of(first), marks(first))));
        if (closed && is_settled) {
            firsts.pop_back();
            segments_.push_back(*closed);
            break;
        }
        Scanned scanned = TRY(scan_segment(disk_, folder_, identity_, first, may_cut));
        if (scanned.torn) {
            log::warn("journal: the torn tail was cut", {{"what", *scanned.torn}});
            health_.torn_tail = scanned.torn;
        }
        firsts.pop_back();
        if (scanned.nothing) {
            TRY(disk_.remove(path_of(first)));
            TRY(disk_.sync_folder(folder_));
            may_cut = false;  // the next segment was begun, so all calls before it were acknowledged
            continue;
        }
        for (const Damage& damage : scanned.damage) note_damage(damage);
        if (scanned.growing.segment.unsure) TRY(settle(path_of(first), scanned.cut_at));
        file_ = TRY(disk_.open(path_of(first), Open::append));
        if (TRY(file_->size()) > scanned.cut_at) TRY(file_->truncate(scanned.cut_at));
        TRY(file_->sync());
        TRY(disk_.sync_folder(folder_));
        segments_.push_back(scanned.growing.segment);
        if (scanned.growing.segment.closed || !may_cut) {
            file_.reset();
        } else {
            growing_ = std::move(scanned.growing);
            index_ = growing_.index;
        }
        break;
    }
    for (; !firsts.empty(); firsts.pop_back()) {
        const std::uint64_t first = firsts.back();
        auto closed = load_closed(disk_, folder_, identity_, first, false);
        if (!closed && closed.error().code == Code::not_found) {
            Scanned scanned = TRY(scan_segment(disk_, folder_, identity_, first, false));
            for (const Damage& damage : scanned.damage) note_damage(damage);
            if (scanned.damage.empty())
                note_damage({segment_name(first), scanned.cut_at, {scanned.growing.segment.end}, {scanned.growing.segment.end}, "the closing checkpoint is missing"});
            closed = scanned.growing.segment;
        }
        if (!closed) return fail(std::move(closed).error());
        segments_.insert(segments_.begin(), *closed);
    }
    for (std::size_t i = 0; i + 1 < segments_.size(); ++i) note_hole(segments_[i], segments_[i + 1].first);
    begin_ = segments_.empty() ? deleted_before : segments_.front().first;
    if (begin_ > deleted_before) note_damage({segment_name(deleted_before), 0, {deleted_before}, {begin_}, "segments are missing that retention did not delete"});
    end_ = segments_.empty() ? deleted_before : std::max(segments_.back().end, deleted_before);
    return {};
}

Position JournalFile::begin() const {
    const std::lock_guard lock{mutex_};
    return {begin_};
}

Position JournalFile::end() const {
    const std::lock_guard lock{mutex_};
    return {end_};
}

void JournalFile::wait_past(Position position, Span at_most) {
    std::unique_lock lock{mutex_};
    const std::uint64_t wakes = wakes_;
    changed_.wait_for(lock, std::chrono::microseconds{at_most.micros}, [&] { return end_ > position.value || wakes_ != wakes; });
}

void JournalFile::wake() {
    const std::lock_guard lock{mutex_};
    ++wakes_;
    changed_.notify_all();
}

std::optional<JournalFile::Place> JournalFile::locate(std::uint64_t position) const {
    const std::lock_guard lock{mutex_};
    auto after = std::upper_bound(segments_.begin(), segments_.end(), position,
                                  [](std::uint64_t p, const Segment& segment) { return p < segment.first; });
    if (after != segments_.begin() && position < std::prev(after)->end) --after;
    if (after == segments_.end()) return std::nullopt;
    Place place{*after, 0, 0};
    const auto next = std::next(after);
    place.next_first = next == segments_.end() ? end_ : next->first;
    if (next == segments_.end() && !after->closed) place.offset = index_.find(position);
    return place;
}

void JournalFile::note_damage(const Damage& damage) const {
    const std::lock_guard lock{mutex_};
    const bool is_known = std::any_of(health_.damage.begin(), health_.damage.end(), [&](const Damage& known) {
        return known.segment == damage.segment && known.offset == damage.offset && known.from == damage.from;
    });
    if (!is_known && health_.damage.size() < kMostDamageKept) health_.damage.push_back(damage);
}

Journal::Health JournalFile::health() const {
    const std::lock_guard lock{mutex_};
    Health health = health_;
    health.segments = segments_.size();
    for (const Segment& segment : segments_) health.bytes += segment.bytes;
    for (const Segment& segment : segments_) {
        if (segment.low > segment.high) continue;
        health.oldest = segment.low;
        break;
    }
    return health;
}

std::vector<Journal::SegmentFile> JournalFile::files() const {
    const std::lock_guard lock{mutex_};
    std::vector<SegmentFile> found;
    for (const Segment& segment : segments_) found.push_back({segment_name(segment.first), {segment.first}, {segment.end}, segment.bytes, segment.closed});
    return found;
}

Result<VerifyReport> JournalFile::verify(const std::function<bool(std::uint64_t, std::uint64_t)>& progress) const {
    std::vector<ToVerify> segments;
    {
        const std::lock_guard lock{mutex_};
        for (const Segment& segment : segments_) segments.push_back({segment.first, segment.bytes});
    }
    return verify_segments(disk_, folder_, identity_, options_.key.public_key, segments, progress);
}

}  // namespace journal

}  // namespace vg::store
