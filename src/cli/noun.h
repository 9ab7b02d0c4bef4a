// Nouns and verbs as data: the parser, help, the man page and completion are made from them. One file a noun, one line in
// list.inc.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/channel.h"
#include "cli/cli.h"

namespace vg::cli {

struct Call;

enum class Need : std::uint8_t { optional, required, many };

struct Option {
    std::string_view name;   // "role" for --role
    std::string_view value;  // "ROLE"; empty: a switch
    std::string_view about;
    Need need = Need::optional;
};

struct Verb {
    std::string_view name;       // empty: the noun stands alone, as in `vonggac verify`
    std::string_view arguments;  // "NAME", "[NOUN]", "DIR..."; empty: none
    std::string_view about;      // one sentence
    std::span<const Option> options = {};
    bool local = false;          // asks no server: --data and --server mean nothing
    Result<int> (*run)(Call&) = nullptr;  // the exit code
};

struct Noun {
    std::string_view name;
    std::string_view about;
    std::span<const Verb> verbs = {};
    // A noun that reads its words itself (scan): gets everything after the noun.
    std::string_view usage = {};
    int (*own)(const std::vector<std::string>& arguments, Streams& streams) = nullptr;
};

// In the order of list.inc.
std::span<const Noun* const> nouns();

// One command, parsed.
struct Call {
    const Noun& noun;
    const Verb& verb;
    std::vector<std::string> arguments = {};
    std::map<std::string, std::vector<std::string>, std::less<>> options = {};
    const Surroundings& surroundings;
    Streams& streams;
    Channel* channel = nullptr;  // not for local verbs

    [[nodiscard]] bool has(std::string_view option) const { return options.find(option) != options.end(); }
    // The last value given.
    [[nodiscard]] std::optional<std::string> option(std::string_view name) const {
        const auto found = options.find(name);
        return found == options.end() || found->second.empty() ? std::nullopt : std::optional{found->second.back()};
    }
};

}  // namespace vg::cli
