// One event as rules ask about it: fields by interned id, folded values, numbers. Filled once per event, lazily where it
// costs. Belongs to one thread's scratch; every answer depends only on the event last shown.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
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
    [[nodiscard]] std::size_t size() const { return names_.size(); }

private:
    struct Slot {
        std::uint64_t hash = 0;
        std::uint32_t id = UINT32_MAX;  // free
    };
    // The slot of the name, or the free one where it belongs.
    [[nodiscard]] std::size_t slot_of(std::string_view name, std::uint64_t hash) const;

    std::vector<std::string> names_;  // by id
    std::vector<Slot> slots_ = std::vector<Slot>(64);  // a power of two, at most half full
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
    // The folded texts of all fields that are not null, each before a NUL; those that several fields share only once.
    void all_folded(std::string& out);
    // Whether a field's text is ASCII; to be asked after folded().
    [[nodiscard]] bool is_ascii(std::uint32_t index) const { return how_folded_[index] == kAscii; }
    // The number that a field is, or that its text says in decimal.
    std::optional<Number> number(std::uint32_t index) const;
    // How much work may be done from here on, in the units of WorkLimits.
    void allow(std::uint64_t work) {
        allowed_ = left_ = work;
        spent_ = false;
    }
    // Takes some of it; false when it does not suffice: then nothing that is found out from here on may be used.
    bool spend(std::uint64_t work) {
        if (work > left_) {
            left_ = 0;
            spent_ = true;
        } else {
            left_ -= work;
        }
        return !spent_;
    }
    [[nodiscard]] bool spent() const { return spent_; }
    [[nodiscard]] std::uint64_t used() const { return allowed_ - left_; }
    // A part of the time that a field is, or that its text says, in UTC.
    std::optional<Number> time_part(std::uint32_t index, TimePart part) const;

private:
    struct Entry {
        std::uint32_t field = 0;
        std::uint32_t next = kNone;  // entry of the same name
    };
    // A name that came before from the same place in memory: names of known fields stand in tables.
    struct Recent {
        const char* place = nullptr;
        std::uint32_t size = 0;
        std::uint32_t id = kNone;
        char text[48] = {};
    };
    void enter(std::uint32_t name, std::uint32_t field);
    // The id of a field's name; kNone when no rule uses it.
    std::uint32_t id_of(std::string_view name);

    const event::Event* event_ = nullptr;
    const Names* names_ = nullptr;
    std::vector<Recent> recent_ = std::vector<Recent>(256);
    std::vector<std::uint32_t> first_;    // entry, by name
    std::vector<std::uint32_t> touched_;  // names that the event has
    std::vector<Entry> entries_;
    std::vector<std::string_view> folded_;
    std::vector<std::uint8_t> how_folded_;  // one of these
    static constexpr std::uint8_t kNot = 0, kAscii = 1, kUnicode = 2;
    std::vector<std::string_view> shared_;  // texts that all_folded() has had, by hash of where they stand
    std::uint64_t allowed_ = UINT64_MAX, left_ = UINT64_MAX;
    bool spent_ = false;
    Arena arena_;
};

// -1, 0 or 1; exact for integers, otherwise as doubles.
int compare(const Number& a, const Number& b);

}  // namespace vg::detect::sigma
