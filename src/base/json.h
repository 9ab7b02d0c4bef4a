// JSON for settings, requests and answers: a value tree, a reader and a writer. Not for the path of an event, where
// formats read the bytes in place.
//
//   json::Value value = TRY(json::parse(text));
//   std::string name = value.text("name").value_or("");
//   json::Value out = json::object({{"name", name}, {"count", 3}});
//   std::string line = out.dump();
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

namespace vg::json {

class Value;
using Array = std::vector<Value>;
using Member = std::pair<std::string, Value>;
using Object = std::vector<Member>;  // in the order of the text; the last of two equal names wins in find()

class Value {
public:
    Value() = default;
    Value(std::nullptr_t) {}
    Value(bool value) : data_(value) {}
    Value(int value) : data_(std::int64_t{value}) {}
    Value(long value) : data_(std::int64_t{value}) {}
    Value(long long value) : data_(static_cast<std::int64_t>(value)) {}
    Value(unsigned value) : data_(std::int64_t{value}) {}
    Value(unsigned long value) : data_(static_cast<std::int64_t>(value)) {}
    Value(double value) : data_(value) {}
    Value(const char* value) : data_(std::string{value}) {}
    Value(std::string_view value) : data_(std::string{value}) {}
    Value(std::string value) : data_(std::move(value)) {}
    Value(Array value) : data_(std::move(value)) {}
    Value(Object value) : data_(std::move(value)) {}
    template <class T>
    Value(const std::optional<T>& value) {
        if (value) *this = Value{*value};
    }

    [[nodiscard]] bool is_null() const { return std::holds_alternative<std::monostate>(data_); }
    [[nodiscard]] bool is_bool() const { return std::holds_alternative<bool>(data_); }
    [[nodiscard]] bool is_int() const { return std::holds_alternative<std::int64_t>(data_); }
    [[nodiscard]] bool is_real() const { return std::holds_alternative<double>(data_); }
    [[nodiscard]] bool is_number() const { return is_int() || is_real(); }
    [[nodiscard]] bool is_text() const { return std::holds_alternative<std::string>(data_); }
    [[nodiscard]] bool is_array() const { return std::holds_alternative<Array>(data_); }
    [[nodiscard]] bool is_object() const { return std::holds_alternative<Object>(data_); }

    // The value as one type; the caller has asked is_...() before.
    [[nodiscard]] bool as_bool() const { return std::get<bool>(data_); }
    [[nodiscard]] std::int64_t as_int() const { return std::get<std::int64_t>(data_); }
    [[nodiscard]] double as_real() const {
        return is_int() ? static_cast<double>(as_int()) : std::get<double>(data_);
    }
    [[nodiscard]] const std::string& as_text() const { return std::get<std::string>(data_); }
    [[nodiscard]] const Array& as_array() const { return std::get<Array>(data_); }
    [[nodiscard]] const Object& as_object() const { return std::get<Object>(data_); }
    [[nodiscard]] Array& as_array() { return std::get<Array>(data_); }
    [[nodiscard]] Object& as_object() { return std::get<Object>(data_); }

    // The member of an object; nullptr when this is no object or has no such member.
    [[nodiscard]] const Value* find(std::string_view name) const;
    // The member when it is of that type.
    [[nodiscard]] std::optional<std::string> text(std::string_view name) const;
    [[nodiscard]] std::optional<std::int64_t> integer(std::string_view name) const;
    [[nodiscard]] std::optional<bool> boolean(std::string_view name) const;

    // Adds or replaces a member; a null value becomes an object.
    Value& set(std::string_view name, Value value);
    // Appends to an array; a null value becomes an array.
    Value& add(Value value);

    // Compact, members in order, UTF-8; ill-formed bytes are written as U+FFFD.
    [[nodiscard]] std::string dump() const;
    void dump_to(std::string& out) const;
    // With two spaces of indentation, for people.
    [[nodiscard]] std::string pretty() const;

    friend bool operator==(const Value&, const Value&) = default;

private:
    std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> data_;
};

Value object(std::initializer_list<Member> members);
Value array(std::initializer_list<Value> items);

struct Limits {
    std::size_t depth = 64;
    std::size_t bytes = std::size_t{16} << 20;
};
// One document. An integer outside int64 becomes a real. The error gives the reason as the parser words it.
Result<Value> parse(std::string_view text, Limits limits = {});

// Appends `text` as a JSON string with quotes; control characters escaped, ill-formed UTF-8 as U+FFFD.
void quote(std::string& out, std::string_view text);
// Appends a number so that reading it back gives the same double (and an integer-valued one keeps ".0").
void write_real(std::string& out, double value);

}  // namespace vg::json
