#include "detect/kinds/sigma/witness.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <variant>

#include "base/text.h"

namespace vg::detect::sigma {

namespace {

// Folded literals that stand in many events of Windows machines, with the share of fields that hold them. Counted over the
// process, file, registry and image events of recorded attacks and quiet hours; a rule that has anything else uses that.
constexpr std::pair<std::string_view, double> kFrequent[] = {
#define FREQUENT(text, share) {text, share},
#include "detect/kinds/sigma/frequent.inc"
#undef FREQUENT
};

// Alternatives, one of which holds when what they stand for holds.
struct Choice {
    std::vector<Witness> any_of;
    double cost = 0;
};
using MaybeChoice = std::optional<Choice>;

void add(Choice& all, Choice more) {
    all.cost += more.cost;
    all.any_of.insert(all.any_of.end(), std::make_move_iterator(more.any_of.begin()), std::make_move_iterator(more.any_of.end()));
}

Choice one(Witness witness) {
    const double cost = frequency(witness);
    return {{std::move(witness)}, cost};
}

Choice present(const Item& item) { return one({.kind = Witness::Kind::present, .field = item.field, .number = 0, .text = {}}); }

// A literal part as Glob compares it.
std::string literal(const Part& part) { return is_utf8(part.text) ? fold_case(part.text) : part.text; }

MaybeChoice of_text(const Item& item, const TextTest& test) {
    // Compared as written: folding the field's text could join a letter with the mark behind it, so literals prove nothing.
    if (test.cased) return item.name.empty() ? std::nullopt : MaybeChoice{present(item)};
    const Pattern& pattern = test.pattern;
    const auto is_text = [](const Part& part) { return part.kind == Part::Kind::text || part.kind == Part::Kind::placeholder; };
    Choice best;
    bool found = false;
    const auto offer = [&](Witness::Kind kind, std::string text) {
        const bool keyword = item.name.empty();
        Choice choice = one({.kind = keyword ? Witness::Kind::anywhere : kind, .field = keyword ? 0 : item.field, .number = 0, .text = std::move(text)});
        if (found && choice.cost >= best.cost) return;
        best = std::move(choice);
        found = true;
    };
    // Keywords are looked for within values, whatever the pattern's ends.
    if (pattern.empty() && !item.name.empty()) offer(Witness::Kind::exact, {});
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (!is_text(pattern[i])) continue;
        std::string text = literal(pattern[i]);
        if (text.empty()) continue;
        const bool first = i == 0, last = i + 1 == pattern.size();
        offer(first && last ? Witness::Kind::exact : first ? Witness::Kind::prefix : last ? Witness::Kind::suffix : Witness::Kind::contains, std::move(text));
    }
    if (found) return best;
    return item.name.empty() ? std::nullopt : MaybeChoice{present(item)};  // stars only
}

MaybeChoice of_test(const Item& item, const Test& test) {
    if (std::holds_alternative<NullTest>(test)) return std::nullopt;
    if (const auto* exists = std::get_if<ExistsTest>(&test)) return exists->wanted ? MaybeChoice{present(item)} : std::nullopt;
    if (const auto* text = std::get_if<TextTest>(&test)) return of_text(item, *text);
    if (item.name.empty()) return std::nullopt;
    if (const auto* number = std::get_if<NumberTest>(&test))
        if (number->compare == Compare::equal && number->number.whole && item.part == TimePart::none)
            return one({.kind = Witness::Kind::number, .field = item.field, .number = number->number.integer, .text = {}});
    return present(item);
}

MaybeChoice of_value(const Item& item, const Value& value) {
    Choice all;
    for (const Test& test : value.any_of) {
        MaybeChoice choice = of_test(item, test);
        if (!choice) return std::nullopt;
        add(all, std::move(*choice));
    }
    return all;
}

// Alternatives that name one field over and over cost no more than its presence.
Choice bounded(const Item& item, Choice choice) {
    if (item.name.empty()) return choice;
    Choice whole = present(item);
    return choice.cost < whole.cost ? std::move(choice) : std::move(whole);
}

MaybeChoice of_item(const Item& item) {
    if (item.differs) return item.name.empty() ? std::nullopt : MaybeChoice{present(item)};
    MaybeChoice best;
    Choice all;
    for (const Value& value : item.values) {
        MaybeChoice choice = of_value(item, value);
        if (!item.all) {
            if (!choice) return std::nullopt;
            add(all, std::move(*choice));
        } else if (choice && (!best || choice->cost < best->cost)) {
            best = std::move(choice);
        }
    }
    if (!item.all) return bounded(item, std::move(all));
    return best ? MaybeChoice{bounded(item, std::move(*best))} : std::nullopt;
}

MaybeChoice of_selection(const Selection& selection) {
    Choice all;
    for (const auto& items : selection.any_of) {
        MaybeChoice best;
        for (const Item& item : items)
            if (MaybeChoice choice = of_item(item); choice && (!best || choice->cost < best->cost)) best = std::move(choice);
        if (!best) return std::nullopt;
        add(all, std::move(*best));
    }
    return all;
}

MaybeChoice of_expression(const Expression& expression, const Detection& detection) {
    switch (expression.kind) {
        case Expression::Kind::selection: return of_selection(detection.selections[expression.selection]);
        case Expression::Kind::negation: return std::nullopt;
        case Expression::Kind::all: {
            MaybeChoice best;
            for (const Expression& part : expression.parts)
                if (MaybeChoice choice = of_expression(part, detection); choice && (!best || choice->cost < best->cost)) best = std::move(choice);
            return best;
        }
        case Expression::Kind::any: {
            Choice all;
            for (const Expression& part : expression.parts) {
                MaybeChoice choice = of_expression(part, detection);
                if (!choice) return std::nullopt;
                add(all, std::move(*choice));
            }
            return all;
        }
    }
    return std::nullopt;
}

}  // namespace

double frequency(const Witness& witness) {
    const auto by_length = [&](double at_one) { return at_one / static_cast<double>(1 + witness.text.size() * witness.text.size()); };
    const auto text_cost = [&](double at_one) {
        double cost = by_length(at_one);
        for (const auto& [text, share] : kFrequent)
            if (std::string_view{text}.find(witness.text) != std::string_view::npos) cost = std::max(cost, share);
        return cost;
    };
    switch (witness.kind) {
        case Witness::Kind::present: return 0.3;
        case Witness::Kind::number: return 0.004;
        case Witness::Kind::exact: return text_cost(0.01);
        case Witness::Kind::prefix:
        case Witness::Kind::suffix: return text_cost(0.3);
        case Witness::Kind::contains: return text_cost(0.6);
        case Witness::Kind::anywhere: return text_cost(0.9);
    }
    return 1;
}

std::optional<std::vector<Witness>> witnesses_of(const Detection& detection) {
    MaybeChoice choice = of_expression(detection.condition, detection);
    if (!choice) return std::nullopt;
    std::sort(choice->any_of.begin(), choice->any_of.end());
    choice->any_of.erase(std::unique(choice->any_of.begin(), choice->any_of.end()), choice->any_of.end());
    return std::move(choice->any_of);
}

}  // namespace vg::detect::sigma
