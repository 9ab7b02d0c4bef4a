// Reads the YAML documents of a file: rules, correlation rules and filters (the three specifications, 2.1.0). What is
// not well formed is refused with file, line, reason and section; the rest of the file is still read.
#pragma once

#include <vector>

#include "detect/engine.h"
#include "detect/kinds/sigma/rule.h"

namespace vg::detect::sigma {

struct Documents {
    std::vector<Rule> rules;
    std::vector<Correlation> correlations;
    std::vector<Filter> filters;
};

// Adds what the file holds to `documents`, and what is wrong or left out to the report. Called by the set's loader.
void read_file(const RuleFile& file, const EngineOptions& options, Documents& documents, LoadReport& report);

// Whether the text is a UUID in its usual form, 8-4-4-4-12 hexadecimal digits.
bool is_uuid(std::string_view text);

}  // namespace vg::detect::sigma
