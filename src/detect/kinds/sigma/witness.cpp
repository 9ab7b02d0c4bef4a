#include "detect/kinds/sigma/witness.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <variant>

#include "base/text.h"
#include "detect/kinds/sigma/regex_literal.h"

namespace vg::detect::sigma {

namespace {

// Folded literals that stand in many events of Windows machines, with the share of events where a field holds them.
constexpr std::pair<std::string_view, double> kFrequent[] = {
#define FREQUENT(text, share) {text, share},
#include "detect/kinds/sigma/frequent.inc"
#undef FREQUENT
};

constexpr double kPassCost = 0.01;  // as often a rule is asked for nothing in the same time

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
    const double cost = cost_of(witness);
    return {{std::move(witness)}, cost};
}

Choice present(const Item& item) { return one({.kind = Witness::Kind::present, .field = item.field, .number = 0, .text = {}}); }

// A literal part as Glob compares it.
std::string literal(const Part& part) { return is_utf8(part.text) ? fold_case(part.text) : part.text; }

// By literals in lower case that all stand in what a test fits which compares letters as they stand. Folding text that is
// not ASCII could join a letter with the mark behind it, so there they prove nothing.
MaybeChoice as_written(const Item& item, const std::vector<std::string>& literals) {
    if (item.name.empty()) return std::nullopt;
    Choice best = present(item);
    for (const std::string& literal : literals)
        if (Choice choice = one({.kind = Witness::Kind::as_written, .field = item.field, .number = 0, .text = literal}); choice.cost < best.cost)
            best = std::move(choice);
    return best;
}

MaybeChoice of_text(const Item& item, const TextTest& test) {
    if (test.cased) {
        std::vector<std::string> literals;
        for (const Part& part : test.pattern)
            if (part.kind == Part::Kind::text && !part.text.empty()) literals.push_back(lower_ascii(part.text));
        return as_written(item, literals);
    }
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
    if (const auto* regex = std::get_if<RegexTest>(&test)) return as_written(item, regex_literals(regex->expression));
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

// Looking for literals within a text costs a pass over it, whether they are there or not and however many.
bool wants_pass(const Witness& witness) {
    return witness.kind == Witness::Kind::contains || witness.kind == Witness::Kind::as_written || witness.kind == Witness::Kind::anywhere;
}

// The whole choice of an item: alternatives that name one field over and over cost no more than its presence.
Choice bounded(const Item& item, Choice choice) {
    if (std::any_of(choice.any_of.begin(), choice.any_of.end(), wants_pass)) choice.cost += kPassCost;
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

double cost_of(const Witness& witness) {
    // What is not in the table was counted in less than one event of a thousand; what is short can still turn up.
    static constexpr double by_length[] = {0.3, 0.05, 0.02, 0.005, 0.0005};
    const auto of_text = [&](double weight) {
        const auto known = std::lower_bound(std::begin(kFrequent), std::end(kFrequent), witness.text,
                                            [](const auto& entry, const std::string& text) { return entry.first < text; });
        if (known != std::end(kFrequent) && known->first == witness.text) return weight * known->second;
        if (std::any_of(witness.text.begin(), witness.text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; })) return weight * 1e-5;
        return weight * by_length[std::min(witness.text.size(), std::size(by_length) - 1)];
    };
    switch (witness.kind) {
        case Witness::Kind::present: return 0.3;
        case Witness::Kind::number: return 0.003;
        case Witness::Kind::exact: return std::min(0.3, witness.text.empty() ? 0.05 : of_text(0.5));
        case Witness::Kind::prefix:
        case Witness::Kind::suffix: return of_text(0.8);
        case Witness::Kind::contains:
        case Witness::Kind::as_written: return of_text(1);
        case Witness::Kind::anywhere: return of_text(2);
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
