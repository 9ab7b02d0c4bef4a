#include "ingest/frames/json_object.h"

#include <simdjson.h>

#include "base/text.h"

namespace vg::ingest {

class JsonObjectCheck::Impl {
public:
    explicit Impl(std::size_t most_bytes) : parser(most_bytes + 64) {}
    // Allocates for what comes, so that short lines cost little memory.
    simdjson::simdjson_result<simdjson::dom::element> parse(std::string_view line) {
        if (parser.capacity() < line.size()) {
            const auto error = parser.allocate(std::max<std::size_t>(line.size() * 2, 4096), 128);
            if (error) return error;
        }
        return parser.parse(line.data(), line.size());
    }
    simdjson::dom::parser parser;
};

JsonObjectCheck::JsonObjectCheck(std::size_t most_bytes) : impl_(std::make_unique<Impl>(most_bytes)) {}
JsonObjectCheck::~JsonObjectCheck() = default;

std::optional<std::string> JsonObjectCheck::refuse(std::string_view line) {
    if (trim(line).empty()) return "the line is empty";
    const auto parsed = impl_->parse(line);
    switch (parsed.error()) {
        case simdjson::SUCCESS: break;
        case simdjson::UTF8_ERROR: return "the line is not valid UTF-8";
        case simdjson::DEPTH_ERROR: return "the JSON is nested more than 128 deep";
        default: return std::string{"the line is not JSON: "} + simdjson::error_message(parsed.error());
    }
    if (parsed.value_unsafe().type() != simdjson::dom::element_type::OBJECT) return "the line is JSON, but not an object";
    return std::nullopt;
}

JsonObjectCheck::Member JsonObjectCheck::member(std::string_view name) const {
    simdjson::dom::object object;
    if (impl_->parser.doc.root().get_object().get(object)) return Member::missing;
    const auto value = object.at_key(name);
    if (value.error()) return Member::missing;
    return value.value_unsafe().is_string() && value.value_unsafe().get_string().value_unsafe().empty() ? Member::blank : Member::there;
}

std::optional<JsonObjectCheck::Single> JsonObjectCheck::single(std::string_view line, const std::vector<std::string_view>& inner_names) {
    const auto parsed = impl_->parse(line);
    if (parsed.error() || parsed.value_unsafe().type() != simdjson::dom::element_type::OBJECT) return std::nullopt;
    const simdjson::dom::object outer = parsed.value_unsafe().get_object().value_unsafe();
    if (outer.size() != 1) return std::nullopt;
    const auto member = *outer.begin();
    if (member.value.type() != simdjson::dom::element_type::OBJECT) return std::nullopt;
    Single single{.name = std::string{member.key}, .texts = {}};
    for (const std::string_view name : inner_names) {
        const auto value = member.value.get_object().value_unsafe().at_key(name);
        std::optional<std::string> text;
        if (!value.error()) {
            if (value.value_unsafe().is_string())
                text = std::string{value.value_unsafe().get_string().value_unsafe()};
            else if (value.value_unsafe().is_int64())
                text = std::to_string(value.value_unsafe().get_int64().value_unsafe());
        }
        single.texts.push_back(std::move(text));
    }
    return single;
}

}  // namespace vg::ingest
