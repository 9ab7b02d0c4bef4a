#include "api/masking.h"

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace vg::api {

// Masking them everywhere would hide what happened.
bool is_nobody(std::string_view value) {
    static constexpr std::string_view kNobody[] = {"-", "root", "system", "local service", "network service", "nt authority\\system", "n/a", "unknown", "administrator"};
    const std::string folded = lower_ascii(value);
    return std::find(std::begin(kNobody), std::end(kNobody), folded) != std::end(kNobody);
}

namespace {

constexpr std::size_t kShort = 4;  // shorter values ("an") are replaced as whole words only: they would cut other words to pieces
constexpr std::size_t kMostValues = 64;

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || (c & 0x80) != 0; }

bool stands_alone(std::string_view text, std::size_t at, std::size_t size) {
    return (at == 0 || !is_word(text[at - 1])) && (at + size == text.size() || !is_word(text[at + size]));
}

// Replaces each occurrence of a value, without regard to ASCII case.
std::string without(std::string text, const std::vector<std::string>& values, std::string_view with = kMask) {
    for (const std::string& value : values) {
        std::string folded = lower_ascii(text);
        std::size_t at = 0;
        while ((at = folded.find(value, at)) != std::string::npos) {
            if (value.size() < kShort && !stands_alone(folded, at, value.size())) {
                ++at;
                continue;
            }
            text.replace(at, value.size(), with);
            folded.replace(at, value.size(), with);
            at += with.size();
        }
    }
    return text;
}

// What to look for elsewhere: the value, and the account's part of DOMAIN\name and name@domain.
void note(std::vector<std::string>& values, std::string_view value) {
    if (values.size() >= kMostValues || is_nobody(value)) return;
    const auto add = [&](std::string_view part) {
        if (!part.empty() && !is_nobody(part)) values.push_back(lower_ascii(part));
    };
    add(value);
    if (const std::size_t slash = value.rfind('\\'); slash != std::string_view::npos) add(value.substr(slash + 1));
    if (const std::size_t at = value.find('@'); at != std::string_view::npos) add(value.substr(0, at));
}

void longest_first(std::vector<std::string>& values) {
    std::sort(values.begin(), values.end(), [](const std::string& a, const std::string& b) { return a.size() != b.size() ? a.size() > b.size() : a < b; });
    values.erase(std::unique(values.begin(), values.end()), values.end());
}

void note_all(std::vector<std::string>& values, const json::Value& value) {
    if (value.is_text()) note(values, value.as_text());
    if (value.is_array())
        for (const json::Value& item : value.as_array()) note_all(values, item);
}

json::Value cleaned(const json::Value& value, const std::vector<std::string>& values, std::string_view with) {
    if (value.is_text()) return without(value.as_text(), values, with);
    if (!value.is_array()) return value;
    json::Array items;
    for (const json::Value& item : value.as_array()) items.push_back(cleaned(item, values, with));
    return items;
}

}  // namespace

bool is_personal(std::string_view field) {
    if (const event::Ecs ecs = event::ecs_field(field); ecs != event::Ecs::none) return event::info(ecs).personal;
    const std::string name = lower_ascii(field);
    for (std::string_view part : {"user", "account", "mail", "subscriber", "phone", "logonid"})
        if (name.find(part) != std::string::npos && name.find("agent") == std::string::npos) return true;
    return false;
}

event::Event masked(const event::Event& event, Arena& arena) {
    std::vector<std::string> values;
    for (const event::Field& field : event.fields)
        if (is_personal(field.name)) note(values, field.text);
    longest_first(values);
    event::Event out = event;
    std::vector<event::Field> fields{event.fields.begin(), event.fields.end()};
    for (event::Field& field : fields) {
        if (field.type == event::Type::null) continue;
        if (is_personal(field.name)) {
            if (is_nobody(field.text)) continue;
            field.text = kMask;
            field.type = event::Type::text;
        } else if (std::string clean = without(std::string{field.text}, values); clean != field.text) {
            field.text = arena.copy(clean);
            field.type = event::Type::text;
        }
    }
    out.fields = arena.copy(std::span<const event::Field>{fields});
    return out;
}

json::Value masked_fields(const json::Value& fields, std::string_view with) {
    if (!fields.is_object()) return fields;
    std::vector<std::string> values;
    for (const auto& [name, value] : fields.as_object())
        if (is_personal(name)) note_all(values, value);
    longest_first(values);
    json::Object out;
    for (const auto& [name, value] : fields.as_object()) {
        const bool hide = is_personal(name) && !(value.is_text() && is_nobody(value.as_text()));
        out.emplace_back(name, hide ? json::Value{with} : cleaned(value, values, with));
    }
    return out;
}

std::string masked_entity(std::string_view entity) {
    constexpr std::string_view kUser = "user:";
    if (entity.substr(0, kUser.size()) != kUser || is_nobody(entity.substr(kUser.size()))) return std::string{entity};
    return std::string{kUser} + std::string{kMask};
}

}  // namespace vg::api
