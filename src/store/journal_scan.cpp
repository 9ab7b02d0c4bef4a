#include "store/journal_scan.h"

#include <algorithm>

#include "base/text.h"

namespace vg::store::journal {

namespace {

struct Entry {
    bool gap = false;
    bool unreadable = false;  // of a gap: the disk gave an error, so what stands there is not known
    std::uint64_t offset = 0, length = 0;
    Head head;
    Sha256 hash{};
    std::string reason;
};

std::uint64_t end_of(const Entry& entry) { return entry.head.first + entry.head.count; }

Result<std::vector<Entry>> read_entries(const File& file, const Marks& marks, std::uint64_t size) {
    std::vector<Entry> entries;
    BlockCursor cursor{file, marks, 0, size, true};
    while (auto item = TRY(cursor.next())) {
        entries.push_back({item->gap, item->unreadable, item->offset, item->length, item->head, {}, item->reason});
        if (item->gap) continue;
        entries.back().hash = sha256(item->bytes);
        if (item->head.kind == Kind::header && TRY(parse_header(item->bytes)).version > kVersion)
            return fail(Code::bad_input, "a segment was written by a newer program: use that one");
    }
    return entries;
}

// How many of the entries may be kept, and where the file is to be cut.
struct Kept {
    std::size_t entries = 0;
    std::uint64_t cut_at = 0;
};

Kept what_to_keep(const std::vector<Entry>& entries, std::uint64_t first, std::uint64_t durable, std::uint64_t size) {
    std::size_t kept = 0;
    std::uint64_t position = first;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const Entry& entry = entries[i];
        if (entry.gap || end_of(entry) > durable) continue;
        kept = i + 1;
        position = std::max(position, end_of(entry));
    }
    if (kept == 0) return {};  // not even the header
    // After it there can be one call that was perhaps not acknowledged. It counts when all of it is there.
    std::size_t next = kept;
    if (next < entries.size() && entries[next].gap) {
        const bool whole_follows = next + 1 < entries.size() && entries[next + 1].head.first == durable;
        if (whole_follows) {
            ++next;
        } else if (position < durable && next + 1 < entries.size()) {  // the gap held something acknowledged: leave it
            return {kept + 1, entries[next + 1].offset};
        } else {
            return {kept, entries[next].offset};
        }
    }
    std::size_t whole = kept;
    std::uint64_t expected = durable;
    for (std::size_t i = next; i < entries.size(); ++i) {
        const Entry& entry = entries[i];
        if (entry.gap || entry.head.first != expected) break;
        if (!entries[i - 1].gap && entry.head.previous != entries[i - 1].hash) break;
        expected = end_of(entry);
        if (entry.head.kind != Kind::group || entry.head.last_of_call) whole = i + 1;
    }
    return {whole, whole < entries.size() ? entries[whole].offset : size};
}

}  // namespace

Result<Segment> load_closed(Disk& disk, const std::string& folder, const Identity& identity, std::uint64_t first, bool is_last) {
    const auto file = TRY(disk.open(folder + "/" + segment_name(first), Open::read));
    const std::uint64_t size = TRY(file->size());
    const Marks marks = marks_of(identity.salt, first);
    const Closing closing = TRY(read_close(*file, size, marks));
    if (closing.first != first) return fail(Code::not_found, "the close block belongs to another segment");
    if (is_last && closing.durable < closing.end) {
        BlockCursor cursor{*file, marks, closing.call_offset, closing.offset, false};
        std::uint64_t position = closing.durable;
        while (auto item = TRY(cursor.next())) {
            if (item->gap) break;
            if (item->head.kind == Kind::group && item->head.first == position) position += item->head.count;
        }
        if (position != closing.end || cursor.offset() != closing.offset) return fail(Code::not_found, "the last call is not whole");
    }
    return Segment{first, closing.end, size, closing.low, closing.high, true, is_last && closing.durable < closing.end, closing.hash};
}

Result<Scanned> scan_segment(Disk& disk, const std::string& folder, const Identity& identity, std::uint64_t first, bool may_cut) {
    const std::string name = segment_name(first);
    const auto file = TRY(disk.open(folder + "/" + name, Open::read));
    const std::uint64_t size = TRY(file->size());
    const std::vector<Entry> entries = TRY_IN(name + ": ", read_entries(*file, marks_of(identity.salt, first), size));
    std::uint64_t durable = first;
    for (const Entry& entry : entries)
        if (!entry.gap) durable = std::max(durable, entry.head.durable);

    Kept kept{entries.size(), size};
    Scanned scanned;
    if (may_cut) {
        kept = what_to_keep(entries, first, durable, size);
        // The header is part of the first call: without it nothing of that call was acknowledged, as far as can be known.
        if (durable == first && (entries.empty() || entries[0].gap)) kept = {};
        // What the disk cannot give may have been acknowledged: it is not cut, and nothing is written behind it.
        for (std::size_t i = kept.entries; i < entries.size(); ++i)
            if (entries[i].unreadable)
                return fail(Code::unavailable, format("the end of {} cannot be read from the disk at {} ({}); nothing was cut: mend the disk or put the "
                                                      "segment back from a backup, then start again",
                                                      name, entries[i].offset, entries[i].reason));
        scanned.nothing = kept.entries == 0;
        if (kept.cut_at < size) {
            const bool is_gap = kept.entries < entries.size() && entries[kept.entries].gap;
            scanned.torn = format("{} bytes at {} of {}: {}", size - kept.cut_at, kept.cut_at, name,
                                  is_gap ? entries[kept.entries].reason : std::string{"a call that was not written to its end"});
        }
    }
    scanned.cut_at = kept.cut_at;

    Growing& growing = scanned.growing;
    Segment& segment = growing.segment;
    segment = {.first = first, .end = first, .bytes = kept.cut_at, .low = {INT64_MAX}, .high = {INT64_MIN}};
    const Entry* gap = nullptr;
    const auto note = [&](std::uint64_t offset, std::uint64_t to) {
        scanned.damage.push_back({name, gap ? gap->offset : offset, {segment.end}, {to}, gap ? gap->reason : "a block is missing"});
        gap = nullptr;
    };
    for (std::size_t i = 0; i < kept.entries; ++i) {
        const Entry& entry = entries[i];
        if (entry.gap) {
            gap = &entry;
            continue;
        }
        if (gap || entry.head.first > segment.end) note(entry.offset, std::max(segment.end, entry.head.first));
        segment.end = std::max(segment.end, end_of(entry));
        segment.last_hash = entry.hash;
        segment.closed = entry.head.kind == Kind::close;
        if (entry.head.kind == Kind::checkpoint || segment.closed) growing.signed_bytes = entry.offset + entry.length;
        if (entry.head.kind != Kind::group) continue;
        segment.low = std::min(segment.low, entry.head.low);
        segment.high = std::max(segment.high, entry.head.high);
        ++growing.groups;
        growing.index.add({entry.head.first, entry.offset});
    }
    if (gap || (may_cut && durable > segment.end)) note(kept.cut_at, std::max(segment.end, durable));
    segment.unsure = may_cut && durable < segment.end;
    segment.end = std::max(segment.end, durable);
    return scanned;
}

Status write_again(Disk& disk, const std::string& path, std::uint64_t length) {
    constexpr std::size_t kPart = std::size_t{4} << 20;
    const std::string fresh = path + ".tmp";
    if (disk.exists(fresh)) TRY(disk.remove(fresh));
    const auto copy = [&]() -> Status {
        const auto from = TRY(disk.open(path, Open::read));
        const auto to = TRY(disk.open(fresh, Open::create));
        for (std::uint64_t done = 0; done < length;) {
            const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(kPart, length - done));
            const std::string bytes = TRY(from->read(done, part));
            if (bytes.size() != part) return fail(Code::unavailable, path + " could be read only in part");
            TRY(to->append(bytes));
            done += part;
        }
        return to->sync();
    };
    if (Status copied = copy(); !copied) {
        static_cast<void>(disk.remove(fresh));  // it may not exist; the next start removes it otherwise
        return copied;
    }
    TRY(disk.rename(fresh, path));
    return disk.sync_folder(parent_of(path));
}

Status write_close_again(Disk& disk, const std::string& path, const Marks& marks) {
    const auto file = TRY(disk.open(path, Open::append));
    const std::uint64_t size = TRY(file->size());
    const Closing closing = TRY(read_close(*file, size, marks));
    const std::string block = TRY(file->read(closing.offset, static_cast<std::size_t>(size - closing.offset)));
    TRY(file->truncate(closing.offset));
    TRY(file->append(block));
    TRY(file->sync());
    return disk.sync_folder(parent_of(path));
}

}  // namespace vg::store::journal
