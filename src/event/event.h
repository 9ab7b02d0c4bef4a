// Event: what a format understood of one record. A flat array of fields over the record's bytes and the batch's arena:
// no allocation per field. Made by formats::to_event, read by detect, findings, api and scan. Immutable once built.
//
//   for (const Field& field : event.fields) ...
//   if (const Field* image = event.find("Image")) use(image->text);
//   if (const Field* ip = event.find(Ecs::source_ip)) ...
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/json.h"

namespace vg::event {

enum class Type : std::uint8_t { null, boolean, integer, real, text, time, address };

// The ECS fields of fields.inc; none for a field that has only a native name.
enum class Ecs : std::uint16_t {
    none,
#define FIELD(identifier, name, type, personal) identifier,
#include "event/fields.inc"
#undef FIELD
};

struct FieldInfo {
    std::string_view name;
    Type type;
    bool personal;
};
inline constexpr std::uint16_t kFieldCount = 0
#define FIELD(identifier, name, type, personal) + 1
#include "event/fields.inc"
#undef FIELD
    ;
extern const FieldInfo kFieldInfos[];  // in the order of fields.inc: index i is Ecs(i + 1)
// Facts about an ECS field; not for Ecs::none.
inline const FieldInfo& info(Ecs field) {
    CHECK(field != Ecs::none, "asked only for dictionary fields");
    return kFieldInfos[static_cast<std::size_t>(field) - 1];
}
// The ECS field of that name, Ecs::none when there is none.
Ecs ecs_field(std::string_view name);
std::span<const FieldInfo> all_fields();  // in the order of fields.inc: index i is Ecs(i + 1)

// One field. A field with several values stands several times, next to one another, with the same name.
struct Field {
    std::string_view name;  // native ("Image", "CommandLine") or ECS ("process.executable")
    std::string_view text;  // the value as text, NFC; for numbers and booleans as it stood in the record; empty for null
    union {
        std::int64_t integer = 0;  // integer, boolean (0 or 1), time (microseconds UTC)
        double real;
    };
    Type type = Type::null;
    Ecs ecs = Ecs::none;
    std::uint16_t number = 0;  // of the name, for the formats while they make the event; means nothing afterwards
};

// What Sigma calls the log source, as far as the format knows it. Each is empty when unknown. With `complete`, an empty
// category or service means that the event has none, so that rules which ask for one do not apply; without it, nothing
// is known and every rule may apply. An event may belong to several categories (a deleted registry key is registry_event
// and registry_delete); the empty ones stand last.
struct Logsource {
    std::string_view product;
    std::array<std::string_view, 3> categories{};
    std::string_view service;
    std::string_view other_service{};  // a second one: what sshd logs is also service auth
    bool complete = false;

    [[nodiscard]] bool in_service(std::string_view name) const { return service == name || other_service == name; }
    [[nodiscard]] bool in_category(std::string_view category) const {
        return categories[0] == category || categories[1] == category || categories[2] == category;
    }
    friend bool operator==(const Logsource&, const Logsource&) = default;
};

struct Event {
    Time occurred;              // from the event; the received time when it has none (occurred_known is false then)
    Time received;
    bool occurred_known = false;
    std::string_view format;    // name of the format that parsed it
    Logsource logsource;
    std::span<const Field> fields;

    // The first field of that name; nullptr when there is none.
    [[nodiscard]] const Field* find(std::string_view name) const;
    [[nodiscard]] const Field* find(Ecs field) const;
    [[nodiscard]] std::string_view text(Ecs field) const;  // empty when there is none
};

// Collects the fields of one event. Strings that are views into the record's raw bytes or literals are kept as they
// are; others must be copied into the arena by the caller. Text that is not NFC is converted here.
class Builder {
public:
    explicit Builder(Arena& arena) : arena_(&arena) {}

    Builder& text(std::string_view name, std::string_view value);
    Builder& integer(std::string_view name, std::int64_t value, std::string_view as_text = {});
    Builder& real(std::string_view name, double value, std::string_view as_text = {});
    Builder& boolean(std::string_view name, bool value) { return put(name, value ? "true" : "false", Type::boolean).integer = value ? 1 : 0, *this; }
    Builder& null(std::string_view name) { return put(name, {}, Type::null), *this; }
    // ECS fields. The value is converted to the type of the dictionary; one that cannot be (an address field holding
    // "-" or "LOCAL") is left out: the native field still has it.
    Builder& ecs(Ecs field, std::string_view value);
    Builder& ecs(Ecs field, std::int64_t value);
    Builder& ecs(Ecs field, Time value);
    // A text field whose value the caller knows to be NFC.
    Builder& ecs_nfc_text(Ecs field, std::string_view value) { return put(info(field).name, value, Type::text, field), *this; }
    // An integer field whose text in the record is kept ("0x1a4").
    Builder& ecs_integer(Ecs field, std::int64_t value, std::string_view as_text);

    [[nodiscard]] bool has(std::string_view name) const;
    [[nodiscard]] const Field* find(std::string_view name) const;
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] Arena& arena() { return *arena_; }

    // The same as text() for a value that the caller knows to be NFC.
    Builder& nfc_text(std::string_view name, std::string_view value) { return put(name, value, Type::text), *this; }
    // The same as integer() and real() for a text that is there, and ASCII.
    Builder& ascii_integer(std::string_view name, std::int64_t value, std::string_view as_text) { return put(name, as_text, Type::integer).integer = value, *this; }
    Builder& ascii_real(std::string_view name, double value, std::string_view as_text) { return put(name, as_text, Type::real).real = value, *this; }

    // Fields from index `from` on are forgotten: for a format that gives up half-way.
    void shrink(std::size_t from) { size_ = from; }
    [[nodiscard]] std::span<Field> fields() { return {fields_.data(), size_}; }
    // Goes on with another arena, keeping the builder's memory; the fields must be finished or cleared.
    void use(Arena& arena) { arena_ = &arena; }

    // Moves the fields into the arena and empties the builder for the next event.
    std::span<const Field> finish();
    void clear() { size_ = 0; }

private:
    // The text must be NFC.
    Field& put(std::string_view name, std::string_view text, Type type, Ecs ecs = Ecs::none) {
        if (size_ == fields_.size()) grow();
        Field& field = fields_[size_++];
        field.name = name;
        field.text = text;
        field.integer = 0;
        field.type = type;
        field.ecs = ecs;
        field.number = 0;
        return field;
    }
    void grow();
    [[nodiscard]] std::string_view made_nfc(std::string_view text);

    Arena* arena_;
    std::vector<Field> fields_;  // those from size_ on are room for more
    std::size_t size_ = 0;
};

// The event as JSON: {"@timestamp", "event": {...}, ...} is not rebuilt as a tree: members are the flat field names in
// order, a field with several values is an array, and types are kept. For API answers, cases and comparison.
json::Value to_json(const Event& event);

// True when both events are equal field by field and type by type, in order.
bool same(const Event& a, const Event& b);

}  // namespace vg::event
