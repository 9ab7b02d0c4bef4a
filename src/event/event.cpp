#include "event/event.h"

#include <charconv>
#include <unordered_map>

#include "base/check.h"
#include "base/ip.h"
#include "base/text.h"
#include "base/time.h"

namespace vg::event {

namespace {

constexpr bool yes = true;
constexpr bool no = false;

constexpr FieldInfo kFields[] = {
#define FIELD(identifier, name, type, personal) {name, Type::type, personal},
#include "event/fields.inc"
#undef FIELD
};

const std::unordered_map<std::string_view, Ecs>& names() {
    static const auto* const table = [] {
        auto* made = new std::unordered_map<std::string_view, Ecs>;
        for (std::size_t i = 0; i < std::size(kFields); ++i) made->emplace(kFields[i].name, static_cast<Ecs>(i + 1));
        return made;
    }();
    return *table;
}

json::Value value_of(const Field& field) {
    switch (field.type) {
        case Type::null: return {};
        case Type::boolean: return field.integer != 0;
        case Type::integer: return field.integer;
        case Type::real: return field.real;
        case Type::time: return to_rfc3339({field.integer});
        case Type::text:
        case Type::address: return field.text;
    }
    return {};
}

}  // namespace

const FieldInfo& info(Ecs field) {
    CHECK(field != Ecs::none, "asked only for dictionary fields");
    return kFields[static_cast<std::size_t>(field) - 1];
}

Ecs ecs_field(std::string_view name) {
    const auto found = names().find(name);
    return found == names().end() ? Ecs::none : found->second;
}

std::span<const FieldInfo> all_fields() { return kFields; }

const Field* Event::find(std::string_view name) const {
    for (const Field& field : fields)
        if (field.name == name) return &field;
    return nullptr;
}

const Field* Event::find(Ecs wanted) const {
    for (const Field& field : fields)
        if (field.ecs == wanted) return &field;
    return nullptr;
}

std::string_view Event::text(Ecs wanted) const {
    const Field* field = find(wanted);
    return field == nullptr ? std::string_view{} : field->text;
}

Field& Builder::add(std::string_view name, std::string_view text, Type type) {
    Field& field = fields_.emplace_back();
    field.name = name;
    field.text = is_nfc(text) ? text : arena_->copy(nfc(text));
    field.type = type;
    return field;
}

Builder& Builder::text(std::string_view name, std::string_view value) {
    add(name, value, Type::text);
    return *this;
}

Builder& Builder::nfc_text(std::string_view name, std::string_view value) {
    Field& field = fields_.emplace_back();
    field.name = name;
    field.text = value;
    field.type = Type::text;
    return *this;
}

Builder& Builder::integer(std::string_view name, std::int64_t value, std::string_view as_text) {
    if (as_text.empty()) {
        char buffer[24];
        const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
        as_text = arena_->copy({buffer, static_cast<std::size_t>(end - buffer)});
    }
    add(name, as_text, Type::integer).integer = value;
    return *this;
}

Builder& Builder::real(std::string_view name, double value, std::string_view as_text) {
    if (as_text.empty()) {
        std::string text;
        json::write_real(text, value);
        as_text = arena_->copy(text);
    }
    add(name, as_text, Type::real).real = value;
    return *this;
}

Builder& Builder::boolean(std::string_view name, bool value) {
    Field& field = fields_.emplace_back();
    field.name = name;
    field.text = value ? "true" : "false";
    field.type = Type::boolean;
    field.integer = value ? 1 : 0;
    return *this;
}

Builder& Builder::null(std::string_view name) {
    fields_.emplace_back().name = name;
    return *this;
}

Builder& Builder::ecs(Ecs field, std::string_view value) {
    const FieldInfo& facts = info(field);
    switch (facts.type) {
        case Type::integer: {
            const auto number = parse_int(value);
            if (!number) return *this;
            integer(facts.name, *number, value);
            break;
        }
        case Type::address: {
            if (const std::size_t zone = value.find('%'); zone != std::string_view::npos) value = value.substr(0, zone);
            const auto address = parse_address(value);
            if (!address) return *this;
            // Dotted numbers have one form only.
            if (address->is_v4() && value.find(':') == std::string_view::npos) {
                add(facts.name, value, Type::address);
                break;
            }
            const std::string canonical = address->text();
            add(facts.name, canonical == value ? value : arena_->copy(canonical), Type::address);
            break;
        }
        case Type::time: {
            const auto time = parse_time(value);
            if (!time) return *this;
            return ecs(field, *time);
        }
        case Type::text: text(facts.name, value); break;
        case Type::null:
        case Type::boolean:
        case Type::real: return *this;
    }
    fields_.back().ecs = field;
    return *this;
}

Builder& Builder::ecs(Ecs field, std::int64_t value) {
    const FieldInfo& facts = info(field);
    integer(facts.name, value);
    fields_.back().type = facts.type == Type::text ? Type::text : Type::integer;
    if (facts.type == Type::text) fields_.back().integer = 0;
    fields_.back().ecs = field;
    return *this;
}

Builder& Builder::ecs_nfc_text(Ecs field, std::string_view value) {
    nfc_text(info(field).name, value);
    fields_.back().ecs = field;
    return *this;
}

Builder& Builder::ecs_integer(Ecs field, std::int64_t value, std::string_view as_text) {
    integer(info(field).name, value, as_text);
    fields_.back().ecs = field;
    return *this;
}

Builder& Builder::ecs(Ecs field, Time value) {
    add(info(field).name, arena_->copy(to_rfc3339(value)), Type::time).integer = value.micros;
    fields_.back().ecs = field;
    return *this;
}

bool Builder::has(std::string_view name) const { return find(name) != nullptr; }

const Field* Builder::find(std::string_view name) const {
    for (const Field& field : fields_)
        if (field.name == name) return &field;
    return nullptr;
}

std::span<const Field> Builder::finish() {
    const std::span<const Field> kept = arena_->copy(std::span<const Field>{fields_});
    fields_.clear();
    return kept;
}

json::Value to_json(const Event& event) {
    json::Object members;
    for (const Field& field : event.fields) {
        json::Member* last = nullptr;
        for (json::Member& member : members)
            if (member.first == field.name) last = &member;
        if (last == nullptr) {
            members.emplace_back(std::string{field.name}, value_of(field));
        } else {
            if (!last->second.is_array()) last->second = json::Array{std::move(last->second)};
            last->second.add(value_of(field));
        }
    }
    return json::Value{std::move(members)};
}

bool same(const Event& a, const Event& b) {
    if (a.occurred != b.occurred || a.received != b.received || a.occurred_known != b.occurred_known || a.format != b.format ||
        a.logsource != b.logsource || a.fields.size() != b.fields.size())
        return false;
    for (std::size_t i = 0; i < a.fields.size(); ++i) {
        const Field& x = a.fields[i];
        const Field& y = b.fields[i];
        if (x.name != y.name || x.text != y.text || x.type != y.type || x.ecs != y.ecs) return false;
        if (x.type == Type::real ? x.real != y.real : x.integer != y.integer) return false;
    }
    return true;
}

}  // namespace vg::event
