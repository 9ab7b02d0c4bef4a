#include "detect/kinds/sigma/satisfy_items.h"

#include <re2/re2.h>

#include <algorithm>
#include <memory>

#include "base/text.h"

namespace vg::detect::sigma {

namespace {

constexpr std::size_t kMostPairs = 20'000;  // of tests compared for two items; more are taken to fit

// The value of a pattern without wildcards.
std::optional<std::string> exact(const TextTest& test) {
    if (test.pattern.empty()) return std::string{};
    if (test.pattern.size() == 1 && test.pattern[0].kind == Part::Kind::text) return test.pattern[0].text;
    return std::nullopt;
}

std::string_view first_text(const Pattern& pattern) { return !pattern.empty() && pattern.front().kind == Part::Kind::text ? std::string_view{pattern.front().text} : std::string_view{}; }
std::string_view last_text(const Pattern& pattern) { return !pattern.empty() && pattern.back().kind == Part::Kind::text ? std::string_view{pattern.back().text} : std::string_view{}; }

// Folded texts, neither of which begins (ends) with the other.
bool differ_at_start(std::string_view a, std::string_view b) {
    const std::string x = fold_case(a), y = fold_case(b);
    const std::size_t size = std::min(x.size(), y.size());
    return size > 0 && x.compare(0, size, y, 0, size) != 0;
}
bool differ_at_end(std::string_view a, std::string_view b) {
    const std::string x = fold_case(a), y = fold_case(b);
    const std::size_t size = std::min(x.size(), y.size());
    return size > 0 && x.compare(x.size() - size, size, y, y.size() - size, size) != 0;
}

bool fits_folded(const Pattern& pattern, std::string_view text) { return Glob{pattern, Glob::Case::folded}.matches(fold_case(text)); }

// No more than what may fit: case is ignored, whatever the expression says.
bool may_fit(const RegexTest& regex, std::string_view text) {
    re2::RE2::Options options{re2::RE2::Quiet};
    options.set_case_sensitive(false);
    options.set_dot_nl(regex.dot_all);
    const std::string expression = regex.multi_line ? "(?m)" + regex.expression : regex.expression;
    const re2::RE2 compiled{expression, options};
    return !compiled.ok() || re2::RE2::PartialMatch({text.data(), text.size()}, compiled);
}

bool is_number(std::string_view text) {
    const char first = text.empty() ? 'x' : text[text[0] == '-' && text.size() > 1 ? 1 : 0];
    return first >= '0' && first <= '9' && (parse_int(text) || parse_real(text));
}
double number(std::string_view text) { return parse_real(text).value_or(0); }

bool compares(double found, const NumberTest& test) {
    switch (test.compare) {
        case Compare::equal: return found == test.number.real;
        case Compare::less: return found < test.number.real;
        case Compare::less_or_equal: return found <= test.number.real;
        case Compare::greater: return found > test.number.real;
        case Compare::greater_or_equal: return found >= test.number.real;
    }
    return true;
}
bool is_upper(Compare compare) { return compare == Compare::less || compare == Compare::less_or_equal; }
bool is_lower(Compare compare) { return compare == Compare::greater || compare == Compare::greater_or_equal; }

bool numbers_exclude(const NumberTest& a, const NumberTest& b) {
    if (a.compare == Compare::equal) return !compares(a.number.real, b);
    if (b.compare == Compare::equal) return !compares(b.number.real, a);
    if (is_upper(a.compare) == is_upper(b.compare)) return false;
    const NumberTest& upper = is_upper(a.compare) ? a : b;
    const NumberTest& lower = is_upper(a.compare) ? b : a;
    if (upper.number.real != lower.number.real) return upper.number.real < lower.number.real;
    return upper.compare == Compare::less || lower.compare == Compare::greater;
}

bool texts_exclude(const TextTest& a, const TextTest& b) {
    const auto x = exact(a), y = exact(b);
    if (x && y) return fold_case(*x) != fold_case(*y);
    if (x) return !fits_folded(b.pattern, *x);
    if (y) return !fits_folded(a.pattern, *y);
    return differ_at_start(first_text(a.pattern), first_text(b.pattern)) || differ_at_end(last_text(a.pattern), last_text(b.pattern));
}

bool texts_imply(const TextTest& a, const TextTest& b) {
    if (b.cased && !a.cased) return false;
    const auto same = [&](std::string_view text) { return b.cased ? std::string{text} : fold_case(text); };
    if (const auto x = exact(a)) return Glob{b.pattern, b.cased ? Glob::Case::as_written : Glob::Case::folded}.matches(same(*x));
    if (a.pattern == b.pattern) return true;
    if (same(to_text(a.pattern)) == same(to_text(b.pattern))) return true;
    const Pattern& wide = b.pattern;
    const auto is_any = [&](std::size_t i) { return wide[i].kind == Part::Kind::any; };
    const auto is_text = [&](std::size_t i) { return wide[i].kind == Part::Kind::text; };
    if (wide.size() == 1) return is_any(0);
    if (wide.size() == 2 && is_text(0) && is_any(1)) return same(first_text(a.pattern)).starts_with(same(wide[0].text));
    if (wide.size() == 2 && is_any(0) && is_text(1)) return same(last_text(a.pattern)).ends_with(same(wide[1].text));
    if (wide.size() == 3 && is_any(0) && is_text(1) && is_any(2))
        return std::any_of(a.pattern.begin(), a.pattern.end(),
                           [&](const Part& part) { return part.kind == Part::Kind::text && same(part.text).find(same(wide[1].text)) != std::string::npos; });
    return false;
}

bool networks_exclude(const Network& a, const Network& b) { return !a.contains(b.base) && !b.contains(a.base); }

template <class T>
const T* as(const Test& test) {
    return std::get_if<T>(&test);
}

// Whether the test wants the field to be there with a value.
bool wants_value(const Test& test) { return as<NullTest>(test) == nullptr && as<ExistsTest>(test) == nullptr; }

bool one_way(const Test& a, const Test& b) {
    if (const auto* text = as<TextTest>(a)) {
        if (const auto* other = as<TextTest>(b)) return texts_exclude(*text, *other);
        const auto value = exact(*text);
        if (!value) return false;
        if (const auto* other = as<NumberTest>(b)) return !is_number(*value) || !compares(number(*value), *other);
        if (const auto* other = as<RegexTest>(b)) return !may_fit(*other, *value);
        if (const auto* other = as<NetworkTest>(b)) {
            const auto address = parse_address(value->substr(0, value->find('%')));
            return !address || !other->network.contains(*address);
        }
        return false;
    }
    if (const auto* one = as<NumberTest>(a)) {
        const auto* other = as<NumberTest>(b);
        return other != nullptr && numbers_exclude(*one, *other);
    }
    if (const auto* one = as<NetworkTest>(a)) {
        const auto* other = as<NetworkTest>(b);
        return other != nullptr && networks_exclude(one->network, other->network);
    }
    if (const auto* one = as<BooleanTest>(a)) {
        const auto* other = as<BooleanTest>(b);
        return other != nullptr && one->value != other->value;
    }
    if (as<NullTest>(a) != nullptr) return wants_value(b);
    if (const auto* one = as<ExistsTest>(a)) {
        if (one->wanted) return false;
        const auto* other = as<ExistsTest>(b);
        return other != nullptr ? other->wanted : wants_value(b);
    }
    return false;
}

// The values of an item one by one: with `all` each stands alone, otherwise one of the group is enough.
std::vector<std::vector<const Test*>> groups_of(const Item& item) {
    std::vector<std::vector<const Test*>> groups;
    if (item.differs) return groups;
    for (const Value& value : item.values) {
        if (groups.empty() || item.all) groups.emplace_back();
        for (const Test& test : value.any_of) groups.back().push_back(&test);
    }
    return groups;
}

bool all_exclude(const std::vector<const Test*>& a, const std::vector<const Test*>& b) {
    if (a.size() * b.size() > kMostPairs) return false;
    return std::all_of(a.begin(), a.end(), [&](const Test* one) { return std::all_of(b.begin(), b.end(), [&](const Test* other) { return exclude_each_other(*one, *other); }); });
}
bool all_imply(const std::vector<const Test*>& a, const std::vector<const Test*>& b) {
    if (a.empty() || a.size() * b.size() > kMostPairs) return false;
    return std::all_of(a.begin(), a.end(), [&](const Test* one) { return std::any_of(b.begin(), b.end(), [&](const Test* other) { return implies(*one, *other); }); });
}

std::string shown(const Item& item) {
    std::string values;
    for (std::size_t i = 0; i < item.values.size() && i < 3; ++i) values += (i == 0 ? "" : ", ") + shorten(item.values[i].written, 40);
    if (item.values.size() > 3) values += ", ...";
    return format("{}: {}", item.key, values);
}

Said both(const Item& a, const Item& b) {
    return {format("trường {} phải vừa «{}» vừa «{}» trong cùng một sự kiện", a.name, shown(a), shown(b)),
            format("the field {} would have to fit '{}' and '{}' in one event", a.name, shown(a), shown(b))};
}

bool same_written(const Item& a, const Item& b) {
    return a.key == b.key && std::equal(a.values.begin(), a.values.end(), b.values.begin(), b.values.end(), [](const Value& x, const Value& y) { return x.written == y.written; });
}

}  // namespace

bool exclude_each_other(const Test& a, const Test& b) { return one_way(a, b) || one_way(b, a); }

bool implies(const Test& a, const Test& b) {
    if (const auto* text = as<TextTest>(a)) {
        if (const auto* other = as<TextTest>(b)) return texts_imply(*text, *other);
        const auto value = exact(*text);
        if (const auto* other = as<NetworkTest>(b); other != nullptr && value) {
            const auto address = parse_address(*value);
            return address && other->network.contains(*address);
        }
    }
    if (const auto* one = as<NumberTest>(a))
        if (const auto* other = as<NumberTest>(b)) {
            if (one->compare == Compare::equal) return compares(one->number.real, *other);
            const bool same_side = (is_upper(one->compare) && is_upper(other->compare)) || (is_lower(one->compare) && is_lower(other->compare));
            if (!same_side) return false;
            if (one->number.real == other->number.real) return one->compare == other->compare || other->compare == Compare::less_or_equal || other->compare == Compare::greater_or_equal;
            return is_upper(one->compare) == (one->number.real < other->number.real);
        }
    if (const auto* one = as<NetworkTest>(a))
        if (const auto* other = as<NetworkTest>(b)) return other->network.length <= one->network.length && other->network.contains(one->network.base);
    if (const auto* one = as<RegexTest>(a))
        if (const auto* other = as<RegexTest>(b))
            return one->expression == other->expression && one->ignore_case == other->ignore_case && one->multi_line == other->multi_line && one->dot_all == other->dot_all;
    if (const auto* one = as<BooleanTest>(a))
        if (const auto* other = as<BooleanTest>(b)) return one->value == other->value;
    if (const auto* other = as<ExistsTest>(b)) {
        if (const auto* one = as<ExistsTest>(a)) return one->wanted == other->wanted;
        return other->wanted && wants_value(a);
    }
    if (as<NullTest>(b) != nullptr) {
        const auto* one = as<ExistsTest>(a);
        return as<NullTest>(a) != nullptr || (one != nullptr && !one->wanted);
    }
    return false;
}

std::optional<Said> clash_within(const Item& item) {
    if (!item.all || item.name.empty() || item.differs) return std::nullopt;
    const auto groups = groups_of(item);
    if (groups.size() * groups.size() > kMostPairs) return std::nullopt;
    for (std::size_t i = 0; i < groups.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (all_exclude(groups[i], groups[j]))
                return Said{format("trường {} phải có cả «{}» và «{}» trong cùng một sự kiện", item.name, shorten(item.values[j].written, 60), shorten(item.values[i].written, 60)),
                            format("the field {} would have to fit '{}' and '{}' in one event", item.name, shorten(item.values[j].written, 60), shorten(item.values[i].written, 60))};
    return std::nullopt;
}

std::optional<Said> clash_between(const Item& a, const Item& b) {
    if (a.name.empty() || a.name != b.name || a.part != b.part) return std::nullopt;
    if (a.differs && b.differs) return std::nullopt;
    if (a.differs || b.differs) {
        // All that the one accepts, the other takes away.
        const Item& differs = a.differs ? a : b;
        const Item& other = a.differs ? b : a;
        if (differs.all) return std::nullopt;
        std::vector<const Test*> taken;
        for (const Value& value : differs.values)
            for (const Test& test : value.any_of) taken.push_back(&test);
        for (const auto& group : groups_of(other)) {
            const bool is_absence = !group.empty() && std::all_of(group.begin(), group.end(), [](const Test* test) {
                const auto* exists = as<ExistsTest>(*test);
                return as<NullTest>(*test) != nullptr || (exists != nullptr && !exists->wanted);
            });
            const bool refers = std::any_of(taken.begin(), taken.end(), [](const Test* test) { return as<FieldTest>(*test) != nullptr; });
            if (is_absence && !refers && as<NullTest>(*group.front()) == nullptr) return both(a, b);
            if (all_imply(group, taken)) return both(a, b);
        }
        return std::nullopt;
    }
    const auto ones = groups_of(a), others = groups_of(b);
    if (ones.size() * others.size() > kMostPairs) return std::nullopt;
    for (const auto& one : ones)
        for (const auto& other : others)
            if (all_exclude(one, other)) return both(a, b);
    return std::nullopt;
}

bool implies(const Item& a, const Item& b) {
    if (a.name != b.name || a.part != b.part) return false;
    if (same_written(a, b)) return true;
    if (a.differs || b.differs) return false;
    const auto ones = groups_of(a), others = groups_of(b);
    if (ones.size() * others.size() > kMostPairs) return false;
    return std::all_of(others.begin(), others.end(),
                       [&](const auto& other) { return std::any_of(ones.begin(), ones.end(), [&](const auto& one) { return all_imply(one, other); }); });
}

}  // namespace vg::detect::sigma
