// The kind "sigma": loads files into a set of rules. An event is shown to those rules that it gives reason to ask
// (candidates.h), each of which is then asked plainly (evaluate.h).
#include <algorithm>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "base/bytes.h"
#include "base/text.h"
#include "detect/kinds/correlation/plan.h"
#include "detect/kinds/kind.h"
#include "detect/kinds/sigma/candidates.h"
#include "detect/kinds/sigma/evaluate.h"
#include "detect/kinds/sigma/lint.h"
#include "detect/kinds/sigma/pipeline.h"
#include "detect/kinds/sigma/read.h"

namespace vg::detect::sigma {

namespace {

struct Buffers final : KindScratch {
    View view;
    Memo memo;
    std::vector<std::uint32_t> fired;
    std::unique_ptr<Candidates::Desk> desk;
};

class Set final : public RuleSet {
public:
    [[nodiscard]] std::unique_ptr<KindScratch> make_scratch() const override {
        auto buffers = std::make_unique<Buffers>();
        buffers->desk = candidates->make_desk();
        return buffers;
    }

    void match(const event::Event& event, KindScratch& scratch, const WorkLimits& limits, std::vector<Match>& matches, std::vector<PutOff>& put_off) const override {
        auto& buffers = static_cast<Buffers&>(scratch);
        const Candidates::Plan& plan = candidates->plan_of(event.logsource, *buffers.desk);
        if (plan.nothing) return;
        buffers.fired.clear();
        View& view = buffers.view;
        view.show(event, names);
        const std::size_t waiting = put_off.size();
        std::uint64_t left = limits.event;
        // Whether it came to an end within the limits.
        const auto within = [&](std::uint32_t index, const auto& work) {
            view.allow(std::min(left, limits.pair));
            work();
            left -= view.used();
            if (view.spent()) put_off.push_back({&rules_[index].info, 0, index});
            return !view.spent();
        };
        const auto ask = [&](std::uint32_t index) {
            bool fired = false;
            if (within(index, [&] { fired = fires(rules_[index], view, buffers.memo); }) && fired) buffers.fired.push_back(index);
        };
        const auto each = [&](const auto& visit) {
            if (plainly) {
                for (std::uint32_t i = 0; i < rules_.size(); ++i)
                    if (fits(rules_[i].source, event.logsource)) visit(i);
            } else {
                for (const std::uint32_t index : candidates->of(buffers.view, plan, *buffers.desk)) visit(index);
            }
        };
        if (buffers.meter == nullptr)
            each(ask);
        else
            each([&](std::uint32_t index) { measured(*buffers.meter, rules_[index].info, [&] { ask(index); }); });
        std::sort(buffers.fired.begin(), buffers.fired.end());
        for (const std::uint32_t index : buffers.fired) {
            Match match{&rules_[index].info, {}};
            if (within(index, [&] { collect(rules_[index].detection, view, buffers.memo, match.matched); })) matches.push_back(std::move(match));
        }
        std::sort(put_off.begin() + static_cast<std::ptrdiff_t>(waiting), put_off.end(), [](const PutOff& a, const PutOff& b) { return a.index < b.index; });
    }

    void match_again(std::span<const PutOff> put_off, const event::Event& event, KindScratch& scratch, Purse& purse, std::vector<Match>& matches,
                     std::vector<PutOff>& unanswered) const override {
        auto& buffers = static_cast<Buffers&>(scratch);
        View& view = buffers.view;
        view.show(event, names);
        for (const PutOff& one : put_off) {
            const Rule& rule = rules_[one.index];
            view.allow(purse.most());
            const bool fired = fires(rule, view, buffers.memo);
            if (view.spent()) {
                unanswered.push_back(one);
            } else if (fired) {  // it fires, even if there is not enough left to say by which of its items
                matches.push_back({&rule.info, {}});
                collect(rule.detection, view, buffers.memo, matches.back().matched);
            }
            purse.pay(view.used());
        }
    }

    [[nodiscard]] std::vector<const RuleInfo*> rules() const override {
        std::vector<const RuleInfo*> infos;
        for (const Rule& rule : rules_) infos.push_back(&rule.info);
        for (const correlation::Rule& rule : correlated.rules) infos.push_back(rule.info);
        return infos;
    }

    [[nodiscard]] Result<Explanation> explain(std::string_view rule_id, const event::Event& event) const override {
        for (const correlation::Rule& rule : correlated.rules)
            if (rule.info->id == rule_id) return explain_correlation(rule, event, 0);
        const auto found = std::lower_bound(rules_.begin(), rules_.end(), rule_id,
                                            [](const Rule& rule, std::string_view id) { return rule.info.id < id; });
        if (found == rules_.end() || found->info.id != rule_id) return fail(Code::not_found, "the rule is not loaded");
        View view;
        view.show(event, names);
        Explanation told;
        told.text = found->info.title;
        const Source& source = found->source;
        told.parts.push_back({format("log source {}/{}/{}", source.product, source.category, source.service), fits(source, event.logsource),
                              format("{}/{}/{}", event.logsource.product, event.logsource.categories[0], event.logsource.service), {}});
        told.parts.push_back(sigma::explain(found->detection, view));
        for (std::uint32_t index : found->filters) {
            Explanation part = sigma::explain(filters[index].detection, view);
            told.parts.push_back({format("filter {}", filters[index].title), part.held, {}, {part}});
        }
        told.held = std::all_of(told.parts.begin(), told.parts.end(), [](const Explanation& part) { return part.held; });
        return told;
    }

    [[nodiscard]] std::string fingerprint() const override { return hash; }
    [[nodiscard]] const correlation::Plan* plan() const override { return &correlated; }

    // Constant after load().
    std::vector<Rule> rules_;  // in the order of their ids
    std::vector<Filter> filters;
    std::vector<Correlation> correlations;
    correlation::Plan correlated;
    std::optional<Candidates> candidates;
    bool plainly = false;
    Names names;
    std::string hash;

private:
    static constexpr std::size_t kMostExplained = 50;  // rules of one correlation

    // A correlation is about many events and fires on none alone; its parts say for which of its rules the event counts.
    [[nodiscard]] Result<Explanation> explain_correlation(const correlation::Rule& rule, const event::Event& event, std::size_t depth) const {
        Explanation told{format("{}: it is about many events; the parts say for which of its rules this one counts", rule.info->title), false, {}, {}};
        const auto document = std::find_if(correlations.begin(), correlations.end(), [&](const Correlation& one) { return one.info.id == rule.info->id; });
        if (document == correlations.end() || depth > correlation::kMostDepth) return told;
        const auto add = [&](Result<Explanation> part) {
            if (!part || told.parts.size() == kMostExplained) return;
            told.parts.push_back(std::move(*part));
        };
        for (const std::string& name : document->rules) {
            for (const Rule& one : rules_)
                if (one.info.id == name || one.name == name) add(explain(one.info.id, event));
            for (const Correlation& one : correlations)
                for (const correlation::Rule& followed : correlated.rules)
                    if ((one.info.id == name || one.name == name) && followed.info->id == one.info.id) add(explain_correlation(followed, event, depth + 1));
        }
        return told;
    }

    bool fires(const Rule& rule, View& view, Memo& memo) const {
        if (!holds(rule.detection, view, memo)) return false;
        return std::all_of(rule.filters.begin(), rule.filters.end(),
                           [&](std::uint32_t index) { return holds(filters[index].detection, view, memo); });
    }
};

// Of documents with the same id the last one stays. Sorts by id.
template <class Document, class Id>
void keep_last(std::vector<Document>& documents, Id id_of, std::string_view what, LoadReport& report, const auto& file_of) {
    std::stable_sort(documents.begin(), documents.end(), [&](const Document& a, const Document& b) { return id_of(a) < id_of(b); });
    std::vector<Document> kept;
    for (Document& document : documents) {
        if (!kept.empty() && id_of(kept.back()) == id_of(document)) {
            report.warnings.push_back(format("{}: {} {} stands twice; it replaces the one of {}", file_of(document), what, id_of(document),
                                             file_of(kept.back())));
            kept.back() = std::move(document);
        } else {
            kept.push_back(std::move(document));
        }
    }
    documents = std::move(kept);
}

void intern(Detection& detection, Names& names) {
    for (Selection& selection : detection.selections)
        for (auto& items : selection.any_of)
            for (Item& item : items) {
                if (!item.name.empty()) item.field = names.intern(item.name);
                for (Value& value : item.values)
                    for (Test& test : value.any_of)
                        if (auto* reference = std::get_if<FieldTest>(&test)) reference->field = names.intern(reference->name);
            }
}

bool has_negation(const Expression& expression) {
    return expression.kind == Expression::Kind::negation || std::any_of(expression.parts.begin(), expression.parts.end(), has_negation);
}

// Filters specification: a filter belongs to the rules that it names, when its log source is theirs or a wider one.
bool is_wider(const Source& filter, const Source& rule) {
    auto facet = [](const std::string& wide, const std::string& narrow) { return wide.empty() || wide == narrow; };
    return facet(filter.product, rule.product) && facet(filter.category, rule.category) && facet(filter.service, rule.service);
}

using Index = std::unordered_multimap<std::string_view, std::uint32_t>;

void apply_filters(Set& set, const Index& index, const WrittenSources& written, LoadReport& report) {
    const auto source_of = [](const auto& all, const std::string& id, const Source& otherwise) -> const Source& {
        const auto found = all.find(id);
        return found == all.end() ? otherwise : found->second;
    };
    for (std::uint32_t number = 0; number < set.filters.size(); ++number) {
        const Filter& filter = set.filters[number];
        const std::string where = format("{}:{}: filter '{}'", filter.file, filter.line, filter.title);
        if (!has_negation(filter.detection.condition))
            report.warnings.push_back(where + " has no 'not' in its condition: its rules fire only where the selection holds");
        std::size_t applied = 0;
        auto apply = [&](Rule& rule) {
            if (!is_wider(source_of(written.filters, filter.id, filter.source), source_of(written.rules, rule.info.id, rule.source))) return;
            if (rule.filters.empty() || rule.filters.back() != number) rule.filters.push_back(number);
            ++applied;
        };
        if (filter.every_rule)
            for (Rule& rule : set.rules_) apply(rule);
        else
            for (const std::string& name : filter.rules) {
                const auto [begin, end] = index.equal_range(name);
                for (auto found = begin; found != end; ++found) apply(set.rules_[found->second]);
            }
        if (applied == 0) report.warnings.push_back(where + " applies to no rule that is loaded");
    }
    report.filters += set.filters.size();
}

// Finds what correlations refer to, and refuses those that refer to nothing or cannot be followed.
void make_correlations(Set& set, const Index& index, LoadReport& report) {
    Index known;
    for (std::uint32_t i = 0; i < set.correlations.size(); ++i) {
        known.emplace(set.correlations[i].info.id, i);
        if (!set.correlations[i].name.empty()) known.emplace(set.correlations[i].name, i);
    }
    correlation::Sources sources{set.rules_, set.filters, set.correlations, {}};
    sources.targets.resize(set.correlations.size());
    std::vector<std::string> reasons(set.correlations.size());
    for (std::uint32_t i = 0; i < set.correlations.size(); ++i) {
        if (index.contains(set.correlations[i].info.id)) reasons[i] = "a rule has the same id [correlation specification: Identification]";
        for (const std::string& name : set.correlations[i].rules) {
            std::vector<correlation::Target>& targets = sources.targets[i].emplace_back();
            for (auto [found, end] = index.equal_range(name); found != end; ++found) targets.push_back({false, found->second});
            for (auto [found, end] = known.equal_range(name); found != end; ++found) targets.push_back({true, found->second});
            std::sort(targets.begin(), targets.end(), [](const auto& a, const auto& b) { return std::pair{a.is_correlation, a.index} < std::pair{b.is_correlation, b.index}; });
            if (targets.empty() && reasons[i].empty())
                reasons[i] = format("the rule '{}' that it refers to is not loaded [correlation specification: Related rules]", shorten(name, 80));
        }
    }
    for (correlation::Refusal& refusal : correlation::refuse_unusable(sources, std::move(reasons))) {
        const Correlation& correlation = set.correlations[refusal.correlation];
        report.refused.push_back({correlation.info.file, correlation.line, correlation.info.title, std::move(refusal.reason)});
    }
    set.correlated = correlation::make_plan(sources);
    report.correlations += set.correlated.rules.size();
    if (set.correlated.cut) report.warnings.push_back(format("the chains of correlations have more than {} ways: some rules do not reach all of them", correlation::kMostLinks));
    for (const Rule& rule : set.rules_) {
        const auto fed = set.correlated.feed_of.find(&rule.info);
        if (fed == set.correlated.feed_of.end() || set.correlated.feeds[fed->second].told || rule.info.level < Level::medium) continue;
        report.warnings.push_back(format("{}:{}: rule '{}' only feeds correlations and makes no finding of its own; generate: true in one of them changes that "
                                         "[correlation specification: Generate]",
                                         rule.info.file, rule.line, rule.info.title));
    }
}

std::string hash_of(const Set& set, const EngineOptions& options) {
    Sha256Stream hash;
    auto add = [&](std::string_view text) {
        std::string length;
        put<std::uint64_t>(length, text.size());
        hash.add(length);
        hash.add(text);
    };
    for (const Rule& rule : set.rules_) add(rule.info.text);
    for (const Filter& filter : set.filters) add(filter.text);
    for (const Correlation& correlation : set.correlations) add(correlation.info.text);
    for (const RuleFile& pipeline : options.pipelines) add(pipeline.text);
    for (const auto& [name, values] : options.placeholders) {
        add(name);
        for (const std::string& value : values) add(value);
    }
    return to_hex(as_view(hash.finish()));
}

}  // namespace

std::unique_ptr<RuleSet> load(std::span<const RuleFile> files, const EngineOptions& options, LoadReport& report) {
    Documents documents;
    WrittenSources written;
    if (const Status done = read_all(files, options, documents, report, &written); !done) report.unusable = done.error().text;
    const auto id_of = [](const auto& document) -> const std::string& { return document.info.id; };
    const auto file_of = [](const auto& document) -> const std::string& { return document.info.file; };
    keep_last(documents.rules, id_of, "rule", report, file_of);
    keep_last(documents.correlations, id_of, "correlation", report, file_of);
    keep_last(documents.filters, [](const Filter& filter) -> const std::string& { return filter.id; }, "filter", report,
              [](const Filter& filter) -> const std::string& { return filter.file; });

    auto set = std::make_unique<Set>();
    set->rules_ = std::move(documents.rules);
    set->filters = std::move(documents.filters);
    set->correlations = std::move(documents.correlations);

    Index index;
    for (std::uint32_t i = 0; i < set->rules_.size(); ++i) {
        Rule& rule = set->rules_[i];
        index.emplace(rule.info.id, i);
        if (!rule.name.empty()) index.emplace(rule.name, i);
        intern(rule.detection, set->names);
    }
    for (Filter& filter : set->filters) intern(filter.detection, set->names);
    set->candidates.emplace(set->rules_, set->names.size());
    set->plainly = options.plainly;
    apply_filters(*set, index, written, report);
    make_correlations(*set, index, report);
    set->hash = hash_of(*set, options);
    return set;
}

}  // namespace vg::detect::sigma

namespace vg::detect::kinds {

extern const Kind sigma{.name = "sigma", .load = detect::sigma::load, .lint = detect::sigma::lint};

}  // namespace vg::detect::kinds
