// The reading half of the journal. A reader has a file handle of its own and reads only what was synced.
#include <algorithm>

#include "base/text.h"
#include "store/journal_impl.h"

namespace vg::store::journal {

namespace {

constexpr int kTriesBeforeDamage = 3;  // of next() over bytes that the disk fails to read, before they are skipped

class FileReader final : public Journal::Reader {
public:
    FileReader(const JournalFile& journal, std::uint64_t from) : journal_(journal), position_(from) {}

    Result<ReadBatch> next(std::size_t most_records, std::size_t most_bytes) override {
        ReadBatch batch;
        std::size_t bytes = 0;
        while (batch.records.size() < most_records && (bytes < most_bytes || batch.records.empty())) {
            if (taken_ < unpacked_.size()) {
                bytes += unpacked_[taken_].raw.size();
                batch.records.push_back({{position_++}, std::move(unpacked_[taken_++])});
                continue;
            }
            auto more = advance(batch.damage);
            if (!more) {
                if (batch.records.empty() && batch.damage.empty()) return fail(std::move(more).error());
                break;  // what was read counts; the error comes again at the next call
            }
            if (!*more) break;
        }
        batch.next = {position_};
        return batch;
    }

private:
    // Unpacks the group at position_, or steps over what cannot be read. False at the end of the journal.
    Result<bool> advance(std::vector<Damage>& damage) {
        if (!cursor_) {
            if (!TRY(open_segment(damage))) return false;
            if (!cursor_) return true;
        }
        auto item = cursor_->next();
        if (!item) {
            cursor_->set_over_errors(++failures_ >= kTriesBeforeDamage);
            return fail(std::move(item).error());
        }
        if (!*item) return leave_segment(damage);
        if (failures_ > 0) cursor_->set_over_errors(false);
        failures_ = 0;
        const BlockCursor::Item& block = **item;
        if (block.gap) {
            gap_offset_ = block.offset;
            gap_reason_ = block.reason;
            return true;
        }
        if (block.head.kind != Kind::group) {
            if (!gap_reason_.empty() && block.head.first == position_) skip_to(position_, damage);
            return true;
        }
        if (block.head.first + block.head.count <= position_) {
            gap_reason_.clear();
            return true;
        }
        if (block.head.first > position_ || !gap_reason_.empty()) {
            if (gap_reason_.empty()) note_gap(block.offset, "a block is missing");
            skip_to(std::max(position_, block.head.first), damage);
        }
        auto records = unpacker_.records_of(block);
        if (!records) {
            note_gap(block.offset, records.error().text);
            skip_to(block.head.first + block.head.count, damage);
            return true;
        }
        unpacked_ = std::move(*records);
        taken_ = static_cast<std::size_t>(position_ - block.head.first);
        return true;
    }

    Result<bool> open_segment(std::vector<Damage>& damage) {
        position_ = std::max(position_, journal_.begin().value);
        const std::uint64_t end = journal_.end().value;  // asked first: the journal may grow in between
        const auto place = journal_.locate(position_);
        if (!place) {
            if (position_ >= end) return false;
            note_gap(0, "records at the end are missing");
            skip_to(end, damage);
            return true;
        }
        const bool is_same = file_ && segment_.first == place->segment.first;
        segment_ = place->segment;
        if (position_ < segment_.first) {
            note_gap(0, "records before this segment are missing");
            skip_to(segment_.first, damage);
        }
        if (!is_same) {
            file_.reset();
            auto file = journal_.disk().open(journal_.path_of(segment_.first), Open::read);
            if (!file) {
                if (position_ < journal_.begin().value) return true;  // retention was faster
                if (file.error().code != Code::not_found && ++failures_ < kTriesBeforeDamage) return fail(std::move(file).error());
                failures_ = 0;
                note_gap(0, file.error().text);
                skip_to(segment_.end, damage);
                return true;
            }
            file_ = std::move(*file);
            resume_ = place->offset;
            if (segment_.closed)
                if (const auto closing = read_close(*file_, segment_.bytes, journal_.marks(segment_.first))) resume_ = closing->index.find(position_);
        }
        cursor_.emplace(*file_, journal_.marks(segment_.first), resume_, segment_.bytes, false);
        return true;
    }

    // At the end of what was known of the segment: it may have grown, else the rest of it is missing.
    Result<bool> leave_segment(std::vector<Damage>& damage) {
        resume_ = cursor_->offset();
        cursor_.reset();
        if (position_ < segment_.end) {
            if (gap_reason_.empty()) note_gap(resume_, "the end of the segment is missing");
            skip_to(segment_.end, damage);
        } else if (!gap_reason_.empty()) {
            skip_to(position_, damage);
        }
        return position_ < journal_.end().value;
    }

    void note_gap(std::uint64_t offset, std::string reason) {
        gap_offset_ = offset;
        gap_reason_ = std::move(reason);
    }

    void skip_to(std::uint64_t position, std::vector<Damage>& damage) {
        damage.push_back({segment_name(segment_.first), gap_offset_, {position_}, {position}, std::move(gap_reason_)});
        journal_.note_damage(damage.back());
        gap_reason_.clear();
        position_ = position;
    }

    const JournalFile& journal_;
    std::uint64_t position_;
    Segment segment_;
    std::unique_ptr<File> file_;
    std::optional<BlockCursor> cursor_;  // over file_; none: segment_ was read to its end so far
    std::uint64_t resume_ = 0;
    int failures_ = 0;
    std::uint64_t gap_offset_ = 0;
    std::string gap_reason_;             // of bytes passed that were no block; empty: none
    Unpacker unpacker_;
    std::vector<event::Record> unpacked_;
    std::size_t taken_ = 0;
};

}  // namespace

std::unique_ptr<Journal::Reader> JournalFile::reader(Position from) const { return std::make_unique<FileReader>(*this, from.value); }

Result<StoredRecord> JournalFile::at(Position position) const {
    if (position < begin() || position >= end()) return fail(Code::not_found, format("the journal has no record {}", position.value));
    FileReader one{*this, position.value};
    const ReadBatch batch = TRY(one.next(1, 1));
    if (!batch.records.empty() && batch.records.front().position == position) return batch.records.front();
    if (position < begin()) return fail(Code::not_found, format("record {} was deleted by retention", position.value));
    return fail(Code::corrupt, format("record {} cannot be read: {}", position.value, batch.damage.empty() ? "it is missing" : batch.damage.front().reason));
}

}  // namespace vg::store::journal
