#include "server/settings.h"

#include <toml.hpp>

#include <sstream>

#include "base/text.h"
#include "store/state.h"

namespace vg::server {

namespace {

constexpr int kMostBrackets = 1000;  // the parser recurses; no settings file has so many in one place

// What the TOML parser does not bound itself.
Status check_text(std::string_view text, std::string_view file) {
    if (!is_utf8(text)) return fail(Code::bad_input, format("{}: is not UTF-8", file));
    int brackets = 0;
    int line = 1;
    for (const char c : text) {
        line += c == '\n' ? 1 : 0;
        brackets = c == '[' || c == '{' ? brackets + 1 : c == ']' || c == '}' ? 0 : brackets;
        if (brackets > kMostBrackets) return fail(Code::bad_input, format("{}:{}: too many opening brackets", file, line));
    }
    return {};
}

// The parser's errors read "[error] toml::parse_key: an invalid key appeared.\n --> FILE\n ...": the sentence of it.
std::string reason_of(std::string_view what) {
    what = what.substr(0, what.find('\n'));
    if (what.starts_with("[error] toml::"))
        if (const std::size_t colon = what.find(": ", 14); colon != std::string_view::npos) what.remove_prefix(colon + 2);
    return std::string{what};
}

std::vector<std::string> known_keys() {
    return {
#define SETTING(key, member, type, initial, least, most, vi, en) key,
#include "server/settings.inc"
#undef SETTING
    };
}

Status take(const toml::value& node, std::string& out, Int, Int) {
    if (!node.is_string()) return fail(Code::bad_input, "must be text in quotes");
    out = node.as_string().str;
    return {};
}

Status take(const toml::value& node, bool& out, Int, Int) {
    if (!node.is_boolean()) return fail(Code::bad_input, "must be true or false");
    out = node.as_boolean();
    return {};
}

Status take(const toml::value& node, Int& out, Int least, Int most) {
    if (!node.is_integer()) return fail(Code::bad_input, "must be a whole number");
    const Int value = node.as_integer();
    if ((least != 0 || most != 0) && (value < least || value > most))
        return fail(Code::bad_input, format("must be between {} and {}", least, most));
    out = value;
    return {};
}

Status take(const toml::value& node, Texts& out, Int, Int) {
    if (!node.is_array()) return fail(Code::bad_input, "must be a list of texts: [\"...\"]");
    out.clear();
    for (const toml::value& item : node.as_array()) {
        std::string text;
        TRY(take(item, text, 0, 0));
        out.push_back(std::move(text));
    }
    return {};
}

// Sets one key; names place and remedy when it is wrong.
Status set(Settings& settings, std::string_view key, const toml::value& node, std::string_view file) {
    const std::string place = format("{}:{}: setting {} ", file, node.location().line(), key);
#define SETTING(name, member, type, initial, least, most, vi, en)                  \
    if (key == std::string_view{name}) {                                         \
        TRY_IN(place, take(node, settings.member, least, most));                 \
        return {};                                                               \
    }
#include "server/settings.inc"
#undef SETTING
    const auto near = nearest(key, known_keys());
    return fail(Code::bad_input, place + (near ? format("is not known; did you mean {}?", *near) : "is not known; `vonggac config show` lists all"));
}

Status walk(Settings& settings, const toml::table& table, const std::string& prefix, std::string_view file) {
    for (const auto& [name, node] : table) {
        const std::string key = prefix + name;
        if (node.is_table())
            TRY(walk(settings, node.as_table(), key + ".", file));
        else
            TRY(set(settings, key, node, file));
    }
    return {};
}

json::Value to_json(const std::string& value) { return value; }
json::Value to_json(bool value) { return value; }
json::Value to_json(Int value) { return value; }
json::Value to_json(const Texts& value) {
    json::Array items;
    for (const std::string& item : value) items.emplace_back(item);
    return items;
}

}  // namespace

Result<Settings> load_settings(std::string_view text, std::string_view file_name) {
    Settings settings;
    TRY(check_text(text, file_name));
    try {
        std::istringstream stream{std::string{text}};
        const toml::value root = toml::parse(stream, std::string{file_name});
        TRY(walk(settings, root.as_table(), "", file_name));
    } catch (const toml::exception& error) {
        return fail(Code::bad_input, format("{}:{}: {}", file_name, error.location().line(), reason_of(error.what())));
    } catch (const std::exception& error) {
        return fail(Code::bad_input, format("{}: {}", file_name, error.what()));
    }
    if (settings.tls_certificate.empty() != settings.tls_key.empty())
        return fail(Code::bad_input, format("{}: tls.certificate and tls.key must be set together", file_name));
    if (!settings.state_postgresql.empty()) TRY_IN(format("{}: setting state.postgresql ", file_name), store::check_postgresql(settings.state_postgresql));
    return settings;
}

namespace {

// 0, 0 in the table means no bounds.
json::Value bound(Int least, Int most, Int which) { return least == 0 && most == 0 ? json::Value{} : json::Value{which}; }

}  // namespace

json::Value describe(const Settings& settings) {
    json::Array all;
#define SETTING(key, member, type, initial, least, most, vi, en)                                                     \
    all.push_back(json::object({{"key", key}, {"value", to_json(settings.member)}, {"default", to_json(type(initial))}, \
                                {"text", en}, {"text_vi", vi}, {"least", bound(least, most, least)}, {"most", bound(least, most, most)}}));
#include "server/settings.inc"
#undef SETTING
    return all;
}

}  // namespace vg::server
