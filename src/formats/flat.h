// Fields from JSON: values as they are typed there, objects flattened with dotted names, arrays as repeated fields.
// Keeps equal names next to one another, whatever the order of the record. Used by the formats whose records are JSON.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "event/event.h"
#include "formats/json_text.h"
#include "formats/text_table.h"

namespace vg::formats {

inline constexpr std::size_t kMostFields = 1000;  // of one event; the rest is counted in "omitted_fields"
inline constexpr int kMostDepth = 24;             // objects nested deeper stay JSON text

// Names by number: those of ECS fields come first, each with the number of its field, then the usual names of times, from
// kFirstTime on.
const TextTable& base_names();
TextTable made_base_names();
inline constexpr std::string_view kTimes[] = {"timestamp", "eventTime", "EventTime", "event_time", "time", "ts", "datetime", "date", "TimeGenerated", "TimeCreated", "_time"};
inline constexpr std::uint16_t kFirstTime = event::kFieldCount + 1;
inline constexpr std::uint16_t kNoNumber = 0xFFFF;  // of a field whose name is not in the table

class Flat {
public:
    Flat(event::Builder& builder, JsonCursor& cursor) : builder_(&builder), at_(&cursor) {}
    // Fields get the number of their name in the table, which begins as base_names() does.
    Flat(event::Builder& builder, JsonCursor& cursor, const TextTable& names) : builder_(&builder), at_(&cursor), names_(&names), numbered_(true) {}
    // For records that are no JSON: only pair(), admit(), settle() and finish().
    explicit Flat(event::Builder& builder) : builder_(&builder) {}

    [[nodiscard]] event::Builder& builder() { return *builder_; }
    [[nodiscard]] JsonCursor& at() { return *at_; }
    // True when fields were moved to stand beside their equals: indices kept from before are void.
    [[nodiscard]] bool moved() const { return moved_; }

    // Adds the value at the cursor under `name`, and steps over it.
    void value(std::string_view name, int depth) { value(name, name_hash(name), depth); }
    void value(std::string_view name, std::uint64_t hash, int depth);
    // The members of the object at the cursor, each as value(prefix + '.' + member).
    void members(std::string_view prefix, int depth);

    // Adds text under a name; when that is the name of an ECS field, with its type.
    void pair(std::string_view name, std::string_view text);

    // Before a field of that name is added. False: there are too many.
    bool admit(std::string_view name) { return admit(name, name_hash(name)); }
    bool admit(std::string_view name, std::uint64_t hash) {
        if (builder_->size() >= kMostFields) {
            ++omitted_;
            return false;
        }
        std::uint64_t& word = seen_[hash >> 6 & 15];
        const std::uint64_t bit = std::uint64_t{1} << (hash & 63);
        beside_ = (word & bit) != 0 ? last_of(name) : 0;
        word |= bit;
        return true;
    }
    // After it was added: moves it beside its equals. Gives where it stands now.
    std::size_t settle() { return beside_ == 0 ? builder_->size() - 1 : move_beside(); }

    // When all is read.
    void finish();

    // XML written as JSON: "#text" is the element itself, and "#attributes" is no level of its own.
    void read_as_xml() { as_xml_ = true; }

    std::string_view join(std::string_view prefix, std::string_view name);

private:
    // As ECS has it, when that is its name.
    bool add_ecs(std::uint32_t number, std::string_view value);
    // After value() added it.
    void settle_numbered(std::uint32_t number) {
        if (numbered_) builder_->fields().back().number = static_cast<std::uint16_t>(number == 0 ? kNoNumber : number);
        settle();
    }
    [[nodiscard]] std::size_t last_of(std::string_view name) const;  // index + 1; 0: none
    std::size_t move_beside();

    event::Builder* builder_;
    JsonCursor* at_ = nullptr;
    const TextTable* names_ = &base_names();
    std::array<std::uint64_t, 16> seen_{};
    std::size_t beside_ = 0;
    std::size_t omitted_ = 0;
    bool moved_ = false;
    bool as_xml_ = false;
    bool numbered_ = false;
};

// In XML written as JSON with separate attributes, the object "X_attributes" belongs to the element X.
inline std::string_view element_of(std::string_view member, JsonKind kind) {
    constexpr std::string_view kSuffix = "_attributes";
    if (kind != JsonKind::object || !member.ends_with(kSuffix) || member.size() == kSuffix.size()) return member;
    return member.substr(0, member.size() - kSuffix.size());
}

// The name as it may stand in an event: NFC.
std::string_view made_nfc(std::string_view name, Arena& arena);
inline std::string_view field_name(const JsonString& name, Arena& arena) { return name.nfc ? name.text : made_nfc(name.text, arena); }

}  // namespace vg::formats
