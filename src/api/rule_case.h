// The cases of a rule as the API tells them. The server says what stands beside a rule and has it asked (cli/rule_cases.h); a
// program without files has none.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "detect/lint.h"

namespace vg::api {

struct RuleCase {
    std::string name;    // of the file, "attack.log"
    bool attack = false; // its records must fire the rule; else they must not
    std::uint64_t bytes = 0;
    std::string text;    // its beginning
    bool cut = false;    // there is more
};

struct RuleCases {
    std::string origin;  // how they were made; empty: it is not said
    std::vector<RuleCase> files;
    std::size_t left_out = 0;  // files beyond the most
};

struct RuleCaseResult {
    std::string name;
    bool attack = false;
    std::size_t records = 0;
    std::vector<detect::Said> wrong;  // empty: all is as it must be
};

}  // namespace vg::api
