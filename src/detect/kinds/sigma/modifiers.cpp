#include "detect/kinds/sigma/modifiers.h"

#include <re2/re2.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/text.h"
#include "detect/kinds/sigma/encoding.h"

namespace vg::detect::sigma {

namespace {

enum class Modifier : std::uint8_t {
    all, base64, base64offset, cased, cidr, contains, day, endswith, exists, expand, fieldref, gt, gte, hour, i, lt, lte, m, minute,
    month, neq, re, s, startswith, utf16, utf16be, utf16le, week, wide, windash, year,
};
constexpr std::string_view kModifiers[] = {
    "all", "base64", "base64offset", "cased", "cidr", "contains", "day", "endswith", "exists", "expand", "fieldref", "gt", "gte", "hour",
    "i", "lt", "lte", "m", "minute", "month", "neq", "re", "s", "startswith", "utf16", "utf16be", "utf16le", "week", "wide", "windash", "year",
};

// Where the appendix describes a modifier; part of every refusal.
std::string_view section_of(Modifier modifier) {
    switch (modifier) {
        case Modifier::all:
        case Modifier::startswith:
        case Modifier::endswith:
        case Modifier::contains:
        case Modifier::exists:
        case Modifier::cased:
        case Modifier::neq: return "modifiers appendix: Generic Modifiers";
        case Modifier::windash: return "modifiers appendix: String Modifiers";
        case Modifier::re:
        case Modifier::i:
        case Modifier::m:
        case Modifier::s: return "modifiers appendix: Regular Expression";
        case Modifier::base64:
        case Modifier::base64offset:
        case Modifier::utf16le:
        case Modifier::utf16be:
        case Modifier::utf16:
        case Modifier::wide: return "modifiers appendix: Encoding";
        case Modifier::lt:
        case Modifier::lte:
        case Modifier::gt:
        case Modifier::gte: return "modifiers appendix: Numeric Modifiers";
        case Modifier::minute:
        case Modifier::hour:
        case Modifier::day:
        case Modifier::week:
        case Modifier::month:
        case Modifier::year: return "modifiers appendix: Time Modifiers";
        case Modifier::cidr: return "modifiers appendix: IP (Internet Protocol) Modifiers";
        case Modifier::expand:
        case Modifier::fieldref: return "modifiers appendix: Specific Modifiers";
    }
    return "modifiers appendix";
}

std::string_view name_of(Modifier modifier) { return kModifiers[static_cast<std::size_t>(modifier)]; }

tl::unexpected<Error> refuse(Modifier modifier, std::string_view reason) {
    return fail(Code::bad_input, format("{}: {} [{}]", name_of(modifier), reason, section_of(modifier)));
}

TimePart time_part(Modifier modifier) {
    constexpr std::pair<Modifier, TimePart> parts[] = {{Modifier::minute, TimePart::minute}, {Modifier::hour, TimePart::hour},
                                                       {Modifier::day, TimePart::day},       {Modifier::week, TimePart::week},
                                                       {Modifier::month, TimePart::month},   {Modifier::year, TimePart::year}};
    for (const auto& [known, part] : parts)
        if (known == modifier) return part;
    return TimePart::none;
}

std::optional<Number> number_of(const std::string& text) {
    if (text.empty() || text.find_first_not_of("0123456789+-.eE") != std::string::npos) return std::nullopt;
    if (const auto whole = parse_int(text)) return Number{true, *whole, static_cast<double>(*whole)};
    if (const auto real = parse_real(text)) return Number{false, 0, *real};
    return std::nullopt;
}

// A value on its way through the modifiers: the test in the making. A TextTest has no glob and a RegexTest no compiled
// expression before the end.
struct Draft {
    Test test;
    bool modified = false;  // re, cidr and fieldref want the value as written
};

class Chain {
public:
    Chain(const EngineOptions& options, const ItemLimits& limits) : options_(options), limits_(limits) {}

    Result<std::vector<Draft>> start(const json::Value& value, bool with_placeholders) const {
        Draft draft;
        if (value.is_text()) {
            draft.test = TextTest{parse_pattern(value.as_text(), with_placeholders), false, {}};
        } else if (value.is_int()) {
            draft.test = NumberTest{Compare::equal, {true, value.as_int(), static_cast<double>(value.as_int())}};
        } else if (value.is_real()) {
            draft.test = NumberTest{Compare::equal, {false, 0, value.as_real()}};
        } else if (value.is_bool()) {
            draft.test = BooleanTest{value.as_bool()};
        } else {
            draft.test = NullTest{};
        }
        return std::vector<Draft>{std::move(draft)};
    }

    Result<std::vector<Draft>> apply(Modifier modifier, const std::string& written, Draft draft) const {
        switch (modifier) {
            case Modifier::all:
            case Modifier::neq: return one(std::move(draft));  // flags of the item
            case Modifier::cased: return cased(std::move(draft));
            case Modifier::startswith:
            case Modifier::endswith:
            case Modifier::contains: return placed(modifier, written, std::move(draft));
            case Modifier::exists: return exists(written, std::move(draft));
            case Modifier::windash:
            case Modifier::base64:
            case Modifier::base64offset:
            case Modifier::utf16le:
            case Modifier::utf16be:
            case Modifier::utf16:
            case Modifier::wide: return encoded(modifier, std::move(draft));
            case Modifier::re: {
                auto* text = unmodified_text(draft);
                if (text == nullptr) return refuse(modifier, "wants a string as it is written");
                const bool expands = has(text->pattern, Part::Kind::placeholder);
                if (expands) return refuse(modifier, "a placeholder in an expression is not supported");
                return one({RegexTest{written, false, false, false, {}}, true});
            }
            case Modifier::i:
            case Modifier::m:
            case Modifier::s: {
                auto* regex = std::get_if<RegexTest>(&draft.test);
                if (regex == nullptr) return refuse(modifier, "stands only behind re");
                (modifier == Modifier::i ? regex->ignore_case : modifier == Modifier::m ? regex->multi_line : regex->dot_all) = true;
                return one(std::move(draft));
            }
            case Modifier::lt:
            case Modifier::lte:
            case Modifier::gt:
            case Modifier::gte: {
                read_number(written, draft);
                auto* number = std::get_if<NumberTest>(&draft.test);
                if (number == nullptr || number->compare != Compare::equal) return refuse(modifier, "wants a number");
                number->compare = modifier == Modifier::lt    ? Compare::less
                                  : modifier == Modifier::lte ? Compare::less_or_equal
                                  : modifier == Modifier::gt  ? Compare::greater
                                                              : Compare::greater_or_equal;
                return one(std::move(draft));
            }
            case Modifier::minute:
            case Modifier::hour:
            case Modifier::day:
            case Modifier::week:
            case Modifier::month:
            case Modifier::year: {
                read_number(written, draft);
                const auto* number = std::get_if<NumberTest>(&draft.test);
                if (number == nullptr || !number->number.whole) return refuse(modifier, "wants a whole number");
                return one(std::move(draft));
            }
            case Modifier::cidr: {
                if (unmodified_text(draft) == nullptr) return refuse(modifier, "wants a network as it is written");
                const auto network = parse_network(written);
                if (!network) return refuse(modifier, format("'{}' is no network", shorten(written, 60)));
                return one({NetworkTest{*network}, true});
            }
            case Modifier::expand: return expanded(std::move(draft));
            case Modifier::fieldref: {
                auto* text = unmodified_text(draft);
                if (text == nullptr || has_wildcard(text->pattern) || text->pattern.empty())
                    return refuse(modifier, "wants the name of a field, without wildcards");
                return one({FieldTest{plain_text(text->pattern), 0, false, false, text->cased}, true});
            }
        }
        return one(std::move(draft));
    }

private:
    static Result<std::vector<Draft>> one(Draft draft) {
        std::vector<Draft> drafts;
        drafts.push_back(std::move(draft));
        return drafts;
    }

    // A number in quotes, or written in another way than the usual one ("09"), is a number too where one is wanted.
    static void read_number(const std::string& written, Draft& draft) {
        if (draft.modified || !std::holds_alternative<TextTest>(draft.test)) return;
        if (const auto number = number_of(written)) draft.test = NumberTest{Compare::equal, *number};
    }

    static TextTest* unmodified_text(Draft& draft) { return draft.modified ? nullptr : std::get_if<TextTest>(&draft.test); }

    static Result<std::vector<Draft>> cased(Draft draft) {
        if (auto* text = std::get_if<TextTest>(&draft.test)) {
            text->cased = true;
        } else if (auto* reference = std::get_if<FieldTest>(&draft.test)) {
            reference->cased = true;
        } else {
            return refuse(Modifier::cased, "wants a string; expressions are case-sensitive anyway");
        }
        return one(std::move(draft));
    }

    static Result<std::vector<Draft>> placed(Modifier modifier, const std::string& written, Draft draft) {
        const bool open_start = modifier != Modifier::startswith;
        const bool open_end = modifier != Modifier::endswith;
        if (std::holds_alternative<NumberTest>(draft.test) && std::get<NumberTest>(draft.test).compare == Compare::equal)
            draft.test = TextTest{Pattern{{Part::Kind::text, written}}, false, {}};
        if (auto* text = std::get_if<TextTest>(&draft.test)) {
            Pattern pattern;
            if (open_start) append(pattern, {Part::Kind::any, {}});
            for (Part& part : text->pattern) append(pattern, std::move(part));
            if (open_end) append(pattern, {Part::Kind::any, {}});
            text->pattern = std::move(pattern);
        } else if (auto* reference = std::get_if<FieldTest>(&draft.test)) {
            reference->open_start |= open_start;
            reference->open_end |= open_end;
        } else if (auto* regex = std::get_if<RegexTest>(&draft.test)) {
            // An expression is searched for anywhere already.
            if (!open_start) regex->expression = "\\A(?:" + regex->expression + ")";
            if (!open_end) regex->expression = "(?:" + regex->expression + ")\\z";
        } else {
            return refuse(modifier, "wants a string, a number, an expression or a field reference");
        }
        draft.modified = true;
        return one(std::move(draft));
    }

    static Result<std::vector<Draft>> exists(const std::string& written, Draft draft) {
        bool wanted = false;
        if (const auto* boolean = std::get_if<BooleanTest>(&draft.test)) {
            wanted = boolean->value;
        } else if (written == "yes" || written == "no") {  // booleans of YAML 1.1, which rule writers still use
            wanted = written == "yes";
        } else {
            return refuse(Modifier::exists, "wants true or false");
        }
        return one({ExistsTest{wanted}, true});
    }

    [[nodiscard]] Result<std::vector<Draft>> encoded(Modifier modifier, Draft draft) const {
        auto* text = std::get_if<TextTest>(&draft.test);
        if (text == nullptr) return refuse(modifier, "wants a string");
        draft.modified = true;
        if (modifier == Modifier::windash) {
            text->pattern = with_dashes(text->pattern);
            return one(std::move(draft));
        }
        if (has(text->pattern, Part::Kind::placeholder)) return refuse(modifier, "a placeholder must be expanded before");
        const bool base64 = modifier == Modifier::base64 || modifier == Modifier::base64offset;
        if (base64 && has_wildcard(text->pattern)) return refuse(modifier, "a value with wildcards cannot be encoded");
        auto plain = replace_each(text->pattern, Part::Kind::dash, limits_.variants, [](const Part&) -> Result<std::vector<Pattern>> {
            std::vector<Pattern> choices;
            for (std::string_view dash : kDashes) choices.push_back({{Part::Kind::text, std::string{dash}}});
            return choices;
        });
        if (!plain) return refuse(modifier, plain.error().text);
        std::vector<Draft> drafts;
        auto keep = [&](Pattern pattern) { drafts.push_back({TextTest{std::move(pattern), text->cased, {}}, true}); };
        for (Pattern& pattern : *plain) {
            if (modifier == Modifier::base64) {
                keep({{Part::Kind::text, to_base64(plain_text(pattern))}});
            } else if (modifier == Modifier::base64offset) {
                for (std::string& shift : base64_offsets(plain_text(pattern))) keep({{Part::Kind::text, std::move(shift)}});
            } else {
                bool first = true;
                for (Part& part : pattern)
                    if (part.kind == Part::Kind::text) {
                        part.text = to_utf16(part.text, modifier == Modifier::utf16be, modifier == Modifier::utf16 && first);
                        first = false;
                    }
                keep(std::move(pattern));
            }
        }
        if (drafts.empty()) return refuse(modifier, "the value is empty");
        return drafts;
    }

    [[nodiscard]] Result<std::vector<Draft>> expanded(Draft draft) const {
        auto* text = std::get_if<TextTest>(&draft.test);
        if (text == nullptr) return refuse(Modifier::expand, "wants a string");
        auto patterns =
            replace_each(text->pattern, Part::Kind::placeholder, limits_.variants, [&](const Part& part) -> Result<std::vector<Pattern>> {
                const auto found = options_.placeholders.find(part.text);
                if (options_.keep_placeholders && found == options_.placeholders.end()) return std::vector<Pattern>{{part}};
                if (found == options_.placeholders.end() || found->second.empty())
                    return fail(Code::bad_input, format("the placeholder %{}% has no value here; a tool that cannot handle it must reject the "
                                                        "rule [rules specification: Placeholders]",
                                                        shorten(part.text, 60)));
                std::vector<Pattern> choices;
                for (const std::string& value : found->second) choices.push_back(parse_pattern(value));
                return choices;
            });
        if (!patterns) return fail(patterns.error());
        std::vector<Draft> drafts;
        for (Pattern& pattern : *patterns) drafts.push_back({TextTest{std::move(pattern), text->cased, {}}, draft.modified});
        return drafts;
    }

    const EngineOptions& options_;
    const ItemLimits& limits_;
};

// What is made only once all modifiers are applied.
Status finish(Test& test, bool unbound, const ItemLimits& limits) {
    if (auto* number = std::get_if<NumberTest>(&test); number != nullptr && unbound) {
        if (number->compare != Compare::equal) return fail(Code::bad_input, "a comparison needs a field [modifiers appendix: Numeric Modifiers]");
        std::string digits = number->number.whole ? std::to_string(number->number.integer) : std::string{};
        if (digits.empty()) json::write_real(digits, number->number.real);
        test = TextTest{Pattern{{Part::Kind::text, std::move(digits)}}, false, {}};
    }
    if (auto* text = std::get_if<TextTest>(&test)) {
        if (unbound) {  // keywords are looked for anywhere in a message
            Pattern anywhere{{Part::Kind::any, {}}};
            for (Part& part : text->pattern) append(anywhere, std::move(part));
            append(anywhere, {Part::Kind::any, {}});
            if (anywhere.size() == 1) return fail(Code::bad_input, "a keyword is empty [rules specification: Keywords search]");
            text->pattern = std::move(anywhere);
        }
        text->glob = Glob{text->pattern, text->cased ? Glob::Case::as_written : Glob::Case::folded};
        return {};
    }
    if (auto* regex = std::get_if<RegexTest>(&test)) {
        RE2::Options how;
        how.set_log_errors(false);
        how.set_never_capture(true);
        how.set_max_mem(limits.regex_memory);
        how.set_case_sensitive(!regex->ignore_case);
        how.set_dot_nl(regex->dot_all);
        auto compiled = std::make_shared<const RE2>((regex->multi_line ? "(?m)" : "") + regex->expression, how);
        if (!compiled->ok())
            return fail(Code::bad_input, format("re: '{}' is not an expression that can be used here: {} [modifiers appendix: Regular Expression]",
                                                shorten(regex->expression, 80), compiled->error()));
        regex->compiled = std::move(compiled);
        return {};
    }
    const bool needs_field = !std::holds_alternative<TextTest>(test);
    if (unbound && needs_field) return fail(Code::bad_input, "only strings and numbers can be keywords [rules specification: Lists]");
    return {};
}

std::string written_of(const json::Value& value) {
    if (value.is_text()) return value.as_text();
    if (value.is_int()) return std::to_string(value.as_int());
    if (value.is_real()) {
        std::string text;
        json::write_real(text, value.as_real());
        return text;
    }
    if (value.is_bool()) return value.as_bool() ? "true" : "false";
    return "null";
}

Result<std::vector<Modifier>> parse_chain(std::string_view key, Item& item) {
    const std::vector<std::string_view> words = split(key, '|');
    if (words.size() > 20) return fail(Code::too_large, "more than 19 modifiers");
    item.name = words.front();
    std::vector<Modifier> chain;
    for (std::size_t i = 1; i < words.size(); ++i) {
        const auto* found = std::find(std::begin(kModifiers), std::end(kModifiers), words[i]);
        if (found == std::end(kModifiers)) {
            const auto near = nearest(words[i], {std::begin(kModifiers), std::end(kModifiers)});
            return fail(Code::bad_input, format("unknown modifier '{}'{} [modifiers appendix]", shorten(words[i], 60),
                                                near ? format("; did you mean '{}'?", *near) : std::string{}));
        }
        const auto modifier = static_cast<Modifier>(found - kModifiers);
        chain.push_back(modifier);
        if (modifier == Modifier::all) item.all = true;
        if (modifier == Modifier::neq) item.differs = true;
        if (const TimePart part = time_part(modifier); part != TimePart::none) {
            if (item.part != TimePart::none) return refuse(modifier, "only one part of a time can be taken");
            item.part = part;
        }
    }
    for (Modifier modifier : chain)
        if (modifier == Modifier::exists && chain.size() > 1) return refuse(modifier, "cannot be combined with other modifiers");
    if (item.name.empty()) {
        for (Modifier modifier : chain)
            if (modifier == Modifier::exists || modifier == Modifier::fieldref || modifier == Modifier::neq || modifier == Modifier::cidr ||
                time_part(modifier) != TimePart::none)
                return refuse(modifier, "needs a field");
    }
    return chain;
}

}  // namespace

Result<Item> make_item(std::string_view key, const json::Value& value, const EngineOptions& options, std::vector<std::string>& warnings,
                       const ItemLimits& limits) {
    Item item;
    item.key = key;
    const std::vector<Modifier> modifiers = TRY(parse_chain(key, item));
    const json::Array single{value};
    const json::Array& values = value.is_array() ? value.as_array() : single;
    if (values.empty()) return fail(Code::bad_input, "an empty list of values [rules specification: Lists]");
    if (values.size() > limits.values) return fail(Code::too_large, format("more than {} values", limits.values));
    if (item.all && values.size() == 1)
        warnings.push_back(format("'{}': all with a single value has no effect [modifiers appendix: Generic Modifiers]", shorten(key, 80)));

    const Chain chain{options, limits};
    std::size_t tests = 0;
    const bool expands = std::find(modifiers.begin(), modifiers.end(), Modifier::expand) != modifiers.end();
    for (const json::Value& one : values) {
        if (one.is_array() || one.is_object())
            return fail(Code::bad_input, "a value must be a string, a number, a boolean or null [rules specification: Maps]");
        if (one.is_null() && value.is_array())
            return fail(Code::bad_input, "null cannot be part of a list of values [rules specification: Special Field Values]");
        Value made;
        made.written = written_of(one);
        if (made.written.size() > limits.value_bytes) return fail(Code::too_large, format("a value is longer than {} bytes", limits.value_bytes));
        std::vector<Draft> drafts = TRY(chain.start(one, expands));
        for (Modifier modifier : modifiers) {
            std::vector<Draft> next;
            for (Draft& draft : drafts) {
                std::vector<Draft> results = TRY(chain.apply(modifier, made.written, std::move(draft)));
                for (Draft& result : results) next.push_back(std::move(result));
            }
            if (next.size() > limits.variants) return refuse(modifier, format("a value stands for more than {}", limits.variants));
            drafts = std::move(next);
        }
        tests += drafts.size();
        if (tests > limits.tests) return fail(Code::too_large, format("the values stand for more than {}", limits.tests));
        for (Draft& draft : drafts) {
            TRY(finish(draft.test, item.name.empty(), limits));
            made.any_of.push_back(std::move(draft.test));
        }
        item.values.push_back(std::move(made));
    }
    return item;
}

}  // namespace vg::detect::sigma
