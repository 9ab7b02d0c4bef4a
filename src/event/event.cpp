#include "event/event.h"

#include <algorithm>
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

}  // namespace

constexpr FieldInfo kFieldInfos[] = {
#define FIELD(identifier, name, type, personal) {name, Type::type, personal},
#include "event/fields.inc"
#undef FIELD
};

namespace {

const std::unordered_map<std::string_view, Ecs>& names() {
    static const auto* const table = [] {
        auto* made = new std::unordered_map<std::string_view, Ecs>;
        for (std::size_t i = 0; i < std::size(kFieldInfos); ++i) made->emplace(kFieldInfos[i].name, static_cast<Ecs>(i + 1));
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

Ecs ecs_field(std::string_view name) {
    const auto found = names().find(name);
    return found == names().end() ? Ecs::none : found->second;
}

std::span<const FieldInfo> all_fields() { return kFieldInfos; }

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

void Builder::grow() { fields_.resize(size_ < 32 ? 64 : size_ * 2); }

std::string_view Builder::made_nfc(std::string_view text) { return is_nfc(text) ? text : arena_->copy(nfc(text)); }

Builder& Builder::text(std::string_view name, std::string_view value) {
    put(name, made_nfc(value), Type::text);
    return *this;
}

Builder& Builder::integer(std::string_view name, std::int64_t value, std::string_view as_text) {
    if (as_text.empty()) {
        char buffer[24];
        const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
        as_text = arena_->copy({buffer, static_cast<std::size_t>(end - buffer)});
    }
    put(name, made_nfc(as_text), Type::integer).integer = value;
    return *this;
}

Builder& Builder::real(std::string_view name, double value, std::string_view as_text) {
    if (as_text.empty()) {
        std::string text;
        json::write_real(text, value);
        as_text = arena_->copy(text);
    }
    put(name, made_nfc(as_text), Type::real).real = value;
    return *this;
}

Builder& Builder::ecs(Ecs field, std::string_view value) {
    const FieldInfo& facts = info(field);
    switch (facts.type) {
        case Type::integer:
            if (const auto number = parse_int(value)) put(facts.name, value, Type::integer, field).integer = *number;
            return *this;
        case Type::address: {
            auto address = parse_address(value);
            if (!address) {
                const std::size_t zone = value.find('%');
                if (zone == std::string_view::npos) return *this;
                value = value.substr(0, zone);
                address = parse_address(value);
                if (!address) return *this;
            }
            // Dotted numbers have one form only; in the others a colon stands behind four digits at most.
            if (const std::string_view begin = value.substr(0, 5); std::any_of(begin.begin(), begin.end(), [](char c) { return c == ':'; })) {
                const std::string canonical = address->text();
                if (canonical != value) value = arena_->copy(canonical);
            }
            put(facts.name, value, Type::address, field);
            return *this;
        }
        case Type::time:
            if (const auto time = parse_time(value)) ecs(field, *time);
            return *this;
        case Type::text: put(facts.name, made_nfc(value), Type::text, field); return *this;
        case Type::null:
        case Type::boolean:
        case Type::real: return *this;
    }
    return *this;
}

Builder& Builder::ecs(Ecs field, std::int64_t value) {
    const FieldInfo& facts = info(field);
    integer(facts.name, value);
    Field& made = fields_[size_ - 1];
    made.ecs = field;
    if (facts.type == Type::text) {
        made.type = Type::text;
        made.integer = 0;
    }
    return *this;
}

Builder& Builder::ecs_integer(Ecs field, std::int64_t value, std::string_view as_text) {
    integer(info(field).name, value, as_text);
    fields_[size_ - 1].ecs = field;
    return *this;
}

Builder& Builder::ecs(Ecs field, Time value) {
    put(info(field).name, arena_->copy(to_rfc3339(value)), Type::time, field).integer = value.micros;
    return *this;
}

bool Builder::has(std::string_view name) const { return find(name) != nullptr; }

const Field* Builder::find(std::string_view name) const {
    for (std::size_t i = 0; i < size_; ++i)
        if (fields_[i].name == name) return &fields_[i];
    return nullptr;
}

std::span<const Field> Builder::finish() {
    const std::span<const Field> kept = arena_->copy(std::span<const Field>{fields()});
    size_ = 0;
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
