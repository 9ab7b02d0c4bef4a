// Words → noun, verb, arguments and options. Pure. Errors are sentences for a person, with the nearest known word.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/noun.h"

namespace vg::cli {

struct Parsed {
    const Noun* noun = nullptr;
    const Verb* verb = nullptr;
    bool help = false;  // asked for the help of the noun (verb may be null) or of all (noun null too)
    std::vector<std::string> arguments;
    std::map<std::string, std::vector<std::string>, std::less<>> options;
};

// Options that every verb takes; the first ones only those that ask a server.
std::span<const Option> server_options();
std::span<const Option> output_options();

Result<Parsed> parse(const std::vector<std::string>& words);

}  // namespace vg::cli
