#include "detect/kinds/stix/compare.h"

#include <compare>
#include <optional>

#include "base/bytes.h"
#include "base/ip.h"
#include "base/text.h"
#include "detect/kinds/stix/expression.h"

namespace vg::detect::stix {
namespace {

using Order = std::optional<std::partial_ordering>;

// Bytes as the characters U+0000 to U+00FF, so that patterns written as text can be asked of them.
std::string as_characters(std::string_view bytes) {
    std::string out;
    for (char c : bytes) {
        const auto byte = static_cast<std::uint8_t>(c);
        if (byte < 0x80) {
            out.push_back(c);
        } else {
            out.push_back(static_cast<char>(0xC0 | (byte >> 6)));
            out.push_back(static_cast<char>(0x80 | (byte & 0x3F)));
        }
    }
    return out;
}

// The other way: nothing when a character is beyond U+00FF.
std::optional<std::string> as_bytes(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<std::uint8_t>(text[i]);
        if (byte < 0x80) {
            out.push_back(text[i]);
        } else if ((byte == 0xC2 || byte == 0xC3) && i + 1 < text.size()) {
            out.push_back(static_cast<char>(((byte & 3) << 6) | (static_cast<std::uint8_t>(text[++i]) & 0x3F)));
        } else {
            return {};
        }
    }
    return out;
}

// The bytes of a property that is named as holding bytes.
std::optional<std::string> bytes_of(std::string_view key, const std::string& text) {
    if (key.ends_with("_hex"))
        if (auto bytes = from_hex(text)) return std::move(*bytes);
    if (key.ends_with("_bin"))
        if (auto bytes = from_base64(text)) return std::move(*bytes);
    return {};
}

Order order_of(std::string_view a, std::string_view b) { return a.compare(b) <=> 0; }

Order compare_text(std::string_view key, const std::string& text, const Literal& literal, std::string& error) {
    switch (literal.kind) {
        case Literal::Kind::integer:
        case Literal::Kind::real:
        case Literal::Kind::boolean: return {};
        case Literal::Kind::moment: {
            const auto moment = parse_moment(text);
            if (!moment) {
                error = format("a timestamp was asked for, and the value is \"{}\"", shorten(text, 40));
                return {};
            }
            return *moment <=> literal.moment;
        }
        case Literal::Kind::text:
        case Literal::Kind::binary: break;
    }
    const auto held = bytes_of(key, text);
    if (literal.kind == Literal::Kind::text && !held) return order_of(nfc(text), literal.text);
    const auto left = held ? held : as_bytes(text);
    const auto right = literal.kind == Literal::Kind::text ? as_bytes(literal.text) : std::optional{literal.text};
    if (!left || !right) return {};
    return order_of(*left, *right);
}

Order compare(std::string_view key, const json::Value& value, const Literal& literal, std::string& error) {
    if (value.is_text()) return compare_text(key, value.as_text(), literal, error);
    if (value.is_bool() && literal.kind == Literal::Kind::boolean) return value.as_bool() <=> literal.boolean;
    if (!value.is_number() || !literal.is_number()) return {};
    if (value.is_int() && literal.kind == Literal::Kind::integer) return value.as_int() <=> literal.integer;
    return value.as_real() <=> (literal.kind == Literal::Kind::integer ? static_cast<double>(literal.integer) : literal.real);
}

std::size_t character_length(std::string_view text, std::size_t at) {
    std::size_t end = at + 1;
    while (end < text.size() && (static_cast<std::uint8_t>(text[end]) & 0xC0) == 0x80) ++end;
    return end - at;
}

// % is any run of characters, _ one character.
bool is_like(std::string_view text, std::string_view pattern) {
    std::size_t t = 0, p = 0, star = std::string_view::npos, kept = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '%') {
            star = p++;
            kept = t;
        } else if (p < pattern.size() && pattern[p] == '_') {
            t += character_length(text, t);
            ++p;
        } else if (p < pattern.size() && pattern[p] == text[t]) {
            ++t;
            ++p;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            kept += character_length(text, kept);
            t = kept;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '%') ++p;
    return p == pattern.size();
}

// Whether all of `inner` lies in `outer`; IPv4 and IPv6 are worlds apart.
bool lies_in(const Network& inner, const Network& outer) {
    return inner.base.is_v4() == outer.base.is_v4() && inner.length >= outer.length && outer.contains(inner.base);
}

bool asks(const Test& test, std::string_view key, const json::Value& value, std::string& error) {
    const auto order = [&](std::size_t i) { return compare(key, value, test.literals[i], error); };
    switch (test.what) {
        case Operator::equal: return order(0) == std::partial_ordering::equivalent;
        case Operator::not_equal: {
            const Order found = order(0);
            return !found || *found != 0;
        }
        case Operator::greater: return order(0) == std::partial_ordering::greater;
        case Operator::less: return order(0) == std::partial_ordering::less;
        case Operator::greater_equal: {
            const Order found = order(0);
            return found && *found >= 0;
        }
        case Operator::less_equal: {
            const Order found = order(0);
            return found && *found <= 0;
        }
        case Operator::in:
            for (std::size_t i = 0; i < test.literals.size() && error.empty(); ++i)
                if (order(i) == std::partial_ordering::equivalent) return true;
            return false;
        case Operator::like:
        case Operator::matches: {
            if (!value.is_text()) return false;
            const auto held = bytes_of(key, value.as_text());
            const std::string text = held ? as_characters(*held) : nfc(value.as_text());
            return test.what == Operator::like ? is_like(text, test.literals[0].text) : test.expression->found_in(text);
        }
        case Operator::is_subset:
        case Operator::is_superset: {
            const auto here = value.is_text() ? parse_network(value.as_text()) : std::nullopt;
            const auto asked = parse_network(test.literals[0].text);
            if (!here || !asked) return false;
            return test.what == Operator::is_subset ? lies_in(*here, *asked) : lies_in(*asked, *here);
        }
        case Operator::exists: return true;
    }
    return false;
}

}  // namespace

bool holds(const Test& test, std::string_view key, const json::Value& value, std::string& error) {
    if (value.is_null()) return false;
    if (test.expression && !test.expression->refused().empty()) {
        error = test.expression->refused();
        return false;
    }
    const bool answer = asks(test, key, value, error);
    return error.empty() && answer != test.negated;
}

}  // namespace vg::detect::stix
