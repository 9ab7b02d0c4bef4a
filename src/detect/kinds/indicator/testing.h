// Small tables and sets for tests.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "detect/kinds/indicator/set.h"

namespace vg::detect::indicator {

inline Attribution attribution(const std::string& family) {
    Attribution by;
    by.list = "list";
    by.family = family;
    by.confidence = 80;
    return by;
}

inline std::string bytes_of(const std::vector<Entry>& entries, std::uint64_t seed = 1) {
    std::string bytes;
    Writer writer{seed, [&](std::string_view more) {
                      bytes += more;
                      return Status{};
                  }};
    for (const Entry& entry : entries) EXPECT_TRUE(writer.add(entry));
    EXPECT_TRUE(writer.finish());
    return bytes;
}

inline std::shared_ptr<const Table> table_of(const std::vector<Entry>& entries, std::uint64_t seed = 1) {
    auto table = Table::open(in_memory(bytes_of(entries, seed)));
    EXPECT_TRUE(table) << table.error().text;
    return *table;
}

inline std::shared_ptr<const Set> set_of(const std::vector<Entry>& entries) { return Set::make("test", table_of(entries), nullptr); }
inline std::shared_ptr<const Set> set_of(const std::vector<std::pair<std::string, std::string>>& values) {
    std::vector<Entry> entries;
    for (const auto& [text, family] : values) entries.push_back({*recognise(text), {attribution(family)}});
    return set_of(entries);
}

}  // namespace vg::detect::indicator
