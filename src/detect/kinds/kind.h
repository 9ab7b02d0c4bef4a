// A kind of detection content ("sigma"): how its rules are read, and the set that answers about events. Members are
// named in list.inc; Engine::make offers every file to every kind.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "detect/engine.h"
#include "detect/lint.h"
#include "detect/meter.h"

namespace vg::detect {

// What a kind keeps between the events of one thread (buffers only: no answer depends on the event before).
struct KindScratch {
    virtual ~KindScratch() = default;
    Meter* meter = nullptr;  // told what each rule took, when there is one
};

// The loaded rules of one kind. Immutable: any number of threads.
class RuleSet {
public:
    virtual ~RuleSet() = default;
    [[nodiscard]] virtual std::unique_ptr<KindScratch> make_scratch() const = 0;
    // As Engine::match() and match_again(); `kind` of what is put off is the engine's.
    virtual void match(const event::Event& event, KindScratch& scratch, const WorkLimits& limits, std::vector<Match>& matches, std::vector<PutOff>& put_off) const = 0;
    virtual void match_again(std::span<const PutOff> put_off, const event::Event& event, KindScratch& scratch, Purse& purse, std::vector<Match>& matches,
                             std::vector<PutOff>& unanswered) const = 0;
    [[nodiscard]] virtual std::vector<const RuleInfo*> rules() const = 0;  // in the order of their ids
    // Error not_found when the set has no such rule.
    [[nodiscard]] virtual Result<Explanation> explain(std::string_view rule_id, const event::Event& event) const = 0;
    [[nodiscard]] virtual std::string fingerprint() const = 0;  // changes when any rule does
    [[nodiscard]] virtual const correlation::Plan* plan() const { return nullptr; }  // when the kind has correlations
};

struct Kind {
    std::string_view name;
    // Reads all files that belong to the kind and adds to the report what was refused. When nothing can be loaded, the report says why
    // (`unusable`).
    std::unique_ptr<RuleSet> (*load)(std::span<const RuleFile> files, const EngineOptions& options, LoadReport& report) = nullptr;
    // Appends what is wrong with rules that load. None: nothing more is known of the kind.
    void (*lint)(std::span<const RuleFile> files, const LintOptions& options, std::vector<Remark>& remarks) = nullptr;
};
std::span<const Kind* const> all_kinds();
// Whether the document is a rule of a kind of our own, which has its settings below the name of the kind ("dns:", "flow:").
bool is_of_own_kind(const json::Value& document);

namespace kinds {
#define MEMBER(name) extern const Kind name;
#include "detect/kinds/list.inc"
#undef MEMBER
}  // namespace kinds

}  // namespace vg::detect
