#include "detect/kinds/sigma/pipeline_change.h"

#include <re2/re2.h>

#include <algorithm>

#include "base/text.h"

namespace vg::detect::sigma {

namespace {

using Kind = Transformation::Kind;

constexpr std::size_t kMostValueBytes = 64 << 10;
constexpr std::size_t kMostValues = 50'000;   // of an item
constexpr std::size_t kMostVariants = 5'000;  // of a value

// A string as a test of the item, in the place of another: the stars around keywords come back.
Test made_of(const Item& item, Pattern pattern, bool cased) {
    if (item.name.empty()) {
        Pattern anywhere{{Part::Kind::any, {}}};
        for (Part& part : pattern) append(anywhere, std::move(part));
        append(anywhere, {Part::Kind::any, {}});
        pattern = std::move(anywhere);
    }
    TextTest made{std::move(pattern), cased, {}};
    made.glob = Glob{made.pattern, cased ? Glob::Case::as_written : Glob::Case::folded};
    return made;
}

Result<std::string> replaced(const Transformation& one, std::string text) {
    RE2::GlobalReplace(&text, *one.regex, one.text);
    if (text.size() > kMostValueBytes) return fail(Code::too_large, format("a value becomes longer than {} bytes", kMostValueBytes));
    return text;
}

// The whole string, or only its plain parts: then what is put in is plain, too, unless it is to be read as a pattern.
Result<Pattern> replaced(const Transformation& one, const Item& item, const Test& test) {
    const bool placeholders = placeholder_in(item).has_value();
    if (!one.skip_special) return parse_pattern(TRY(replaced(one, *text_of(item, test))), placeholders);
    Pattern pattern;
    for (const Part& part : parse_pattern(*text_of(item, test), placeholders)) {
        if (part.kind != Part::Kind::text) {
            append(pattern, part);
            continue;
        }
        const std::string text = TRY(replaced(one, part.text));
        if (!one.interpret_special) {
            append(pattern, {Part::Kind::text, text});
            continue;
        }
        for (Part& inner : parse_pattern(text, placeholders)) append(pattern, std::move(inner));
    }
    return pattern;
}

Result<bool> replace(const Transformation& one, Item& item) {
    bool changed = false;
    for (Value& value : item.values)
        for (Test& test : value.any_of) {
            const auto* text = std::get_if<TextTest>(&test);
            if (text == nullptr) continue;
            const std::string before = *text_of(item, test);
            Pattern pattern = TRY(replaced(one, item, test));
            if (to_text(pattern) == before) continue;
            changed = true;
            test = made_of(item, std::move(pattern), text->cased);
            value.written = *text_of(item, test);
        }
    return changed;
}

Result<bool> map(const Transformation& one, Item& item) {
    bool changed = false;
    std::vector<Value> values;
    for (Value& value : item.values) {
        const auto text = value.any_of.size() == 1 ? text_of(item, value.any_of.front()) : std::nullopt;
        const auto found = text ? one.index.find(*text) : one.index.end();
        if (found == one.index.end()) {
            values.push_back(std::move(value));
            continue;
        }
        changed = true;
        const bool cased = std::get<TextTest>(value.any_of.front()).cased;
        for (const std::string& other : one.mapping[found->second].second) {
            Value& made = values.emplace_back();
            made.written = other;
            made.any_of.push_back(made_of(item, parse_pattern(other), cased));
        }
        if (values.size() > kMostValues) return fail(Code::too_large, format("a field gets more than {} values", kMostValues));
    }
    item.values = std::move(values);
    return changed;
}

Result<bool> set(const Transformation& one, Item& item, const EngineOptions& options) {
    json::Value value = one.value;
    if (one.type == Transformation::Type::text && value.is_number()) value = json::Value{value.is_int() ? std::to_string(value.as_int()) : format("{}", value.as_real())};
    if (one.type == Transformation::Type::number && value.is_text()) {
        const auto number = parse_int(value.as_text());
        if (!number) return fail(Code::bad_input, format("the value '{}' is no number", shorten(value.as_text(), 60)));
        value = json::Value{*number};
    }
    std::vector<std::string> warnings;
    Item made = TRY(make_item(item.name, value, options, warnings));
    item.values = std::move(made.values);
    return true;
}

Result<bool> convert(const Transformation& one, Item& item) {
    bool changed = false;
    for (Value& value : item.values)
        for (Test& test : value.any_of) {
            if (const auto* number = std::get_if<NumberTest>(&test); number != nullptr && one.type == Transformation::Type::text && number->compare == Compare::equal) {
                test = made_of(item, Pattern{{Part::Kind::text, value.written}}, false);
                changed = true;
            } else if (std::holds_alternative<TextTest>(test) && one.type == Transformation::Type::number) {
                const std::string text = *text_of(item, test);
                const auto whole = parse_int(text);
                const auto real = whole ? std::optional{static_cast<double>(*whole)} : parse_real(text);
                if (!real) return fail(Code::bad_input, format("the value '{}' is no number", shorten(text, 60)));
                test = NumberTest{Compare::equal, {whole.has_value(), whole.value_or(0), *real}};
                changed = true;
            }
        }
    return changed;
}

bool is_meant(const Transformation& one, const std::string& name) {
    const auto in = [&](const std::vector<std::string>& names) { return std::find(names.begin(), names.end(), name) != names.end(); };
    return (!one.has_names || in(one.names)) && !in(one.excluded);
}

// A star, or each of the values of the variable, in the place of each placeholder.
Result<std::vector<Pattern>> expanded(const Transformation& one, const Pattern& pattern) {
    std::vector<Pattern> all(1);
    for (const Part& part : pattern) {
        std::vector<Pattern> choices{{part}};
        if (part.kind == Part::Kind::placeholder && is_meant(one, part.text)) {
            if (one.kind == Kind::wildcard_placeholders) {
                choices = {{{Part::Kind::any, {}}}};
            } else {
                const auto found = one.variables.find(part.text);
                if (found == one.variables.end() || found->second.empty())
                    return fail(Code::bad_input, format("the placeholder %{}% has no value under vars", shorten(part.text, 60)));
                choices.clear();
                for (const std::string& value : found->second) choices.push_back(parse_pattern(value));
            }
        }
        if (all.size() * choices.size() > kMostVariants) return fail(Code::too_large, format("a value stands for more than {}", kMostVariants));
        std::vector<Pattern> next;
        for (const Pattern& so_far : all)
            for (const Pattern& choice : choices) {
                next.push_back(so_far);
                for (const Part& more : choice) append(next.back(), more);
            }
        all = std::move(next);
    }
    return all;
}

Result<bool> expand(const Transformation& one, Item& item) {
    bool changed = false;
    for (Value& value : item.values) {
        std::vector<Test> tests;
        for (Test& test : value.any_of) {
            const auto* text = std::get_if<TextTest>(&test);
            const bool meant = text != nullptr && std::any_of(text->pattern.begin(), text->pattern.end(), [&](const Part& part) {
                                   return part.kind == Part::Kind::placeholder && is_meant(one, part.text);
                               });
            if (!meant) {
                tests.push_back(std::move(test));
                continue;
            }
            changed = true;
            for (Pattern& pattern : TRY(expanded(one, text->pattern))) {
                TextTest made{std::move(pattern), text->cased, {}};
                made.glob = Glob{made.pattern, made.cased ? Glob::Case::as_written : Glob::Case::folded};
                tests.emplace_back(std::move(made));
            }
            if (tests.size() > kMostVariants) return fail(Code::too_large, format("a value stands for more than {}", kMostVariants));
        }
        value.any_of = std::move(tests);
    }
    return changed;
}

}  // namespace

std::optional<std::string> placeholder_in(const Item& item) {
    for (const Value& value : item.values)
        for (const Test& test : value.any_of)
            if (const auto* text = std::get_if<TextTest>(&test))
                for (const Part& part : text->pattern)
                    if (part.kind == Part::Kind::placeholder) return part.text;
    return std::nullopt;
}

Result<bool> change(const Transformation& transformation, Item& item, const EngineOptions& options) {
    switch (transformation.kind) {
        case Kind::replace_string: return replace(transformation, item);
        case Kind::map_string: return map(transformation, item);
        case Kind::set_value: return set(transformation, item, options);
        case Kind::convert_type: return convert(transformation, item);
        case Kind::value_placeholders:
        case Kind::wildcard_placeholders: return expand(transformation, item);
        case Kind::field_name_mapping:
        case Kind::field_name_prefix_mapping:
        case Kind::field_name_prefix:
        case Kind::field_name_suffix:
        case Kind::drop_detection_item:
        case Kind::add_condition:
        case Kind::change_logsource:
        case Kind::add_field:
        case Kind::remove_field:
        case Kind::set_field:
        case Kind::set_state:
        case Kind::set_custom_attribute:
        case Kind::rule_failure:
        case Kind::detection_item_failure:
        case Kind::nest: return false;
    }
    return false;
}

}  // namespace vg::detect::sigma
