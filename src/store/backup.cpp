#include "store/backup.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/text.h"
#include "store/archive/manifest.h"
#include "store/backup/files.h"

namespace vg::store::backup {

namespace {

constexpr std::size_t kMostManifest = std::size_t{512} << 20;  // of the archive
constexpr int kMostTries = 5;

bool is_unfinished(std::string_view name) { return name.ends_with(".tmp") || name.ends_with(".unfinished"); }

// What may lie in an unsealed backup.
bool is_public_key(std::string_view path) { return path.ends_with(".pub") || path.ends_with(".crt"); }

// A file that is to be copied.
struct Planned {
    std::string path;           // relative
    std::uint64_t bytes = 0;
    bool is_final = false;      // never changes under its name
};

class Run {
public:
    Run(Depot& depot, const Source& source, const Options& options, Clock& clock, Random& random, const Watch& watch)
        : depot_(depot), source_(source), options_(options), clock_(clock), random_(random), watch_(watch) {}

    Result<Snapshot> work() {
        TRY(learn());
        snapshot_.made = clock_.now();
        snapshot_.id = make_snapshot_id(snapshot_.made, random_);
        snapshot_.program = source_.program;
        snapshot_.journal = source_.journal.id();
        snapshot_.is_sealed = depot_.seal().is_sealed();
        TRY(check_space());
        TRY_IN("correlation: ", copy_correlation());
        TRY_IN("state: ", copy_state());
        TRY_IN("archive: ", copy_archive());
        TRY_IN("journal: ", copy_journal());
        TRY_IN("content: ", copy_folder("content", true));
        TRY_IN("feeds: ", copy_folder("feeds", false));
        TRY_IN("evidence: ", copy_folder("evidence", false));
        TRY_IN("keys: ", copy_keys());
        return finish();
    }

private:
    [[nodiscard]] std::string real(std::string_view path) const { return source_.data + "/" + std::string{path}; }

    // What earlier snapshots hold.
    Status learn() {
        std::vector<Listed> listed = TRY(depot_.list());
        for (const Listed& one : listed) {
            for (const Entry& entry : one.snapshot.entries) {
                for (const Piece& piece : entry.pieces) known_.emplace(piece.object, piece);
                if (!entry.tail.empty()) final_[entry.path] = entry;
            }
        }
        return {};
    }

    // Files below the folder, as the disk has them now.
    [[nodiscard]] std::vector<Planned> walk(const std::string& folder, bool are_final) const {
        std::vector<Planned> found;
        std::error_code error;
        const std::filesystem::path root = real(folder);
        for (auto one = std::filesystem::recursive_directory_iterator{root, error}; !error && one != std::filesystem::recursive_directory_iterator{}; one.increment(error)) {
            std::error_code gone;
            if (!one->is_regular_file(gone) || one->is_symlink(gone) || is_unfinished(one->path().filename().string())) continue;
            const std::uint64_t bytes = one->file_size(gone);
            if (!gone) found.push_back({folder + "/" + one->path().lexically_relative(root).generic_string(), bytes, are_final});
        }
        std::sort(found.begin(), found.end(), [](const Planned& a, const Planned& b) { return a.path < b.path; });
        return found;
    }

    [[nodiscard]] bool is_known(const Planned& file) const {
        const auto known = final_.find(file.path);
        return file.is_final && known != final_.end() && known->second.bytes == file.bytes;
    }

    // Before anything is written. Sizes of what is yet to grow are taken as they are now.
    Status check_space() {
        std::uint64_t fresh = source_.state_bytes;
        all_ = source_.state_bytes;
        const auto add = [&](const Planned& file) {
            all_ += file.bytes;
            if (!is_known(file)) fresh += file.bytes;
        };
        for (const Journal::SegmentFile& file : source_.journal.files()) add({"journal/" + file.name, file.bytes, file.closed});
        if (const auto manifest = read_archive())
            for (const Planned& file : manifest->files) add(file);
        for (const Planned& file : walk("content", true)) add(file);
        for (const std::string folder : {"evidence", "feeds", "correlation"})
            for (const Planned& file : walk(folder, false)) add(file);
        const std::uint64_t free = TRY(depot_.disk().free_bytes(depot_.folder()));
        if (free < fresh + options_.reserve_bytes)
            return fail(Code::unavailable, format("{} has {} MiB free; up to {} MiB are new, and {} MiB must stay free", depot_.folder(), free >> 20, (fresh >> 20) + 1,
                                                  options_.reserve_bytes >> 20));
        return tell(0) ? Status{} : stopped();
    }

    bool tell(std::uint64_t bytes) {
        done_ += bytes;
        return !watch_ || watch_({stage_, done_, std::max(done_, all_)});
    }

    Status copy_state() {
        stage_ = "state";
        std::uint64_t packed = 0;
        EntryWriter writer{depot_, known_, random_, std::string{kStatePath}};
        const auto added = [&](std::uint64_t) { return true; };
        Packing packing{[&](std::string_view bytes) {
            packed += bytes.size();
            return writer.add(bytes, added);
        }};
        std::uint64_t lines = 0;
        const StateFacts facts = TRY(source_.dump_state([&](std::string_view line) -> Status {
            TRY(packing.line(line));
            return ++lines % 1000 != 0 || tell(0) ? Status{} : stopped();
        }));
        TRY(packing.finish());
        Entry entry = TRY(writer.finish(added));
        entry.tail.clear();
        snapshot_.entries.push_back(std::move(entry));
        for (const TableRows& table : facts.rows) snapshot_.rows[table.table] = static_cast<std::uint64_t>(table.rows);
        snapshot_.state_position = facts.position;
        return tell(source_.state_bytes) ? Status{} : stopped();
    }

    // Its manifest first: the files that it names do not change, and what is joined or dropped meanwhile makes a new
    // manifest. A file that is damaged or gone for good is left out: the archive makes it again from the journal.
    Status copy_archive() {
        stage_ = "archive";
        for (int tries = 1;; ++tries) {
            const auto manifest = read_archive();
            if (!manifest) return {};  // none yet: it is made from the journal after a restore
            std::vector<Entry> entries;
            bool vanished = false;
            for (const Planned& file : manifest->files) {
                const auto opened = source_.disk.open(real(file.path), Open::read);
                const bool is_there = opened && (*opened)->size().value_or(UINT64_MAX) == file.bytes;
                if (is_there)
                    entries.push_back(TRY(copy(file)));
                else
                    vanished = true;
            }
            if (vanished && tries < kMostTries) continue;
            entries.push_back(TRY(keep_small("archive/manifest", manifest->text)));
            snapshot_.archive_end = manifest->watermark;
            std::move(entries.begin(), entries.end(), std::back_inserter(snapshot_.entries));
            return {};
        }
    }

    struct ArchiveFiles {
        std::string text;              // of the manifest
        std::uint64_t watermark = 0;
        std::vector<Planned> files;
    };
    [[nodiscard]] std::optional<ArchiveFiles> read_archive() const {
        for (const char* name : {"archive/manifest", "archive/manifest.copy"}) {
            auto text = read_whole(source_.disk, real(name), kMostManifest);
            if (!text) continue;
            const auto manifest = archive::decode(*text);
            if (!manifest) continue;
            ArchiveFiles found{std::move(*text), manifest->watermark.value, {}};
            for (const archive::SegmentFacts& segment : manifest->segments) {
                found.files.push_back({format("archive/segments/{}.parquet", segment.name), segment.bytes, true});
                if (segment.filter_bytes > 0) found.files.push_back({format("archive/segments/{}.filter", segment.name), segment.filter_bytes, true});
            }
            return found;
        }
        return std::nullopt;
    }

    // Up to what is durable when it begins. What retention deletes while it runs is left out, and the signed word about it,
    // copied after, covers that.
    Status copy_journal() {
        stage_ = "journal";
        const std::vector<Journal::SegmentFile> files = source_.journal.files();
        snapshot_.end = source_.journal.begin().value;
        std::vector<std::pair<Journal::SegmentFile, Entry>> copied;
        for (const Journal::SegmentFile& file : files) {
            auto entry = copy({"journal/" + file.name, file.bytes, file.closed});
            if (entry)
                copied.emplace_back(file, std::move(*entry));
            else if (entry.error().code != Code::not_found)
                return fail(entry.error());
            snapshot_.end = std::max(snapshot_.end, file.end.value);
        }
        std::uint64_t deleted_before = 0;
        for (const char* name : {"journal/identity", "journal/retention"}) {
            if (!source_.disk.exists(real(name))) continue;
            const std::string text = TRY(read_whole(source_.disk, real(name), 4096));
            deleted_before = std::max(deleted_before, begin_in(text));
            snapshot_.entries.push_back(TRY(keep_small(name, text)));
        }
        // As the node itself does at a start: what ends before the word of retention is gone.
        while (copied.size() > 1 && copied[1].first.first.value <= deleted_before) copied.erase(copied.begin());
        for (std::size_t i = 0; i < copied.size(); ++i) {
            if (i > 0 && copied[i].first.first != copied[i - 1].first.end)
                return fail(Code::corrupt, format("a segment is missing before {}; `vonggac verify` says more", copied[i].first.name));
            snapshot_.entries.push_back(std::move(copied[i].second));
        }
        snapshot_.begin = copied.empty() ? deleted_before : copied.front().first.first.value;
        if (snapshot_.state_position > snapshot_.end)
            return fail(Code::corrupt, format("State is at position {}, the journal ends at {}", snapshot_.state_position, snapshot_.end));
        return {};
    }

    // The position that a retention file names; 0 in any other file.
    static std::uint64_t begin_in(std::string_view text) {
        for (std::string_view line : split(text, '\n'))
            if (line.starts_with("begin ")) return static_cast<std::uint64_t>(std::max<std::int64_t>(parse_int(line.substr(6)).value_or(0), 0));
        return 0;
    }

    Status copy_folder(const std::string& folder, bool are_final) {
        stage_ = folder == "evidence" ? "evidence" : "content";
        for (const Planned& file : walk(folder, are_final)) {
            auto entry = copy(file);
            if (!entry && entry.error().code == Code::not_found) continue;
            if (!entry) return fail(entry.error());
            snapshot_.entries.push_back(std::move(*entry));
        }
        return {};
    }

    // The groups of the correlations, before State: a start uses those that are not ahead of it. Each file is replaced whole by the
    // next snapshot, so one that is open does not change.
    Status copy_correlation() {
        stage_ = "correlation";
        for (const Planned& file : walk("correlation", false)) {
            auto opened = source_.disk.open(real(file.path), Open::read);
            if (!opened && opened.error().code == Code::not_found) continue;
            if (!opened) return fail(opened.error());
            const std::uint64_t bytes = TRY((*opened)->size());
            snapshot_.entries.push_back(TRY(copy_open(**opened, {file.path, bytes, false})));
        }
        return {};
    }

    Status copy_keys() {
        stage_ = "keys";
        snapshot_.has_keys = depot_.seal().is_sealed() && options_.allow_keys;
        for (const Planned& file : walk("keys", false))
            if (snapshot_.has_keys || is_public_key(file.path)) snapshot_.entries.push_back(TRY(copy_small(file.path)));
        return {};
    }

    // The first file.bytes bytes of a file. Code::not_found: it is gone.
    Result<Entry> copy(const Planned& file) {
        auto opened = source_.disk.open(real(file.path), Open::read);
        if (!opened) return fail(opened.error());
        return copy_open(**opened, file);
    }

    Result<Entry> copy_open(const File& opened, const Planned& file) {
        if (is_known(file)) {
            const Entry& known = final_.at(file.path);
            const auto tail = tail_of(opened, file.bytes);
            if (tail && *tail == known.tail && std::all_of(known.pieces.begin(), known.pieces.end(), [&](const Piece& piece) { return depot_.has(piece); })) {
                if (!tell(file.bytes)) return stopped();
                return known;
            }
        }
        EntryWriter writer{depot_, known_, random_, file.path};
        const auto added = [&](std::uint64_t bytes) { return tell(bytes); };
        for (std::uint64_t at = 0; at < file.bytes;) {
            const std::size_t wish = static_cast<std::size_t>(std::min<std::uint64_t>(kPieceBytes, file.bytes - at));
            const std::string bytes = TRY(opened.read(at, wish));
            if (bytes.size() != wish) return fail(Code::unavailable, format("{} became shorter while it was read", file.path));
            TRY_IN(file.path + ": ", writer.add(bytes, added));
            at += wish;
        }
        Entry entry = TRY_IN(file.path + ": ", writer.finish(added));
        if (!file.is_final) entry.tail.clear();
        return entry;
    }

    // A small file that is replaced whole, never changed: one read of it is one version of it.
    Result<Entry> copy_small(const std::string& path) {
        return keep_small(path, TRY(read_whole(source_.disk, real(path))));
    }
    Result<Entry> keep_small(const std::string& path, std::string_view bytes) {
        EntryWriter writer{depot_, known_, random_, path};
        const auto added = [&](std::uint64_t) { return true; };
        TRY(writer.add(bytes, added));
        Entry entry = TRY(writer.finish(added));
        entry.tail.clear();
        return entry;
    }

    Result<Snapshot> finish() {
        std::sort(snapshot_.entries.begin(), snapshot_.entries.end(), [](const Entry& a, const Entry& b) { return a.path < b.path; });
        for (const Entry& entry : snapshot_.entries) {
            if (!is_safe_path(entry.path)) return fail(Code::bad_input, format("the file {} cannot be restored by its name", entry.path));
            snapshot_.bytes += entry.bytes;
        }
        snapshot_.new_bytes = depot_.stored_bytes();
        if (!tell(0)) return stopped();
        TRY(depot_.keep(snapshot_));
        return std::move(snapshot_);
    }

    Depot& depot_;
    const Source& source_;
    const Options& options_;
    Clock& clock_;
    Random& random_;
    const Watch& watch_;
    std::map<std::string, Piece> known_;   // all pieces that earlier snapshots name
    std::map<std::string, Entry> final_;   // files that do not change any more, by path
    Snapshot snapshot_;
    std::string_view stage_ = "state";
    std::uint64_t done_ = 0, all_ = 0;
};

}  // namespace

Result<Snapshot> back_up(Depot& depot, const Source& source, const Options& options, Clock& clock, Random& random, const Watch& watch) {
    return Run{depot, source, options, clock, random, watch}.work();
}

}  // namespace vg::store::backup
