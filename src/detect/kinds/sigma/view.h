// One event as rules ask about it: fields by interned id, folded values, numbers. Filled once per event, lazily where it
// costs. Belongs to one thread's scratch; every answer depends only on the event last shown.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/arena.h"
#include "detect/kinds/sigma/rule.h"
#include "event/event.h"

namespace vg::detect::sigma {

// Names of fields → ids, 0, 1, 2... Made with the set, then constant.
class Names {
public:
    std::uint32_t intern(std::string_view name);  // only while the set is made
    [[nodiscard]] std::optional<std::uint32_t> find(std::string_view name) const;
    [[nodiscard]] std::size_t size() const { return ids_.size(); }

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>{}(name); }
    };
    std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> ids_;
};

class View {
public:
    static constexpr std::uint32_t kNone = UINT32_MAX;

    void show(const event::Event& event, const Names& names);

    [[nodiscard]] std::size_t size() const { return event_->fields.size(); }
    [[nodiscard]] const event::Field& field(std::uint32_t index) const { return event_->fields[index]; }
    // Calls `visit(index)` for each field of an interned name, in the order of the event, until it returns true; whether
    // it did. A field whose name has spaces goes by its name without them too (rules specification: Field Usage).
    template <class Visit>
    bool any(std::uint32_t name, Visit visit) const {
        for (std::uint32_t at = first_[name]; at != kNone; at = entries_[at].next)
            if (visit(entries_[at].field)) return true;
        return false;
    }
    // The interned names that the event has, each once.
    [[nodiscard]] std::span<const std::uint32_t> names() const { return touched_; }
    [[nodiscard]] bool has(std::uint32_t name) const { return first_[name] != kNone; }
    [[nodiscard]] std::uint32_t first(std::uint32_t name) const { return has(name) ? entries_[first_[name]].field : kNone; }
    // fold_case() of a field's text.
    std::string_view folded(std::uint32_t index);
    // The number that a field is, or that its text says in decimal.
    std::optional<Number> number(std::uint32_t index) const;
    // A part of the time that a field is, or that its text says, in UTC.
    std::optional<Number> time_part(std::uint32_t index, TimePart part) const;

private:
    struct Entry {
        std::uint32_t field = 0;
        std::uint32_t next = kNone;  // entry of the same name
    };
    void enter(std::uint32_t name, std::uint32_t field);

    const event::Event* event_ = nullptr;
    std::vector<std::uint32_t> first_;    // entry, by name
    std::vector<std::uint32_t> touched_;  // names that the event has
    std::vector<Entry> entries_;
    std::vector<std::string_view> folded_;
    std::vector<bool> is_folded_;
    Arena arena_;
};

// -1, 0 or 1; exact for integers, otherwise as doubles.
int compare(const Number& a, const Number& b);

}  // namespace vg::detect::sigma
