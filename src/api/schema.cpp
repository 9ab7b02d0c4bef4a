#include "api/schema.h"

#include <algorithm>

#include "base/id.h"
#include "base/text.h"
#include "base/time.h"

namespace vg::api {

namespace {

constexpr int kDeepest = 32;  // of references and nesting

std::string_view type_of(const json::Value& value) {
    if (value.is_null()) return "null";
    if (value.is_bool()) return "boolean";
    if (value.is_int()) return "integer";
    if (value.is_real()) return "number";
    if (value.is_text()) return "string";
    return value.is_array() ? "array" : "object";
}

bool is_type(const json::Value& value, std::string_view type) {
    const std::string_view is = type_of(value);
    return is == type || (type == "number" && is == "integer");
}

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

class SchemaCheck {
public:
    explicit SchemaCheck(const FindSchema& find) : find_(find) {}

    Status value(const json::Value& schema, const json::Value& value, const std::string& place, int depth) const {
        if (depth > kDeepest) return wrong(place, "is nested too deeply");
        if (const auto ref = schema.text("$ref")) {
            const json::Value* target = find_ ? find_(*ref) : nullptr;
            if (target == nullptr) return fail(Code::internal, "the schema refers to " + *ref + ", which does not exist");
            return this->value(*target, value, place, depth + 1);
        }
        TRY(type(schema, value, place));
        if (const json::Value* allowed = schema.find("enum"); allowed != nullptr) {
            const json::Array& words = allowed->as_array();
            if (std::find(words.begin(), words.end(), value) == words.end()) return wrong(place, "must be one of " + list(words));
        }
        if (value.is_text()) return text(schema, value.as_text(), place);
        if (value.is_number()) return number(schema, value.as_real(), place);
        if (value.is_array()) return array(schema, value.as_array(), place, depth);
        if (value.is_object()) return object(schema, value, place, depth);
        return {};
    }

private:
    static tl::unexpected<Error> wrong(const std::string& place, std::string_view why) {
        return fail(Code::bad_input, (place.empty() ? std::string{"the body "} : "field " + place + ": ") + std::string{why});
    }

    static std::string list(const json::Array& words) {
        std::string out;
        for (const json::Value& word : words) out += (out.empty() ? "" : ", ") + (word.is_text() ? word.as_text() : word.dump());
        return out;
    }

    static Status type(const json::Value& schema, const json::Value& value, const std::string& place) {
        const json::Value* wanted = schema.find("type");
        if (wanted == nullptr) return {};
        if (wanted->is_text()) {
            if (is_type(value, wanted->as_text())) return {};
            return wrong(place, format("must be of type {}, not {}", wanted->as_text(), type_of(value)));
        }
        for (const json::Value& one : wanted->as_array())
            if (is_type(value, one.as_text())) return {};
        return wrong(place, format("must be of type {}, not {}", list(wanted->as_array()), type_of(value)));
    }

    static Status text(const json::Value& schema, const std::string& text, const std::string& place) {
        const auto length = static_cast<std::int64_t>(characters(text));
        if (const auto least = schema.integer("minLength"); least && length < *least)
            return wrong(place, *least == 1 ? "must not be empty" : format("must have at least {} characters", *least));
        if (const auto most = schema.integer("maxLength"); most && length > *most)
            return wrong(place, format("must have at most {} characters", *most));
        const auto form = schema.text("format");
        if (form == "uuid" && !parse_uuid(text)) return wrong(place, "must be a UUID");
        if (form == "date-time" && !parse_time(text)) return wrong(place, "must be a time as in RFC 3339, such as 2026-01-31T08:00:00Z");
        return {};
    }

    static Status number(const json::Value& schema, double number, const std::string& place) {
        if (const json::Value* least = schema.find("minimum"); least != nullptr && number < least->as_real())
            return wrong(place, "must be at least " + least->dump());
        if (const json::Value* most = schema.find("maximum"); most != nullptr && number > most->as_real())
            return wrong(place, "must be at most " + most->dump());
        return {};
    }

    Status array(const json::Value& schema, const json::Array& items, const std::string& place, int depth) const {
        const auto count = static_cast<std::int64_t>(items.size());
        if (const auto least = schema.integer("minItems"); least && count < *least) return wrong(place, format("must have at least {} items", *least));
        if (const auto most = schema.integer("maxItems"); most && count > *most) return wrong(place, format("must have at most {} items", *most));
        if (const json::Value* each = schema.find("items"); each != nullptr)
            for (std::size_t i = 0; i < items.size(); ++i) TRY(value(*each, items[i], format("{}[{}]", place, i), depth + 1));
        return {};
    }

    Status object(const json::Value& schema, const json::Value& object, const std::string& place, int depth) const {
        auto inside = [&](std::string_view name) { return place.empty() ? std::string{name} : format("{}.{}", place, name); };
        if (const json::Value* required = schema.find("required"); required != nullptr)
            for (const json::Value& name : required->as_array())
                if (object.find(name.as_text()) == nullptr) return wrong(inside(name.as_text()), "is missing");
        const json::Value* properties = schema.find("properties");
        const json::Value* others = schema.find("additionalProperties");
        for (const auto& [name, member] : object.as_object()) {
            const json::Value* known = properties == nullptr ? nullptr : properties->find(name);
            if (known != nullptr) {
                TRY(value(*known, member, inside(name), depth + 1));
            } else if (others != nullptr && others->is_object()) {
                TRY(value(*others, member, inside(shorten(name, 64)), depth + 1));
            } else if (others != nullptr && others->is_bool() && !others->as_bool()) {
                std::vector<std::string> names;
                if (properties != nullptr)
                    for (const json::Member& one : properties->as_object()) names.push_back(one.first);
                const auto near = nearest(name, names);
                return wrong(inside(shorten(name, 64)), near ? "is unknown; did you mean " + *near + "?" : std::string{"is unknown"});
            }
        }
        return {};
    }

    const FindSchema& find_;
};

}  // namespace

Status conforms(const json::Value& schema, const json::Value& value, const FindSchema& find) {
    return SchemaCheck{find}.value(schema, value, "", 0);
}

}  // namespace vg::api
