// For tests of lists: the profiles that come with the program, and times by their text.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "base/time.h"
#include "lists/profiles.h"
#include "lists/reading.h"

#ifndef VG_SOURCE_DIR
#define VG_SOURCE_DIR "."  // CMake sets it for tests; this lets the header compile alone
#endif

namespace vg::lists::samples {

inline std::string file_text(const std::filesystem::path& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

inline const std::vector<Profile>& shipped_profiles() {
    static const std::vector<Profile> all = [] {
        std::vector<Profile> profiles;
        std::vector<std::filesystem::path> paths;
        for (const auto& file : std::filesystem::directory_iterator{std::string{VG_SOURCE_DIR} + "/content/lists"}) paths.push_back(file.path());
        std::sort(paths.begin(), paths.end());
        for (const auto& path : paths) {
            auto read = read_profiles(path.filename().string(), file_text(path));
            if (!read) ADD_FAILURE() << read.error().text;
            else profiles.insert(profiles.end(), read->begin(), read->end());
        }
        return profiles;
    }();
    return all;
}

inline Time at(std::string_view text) {
    const auto time = parse_time(text);
    if (!time) ADD_FAILURE() << text << " is no time";
    return time.value_or(Time{});
}

// With the shipped profiles, as of 2026-11-30.
inline ReadOptions options(std::string name = "list.csv") {
    return {.name = std::move(name), .profiles = shipped_profiles(), .now = at("2026-11-30T00:00:00Z")};
}

inline Reading read(std::string_view bytes, const ReadOptions& how = options()) {
    auto reading = read_list(bytes, how);
    if (!reading) {
        ADD_FAILURE() << reading.error().text;
        return {};
    }
    EXPECT_EQ(reading->read, reading->accepted + reading->duplicate + reading->rejected);
    EXPECT_EQ(reading->rejected, reading->rejected_rows.size());
    return std::move(*reading);
}

inline std::string victim_of(const Record& record) {
    if (!record.url.empty()) return record.url;
    return record.address ? record.address->text() : record.host;
}

inline std::vector<std::string> victims_of(const Reading& reading) {
    std::vector<std::string> out;
    for (const Record& record : reading.records) out.push_back(victim_of(record));
    return out;
}

inline std::string questions_of(const Reading& reading) {
    std::string out;
    for (const Question& question : reading.questions) out += (out.empty() ? "" : ", ") + question.about;
    return out;
}

inline std::string when(const std::optional<Time>& time) { return time ? to_rfc3339(*time) : "none"; }

}  // namespace vg::lists::samples
