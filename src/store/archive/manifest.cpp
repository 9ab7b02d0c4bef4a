#include "store/archive/manifest.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/log.h"
#include "base/text.h"

namespace vg::store::archive {

namespace {

constexpr std::int64_t kManifestVersion = 1;
constexpr std::size_t kMostBytes = std::size_t{512} << 20;

std::string hex(std::uint64_t number) { return format("{:016x}", number); }

Result<std::uint64_t> parse_hex(std::string_view text) {
    const std::string bytes = TRY(from_hex(text));
    if (bytes.size() != 8) return fail(Code::corrupt, "a number in hex has not 16 digits");
    std::uint64_t number = 0;
    for (const char byte : bytes) number = number << 8 | static_cast<std::uint8_t>(byte);
    return number;
}

json::Value span(std::uint64_t from, std::uint64_t to) { return json::array({from, to}); }
json::Value span(Time from, Time to) { return json::array({from.micros, to.micros}); }

// Readers of members; each names the member that is not as it should be.
Result<std::int64_t> number(const json::Value& value, std::string_view name) {
    if (const auto found = value.integer(name)) return *found;
    return fail(Code::corrupt, format("the number {} is missing", name));
}
Result<std::uint64_t> count(const json::Value& value, std::string_view name) {
    const std::int64_t found = TRY(number(value, name));
    if (found < 0) return fail(Code::corrupt, format("the number {} is negative", name));
    return static_cast<std::uint64_t>(found);
}
Result<std::string> text(const json::Value& value, std::string_view name) {
    if (auto found = value.text(name)) return std::move(*found);
    return fail(Code::corrupt, format("the text {} is missing", name));
}
Result<const json::Array*> list(const json::Value& value, std::string_view name) {
    const json::Value* found = value.find(name);
    if (found == nullptr || !found->is_array()) return fail(Code::corrupt, format("the list {} is missing", name));
    return &found->as_array();
}
Result<std::pair<std::int64_t, std::int64_t>> pair(const json::Value& value) {
    if (!value.is_array() || value.as_array().size() != 2 || !value.as_array()[0].is_int() || !value.as_array()[1].is_int())
        return fail(Code::corrupt, "a range is not of two numbers");
    return std::pair{value.as_array()[0].as_int(), value.as_array()[1].as_int()};
}
Result<std::pair<std::int64_t, std::int64_t>> pair(const json::Value& value, std::string_view name) {
    const json::Value* found = value.find(name);
    if (found == nullptr) return fail(Code::corrupt, format("the range {} is missing", name));
    return pair(*found);
}
Result<Range> range(const json::Value& value) {
    const auto [from, to] = TRY(pair(value));
    if (from < 0 || to <= from) return fail(Code::corrupt, "a range of positions is empty or negative");
    return Range{{static_cast<std::uint64_t>(from)}, {static_cast<std::uint64_t>(to)}};
}

json::Value line_of(const SegmentFacts& facts) {
    json::Array organisations;
    for (const OrganisationId& one : facts.organisations) organisations.emplace_back(one.text());
    json::Array sources;
    for (const auto& [source, bytes] : facts.raw_by_source) sources.push_back(json::array({source.text(), bytes}));
    return json::object({{"name", facts.name},
                         {"positions", span(facts.from.value, facts.to.value)},
                         {"events", facts.events},
                         {"occurred", span(facts.occurred_first, facts.occurred_last)},
                         {"received", span(facts.received_first, facts.received_last)},
                         {"bytes", facts.bytes},
                         {"checksum", hex(facts.checksum)},
                         {"filter_bytes", facts.filter_bytes},
                         {"filter_checksum", hex(facts.filter_checksum)},
                         {"schema", std::uint64_t{facts.schema}},
                         {"rows_in_group", facts.rows_in_group},
                         {"organisations", std::move(organisations)},
                         {"many_organisations", facts.many_organisations},
                         {"raw_bytes", facts.raw_bytes},
                         {"sources", std::move(sources)}});
}

Result<SegmentFacts> facts_of(const json::Value& line) {
    SegmentFacts facts;
    facts.name = TRY(text(line, "name"));
    if (facts.name.empty() || facts.name.size() > 32 || !std::all_of(facts.name.begin(), facts.name.end(), [](char c) { return c >= '0' && c <= '9'; }))
        return fail(Code::corrupt, "a segment's name is not of digits");
    const json::Value* positions = line.find("positions");
    if (positions == nullptr) return fail(Code::corrupt, "the range positions is missing");
    const Range covered = TRY(range(*positions));
    facts.from = covered.from;
    facts.to = covered.to;
    facts.events = TRY(count(line, "events"));
    const auto occurred = TRY(pair(line, "occurred"));
    facts.occurred_first.micros = occurred.first;
    facts.occurred_last.micros = occurred.second;
    const auto received = TRY(pair(line, "received"));
    facts.received_first.micros = received.first;
    facts.received_last.micros = received.second;
    facts.bytes = TRY(count(line, "bytes"));
    facts.filter_bytes = TRY(count(line, "filter_bytes"));
    facts.checksum = TRY(parse_hex(TRY(text(line, "checksum"))));
    facts.filter_checksum = TRY(parse_hex(TRY(text(line, "filter_checksum"))));
    facts.schema = static_cast<std::uint32_t>(TRY(count(line, "schema")));
    facts.rows_in_group = TRY(count(line, "rows_in_group"));
    facts.many_organisations = line.boolean("many_organisations").value_or(true);
    for (const json::Value& one : *TRY(list(line, "organisations"))) {
        if (!one.is_text()) return fail(Code::corrupt, "an organisation is no text");
        facts.organisations.push_back(TRY(OrganisationId::parse(one.as_text())));
    }
    facts.raw_bytes = TRY(count(line, "raw_bytes"));
    for (const json::Value& one : *TRY(list(line, "sources"))) {
        if (!one.is_array() || one.as_array().size() != 2 || !one.as_array()[0].is_text() || !one.as_array()[1].is_int() || one.as_array()[1].as_int() < 0)
            return fail(Code::corrupt, "a source is not of an id and a number");
        facts.raw_by_source.emplace_back(TRY(SourceId::parse(one.as_array()[0].as_text())), static_cast<std::uint64_t>(one.as_array()[1].as_int()));
    }
    return facts;
}

Status read_head(const json::Value& head, Manifest& manifest) {
    const auto version = head.integer("archive");
    if (!version) return fail(Code::corrupt, "it is no manifest of an archive");
    if (*version != kManifestVersion) return fail(Code::corrupt, format("it has version {}, this program reads version {}", *version, kManifestVersion));
    manifest.journal = TRY(parse_uuid(TRY(text(head, "journal"))));
    manifest.seed = TRY(parse_hex(TRY(text(head, "seed"))));
    manifest.next_number = TRY(count(head, "next_number"));
    manifest.watermark.value = TRY(count(head, "watermark"));
    for (const json::Value& one : *TRY(list(head, "missing"))) add_range(manifest.missing, TRY(range(one)));
    for (const json::Value& one : *TRY(list(head, "lost")))
        if (one.is_text()) manifest.lost.push_back(one.as_text());
    // Members that came later.
    if (const json::Value* gaps = head.find("gaps"); gaps != nullptr && gaps->is_array())
        for (const json::Value& one : gaps->as_array()) manifest.gaps.push_back(TRY(decode_gap(one)));
    if (const json::Value* ranges = head.find("rebuild"); ranges != nullptr && ranges->is_array())
        for (const json::Value& one : ranges->as_array()) add_range(manifest.rebuild, TRY(range(one)));
    manifest.rebuild_events = static_cast<std::uint64_t>(std::max<std::int64_t>(head.integer("rebuild_events").value_or(0), 0));
    if (const json::Value* kept = head.find("kept"); kept != nullptr && kept->is_array())
        for (const json::Value& one : kept->as_array())
            if (one.is_text()) manifest.kept.push_back(one.as_text());
    return {};
}

}  // namespace

void add_range(std::vector<Range>& ranges, Range added) {
    std::vector<Range> joined;
    for (const Range& one : ranges) {
        if (one.to < added.from || added.to < one.from) {
            joined.push_back(one);
        } else {
            added.from = std::min(added.from, one.from);
            added.to = std::max(added.to, one.to);
        }
    }
    joined.push_back(added);
    std::sort(joined.begin(), joined.end(), [](const Range& a, const Range& b) { return a.from < b.from; });
    ranges = std::move(joined);
}

void remove_range(std::vector<Range>& ranges, Range removed) {
    std::vector<Range> left;
    for (const Range& one : ranges) {
        if (one.from < removed.from) left.push_back({one.from, std::min(one.to, removed.from)});
        if (removed.to < one.to) left.push_back({std::max(one.from, removed.to), one.to});
    }
    ranges = std::move(left);
}

std::string encode(const Manifest& manifest) {
    json::Array missing;
    for (const Range& one : manifest.missing) missing.push_back(span(one.from.value, one.to.value));
    json::Array lost, gaps, rebuild, kept;
    for (const std::string& one : manifest.lost) lost.emplace_back(one);
    for (const GapFacts& one : manifest.gaps) gaps.push_back(encode(one));
    for (const Range& one : manifest.rebuild) rebuild.push_back(span(one.from.value, one.to.value));
    for (const std::string& one : manifest.kept) kept.emplace_back(one);
    std::string out;
    json::object({{"archive", kManifestVersion},
                  {"journal", to_text(manifest.journal)},
                  {"seed", hex(manifest.seed)},
                  {"next_number", manifest.next_number},
                  {"watermark", manifest.watermark.value},
                  {"missing", std::move(missing)},
                  {"lost", std::move(lost)},
                  {"gaps", std::move(gaps)},
                  {"rebuild", std::move(rebuild)},
                  {"rebuild_events", manifest.rebuild_events},
                  {"kept", std::move(kept)},
                  {"segments", manifest.segments.size()}})
        .dump_to(out);
    out += '\n';
    for (const SegmentFacts& facts : manifest.segments) {
        line_of(facts).dump_to(out);
        out += '\n';
    }
    const std::uint64_t checksum = hash64(out);
    json::object({{"checksum", hex(checksum)}}).dump_to(out);
    return out + '\n';
}

Result<Manifest> decode(std::string_view all) {
    if (all.empty() || all.back() != '\n') return fail(Code::corrupt, "it ends in the middle of a line");
    const std::size_t last = all.substr(0, all.size() - 1).rfind('\n');
    if (last == std::string_view::npos) return fail(Code::corrupt, "it has no checksum");
    const json::Value end = TRY(json::parse(all.substr(last + 1)));
    if (TRY(parse_hex(TRY(text(end, "checksum")))) != hash64(all.substr(0, last + 1))) return fail(Code::corrupt, "its checksum does not fit");

    Manifest manifest;
    bool is_head = true;
    std::uint64_t segments = 0;
    for (const std::string_view line : split(all.substr(0, last), '\n')) {
        const json::Value value = TRY(json::parse(line));
        if (is_head) {
            TRY(read_head(value, manifest));
            segments = TRY(count(value, "segments"));
            is_head = false;
            continue;
        }
        manifest.segments.push_back(TRY(facts_of(value)));
        const std::size_t size = manifest.segments.size();
        if (size > 1 && manifest.segments[size - 2].to > manifest.segments[size - 1].from) return fail(Code::corrupt, "its segments are out of order");
    }
    if (manifest.segments.size() != segments) return fail(Code::corrupt, "it does not name as many segments as it says");
    return manifest;
}

Result<std::optional<LoadedManifest>> load_manifest(Disk& disk, const std::string& folder) {
    std::string wrong;
    bool exists = false;
    for (const std::string& path : {folder + "/manifest", folder + "/manifest.copy"}) {
        if (!disk.exists(path)) {
            if (wrong.empty()) wrong = path + " is missing";
            continue;
        }
        exists = true;
        auto bytes = read_whole(disk, path, kMostBytes);
        auto manifest = bytes ? decode(*bytes) : Result<Manifest>{fail(std::move(bytes).error())};
        if (manifest) return std::optional{LoadedManifest{std::move(*manifest), wrong}};
        wrong = format("{} cannot be read: {}", path, manifest.error().text);
    }
    if (!exists) return std::optional<LoadedManifest>{};
    return fail(Code::corrupt, wrong + "; move the folder away and start: the archive is rebuilt from the journal as far as that reaches back");
}

Status save_manifest(Disk& disk, const std::string& folder, const Manifest& manifest) {
    const std::string text = encode(manifest);
    TRY(write_whole(disk, folder + "/manifest", text));
    if (const Status copied = write_whole(disk, folder + "/manifest.copy", text); !copied)
        log::warn("archive: the copy of the manifest could not be written", {{"reason", copied.error().text}});
    return {};
}

Result<std::uint64_t> checksum_of(Disk& disk, const std::string& path) {
    constexpr std::size_t piece = std::size_t{1} << 20;
    const auto file = TRY(disk.open(path, Open::read));
    std::uint64_t checksum = 0;
    for (std::uint64_t offset = 0;; offset += piece) {
        const std::string bytes = TRY(file->read(offset, piece));
        if (!bytes.empty()) checksum = hash64(bytes, checksum);
        if (bytes.size() < piece) return checksum;
    }
}

}  // namespace vg::store::archive
