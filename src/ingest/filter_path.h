// Elasticsearch's ?filter_path=: which members of an answer the client wants. Pure.
//
//   FilterPath filter{"errors,items.*.error"};
//   filter.keeps({"items", "create", "error"});   // true; arrays do not count as steps
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace vg::ingest {

class FilterPath {
public:
    // Empty text: everything is kept. At most 64 patterns of 16 steps.
    explicit FilterPath(std::string_view text);
    [[nodiscard]] bool keeps(std::initializer_list<std::string_view> path) const;

private:
    std::vector<std::vector<std::string>> patterns_;  // "*" within a step stands for any characters, "**" for any steps
    bool all_ = false;
};

}  // namespace vg::ingest
