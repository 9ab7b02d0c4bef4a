#include "base/json.h"

#include <simdjson.h>

#include <charconv>
#include <cmath>

#include "base/text.h"

namespace vg::json {

namespace {

Result<Value> convert(const simdjson::dom::element& element, std::size_t depth) {
    using simdjson::dom::element_type;
    if (depth == 0) return fail(Code::too_large, "the JSON document is nested too deeply");
    switch (element.type()) {
        case element_type::ARRAY: {
            Array items;
            for (simdjson::dom::element item : simdjson::dom::array(element)) items.push_back(TRY(convert(item, depth - 1)));
            return Value{std::move(items)};
        }
        case element_type::OBJECT: {
            Object members;
            for (simdjson::dom::key_value_pair member : simdjson::dom::object(element))
                members.emplace_back(std::string{member.key}, TRY(convert(member.value, depth - 1)));
            return Value{std::move(members)};
        }
        case element_type::INT64: return Value{std::int64_t(element)};
        case element_type::UINT64: return Value{static_cast<double>(std::uint64_t(element))};
        case element_type::DOUBLE: return Value{double(element)};
        case element_type::STRING: return Value{std::string_view(element)};
        case element_type::BOOL: return Value{bool(element)};
        case element_type::NULL_VALUE: return Value{};
    }
    return Value{};
}

void write_pretty(std::string& out, const Value& value, std::size_t indent) {
    auto line = [&](std::size_t depth) { out.append("\n").append(depth * 2, ' '); };
    if (value.is_array() && !value.as_array().empty()) {
        out += '[';
        for (std::size_t i = 0; i < value.as_array().size(); ++i) {
            if (i > 0) out += ',';
            line(indent + 1);
            write_pretty(out, value.as_array()[i], indent + 1);
        }
        line(indent);
        out += ']';
    } else if (value.is_object() && !value.as_object().empty()) {
        out += '{';
        for (std::size_t i = 0; i < value.as_object().size(); ++i) {
            if (i > 0) out += ',';
            line(indent + 1);
            quote(out, value.as_object()[i].first);
            out += ": ";
            write_pretty(out, value.as_object()[i].second, indent + 1);
        }
        line(indent);
        out += '}';
    } else {
        value.dump_to(out);
    }
}

}  // namespace

const Value* Value::find(std::string_view name) const {
    if (!is_object()) return nullptr;
    const Object& members = as_object();
    for (auto member = members.rbegin(); member != members.rend(); ++member)
        if (member->first == name) return &member->second;
    return nullptr;
}

std::optional<std::string> Value::text(std::string_view name) const {
    const Value* member = find(name);
    if (member == nullptr || !member->is_text()) return std::nullopt;
    return member->as_text();
}

std::optional<std::int64_t> Value::integer(std::string_view name) const {
    const Value* member = find(name);
    if (member == nullptr || !member->is_int()) return std::nullopt;
    return member->as_int();
}

std::optional<bool> Value::boolean(std::string_view name) const {
    const Value* member = find(name);
    if (member == nullptr || !member->is_bool()) return std::nullopt;
    return member->as_bool();
}

Value& Value::set(std::string_view name, Value value) {
    if (is_null()) data_ = Object{};
    for (Member& member : as_object())
        if (member.first == name) {
            member.second = std::move(value);
            return *this;
        }
    as_object().emplace_back(std::string{name}, std::move(value));
    return *this;
}

Value& Value::add(Value value) {
    if (is_null()) data_ = Array{};
    as_array().push_back(std::move(value));
    return *this;
}

void Value::dump_to(std::string& out) const {
    if (is_null()) {
        out += "null";
    } else if (is_bool()) {
        out += as_bool() ? "true" : "false";
    } else if (is_int()) {
        char buffer[24];
        out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, as_int()).ptr);
    } else if (is_real()) {
        write_real(out, as_real());
    } else if (is_text()) {
        quote(out, as_text());
    } else if (is_array()) {
        out += '[';
        bool first = true;
        for (const Value& item : as_array()) {
            if (!first) out += ',';
            first = false;
            item.dump_to(out);
        }
        out += ']';
    } else {
        out += '{';
        bool first = true;
        for (const Member& member : as_object()) {
            if (!first) out += ',';
            first = false;
            quote(out, member.first);
            out += ':';
            member.second.dump_to(out);
        }
        out += '}';
    }
}

std::string Value::dump() const {
    std::string out;
    dump_to(out);
    return out;
}

std::string Value::pretty() const {
    std::string out;
    write_pretty(out, *this, 0);
    return out;
}

Value object(std::initializer_list<Member> members) { return Value{Object{members}}; }
Value array(std::initializer_list<Value> items) { return Value{Array{items}}; }

Result<Value> parse(std::string_view text, Limits limits) {
    if (text.size() > limits.bytes) return fail(Code::too_large, format("the JSON document is larger than {} bytes", limits.bytes));
    // No bytes at all may come with a null pointer, which the parser's copying must not see.
    if (text.empty()) return fail(Code::bad_input, simdjson::error_message(simdjson::EMPTY));
    simdjson::dom::parser parser{limits.bytes + simdjson::SIMDJSON_PADDING};
    if (parser.allocate(std::max<std::size_t>(text.size(), 64), limits.depth + 1) != simdjson::SUCCESS)
        return fail(Code::too_large, "no memory for the JSON document");
    simdjson::dom::element root;
    const auto error = parser.parse(text.data(), text.size()).get(root);
    if (error == simdjson::DEPTH_ERROR) return fail(Code::too_large, "the JSON document is nested too deeply");
    if (error != simdjson::SUCCESS) return fail(Code::bad_input, simdjson::error_message(error));
    return convert(root, limits.depth + 1);
}

void quote(std::string& out, std::string_view text) {
    if (!is_utf8(text)) {
        quote(out, to_valid_utf8(text));
        return;
    }
    out += '"';
    std::size_t done = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        out.append(text, done, i - done);
        done = i + 1;
        switch (c) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            default: out += format("\\u{:04x}", c); break;
        }
    }
    out.append(text, done, text.size() - done);
    out += '"';
}

void write_real(std::string& out, double value) {
    if (!std::isfinite(value)) {
        out += "null";
        return;
    }
    char buffer[40];
    const std::string_view digits{buffer, static_cast<std::size_t>(std::to_chars(buffer, buffer + sizeof buffer, value).ptr - buffer)};
    out += digits;
    if (digits.find_first_of(".e") == std::string_view::npos) out += ".0";
}

}  // namespace vg::json
