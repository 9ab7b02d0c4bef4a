// YAML 1.2 text (rules, mappings) as json::Value documents. Bounded against hostile input: size, depth, number of
// nodes, and no aliases beyond a fixed expansion.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace vg::yaml {

struct Document {
    json::Value value;
    int line = 1;  // where the document starts in the text
};

struct Limits {
    std::size_t bytes = std::size_t{4} << 20;
    std::size_t depth = 40;
    std::size_t nodes = 200'000;  // after aliases are expanded
    // A plain number whose usual form is another text ("00429", "0x17", "1e3", "1.50") stays text, for readers who compare
    // it as text.
    bool numbers_as_written = false;
};

// All documents of the text. Plain scalars become null, boolean, integer or real by the core schema of YAML 1.2
// (section 10.3.2); quoted ones stay text. Duplicate keys are an error. The error names line and column.
Result<std::vector<Document>> parse(std::string_view text, Limits limits = {});

}  // namespace vg::yaml
