// What detection says about one event: a rule and the fields that made it fire.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vg::detect {

enum class Level : std::uint8_t { informational, low, medium, high, critical };
std::string_view name_of(Level level);
Result<Level> parse_level(std::string_view text);

// Facts about a rule, shared by all its matches. Immutable.
struct RuleInfo {
    std::string id;           // UUID of the rule, or its title's hash when it has none
    std::string title;
    std::string title_vi;     // the same in Vietnamese; empty when the rule has none
    std::string description;
    std::string author;
    std::string status;       // stable, test, experimental, deprecated, unsupported
    std::string license;
    std::string kind;         // "sigma"
    bool many = false;        // it is about many events together: what it finds comes from the Correlator
    std::string file;         // where it was loaded from
    std::string text;         // the YAML as it stood there
    Level level = Level::medium;
    std::vector<std::string> tags;        // "attack.t1059.001"
    std::vector<std::string> references;
    std::vector<std::string> false_positives;
    std::vector<std::string> fields;      // that the author suggests to show
    std::string product, category, service;
};

struct MatchedField {
    std::string_view field;  // name as the rule says it
    std::string_view value;  // of the event
    std::string_view pattern;  // of the rule, as written
};

struct Match {
    const RuleInfo* rule = nullptr;            // lives as long as the engine
    // The positive items that held, in the order of the rule; of a rule about many events what made this one count.
    std::vector<MatchedField> matched;
};

}  // namespace vg::detect
