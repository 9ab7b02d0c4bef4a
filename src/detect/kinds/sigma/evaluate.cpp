#include "detect/kinds/sigma/evaluate.h"

#include <re2/re2.h>

#include <algorithm>

#include "base/text.h"

namespace vg::detect::sigma {

namespace {

template <class... Kinds>
struct Overload : Kinds... {
    using Kinds::operator()...;
};
template <class... Kinds>
Overload(Kinds...) -> Overload<Kinds...>;

bool fits_facet(std::string_view wanted, std::string_view known, bool complete) {
    if (wanted.empty()) return true;
    if (known.empty()) return !complete;
    return wanted == known;  // both are lower case: the loader makes rules so, formats make events so
}

bool compares(const Number& found, const NumberTest& test) {
    const int order = compare(found, test.number);
    switch (test.compare) {
        case Compare::equal: return order == 0;
        case Compare::less: return order < 0;
        case Compare::less_or_equal: return order <= 0;
        case Compare::greater: return order > 0;
        case Compare::greater_or_equal: return order >= 0;
    }
    return false;
}

bool in_network(const Network& network, const event::Field& field) {
    std::string_view text = field.text;
    if (const std::size_t zone = text.find('%'); zone != std::string_view::npos) text = text.substr(0, zone);
    if (text.size() > 45) return false;  // the longest form of an address
    const auto address = parse_address(text);
    return address && network.contains(*address);
}

bool refers(const FieldTest& test, std::uint32_t field, View& view) {
    auto text_of = [&](std::uint32_t index) { return test.cased ? view.field(index).text : view.folded(index); };
    const std::string_view text = text_of(field);
    const bool fits = view.any(test.field, [&](std::uint32_t other) {
        if (!view.spend(1)) return true;
        if (view.field(other).type == event::Type::null) return false;
        const std::string_view wanted = text_of(other);
        if (!view.spend(test.open_start && test.open_end ? text.size() + wanted.size() : std::min(text.size(), wanted.size()))) return true;
        if (test.open_start && test.open_end) return text.find(wanted) != std::string_view::npos;
        if (test.open_end) return text.substr(0, wanted.size()) == wanted;
        if (test.open_start) return text.size() >= wanted.size() && text.substr(text.size() - wanted.size()) == wanted;
        return text == wanted;
    });
    return fits && !view.spent();
}

// At most how much work a test is for one field: see WorkLimits.
std::uint64_t work_of(const Test& test, const event::Field& value) {
    const std::uint64_t size = value.text.size();
    return 1 + std::visit(Overload{
                              [&](const TextTest& text) { return text.glob.work(value.text.size()); },
                              // A byte costs RE2 at worst as much as the program is long.
                              [&](const RegexTest& regex) { return size * (1 + static_cast<std::uint64_t>(regex.compiled->ProgramSize()) / 16); },
                              [&](const NumberTest&) { return size; },
                              [&](const auto&) { return std::uint64_t{0}; },
                          },
                          test);
}

// Calls `visit(field)` for the fields that an item is about, until it returns true.
template <class Visit>
bool any_field(const Item& item, const View& view, Visit visit) {
    if (item.name.empty()) {
        for (std::uint32_t i = 0; i < view.size(); ++i)
            if (visit(i)) return true;
        return false;
    }
    return view.any(item.field, visit);
}

std::optional<std::uint32_t> found_unless_spent(std::uint32_t found, const View& view) { return view.spent() ? std::nullopt : std::optional{found}; }

// The field that a value of an item fits; nothing when it fits none. For null and a missing field: kNone as the field.
std::optional<std::uint32_t> find(const Item& item, const Value& value, View& view) {
    std::uint32_t found = View::kNone;
    for (const Test& test : value.any_of) {
        if (!view.spend(1)) return std::nullopt;
        if (std::holds_alternative<NullTest>(test)) {
            if (!view.has(item.field)) return View::kNone;
            if (any_field(item, view, [&](std::uint32_t i) { found = i; return !view.spend(1) || view.field(i).type == event::Type::null; })) return found_unless_spent(found, view);
        } else if (const auto* exists = std::get_if<ExistsTest>(&test)) {
            if (view.has(item.field) == exists->wanted) return view.first(item.field);
        } else if (any_field(item, view, [&](std::uint32_t i) { found = i; return holds(test, item.part, i, view) || view.spent(); })) {
            return found_unless_spent(found, view);
        }
    }
    return std::nullopt;
}

bool holds(const Expression& expression, const Detection& detection, View& view, Memo& memo) {
    auto part_holds = [&](const Expression& part) { return holds(part, detection, view, memo); };
    switch (expression.kind) {
        case Expression::Kind::selection: {
            signed char& known = memo[expression.selection];
            if (known < 0) known = holds(detection.selections[expression.selection], view) ? 1 : 0;
            return known == 1;
        }
        case Expression::Kind::all: return std::all_of(expression.parts.begin(), expression.parts.end(), part_holds);
        case Expression::Kind::any: return std::any_of(expression.parts.begin(), expression.parts.end(), part_holds);
        case Expression::Kind::negation: return !holds(expression.parts.front(), detection, view, memo);
    }
    return false;
}

void collect_item(const Item& item, View& view, std::vector<MatchedField>& matched) {
    if (item.differs) {
        const std::uint32_t first = view.first(item.field);
        matched.push_back({item.name, view.field(first).text, item.values.front().written});
        return;
    }
    for (const Value& value : item.values) {
        const auto found = find(item, value, view);
        if (!found) continue;
        const bool there = *found != View::kNone;
        const std::string_view name = !item.name.empty() ? std::string_view{item.name} : there ? view.field(*found).name : std::string_view{};
        matched.push_back({name, there ? view.field(*found).text : std::string_view{}, value.written});
        if (!item.all) return;
    }
}

// Selections that hold and are wanted, each once, in the order of the rule.
void collect_selections(const Expression& expression, const Detection& detection, bool wanted, View& view, Memo& memo, std::vector<bool>& chosen) {
    if (expression.kind == Expression::Kind::negation) {
        collect_selections(expression.parts.front(), detection, !wanted, view, memo, chosen);
        return;
    }
    if (holds(expression, detection, view, memo) != wanted) return;
    if (expression.kind == Expression::Kind::selection) {
        if (wanted) chosen[expression.selection] = true;
        return;
    }
    for (const Expression& part : expression.parts) collect_selections(part, detection, wanted, view, memo, chosen);
}

Explanation explain_item(const Item& item, View& view) {
    Explanation told;
    told.held = holds(item, view);
    told.text = item.key.empty() ? "keywords" : item.key;
    for (const Value& value : item.values) {
        const auto found = find(item, value, view);
        Explanation part{value.written, found.has_value(), {}, {}};
        if (found && *found != View::kNone) {
            const event::Field& field = view.field(*found);
            part.found = item.name.empty() ? format("{}: {}", field.name, field.text) : std::string{field.text};
        }
        told.parts.push_back(std::move(part));
    }
    if (!item.name.empty())
        any_field(item, view, [&](std::uint32_t i) {
            told.found += (told.found.empty() ? "" : "\n") + std::string{view.field(i).text};
            return false;
        });
    return told;
}

Explanation explain_expression(const Expression& expression, const Detection& detection, View& view, Memo& memo) {
    Explanation told;
    told.held = holds(expression, detection, view, memo);
    if (expression.kind == Expression::Kind::selection) {
        const Selection& selection = detection.selections[expression.selection];
        told.text = selection.name;
        for (const auto& items : selection.any_of) {
            Explanation map;
            map.text = "all of these fields";
            map.held = std::all_of(items.begin(), items.end(), [&](const Item& item) { return holds(item, view); });
            for (const Item& item : items) map.parts.push_back(explain_item(item, view));
            if (selection.any_of.size() == 1) {
                told.parts = std::move(map.parts);
            } else {
                told.parts.push_back(std::move(map));
            }
        }
        return told;
    }
    told.text = !expression.text.empty()                          ? expression.text
                : expression.kind == Expression::Kind::all      ? "and"
                : expression.kind == Expression::Kind::any      ? "or"
                                                                : "not";
    for (const Expression& part : expression.parts) told.parts.push_back(explain_expression(part, detection, view, memo));
    return told;
}

}  // namespace

bool fits(const Source& source, const event::Logsource& logsource) {
    if (!fits_facet(source.product, logsource.product, logsource.complete)) return false;
    if (!logsource.in_service(source.service) && !fits_facet(source.service, logsource.service, logsource.complete)) return false;
    if (source.category.empty()) return true;
    if (logsource.categories[0].empty()) return !logsource.complete;
    return logsource.in_category(source.category);
}

bool holds(const Test& test, TimePart part, std::uint32_t field, View& view) {
    const event::Field& value = view.field(field);
    if (!view.spend(work_of(test, value)) || value.type == event::Type::null) return false;
    return std::visit(Overload{
                          [&](const TextTest& text) { return text.glob.matches(text.cased ? value.text : view.folded(field)); },
                          [&](const RegexTest& regex) { return RE2::PartialMatch({value.text.data(), value.text.size()}, *regex.compiled); },
                          [&](const NetworkTest& network) { return in_network(network.network, value); },
                          [&](const NumberTest& number) {
                              const auto found = part == TimePart::none ? view.number(field) : view.time_part(field, part);
                              return found && compares(*found, number);
                          },
                          [&](const BooleanTest& boolean) {
                              if (value.type == event::Type::boolean) return (value.integer != 0) == boolean.value;
                              return value.type == event::Type::text && equal_ignoring_ascii_case(value.text, boolean.value ? "true" : "false");
                          },
                          [&](const NullTest&) { return false; },
                          [&](const ExistsTest&) { return false; },
                          [&](const FieldTest& reference) { return refers(reference, field, view); },
                      },
                      test);
}

bool holds(const Item& item, View& view) {
    auto found = [&](const Value& value) { return find(item, value, view).has_value(); };
    const bool some = item.all ? std::all_of(item.values.begin(), item.values.end(), found)
                               : std::any_of(item.values.begin(), item.values.end(), found);
    if (!item.differs) return some;
    if (some || view.spent() || !view.has(item.field)) return false;
    // With fieldref the other field must be there too.
    return std::all_of(item.values.begin(), item.values.end(), [&](const Value& value) {
        return std::all_of(value.any_of.begin(), value.any_of.end(), [&](const Test& test) {
            const auto* reference = std::get_if<FieldTest>(&test);
            return reference == nullptr || view.has(reference->field);
        });
    });
}

bool holds(const Selection& selection, View& view) {
    return std::any_of(selection.any_of.begin(), selection.any_of.end(), [&](const std::vector<Item>& items) {
        return std::all_of(items.begin(), items.end(), [&](const Item& item) { return holds(item, view); });
    });
}

bool holds(const Detection& detection, View& view, Memo& memo) {
    memo.assign(detection.selections.size(), -1);
    return holds(detection.condition, detection, view, memo);
}

void collect(const Detection& detection, View& view, Memo& memo, std::vector<MatchedField>& matched) {
    memo.assign(detection.selections.size(), -1);
    std::vector<bool> chosen(detection.selections.size());
    collect_selections(detection.condition, detection, true, view, memo, chosen);
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        if (!chosen[i]) continue;
        for (const auto& items : detection.selections[i].any_of) {
            if (!std::all_of(items.begin(), items.end(), [&](const Item& item) { return holds(item, view); })) continue;
            for (const Item& item : items) collect_item(item, view, matched);
            break;
        }
    }
}

Explanation explain(const Detection& detection, View& view) {
    Memo memo(detection.selections.size(), -1);
    return explain_expression(detection.condition, detection, view, memo);
}

}  // namespace vg::detect::sigma
