// The engine: an immutable set of rules, asked about one event at a time. Pure: no clock, no I/O. Any number of threads
// may ask the same engine; each brings a Scratch of its own.
//
//   LoadReport report;
//   auto engine = TRY(Engine::make(files, {}, report));     // shared_ptr<const Engine>
//   engine->match(event, scratch, matches);
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "detect/match.h"
#include "event/event.h"

namespace vg::detect {

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
    std::size_t loaded = 0;
    std::vector<RefusedRule> refused;
    std::vector<std::string> warnings;  // "FILE: rule ID stands twice; the second replaces the first"
};

struct EngineOptions {
    std::vector<std::string> only_status;  // empty: all but deprecated and unsupported
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
    static Result<std::shared_ptr<const Engine>> make(const std::vector<RuleFile>& files, const EngineOptions& options, LoadReport& report);
    virtual ~Engine() = default;

    // Appends the matches in the order of the rules' ids. Views in them point into the event and the engine.
    virtual void match(const event::Event& event, Scratch& scratch, std::vector<Match>& matches) const = 0;
    [[nodiscard]] virtual const std::vector<const RuleInfo*>& rules() const = 0;
    // Hex SHA-256 over the rules as they stand: names the rule set in control records.
    [[nodiscard]] virtual const std::string& fingerprint() const = 0;
};

}  // namespace vg::detect
