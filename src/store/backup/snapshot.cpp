#include "store/backup/snapshot.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/text.h"
#include "base/time.h"

namespace vg::store::backup {

namespace {

constexpr std::size_t kMostManifestBytes = std::size_t{512} << 20;
constexpr std::string_view kFolders[] = {"journal/", "archive/", "content/", "correlation/", "evidence/", "feeds/", "keys/"};

bool is_hex(std::string_view text, std::size_t digits) {
    return text.size() == digits && std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

json::Value to_json(const Entry& entry) {
    json::Value pieces{json::Array{}};
    for (const Piece& piece : entry.pieces) pieces.add(json::array({piece.object, piece.stored, piece.sha256}));
    json::Value out = json::object({{"path", entry.path}, {"bytes", entry.bytes}, {"sha256", entry.sha256}});
    if (!entry.tail.empty()) out.set("tail", entry.tail);
    out.set("pieces", std::move(pieces));
    return out;
}

tl::unexpected<Error> damaged(std::string_view what) { return fail(Code::corrupt, format("the manifest is damaged: {}", what)); }

Result<std::uint64_t> number(const json::Value& value, std::string_view name) {
    const auto found = value.integer(name);
    if (!found || *found < 0) return damaged(name);
    return static_cast<std::uint64_t>(*found);
}

Result<Piece> parse_piece(const json::Value& value) {
    if (!value.is_array() || value.as_array().size() != 3) return damaged("a piece");
    const json::Array& parts = value.as_array();
    if (!parts[0].is_text() || !is_hex(parts[0].as_text(), 64) || !parts[1].is_int() || !parts[2].is_text() || !is_hex(parts[2].as_text(), 64)) return damaged("a piece");
    if (parts[1].as_int() < 0 || parts[1].as_int() > static_cast<std::int64_t>(kPieceBytes + Seal::kOverhead)) return damaged("the size of a piece");
    return Piece{parts[0].as_text(), static_cast<std::uint64_t>(parts[1].as_int()), parts[2].as_text()};
}

Result<Entry> parse_entry(const json::Value& value) {
    Entry entry;
    entry.path = value.text("path").value_or("");
    if (!is_safe_path(entry.path)) return damaged(format("it names {}", shorten(entry.path, 100)));
    entry.bytes = TRY(number(value, "bytes"));
    entry.sha256 = value.text("sha256").value_or("");
    entry.tail = value.text("tail").value_or("");
    const json::Value* pieces = value.find("pieces");
    if (!is_hex(entry.sha256, 64) || (!entry.tail.empty() && !is_hex(entry.tail, 64)) || pieces == nullptr || !pieces->is_array()) return damaged(entry.path);
    for (const json::Value& piece : pieces->as_array()) entry.pieces.push_back(TRY(parse_piece(piece)));
    return entry;
}

}  // namespace

std::string make_snapshot_id(Time now, Random& random) {
    const Civil civil = to_civil(now);
    std::uint8_t salt[2] = {};
    random.fill(salt, sizeof salt);
    return format("{:04}{:02}{:02}T{:02}{:02}{:02}Z-{:02x}{:02x}", civil.year, civil.month, civil.day, civil.hour, civil.minute, civil.second, salt[0], salt[1]);
}

bool is_snapshot_id(std::string_view text) {
    constexpr std::string_view kShape = "dddddddd!dddddd!!hhhh";
    if (text.size() != kShape.size() || text[8] != 'T' || text[15] != 'Z' || text[16] != '-') return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool digit = text[i] >= '0' && text[i] <= '9';
        if (kShape[i] == 'd' && !digit) return false;
        if (kShape[i] == 'h' && !digit && (text[i] < 'a' || text[i] > 'f')) return false;
    }
    return true;
}

bool is_safe_path(std::string_view path) {
    if (path == kStatePath) return true;
    if (path.size() > 1024 || path.find('\0') != std::string_view::npos) return false;
    if (std::none_of(std::begin(kFolders), std::end(kFolders), [&](std::string_view folder) { return path.starts_with(folder); })) return false;
    for (std::string_view part : split(path, '/'))
        if (part.empty() || part == "." || part == "..") return false;
    return true;
}

std::string manifest_text(const Snapshot& snapshot, const Seal& seal) {
    json::Value rows{json::Object{}};
    for (const auto& [table, count] : snapshot.rows) rows.set(table, count);
    json::Value entries{json::Array{}};
    for (const Entry& entry : snapshot.entries) entries.add(to_json(entry));
    json::Value value = json::object({{"format", kFormat},
                                      {"id", snapshot.id},
                                      {"made", snapshot.made.micros},
                                      {"program", snapshot.program},
                                      {"journal", to_text(snapshot.journal)},
                                      {"begin", snapshot.begin},
                                      {"end", snapshot.end},
                                      {"state_position", snapshot.state_position},
                                      {"rows", std::move(rows)},
                                      {"archive_end", snapshot.archive_end ? json::Value{*snapshot.archive_end} : json::Value{}},
                                      {"keys", snapshot.has_keys},
                                      {"sealed", snapshot.is_sealed},
                                      {"bytes", snapshot.bytes},
                                      {"new_bytes", snapshot.new_bytes},
                                      {"files", std::move(entries)}});
    const std::string text = value.dump();
    value.set("sum", sha256_hex(text));
    if (seal.is_sealed()) value.set("seal", seal.vouch(text));
    return value.dump() + "\n";
}

Result<Snapshot> parse_manifest(std::string_view text, const Seal& seal) {
    json::Value value = TRY_IN("the manifest is damaged: ", json::parse(trim(text), {.depth = 8, .bytes = kMostManifestBytes}));
    if (!value.is_object()) return damaged("it is no object");
    if (const auto version = value.integer("format"); version && *version > kFormat)
        return fail(Code::bad_input, format("the backup has format {}, this program knows formats up to {}: use the newer program", *version, kFormat));
    const std::string sum = value.text("sum").value_or(""), vouched = value.text("seal").value_or("");
    std::erase_if(value.as_object(), [](const json::Member& member) { return member.first == "sum" || member.first == "seal"; });
    const std::string bare = value.dump();
    if (value.integer("format").value_or(0) < 1 || sum != sha256_hex(bare)) return damaged("its sum does not fit");
    Snapshot snapshot;
    snapshot.is_sealed = value.boolean("sealed").value_or(false);
    if (snapshot.is_sealed != seal.is_sealed()) return damaged("it belongs to another backup");
    if (seal.is_sealed() && !seal.is_locked() && !equal_in_constant_time(vouched, seal.vouch(bare))) return damaged("it was altered by someone without the passphrase");
    snapshot.id = value.text("id").value_or("");
    if (!is_snapshot_id(snapshot.id)) return damaged("its id");
    snapshot.made.micros = value.integer("made").value_or(0);
    snapshot.program = value.text("program").value_or("");
    snapshot.journal = TRY(parse_uuid(value.text("journal").value_or("")));
    snapshot.begin = TRY(number(value, "begin"));
    snapshot.end = TRY(number(value, "end"));
    snapshot.state_position = TRY(number(value, "state_position"));
    if (const json::Value* end = value.find("archive_end"); end != nullptr && !end->is_null()) snapshot.archive_end = TRY(number(value, "archive_end"));
    snapshot.has_keys = value.boolean("keys").value_or(false);
    snapshot.bytes = TRY(number(value, "bytes"));
    snapshot.new_bytes = TRY(number(value, "new_bytes"));
    if (const json::Value* rows = value.find("rows"); rows != nullptr && rows->is_object())
        for (const auto& [table, count] : rows->as_object()) {
            if (!count.is_int() || count.as_int() < 0) return damaged("rows");
            snapshot.rows[table] = static_cast<std::uint64_t>(count.as_int());
        }
    const json::Value* files = value.find("files");
    if (files == nullptr || !files->is_array()) return damaged("it names no files");
    for (const json::Value& file : files->as_array()) snapshot.entries.push_back(TRY(parse_entry(file)));
    for (std::size_t i = 1; i < snapshot.entries.size(); ++i)
        if (snapshot.entries[i - 1].path >= snapshot.entries[i].path) return damaged("its files are not in order");
    return snapshot;
}

}  // namespace vg::store::backup
