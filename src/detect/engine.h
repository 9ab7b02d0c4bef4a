// The engine: an immutable set of rules, asked about one event at a time. Pure: no clock, no I/O. Any number of threads
// may ask the same engine; each brings a Scratch of its own.
//
//   LoadReport report;
//   auto engine = TRY(Engine::make(files, {}, report));     // shared_ptr<const Engine>
//   engine->match(event, scratch, matches);
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "detect/match.h"
#include "event/event.h"

namespace vg::detect {

namespace correlation {
struct Plan;
}

struct RuleFile {
    std::string name;  // as shown in messages
    std::string text;
};

struct RefusedRule {
    std::string file;
    int line = 0;
    std::string title;   // when it could be read
    std::string reason;  // with the section of the specification that is broken
};

struct LoadReport {
    std::size_t loaded = 0;        // rules that are asked about events
    std::size_t left_out = 0;      // rules that EngineOptions::only_status leaves out
    std::size_t correlations = 0;  // correlation rules that are followed
    std::size_t filters = 0;       // filters that are well formed and applied to their rules
    std::vector<RefusedRule> refused;
    std::vector<std::string> warnings;  // "FILE: rule ID stands twice; the second replaces the first"
    std::string unusable;               // why there is no engine at all: a pipeline that cannot be read
};

struct EngineOptions {
    std::vector<std::string> only_status;  // empty: all but deprecated and unsupported
    // Values of placeholders ("Administrators" for %Administrators%), each may hold wildcards. A rule with a placeholder
    // that is not named here is refused, as the specification asks.
    std::map<std::string, std::vector<std::string>, std::less<>> placeholders;
    // Processing pipelines that adapt rules before they are compiled (kinds/sigma/pipeline.h), in the order of their priorities.
    std::vector<RuleFile> pipelines;
    bool keep_placeholders = false;  // those without values are left to the pipelines; set by the loader
    // Ask every rule whose log source fits, one by one: what the fast way is compared with.
    bool plainly = false;
};

// Why a rule holds or not for one event: the condition as a tree, down to the single values. For `rule explain`.
struct Explanation {
    std::string text;   // "selection", "Image|endswith: \\whoami.exe"
    bool held = false;
    std::string found;  // what the event has there, for a single item
    std::vector<Explanation> parts;
};

// What asking rules about an event may cost, counted and not timed, so that the answer is always the same. One unit is a byte
// that is looked at for a value of a rule, or a value of the event that is compared; regular expressions count more.
struct WorkLimits {
    std::uint64_t pair = UINT64_MAX;   // one rule and the event
    std::uint64_t event = UINT64_MAX;  // all rules and the event
};

// A rule that could not be asked about an event within the limits.
struct PutOff {
    const RuleInfo* rule = nullptr;  // lives as long as the engine
    std::uint32_t kind = 0, index = 0;
};

// How much a rule that was put off may take when it is asked again; called before each, and told what it took.
class Purse {
public:
    virtual ~Purse() = default;
    virtual std::uint64_t most() = 0;
    virtual void pay(std::uint64_t work) = 0;
};

class Scratch {
public:
    Scratch();
    ~Scratch();
    Scratch(Scratch&&) noexcept;
    Scratch& operator=(Scratch&&) noexcept;
    struct Inside;
    std::unique_ptr<Inside> inside;
};

class Engine {
public:
    // Fails as a whole only for too many files, and for a pipeline that cannot be read.
    static Result<std::shared_ptr<const Engine>> make(const std::vector<RuleFile>& files, const EngineOptions& options, LoadReport& report);
    virtual ~Engine() = default;

    // Appends the matches in the order of the rules' ids. Views in them point into the event and the engine.
    void match(const event::Event& event, Scratch& scratch, std::vector<Match>& matches) const;
    // The same within limits. Rules that would have gone beyond them are appended to `put_off`, in the order of their ids, and
    // nothing is said about them: neither that they match nor that they do not.
    virtual void match(const event::Event& event, Scratch& scratch, const WorkLimits& limits, std::vector<Match>& matches, std::vector<PutOff>& put_off) const = 0;
    // Asks rules that were put off, in their order. Their matches join those of the event in `matches`, in the order of the rules'
    // ids. What the purse does not suffice for is appended to `unanswered`.
    virtual void match_again(std::span<const PutOff> put_off, const event::Event& event, Scratch& scratch, Purse& purse, std::vector<Match>& matches,
                             std::vector<PutOff>& unanswered) const = 0;
    [[nodiscard]] virtual const std::vector<const RuleInfo*>& rules() const = 0;  // with the correlations
    // The correlations among the rules, for a Correlator.
    [[nodiscard]] virtual const correlation::Plan& plan() const = 0;
    // Not fast. Error not_found when no rule of that id is loaded.
    [[nodiscard]] virtual Result<Explanation> explain(std::string_view rule_id, const event::Event& event) const = 0;
    [[nodiscard]] virtual const EngineOptions& options() const = 0;  // that it was made with
    // Hex SHA-256 over the rules as they stand: names the rule set in control records.
    [[nodiscard]] virtual const std::string& fingerprint() const = 0;
};

}  // namespace vg::detect
