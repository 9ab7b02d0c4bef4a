// For tests of detection: events from JSON, engines from YAML, the corpora.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "detect/engine.h"
#include "event/event.h"

#ifndef VG_SOURCE_DIR
#define VG_SOURCE_DIR "."  // CMake sets it for tests; this lets the header compile alone
#endif

namespace vg::detect::testing {

// An event whose fields are the members of a JSON object: nested names are joined by dots, arrays are several values.
// Nothing is known of its log source unless the test sets it.
class JsonEvent {
public:
    explicit JsonEvent(const char* text) : JsonEvent(json::parse(text).value_or(json::Value{})) {}
    explicit JsonEvent(const json::Value& value) {
        event::Builder builder{arena_};
        add(builder, "", value);
        event.fields = builder.finish();
    }

    event::Event event;

private:
    void add(event::Builder& builder, const std::string& name, const json::Value& value) {
        if (value.is_object()) {
            for (const auto& [key, inner] : value.as_object()) add(builder, name.empty() ? key : name + "." + key, inner);
            return;
        }
        if (value.is_array()) {
            for (const json::Value& inner : value.as_array()) add(builder, name, inner);
            return;
        }
        const std::string_view kept = arena_.copy(name);
        if (value.is_text()) builder.text(kept, arena_.copy(value.as_text()));
        if (value.is_int()) builder.integer(kept, value.as_int());
        if (value.is_real()) builder.real(kept, value.as_real());
        if (value.is_bool()) builder.boolean(kept, value.as_bool());
        if (value.is_null()) builder.null(kept);
    }

    Arena arena_;
};

struct Loaded {
    std::shared_ptr<const Engine> engine;
    LoadReport report;
};

inline Loaded load(std::vector<RuleFile> files, const EngineOptions& options = {}) {
    Loaded loaded;
    if (auto made = Engine::make(files, options, loaded.report)) loaded.engine = *made;
    return loaded;
}
inline Loaded load(std::string_view yaml, const EngineOptions& options = {}) { return load({{"rule.yml", std::string{yaml}}}, options); }

// A rule around a detection, indented by four spaces.
inline std::string rule(std::string_view detection) {
    return "title: Test\nid: 929a690e-bef0-4204-a928-ef5e620d6fcc\nlogsource:\n    category: test\ndetection:\n" + std::string{detection};
}

// The titles of the rules that fire, in order; "refused: REASON" when a rule was.
inline std::vector<Match> match(const Engine& engine, const event::Event& event) {
    Scratch scratch;
    std::vector<Match> matches;
    engine.match(event, scratch, matches);
    return matches;
}

inline std::string read(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

// The corpora as they come; empty when absent.
inline std::filesystem::path corpora() {
    const char* set = std::getenv("VG_CORPORA");
    const std::filesystem::path path = set != nullptr ? std::filesystem::path{set} : std::filesystem::path{VG_SOURCE_DIR "/../shared/corpora"};
    return std::filesystem::is_directory(path) ? path : std::filesystem::path{};
}

// A corpus that comes packed, unpacked by tools/unpack-corpora; empty when the corpora are not there.
inline std::filesystem::path unpacked(const std::string& name) {
    const std::string command = "'" VG_SOURCE_DIR "/tools/unpack-corpora' " + name + " > /dev/null 2>&1";
    if (std::system(command.c_str()) != 0) return {};
    return std::filesystem::path{VG_SOURCE_DIR "/build/corpora"} / name;
}

// All .yml files below a folder, by path.
inline std::vector<RuleFile> rule_files(const std::filesystem::path& folder) {
    std::vector<RuleFile> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{folder})
        if (entry.is_regular_file() && (entry.path().extension() == ".yml" || entry.path().extension() == ".yaml"))
            files.push_back({std::filesystem::relative(entry.path(), folder).string(), read(entry.path())});
    std::sort(files.begin(), files.end(), [](const RuleFile& a, const RuleFile& b) { return a.name < b.name; });
    return files;
}

}  // namespace vg::detect::testing
