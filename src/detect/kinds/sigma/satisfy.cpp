#include "detect/kinds/sigma/satisfy.h"

#include <algorithm>

#include "base/text.h"
#include "detect/kinds/sigma/satisfy_items.h"

namespace vg::detect::sigma {

namespace {

constexpr std::size_t kMostWays = 2'000;      // of a condition
constexpr std::size_t kMostChoices = 20'000;  // of maps, over all ways

// What one way wants of each selection: 0 nothing, 1 that it holds, -1 that it does not.
using Way = std::vector<signed char>;

struct Ways {
    std::vector<Way> ways;
    std::optional<std::uint32_t> clash;  // a selection that a way wanted and excluded at once
    bool too_many = false;
};

Ways ways_of(const Expression& expression, bool wanted, std::size_t selections);

// All ways of one with all of the other.
void multiply(Ways& all, const Ways& more) {
    std::vector<Way> product;
    for (const Way& a : all.ways)
        for (const Way& b : more.ways) {
            Way both = a;
            bool fits = true;
            for (std::size_t i = 0; i < both.size(); ++i) {
                if (both[i] == 0) both[i] = b[i];
                if (b[i] == 0 || both[i] == b[i]) continue;
                all.clash = static_cast<std::uint32_t>(i);
                fits = false;
                break;
            }
            if (fits) product.push_back(std::move(both));
            if (product.size() > kMostWays) {
                all.too_many = true;
                return;
            }
        }
    std::sort(product.begin(), product.end());
    product.erase(std::unique(product.begin(), product.end()), product.end());
    all.ways = std::move(product);
}

Ways ways_of(const Expression& expression, bool wanted, std::size_t selections) {
    if (expression.kind == Expression::Kind::negation) return ways_of(expression.parts.front(), !wanted, selections);
    Ways all;
    if (expression.kind == Expression::Kind::selection) {
        Way one(selections);
        one[expression.selection] = wanted ? 1 : -1;
        all.ways.push_back(std::move(one));
        return all;
    }
    const bool is_product = (expression.kind == Expression::Kind::all) == wanted;
    if (is_product) all.ways.emplace_back(selections);
    for (const Expression& part : expression.parts) {
        Ways more = ways_of(part, wanted, selections);
        if (more.clash) all.clash = more.clash;
        all.too_many = all.too_many || more.too_many;
        if (!all.too_many && is_product) multiply(all, more);
        if (!is_product) all.ways.insert(all.ways.end(), more.ways.begin(), more.ways.end());
        if (all.too_many || all.ways.size() > kMostWays) {
            all.too_many = true;
            return all;
        }
    }
    return all;
}

void note_used(const Expression& expression, std::vector<bool>& used) {
    if (expression.kind == Expression::Kind::selection) used[expression.selection] = true;
    for (const Expression& part : expression.parts) note_used(part, used);
}

// Looks for a choice of maps, one of each wanted selection, that nothing speaks against.
class Chooser {
public:
    Chooser(const Detection& detection, std::size_t& choices) : detection_(detection), choices_(choices) {}

    // Nothing: the way is possible, or there are too many choices to say.
    std::optional<Conflict> conflict_of(const Way& way) {
        wanted_.clear();
        excluded_.clear();
        for (std::uint32_t i = 0; i < way.size(); ++i) {
            if (way[i] > 0) wanted_.push_back(i);
            if (way[i] < 0) excluded_.push_back(i);
        }
        chosen_.clear();
        conflict_.reset();
        if (choose(0)) return std::nullopt;
        return conflict_;
    }

private:
    bool choose(std::size_t at) {
        if (++choices_ > kMostChoices) return true;
        if (at == wanted_.size()) return !is_excluded();
        const Selection& selection = detection_.selections[wanted_[at]];
        for (const auto& items : selection.any_of) {
            if (!fits(selection, items)) continue;
            const std::size_t before = chosen_.size();
            for (const Item& item : items) chosen_.push_back({&selection, &item});
            const bool possible = choose(at + 1);
            chosen_.resize(before);
            if (possible) return true;
        }
        return false;
    }

    bool fits(const Selection& selection, const std::vector<Item>& items) {
        for (std::size_t i = 0; i < items.size(); ++i) {
            if (auto why = clash_within(items[i])) return tell(std::move(*why), {selection.name, items[i].key});
            for (std::size_t j = 0; j < i; ++j)
                if (auto why = clash_between(items[j], items[i])) return tell(std::move(*why), {selection.name, items[i].key});
            for (const Chosen& other : chosen_)
                if (auto why = clash_between(*other.item, items[i])) return tell(std::move(*why), {selection.name, items[i].key});
        }
        return true;
    }

    bool is_excluded() {
        for (const std::uint32_t index : excluded_) {
            const Selection& selection = detection_.selections[index];
            const bool covered = std::any_of(selection.any_of.begin(), selection.any_of.end(), [&](const std::vector<Item>& items) {
                return std::all_of(items.begin(), items.end(), [&](const Item& item) {
                    return std::any_of(chosen_.begin(), chosen_.end(), [&](const Chosen& other) { return implies(*other.item, item); });
                });
            });
            if (!covered) continue;
            tell({format("điều kiện loại trừ «{}», mà mọi sự kiện các phần kia tìm đều thuộc «{}»", selection.name, selection.name),
                  format("the condition excludes '{}', which holds for every event that the other parts look for", selection.name)},
                 {selection.name});
            return true;
        }
        return false;
    }

    bool tell(Said why, std::vector<std::string> path) {
        if (!conflict_) conflict_ = Conflict{std::move(why), std::move(path)};
        return false;
    }

    struct Chosen {
        const Selection* selection = nullptr;
        const Item* item = nullptr;
    };
    const Detection& detection_;
    std::size_t& choices_;
    std::vector<std::uint32_t> wanted_, excluded_;
    std::vector<Chosen> chosen_;
    std::optional<Conflict> conflict_;
};

}  // namespace

Satisfied satisfy(const Detection& detection) {
    Satisfied found;
    const std::size_t count = detection.selections.size();
    std::vector<bool> used(count);
    note_used(detection.condition, used);
    for (std::uint32_t i = 0; i < count; ++i)
        if (!used[i] && !detection.selections[i].name.starts_with("_")) found.unused.push_back(i);

    const Ways all = ways_of(detection.condition, true, count);
    if (all.too_many) return found;
    if (all.ways.empty()) {
        const std::string& name = detection.selections[all.clash.value_or(0)].name;
        found.never = Conflict{{format("điều kiện vừa đòi vừa loại trừ «{}»", name), format("the condition wants '{}' and excludes it at once", name)}, {"condition"}};
        return found;
    }
    std::size_t choices = 0;
    Chooser chooser{detection, choices};
    std::vector<std::optional<Conflict>> dead(count);
    std::vector<bool> alive(count);
    bool possible = false;
    for (const Way& way : all.ways) {
        const bool wants_something = std::any_of(way.begin(), way.end(), [](signed char want) { return want > 0; });
        auto conflict = chooser.conflict_of(way);
        if (choices > kMostChoices) {
            // Nothing is known of the rest.
            found.never.reset();
            return found;
        }
        if (!conflict) {
            possible = true;
            found.only_absence = found.only_absence || !wants_something;
        } else if (!found.never) {
            found.never = conflict;
        }
        for (std::size_t i = 0; i < count; ++i) {
            if (way[i] <= 0) continue;
            if (!conflict) alive[i] = true;
            if (conflict && !dead[i]) dead[i] = conflict;
        }
    }
    if (!possible) return found;
    found.never.reset();
    for (std::uint32_t i = 0; i < count; ++i)
        if (dead[i] && !alive[i]) found.dead.emplace_back(i, *dead[i]);
    return found;
}

std::optional<Said> never_holds(const Correlation& correlation) {
    using Type = Correlation::Type;
    using Bound = Correlation::Bound;
    double least = -1e300, most = 1e300;
    const bool temporal = correlation.type == Type::temporal || correlation.type == Type::temporal_ordered;
    const bool counts = temporal || correlation.type == Type::event_count || correlation.type == Type::value_count;
    if (counts) least = 1;  // asked at an event, which is in the window
    if (temporal) most = static_cast<double>(correlation.rules.size());
    if (correlation.type == Type::value_percentile && !correlation.percentile) {
        least = 0;
        most = 100;
    }
    bool open_least = false, open_most = false;
    for (const auto& [bound, number] : correlation.bounds) {
        const double value = number.real;
        const bool from_below = bound == Bound::greater || bound == Bound::greater_or_equal || bound == Bound::equal;
        const bool from_above = bound == Bound::less || bound == Bound::less_or_equal || bound == Bound::equal;
        if (from_below && (value > least || (value == least && bound == Bound::greater))) {
            least = value;
            open_least = bound == Bound::greater;
        }
        if (from_above && (value < most || (value == most && bound == Bound::less))) {
            most = value;
            open_most = bound == Bound::less;
        }
    }
    bool empty = least > most || (least == most && (open_least || open_most));
    if (counts && !empty && least > -1e15 && most < 1e15) {
        // Only whole numbers are counted.
        const double first = open_least ? static_cast<double>(static_cast<std::int64_t>(least) + 1) : least;
        auto whole = static_cast<std::int64_t>(first);
        if (static_cast<double>(whole) < first) ++whole;
        empty = open_most ? static_cast<double>(whole) >= most : static_cast<double>(whole) > most;
    }
    if (!empty) return std::nullopt;
    if (temporal && most == static_cast<double>(correlation.rules.size()) && least > most)
        return Said{format("điều kiện đòi nhiều luật hơn {} luật được nêu", correlation.rules.size()), format("the condition wants more rules than the {} that are named", correlation.rules.size())};
    return Said{"không có số nào thoả mọi phép so sánh của điều kiện (đếm bắt đầu từ 1)", "no number satisfies all comparisons of the condition (counts begin at 1)"};
}

}  // namespace vg::detect::sigma
