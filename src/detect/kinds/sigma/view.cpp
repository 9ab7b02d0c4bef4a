#include "detect/kinds/sigma/view.h"

#include <algorithm>

#include "base/text.h"
#include "base/time.h"

namespace vg::detect::sigma {

namespace {

// The week of ISO 8601, 1 to 53.
int iso_week(const Civil& civil) {
    static constexpr int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    auto leap = [](int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; };
    auto weekday = [](int year) { return (year + year / 4 - year / 100 + year / 400) % 7; };  // of 31 December
    auto weeks = [&](int year) { return weekday(year) == 4 || weekday(year - 1) == 3 ? 53 : 52; };
    const int day = before[civil.month - 1] + civil.day + (civil.month > 2 && leap(civil.year) ? 1 : 0);
    const int today = (weekday(civil.year - 1) + day - 1) % 7 + 1;  // Monday is 1: 1 January is the day after 31 December
    const int monday_based = today == 0 ? 7 : today;
    const int week = (day - monday_based + 10) / 7;
    if (week < 1) return weeks(civil.year - 1);
    return week > weeks(civil.year) ? 1 : week;
}

}  // namespace

std::uint32_t Names::intern(std::string_view name) {
    const auto found = ids_.find(name);
    if (found != ids_.end()) return found->second;
    const auto id = static_cast<std::uint32_t>(ids_.size());
    ids_.emplace(name, id);
    return id;
}

std::optional<std::uint32_t> Names::find(std::string_view name) const {
    const auto found = ids_.find(name);
    return found == ids_.end() ? std::nullopt : std::optional{found->second};
}

void View::show(const event::Event& event, const Names& names) {
    event_ = &event;
    if (first_.size() == names.size()) {
        for (std::uint32_t name : touched_) first_[name] = kNone;
    } else {
        first_.assign(names.size(), kNone);
    }
    touched_.clear();
    arena_.reset();
    entries_.clear();
    folded_.assign(event.fields.size(), {});
    is_folded_.assign(event.fields.size(), false);
    // From the last to the first, so that the entries of a name are in the order of the event.
    for (std::size_t i = event.fields.size(); i-- > 0;) {
        const std::string_view name = event.fields[i].name;
        const auto index = static_cast<std::uint32_t>(i);
        if (const auto id = names.find(name)) enter(*id, index);
        if (name.find(' ') == std::string_view::npos) continue;
        std::string joined{name};
        joined.erase(std::remove(joined.begin(), joined.end(), ' '), joined.end());
        if (const auto id = names.find(joined)) enter(*id, index);
    }
}

void View::enter(std::uint32_t name, std::uint32_t field) {
    if (first_[name] == kNone) touched_.push_back(name);
    entries_.push_back({field, first_[name]});
    first_[name] = static_cast<std::uint32_t>(entries_.size() - 1);
}

std::string_view View::folded(std::uint32_t index) {
    if (is_folded_[index]) return folded_[index];
    const std::string_view text = field(index).text;
    bool ascii = true;
    bool upper = false;
    for (char c : text) {
        ascii &= static_cast<unsigned char>(c) < 0x80;
        upper |= c >= 'A' && c <= 'Z';
    }
    if (!ascii) {
        folded_[index] = arena_.copy(fold_case(text));
    } else if (!upper) {
        folded_[index] = text;
    } else {
        char* copy = arena_.take(text.size());
        for (std::size_t i = 0; i < text.size(); ++i) copy[i] = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] + 32) : text[i];
        folded_[index] = {copy, text.size()};
    }
    is_folded_[index] = true;
    return folded_[index];
}

std::optional<Number> View::number(std::uint32_t index) const {
    const event::Field& value = field(index);
    switch (value.type) {
        case event::Type::integer: return Number{true, value.integer, static_cast<double>(value.integer)};
        case event::Type::real: return Number{false, 0, value.real};
        case event::Type::text: {
            const char first = value.text.empty() ? 'x' : value.text[value.text[0] == '-' && value.text.size() > 1 ? 1 : 0];
            if (first < '0' || first > '9') return std::nullopt;  // also "inf" and "nan"
            if (const auto whole = parse_int(value.text)) return Number{true, *whole, static_cast<double>(*whole)};
            if (const auto real = parse_real(value.text)) return Number{false, 0, *real};
            return std::nullopt;
        }
        case event::Type::null:
        case event::Type::boolean:
        case event::Type::time:
        case event::Type::address: return std::nullopt;
    }
    return std::nullopt;
}

std::optional<Number> View::time_part(std::uint32_t index, TimePart part) const {
    const event::Field& value = field(index);
    std::optional<Time> time;
    if (value.type == event::Type::time) time = Time{value.integer};
    if (value.type == event::Type::text) time = parse_time(value.text);
    if (!time) return std::nullopt;
    const Civil civil = to_civil(*time);
    int found = 0;
    switch (part) {
        case TimePart::none: return std::nullopt;
        case TimePart::minute: found = civil.minute; break;
        case TimePart::hour: found = civil.hour; break;
        case TimePart::day: found = civil.day; break;
        case TimePart::week: found = iso_week(civil); break;
        case TimePart::month: found = civil.month; break;
        case TimePart::year: found = civil.year; break;
    }
    return Number{true, found, static_cast<double>(found)};
}

int compare(const Number& a, const Number& b) {
    if (a.whole && b.whole) return a.integer < b.integer ? -1 : a.integer > b.integer ? 1 : 0;
    return a.real < b.real ? -1 : a.real > b.real ? 1 : 0;
}

}  // namespace vg::detect::sigma
