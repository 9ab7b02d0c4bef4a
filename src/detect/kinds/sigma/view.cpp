#include "detect/kinds/sigma/view.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/ascii.h"
#include "base/bytes.h"
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

std::size_t Names::slot_of(std::string_view name, std::uint64_t hash) const {
    std::size_t at = hash & (slots_.size() - 1);
    while (slots_[at].id != UINT32_MAX && (slots_[at].hash != hash || names_[slots_[at].id] != name)) at = (at + 1) & (slots_.size() - 1);
    return at;
}

std::uint32_t Names::intern(std::string_view name) {
    const std::uint64_t hash = hash64(name);
    const std::size_t at = slot_of(name, hash);
    if (slots_[at].id != UINT32_MAX) return slots_[at].id;
    const auto id = static_cast<std::uint32_t>(names_.size());
    names_.emplace_back(name);
    slots_[at] = {hash, id};
    if (names_.size() * 2 > slots_.size()) {
        const std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(slots_.size() * 2));
        for (const Slot& slot : old)
            if (slot.id != UINT32_MAX) slots_[slot_of(names_[slot.id], slot.hash)] = slot;
    }
    return id;
}

std::optional<std::uint32_t> Names::find(std::string_view name) const {
    const Slot& slot = slots_[slot_of(name, hash64(name))];
    return slot.id == UINT32_MAX ? std::nullopt : std::optional{slot.id};
}

std::uint32_t View::id_of(std::string_view name) {
    if (name.empty()) return names_->find(name).value_or(kNone);
    Recent& recent = recent_[(reinterpret_cast<std::uintptr_t>(name.data()) * 0x9e3779b97f4a7c15U) >> 56];
    const bool same_place = recent.place == name.data() && recent.size == name.size();
    if (same_place && std::memcmp(recent.text, name.data(), name.size()) == 0) return recent.id;  // the place may hold another name by now
    const std::uint32_t id = names_->find(name).value_or(kNone);
    if (name.size() <= sizeof recent.text) {
        recent.place = name.data();
        recent.size = static_cast<std::uint32_t>(name.size());
        recent.id = id;
        std::memcpy(recent.text, name.data(), name.size());
    }
    return id;
}

void View::show(const event::Event& event, const Names& names) {
    event_ = &event;
    if (names_ == &names && first_.size() == names.size()) {
        for (std::uint32_t name : touched_) first_[name] = kNone;
    } else {
        names_ = &names;
        first_.assign(names.size(), kNone);
        std::fill(recent_.begin(), recent_.end(), Recent{});
    }
    touched_.clear();
    arena_.reset();
    entries_.clear();
    folded_.resize(event.fields.size());
    how_folded_.assign(event.fields.size(), kNot);
    // From the last to the first, so that the entries of a name are in the order of the event.
    for (std::size_t i = event.fields.size(); i-- > 0;) {
        const std::string_view name = event.fields[i].name;
        const auto index = static_cast<std::uint32_t>(i);
        if (const std::uint32_t id = id_of(name); id != kNone) enter(id, index);
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
    if (how_folded_[index] != kNot) return folded_[index];
    const std::string_view text = field(index).text;
    char* copy = arena_.take(text.size());
    if (lower_ascii_prefix(text, copy) == text.size()) {
        how_folded_[index] = kAscii;
        folded_[index] = {copy, text.size()};
    } else {
        arena_.give_back(copy);
        how_folded_[index] = kUnicode;
        folded_[index] = arena_.copy(fold_case(text));
    }
    return folded_[index];
}

void View::all_folded(std::string& out) {
    out.clear();
    shared_.assign(256, {});
    for (std::uint32_t i = 0; i < size(); ++i) {
        const std::string_view text = field(i).text;
        if (field(i).type == event::Type::null || text.empty()) continue;
        // The very same bytes: an ECS field beside the native one. Where two texts want one slot, both are read.
        std::string_view& seen = shared_[(reinterpret_cast<std::uintptr_t>(text.data()) * 0x9e3779b97f4a7c15U) >> 56];
        if (seen.data() == text.data() && seen.size() == text.size()) continue;
        seen = text;
        const std::size_t before = out.size();
        if (how_folded_[i] == kNot) {
            out.resize(before + text.size());
            if (lower_ascii_prefix(text, out.data() + before) != text.size()) out.replace(before, text.size(), folded(i));
        } else {
            out += folded_[i];
        }
        out += '\0';
    }
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
