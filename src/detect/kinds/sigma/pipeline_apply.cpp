// How transformations change a rule. Each rule is taken apart into a Subject, transformed, and put together again.
#include <algorithm>

#include "base/text.h"
#include "detect/kinds/sigma/pipeline_change.h"
#include "detect/kinds/sigma/pipeline_model.h"
#include "detect/kinds/sigma/reader.h"

namespace vg::detect::sigma {

namespace {

using Kind = Transformation::Kind;

constexpr std::size_t kMostMaps = 1'000;  // alternatives of a search identifier
constexpr std::size_t kMostFields = 10'000;

class Runner {
public:
    Runner(Subject& subject, const EngineOptions& options) : subject_(subject), options_(options) {}

    Status run(const std::vector<Transformation>& all) {
        for (const Transformation& one : all)
            if (holds(one.of_rule, subject_)) {
                TRY_IN(format("pipeline {}: ", one.where), apply(one));
                if (!one.id.empty()) subject_.applied.insert(one.id);
            }
        return {};
    }

private:
    Status apply(const Transformation& one) {
        switch (one.kind) {
            case Kind::field_name_mapping:
            case Kind::field_name_prefix_mapping:
            case Kind::field_name_prefix:
            case Kind::field_name_suffix: return rename(one);
            case Kind::drop_detection_item:
                for (Subject::Search& search : subject_.searches) {
                    for (auto& items : search.any_of) std::erase_if(items, [&](const Tracked& item) { return holds(one, item, subject_); });
                    std::erase_if(search.any_of, [](const auto& items) { return items.empty(); });
                }
                return {};
            case Kind::replace_string:
            case Kind::map_string:
            case Kind::set_value:
            case Kind::convert_type:
            case Kind::value_placeholders:
            case Kind::wildcard_placeholders:
                for (Subject::Search& search : subject_.searches)
                    for (auto& items : search.any_of)
                        for (Tracked& item : items)
                            if (holds(one, item, subject_) && TRY(change(one, item.item, options_)) && !one.id.empty()) item.applied.insert(one.id);
                return {};
            case Kind::detection_item_failure:
                for (const Subject::Search& search : subject_.searches)
                    for (const auto& items : search.any_of)
                        for (const Tracked& item : items)
                            if (holds(one, item, subject_)) return fail(Code::bad_input, format("{}: {}", shorten(item.item.key, 80), shorten(one.text, 500)));
                return {};
            case Kind::rule_failure: return fail(Code::bad_input, shorten(one.text, 500));
            case Kind::add_condition: return add_condition(one);
            case Kind::change_logsource:
                if (subject_.source == nullptr) return {};
                *subject_.source = one.source;
                if (subject_.info != nullptr) {
                    subject_.info->product = one.source.product;
                    subject_.info->category = one.source.category;
                    subject_.info->service = one.source.service;
                }
                return {};
            case Kind::add_field:
            case Kind::remove_field:
            case Kind::set_field: change_fields(one); return {};
            case Kind::set_state: subject_.state[one.text] = one.value; return {};
            case Kind::set_custom_attribute: subject_.attributes[one.text] = one.value; return {};
            case Kind::nest: return run(one.nested);
        }
        return {};
    }

    // What becomes of a field's name; nothing when the transformation does not know it.
    static std::optional<std::vector<std::string>> renamed(const Transformation& one, const std::string& name) {
        if (name.empty()) return std::nullopt;  // keywords
        switch (one.kind) {
            case Kind::field_name_mapping:
                if (const auto found = one.index.find(name); found != one.index.end()) return one.mapping[found->second].second;
                return std::nullopt;
            case Kind::field_name_prefix_mapping:
                for (const auto& [prefix, others] : one.mapping) {
                    if (!name.starts_with(prefix)) continue;
                    std::vector<std::string> names;
                    for (const std::string& other : others) names.push_back(other + name.substr(prefix.size()));
                    return names;
                }
                return std::nullopt;
            case Kind::field_name_prefix: return std::vector{one.text + name};
            case Kind::field_name_suffix: return std::vector{name + one.text};
            case Kind::drop_detection_item:
            case Kind::add_condition:
            case Kind::change_logsource:
            case Kind::add_field:
            case Kind::remove_field:
            case Kind::set_field:
            case Kind::replace_string:
            case Kind::map_string:
            case Kind::set_value:
            case Kind::convert_type:
            case Kind::set_state:
            case Kind::set_custom_attribute:
            case Kind::value_placeholders:
            case Kind::wildcard_placeholders:
            case Kind::rule_failure:
            case Kind::detection_item_failure:
            case Kind::nest: return std::nullopt;
        }
        return std::nullopt;
    }
    // The same for a name that is no item's, with its conditions.
    std::vector<std::string> renamed_alone(const Transformation& one, const std::string& name) const {
        auto names = holds(one.of_field, name, subject_) ? renamed(one, name) : std::nullopt;
        return names ? std::move(*names) : std::vector{name};
    }

    Status rename(const Transformation& one) {
        for (Subject::Search& search : subject_.searches) TRY(rename(one, search));
        if (subject_.info != nullptr) {
            std::vector<std::string> fields;
            for (const std::string& field : subject_.info->fields)
                for (std::string& name : renamed_alone(one, field)) fields.push_back(std::move(name));
            if (fields.size() > kMostFields) return fail(Code::too_large, format("more than {} fields", kMostFields));
            subject_.info->fields = std::move(fields);
        }
        return subject_.correlation == nullptr ? Status{} : rename(one, *subject_.correlation);
    }

    // One name for another, or any of several: then the map stands once for each.
    Status rename(const Transformation& one, Subject::Search& search) {
        std::vector<std::vector<Tracked>> maps;
        for (std::vector<Tracked>& items : search.any_of) {
            std::vector<std::vector<Tracked>> made(1);
            for (Tracked& item : items) {
                rename_references(one, item.item);
                const auto names = holds(one, item, subject_) ? renamed(one, item.item.name) : std::nullopt;
                std::vector<std::vector<Tracked>> next;
                const std::size_t ways = names ? names->size() : 1;
                if (maps.size() + made.size() * ways > kMostMaps) return fail(Code::too_large, format("{} becomes more than {} alternatives", search.name, kMostMaps));
                for (std::size_t way = 0; way < ways; ++way) {
                    Tracked as = item;
                    if (names) {
                        const std::size_t bar = std::min(as.item.key.find('|'), as.item.key.size());
                        as.item.name = (*names)[way];
                        as.item.key = as.item.name + as.item.key.substr(bar);
                        if (!one.id.empty()) as.applied.insert(one.id);
                    }
                    for (const auto& so_far : made) {
                        next.push_back(so_far);
                        next.back().push_back(as);
                    }
                }
                made = std::move(next);
            }
            std::move(made.begin(), made.end(), std::back_inserter(maps));
        }
        search.any_of = std::move(maps);
        return {};
    }

    void rename_references(const Transformation& one, Item& item) const {
        for (Value& value : item.values) {
            std::vector<Test> tests;
            for (Test& test : value.any_of) {
                const auto* reference = std::get_if<FieldTest>(&test);
                if (reference == nullptr) {
                    tests.push_back(std::move(test));
                    continue;
                }
                for (std::string& name : renamed_alone(one, reference->name)) {
                    FieldTest other = *reference;
                    other.name = std::move(name);
                    tests.emplace_back(std::move(other));
                }
            }
            value.any_of = std::move(tests);
        }
    }

    // Aliases stand for fields of the rules; what is grouped by an alias keeps its name.
    Status rename(const Transformation& one, Correlation& correlation) const {
        const auto single = [&](std::string& name) -> Status {
            const auto names = renamed_alone(one, name);
            if (names.size() != 1) return fail(Code::bad_input, format("'{}' in a correlation cannot become several fields", shorten(name, 80)));
            name = names.front();
            return {};
        };
        const auto is_alias = [&](const std::string& name) {
            return std::any_of(correlation.aliases.begin(), correlation.aliases.end(), [&](const Correlation::Alias& alias) { return alias.name == name; });
        };
        for (Correlation::Alias& alias : correlation.aliases)
            for (auto& [rule, field] : alias.fields) TRY(single(field));
        std::vector<std::string> group;
        for (const std::string& field : correlation.group_by) {
            if (is_alias(field)) {
                group.push_back(field);
                continue;
            }
            for (std::string& name : renamed_alone(one, field)) group.push_back(std::move(name));
        }
        if (group.size() > kMostSelections) return fail(Code::too_large, "group-by becomes too many fields");
        correlation.group_by = std::move(group);
        for (std::string& field : correlation.fields)
            if (!is_alias(field)) TRY(single(field));
        return {};
    }

    void change_fields(const Transformation& one) {
        if (subject_.info == nullptr) return;
        std::vector<std::string>& fields = subject_.info->fields;
        const auto is_named = [&](const std::string& field) { return std::find(one.names.begin(), one.names.end(), field) != one.names.end(); };
        if (one.kind == Kind::remove_field) std::erase_if(fields, is_named);
        if (one.kind == Kind::set_field) fields = one.names;
        if (one.kind == Kind::add_field && fields.size() + one.names.size() <= kMostFields) fields.insert(fields.end(), one.names.begin(), one.names.end());
    }

    // $category, $product, $service, and {vars.NAME} with the first of its values.
    std::string filled(const Transformation& one, std::string text) const {
        const auto replace = [&](std::string_view what, std::string_view with) {
            for (std::size_t at = text.find(what); at != std::string::npos && text.size() < (64 << 10); at = text.find(what, at + with.size())) text.replace(at, what.size(), with);
        };
        if (subject_.source != nullptr)
            for (const auto& [name, facet] : {std::pair{"category", &subject_.source->category}, std::pair{"product", &subject_.source->product}, std::pair{"service", &subject_.source->service}}) {
                replace(format("${{{}}}", name), *facet);
                replace(format("${}", name), *facet);
            }
        for (const auto& [name, values] : one.variables)
            if (!values.empty()) replace(format("{{vars.{}}}", name), values.front());
        return text;
    }

    Status add_condition(const Transformation& one) {
        if (subject_.condition == nullptr) return {};  // of correlations
        Subject::Search search;
        search.name = one.text.empty() ? format("_cond_{}", subject_.searches.size()) : one.text;
        search.any_of.emplace_back();
        for (const auto& [key, given] : one.value.as_object()) {
            json::Value value = given;
            if (one.is_template && value.is_text()) value = json::Value{filled(one, value.as_text())};
            if (one.is_template && value.is_array())
                for (json::Value& inner : value.as_array())
                    if (inner.is_text()) inner = json::Value{filled(one, inner.as_text())};
            std::vector<std::string> warnings;
            Tracked item{TRY(make_item(key, value, options_, warnings)), {}};
            if (!one.id.empty()) item.applied.insert(one.id);
            search.any_of.front().push_back(std::move(item));
        }
        if (subject_.searches.size() >= kMostSelections) return fail(Code::too_large, format("more than {} search identifiers", kMostSelections));
        Expression added;
        added.selection = static_cast<std::uint32_t>(subject_.searches.size());
        subject_.searches.push_back(std::move(search));
        if (one.negated) {
            Expression negation;
            negation.kind = Expression::Kind::negation;
            negation.parts.push_back(std::move(added));
            added = std::move(negation);
        }
        Expression both;
        both.kind = Expression::Kind::all;
        both.parts.push_back(std::move(added));
        both.parts.push_back(std::move(*subject_.condition));
        *subject_.condition = std::move(both);
        return {};
    }

    Subject& subject_;
    const EngineOptions& options_;
};

void take_apart(Detection& detection, Subject& subject) {
    subject.condition = &detection.condition;
    for (Selection& selection : detection.selections) {
        Subject::Search& search = subject.searches.emplace_back();
        search.name = std::move(selection.name);
        for (std::vector<Item>& items : selection.any_of) {
            auto& tracked = search.any_of.emplace_back();
            for (Item& item : items) tracked.push_back({std::move(item), {}});
        }
    }
}

// The condition without search identifiers that have nothing left; nothing when it is all gone.
std::optional<Expression> pruned(Expression expression, const std::vector<std::optional<std::uint32_t>>& places) {
    if (expression.kind == Expression::Kind::selection) {
        const auto place = places[expression.selection];
        if (!place) return std::nullopt;
        expression.selection = *place;
        return expression;
    }
    std::vector<Expression> parts;
    for (Expression& part : expression.parts)
        if (auto kept = pruned(std::move(part), places)) parts.push_back(std::move(*kept));
    if (parts.empty()) return std::nullopt;
    expression.parts = std::move(parts);
    return expression;
}

Status put_together(Subject& subject, Detection& detection) {
    std::vector<std::optional<std::uint32_t>> places;
    detection.selections.clear();
    for (Subject::Search& search : subject.searches) {
        if (search.any_of.empty()) {
            places.emplace_back();
            continue;
        }
        places.emplace_back(static_cast<std::uint32_t>(detection.selections.size()));
        Selection& selection = detection.selections.emplace_back();
        selection.name = std::move(search.name);
        for (std::vector<Tracked>& tracked : search.any_of) {
            auto& items = selection.any_of.emplace_back();
            for (Tracked& one : tracked) items.push_back(std::move(one.item));
        }
    }
    auto condition = pruned(std::move(detection.condition), places);
    if (!condition) return fail(Code::bad_input, "the pipelines leave nothing of its detection");
    detection.condition = std::move(*condition);
    for (const Selection& selection : detection.selections)
        for (const auto& items : selection.any_of)
            for (const Item& item : items)
                if (const auto name = placeholder_in(item))
                    return fail(Code::bad_input, format("the placeholder %{}% has no value here; a tool that cannot handle it must reject the rule "
                                                        "[rules specification: Placeholders]",
                                                        shorten(*name, 60)));
    return {};
}

Status run(std::span<const Pipeline> pipelines, Subject& subject, const EngineOptions& options) {
    Runner runner{subject, options};
    for (const Pipeline& pipeline : pipelines) TRY(runner.run(pipeline.transformations));
    return {};
}

Status transform(std::span<const Pipeline> pipelines, Subject& subject, Detection& detection, const EngineOptions& options) {
    take_apart(detection, subject);
    TRY(run(pipelines, subject, options));
    return put_together(subject, detection);
}

}  // namespace

bool handles_placeholders(std::span<const Pipeline> pipelines) {
    const auto any = [](const auto& self, const std::vector<Transformation>& all) -> bool {
        return std::any_of(all.begin(), all.end(), [&](const Transformation& one) {
            return one.kind == Kind::value_placeholders || one.kind == Kind::wildcard_placeholders || self(self, one.nested);
        });
    };
    return std::any_of(pipelines.begin(), pipelines.end(), [&](const Pipeline& one) { return any(any, one.transformations); });
}

void apply(std::span<const Pipeline> pipelines, Documents& documents, const EngineOptions& options, LoadReport& report) {
    if (pipelines.empty()) return;
    const auto keep = [&](auto& all, const auto& transformed, const auto& told) {
        std::erase_if(all, [&](auto& one) {
            const Status done = transformed(one);
            if (!done) {
                const auto& [file, title] = told(one);
                report.refused.push_back({file, one.line, title, done.error().text});
            }
            return !done;
        });
    };
    const auto of_info = [](const auto& one) { return std::pair{one.info.file, one.info.title}; };
    // Log sources by id and by name, for correlations, as they stand before anything changes them.
    std::multimap<std::string, Source, std::less<>> sources;
    for (const Rule& rule : documents.rules) {
        sources.emplace(rule.info.id, rule.source);
        if (!rule.name.empty()) sources.emplace(rule.name, rule.source);
    }
    keep(documents.rules,
         [&](Rule& rule) {
             Subject subject;
             subject.info = &rule.info;
             subject.source = &rule.source;
             return transform(pipelines, subject, rule.detection, options);
         },
         of_info);
    keep(documents.filters,
         [&](Filter& filter) {
             Subject subject;
             subject.source = &filter.source;
             return transform(pipelines, subject, filter.detection, options);
         },
         [](const Filter& filter) { return std::pair{filter.file, filter.title}; });
    keep(documents.correlations,
         [&](Correlation& correlation) {
             Subject subject;
             subject.info = &correlation.info;
             subject.correlation = &correlation;
             for (const std::string& name : correlation.rules)
                 for (auto [at, end] = sources.equal_range(name); at != end; ++at) subject.sources.push_back(at->second);
             return run(pipelines, subject, options);
         },
         of_info);
}

Status read_all(std::span<const RuleFile> files, const EngineOptions& options, Documents& documents, LoadReport& report, WrittenSources* written) {
    const std::vector<Pipeline> pipelines = TRY(read_pipelines(options.pipelines, report));
    EngineOptions how = options;
    how.keep_placeholders = handles_placeholders(pipelines);
    for (const RuleFile& file : files) read_file(file, how, documents, report);
    if (written != nullptr && !pipelines.empty()) {
        for (const Rule& rule : documents.rules) written->rules[rule.info.id] = rule.source;
        for (const Filter& filter : documents.filters) written->filters[filter.id] = filter.source;
    }
    apply(pipelines, documents, how, report);
    return {};
}

}  // namespace vg::detect::sigma
