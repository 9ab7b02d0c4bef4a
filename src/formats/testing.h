// Helpers of this room's tests: corpora, records, whole files.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "formats/format.h"

#ifndef VG_SOURCE_DIR
#define VG_SOURCE_DIR "."  // the build gives the real one to tests
#endif

namespace vg::formats::testing {

// The unpacked corpus; nothing when the corpora are not there: then the test is skipped.
inline std::optional<std::filesystem::path> corpus(const std::string& name) {
    const std::filesystem::path root = VG_SOURCE_DIR;
    const std::string command = "'" + (root / "tools/unpack-corpora").string() + "' " + name + " > /dev/null 2>&1";
    if (std::system(command.c_str()) != 0) return std::nullopt;
    return root / "build/corpora" / name;
}

inline std::string read_file(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

inline std::vector<std::filesystem::path> files_under(const std::filesystem::path& folder, const std::string& extension) {
    std::vector<std::filesystem::path> found;
    if (!std::filesystem::is_directory(folder)) return found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{folder})
        if (entry.is_regular_file() && entry.path().extension() == extension) found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    return found;
}

inline const Library& library() {
    static const auto* const kept = new std::shared_ptr<const Library>{Library::make({}).value()};
    return **kept;
}

inline event::Record record(std::string_view raw, std::string_view format = {}, std::string_view zone = {}) {
    event::Record made;
    made.raw = raw;
    made.envelope.format = format;
    made.envelope.zone = zone;
    made.envelope.received = parse_time("2024-05-01T00:00:00Z").value();
    return made;
}

// One record's event, with the memory that it lives in.
struct Read {
    event::Record record;
    Arena arena;
    Outcome outcome;
    explicit Read(event::Record from, const Library& with = library()) : record(std::move(from)) { outcome = to_event(record, with, arena); }
    explicit Read(std::string_view raw) : Read(testing::record(raw)) {}
    Read(const Read&) = delete;
    Read& operator=(const Read&) = delete;

    [[nodiscard]] const event::Event& event() const { return outcome.event; }
    // The text of the first field of that name; "(none)" when there is none.
    [[nodiscard]] std::string text(std::string_view name) const {
        const event::Field* field = outcome.event.find(name);
        return field == nullptr ? "(none)" : std::string{field->text};
    }
};

struct SplitFile {
    std::vector<std::string> records;
    std::vector<std::string> formats;
    std::vector<std::string> damage;
};
// Splits the bytes, fed in pieces of `step`.
inline SplitFile split(std::string_view bytes, std::size_t step = 1 << 16, std::string_view format = {}) {
    SplitFile all;
    auto splitter = split_file(format, [&](std::uint64_t, std::string_view raw, std::string_view name) {
        all.records.emplace_back(raw);
        all.formats.emplace_back(name);
        return true;
    });
    for (std::size_t at = 0; at < bytes.size(); at += step) (void)splitter->feed(bytes.substr(at, step));
    all.damage = splitter->finish().value().damage;
    return all;
}

}  // namespace vg::formats::testing
