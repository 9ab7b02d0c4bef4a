// What kinds share whose rules look at single events by a feature and then count them: reading their documents, and the set
// that answers. A kind brings three functions and its settings; counting itself is the Correlator's (kinds/correlation), so
// that bounds, event time, snapshots and replay are the same for all.
//
//   extern const Kind dns{.name = "dns", .load = counting::load<Dns>};
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "detect/feeding.h"
#include "detect/kinds/correlation/plan.h"
#include "detect/kinds/kind.h"

namespace vg::detect::counting {

// The settings of one rule, below the name of its kind. Each is asked for once, with its bounds; what is wrong or was asked
// for by nobody is told by wrong().
class Settings {
public:
    explicit Settings(const json::Value& given) : given_(given) {}

    std::int64_t number(std::string_view key, std::int64_t otherwise, std::int64_t least, std::int64_t most);
    // Hundredths: 3.4 is 340.
    std::int64_t hundredths(std::string_view key, std::int64_t otherwise, std::int64_t least, std::int64_t most);
    Span span(std::string_view key, Span otherwise, Span most);  // "10m"
    std::string choice(std::string_view key, std::span<const std::string_view> known);  // the first one when it is not there
    std::vector<std::string> texts(std::string_view key, std::vector<std::string> otherwise, std::size_t most = 1'000);
    std::vector<std::int64_t> numbers(std::string_view key, std::size_t most = 1'000);
    [[nodiscard]] bool has(std::string_view key) const { return given_.find(key) != nullptr; }
    void refuse(std::string reason) { if (wrong_.empty()) wrong_ = std::move(reason); }
    [[nodiscard]] std::string wrong() const;

private:
    const json::Value* take(std::string_view key);
    const json::Value& given_;
    std::set<std::string, std::less<>> taken_;
    std::string wrong_;
};

// A document of a kind: what all rules have, and the settings below the kind's name.
struct Document {
    RuleInfo info;
    json::Value given;
    int line = 1;
};
// The documents of the files that have that word at their top, by id; of two with one id the last. What is not well formed is
// refused in the report.
std::vector<Document> read(std::span<const RuleFile> files, const EngineOptions& options, std::string_view word, LoadReport& report);

// Whole numbers and hundredths as texts that live as long as they do.
class Numbers {
public:
    Numbers();
    [[nodiscard]] std::string_view whole(std::int64_t number) const;        // from 0; at most 999 is told
    [[nodiscard]] std::string_view hundredths(std::int64_t number) const;   // "3.42", from 0 to 9.99
private:
    std::vector<std::string> whole_, hundredths_;
};

// One thing that a rule asks of an event: what the event has, and the bound. Texts live as long as the event and the engine.
struct Feature {
    std::string_view field, value, pattern;
    bool held = true;
};

// A kind K has:
//   K::Options                                                                what one rule asks for
//   K::Facts, static bool K::facts_of(event, Facts&)                          what it reads of an event, once for all rules; false: nothing
//   static Options K::read(Settings&, correlation::Rule& counting)            fills in what is counted as well
//   static bool K::look(const Options&, const Facts&, const Numbers&, std::vector<Feature>&, bool all)
//                                       whether the event counts; stops at the first feature that does not hold, unless all are asked for
template <class K>
class Set final : public RuleSet {
public:
    struct Buffers final : KindScratch {
        typename K::Facts facts;
        std::vector<Feature> features;
    };
    struct Rule {
        RuleInfo info;
        typename K::Options options;
    };

    [[nodiscard]] std::unique_ptr<KindScratch> make_scratch() const override { return std::make_unique<Buffers>(); }

    // What it takes is bounded by the length of a name and the number of rules: nothing is put off.
    void match(const event::Event& event, KindScratch& scratch, const WorkLimits&, std::vector<Match>& matches, std::vector<PutOff>&) const override {
        auto& buffers = static_cast<Buffers&>(scratch);
        bool known = false;
        for (const auto& rule : rules_) {
            if (!fits(event.logsource, rule->info)) continue;
            if (!known && !K::facts_of(event, buffers.facts)) return;
            known = true;
            buffers.features.clear();
            bool counts = false;
            const auto look = [&] { counts = K::look(rule->options, buffers.facts, numbers_, buffers.features, false); };
            if (buffers.meter == nullptr)
                look();
            else
                measured(*buffers.meter, rule->info, look);
            if (!counts) continue;
            Match& match = matches.emplace_back();
            match.rule = &rule->info;
            for (const Feature& feature : buffers.features) match.matched.push_back({feature.field, feature.value, feature.pattern});
        }
    }
    void match_again(std::span<const PutOff>, const event::Event&, KindScratch&, Purse&, std::vector<Match>&, std::vector<PutOff>&) const override {}

    [[nodiscard]] std::vector<const RuleInfo*> rules() const override {
        std::vector<const RuleInfo*> all;
        for (const auto& rule : rules_) all.push_back(&rule->info);
        return all;
    }

    [[nodiscard]] Result<Explanation> explain(std::string_view rule_id, const event::Event& event) const override {
        const auto found = std::find_if(rules_.begin(), rules_.end(), [&](const auto& rule) { return rule->info.id == rule_id; });
        if (found == rules_.end()) return fail(Code::not_found, "the rule is not loaded");
        const Rule& rule = **found;
        Explanation told{format("{}: it counts many events; the parts say whether this one counts", rule.info.title), false, {}, {}};
        told.parts.push_back({format("log source {}/{}/{}", rule.info.product, rule.info.category, rule.info.service), fits(event.logsource, rule.info),
                              format("{}/{}/{}", event.logsource.product, event.logsource.categories[0], event.logsource.service), {}});
        typename K::Facts facts;
        std::vector<Feature> features;
        if (!K::facts_of(event, facts)) {
            told.parts.push_back({"the fields that it looks at are there", false, {}, {}});
            return told;
        }
        K::look(rule.options, facts, numbers_, features, true);
        for (const Feature& feature : features)
            told.parts.push_back({feature.pattern.empty() ? std::string{feature.field} : format("{} {}", feature.field, feature.pattern), feature.held, std::string{feature.value}, {}});
        told.held = std::all_of(told.parts.begin(), told.parts.end(), [](const Explanation& part) { return part.held; });
        return told;
    }

    [[nodiscard]] std::string fingerprint() const override { return hash_; }
    [[nodiscard]] const correlation::Plan* plan() const override { return &plan_; }

    // `version` changes when the kind judges differently: groups that were counted by another judgement begin anew.
    static std::unique_ptr<RuleSet> load(std::span<const RuleFile> files, const EngineOptions& options, std::string_view word, std::string_view version, LoadReport& report) {
        auto set = std::make_unique<Set>();
        std::vector<correlation::Rule> counted;
        std::string all{version};
        for (Document& document : counting::read(files, options, word, report)) {
            Settings settings{document.given};
            correlation::Rule counting;
            typename K::Options asked = K::read(settings, counting);
            if (const std::string wrong = settings.wrong(); !wrong.empty()) {
                report.refused.push_back({document.info.file, document.line, document.info.title, format("{}: {} [docs/detection.md]", word, wrong)});
                continue;
            }
            set->rules_.push_back(std::make_unique<Rule>(Rule{std::move(document.info), std::move(asked)}));
            const RuleInfo& info = set->rules_.back()->info;
            counting.info = &info;
            counting.identity = sha256_hex(std::string{version} + '\0' + info.text);
            all += '\0' + info.text;
            counted.push_back(std::move(counting));
        }
        report.correlations += counted.size();
        set->plan_ = correlation::plan_of(std::move(counted));
        set->hash_ = set->rules_.empty() ? std::string{} : sha256_hex(all);
        return set;
    }

private:
    // Of an event of unknown origin, only its fields say whether it counts.
    static bool fits(const event::Logsource& source, const RuleInfo& info) {
        const bool unknown = source.product.empty() && source.service.empty() && source.categories[0].empty() && !source.complete;
        return unknown || feeds(source, info);
    }

    std::vector<std::unique_ptr<Rule>> rules_;  // in the order of their ids
    correlation::Plan plan_;
    Numbers numbers_;
    std::string hash_;
};

}  // namespace vg::detect::counting
