#include "server/settings.h"

// The parser asserts what it then handles all the same; a damaged settings file ends in its error, not in an abort.
#define TOML_ASSERT(condition) static_cast<void>(0)
#include <toml++/toml.h>

#include "base/text.h"

namespace vg::server {

namespace {

// Text that the TOML parser is safe with: UTF-8, no control characters, and nothing but ASCII outside of quotes and
// comments (TOML 1.0, section "Keys"), no text over several lines.
Status check_characters(std::string_view text, std::string_view file) {
    if (!is_utf8(text)) return fail(Code::bad_input, format("{}: is not UTF-8", file));
    if (text.find("\"\"\"") != std::string_view::npos || text.find("'''") != std::string_view::npos)
        return fail(Code::bad_input, format("{}: no setting needs text over several lines", file));
    int line = 1;
    char inside = 0;  // the quote or # that is open on this line
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\n') {
            ++line;
            inside = 0;
        } else if ((byte < 0x20 && c != '\t' && c != '\r') || byte == 0x7f) {
            return fail(Code::bad_input, format("{}:{}: holds a control character", file, line));
        } else if (inside == '"' && c == '\\' && i + 1 < text.size() && text[i + 1] != '\n') {
            ++i;
        } else if (inside != 0) {
            if (c == inside && c != '#') inside = 0;
        } else if (c == '"' || c == '\'' || c == '#') {
            inside = c;
        } else if (byte >= 0x80) {
            return fail(Code::bad_input, format("{}:{}: text with accents stands between quotes, on one line", file, line));
        }
    }
    return {};
}

std::vector<std::string> known_keys() {
    return {
#define SETTING(key, member, type, initial, least, most, text) key,
#include "server/settings.inc"
#undef SETTING
    };
}

Status take(const toml::node& node, std::string& out, Int, Int) {
    const auto value = node.value_exact<std::string>();
    if (!value) return fail(Code::bad_input, "must be text in quotes");
    out = *value;
    return {};
}

Status take(const toml::node& node, bool& out, Int, Int) {
    const auto value = node.value_exact<bool>();
    if (!value) return fail(Code::bad_input, "must be true or false");
    out = *value;
    return {};
}

Status take(const toml::node& node, Int& out, Int least, Int most) {
    const auto value = node.value_exact<std::int64_t>();
    if (!value) return fail(Code::bad_input, "must be a whole number");
    if ((least != 0 || most != 0) && (*value < least || *value > most))
        return fail(Code::bad_input, format("must be between {} and {}", least, most));
    out = *value;
    return {};
}

Status take(const toml::node& node, Texts& out, Int, Int) {
    const toml::array* items = node.as_array();
    if (items == nullptr) return fail(Code::bad_input, "must be a list of texts: [\"...\"]");
    out.clear();
    for (const toml::node& item : *items) {
        std::string text;
        TRY(take(item, text, 0, 0));
        out.push_back(std::move(text));
    }
    return {};
}

// Sets one key; names place and remedy when it is wrong.
Status set(Settings& settings, std::string_view key, const toml::node& node, std::string_view file) {
    const std::string place = format("{}:{}: setting {} ", file, node.source().begin.line, key);
#define SETTING(name, member, type, initial, least, most, text)                  \
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
        const std::string key = prefix + std::string{name.str()};
        if (const toml::table* inner = node.as_table())
            TRY(walk(settings, *inner, key + ".", file));
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
    TRY(check_characters(text, file_name));
    try {
        const toml::table table = toml::parse(text, file_name);
        TRY(walk(settings, table, "", file_name));
    } catch (const toml::parse_error& error) {
        return fail(Code::bad_input, format("{}:{}: {}", file_name, error.source().begin.line, error.description()));
    } catch (const std::exception& error) {
        return fail(Code::bad_input, format("{}: {}", file_name, error.what()));
    }
    if (settings.tls_certificate.empty() != settings.tls_key.empty())
        return fail(Code::bad_input, format("{}: tls.certificate and tls.key must be set together", file_name));
    return settings;
}

json::Value describe(const Settings& settings) {
    json::Array all;
#define SETTING(key, member, type, initial, least, most, text)                                                     \
    all.push_back(json::object({{"key", key}, {"value", to_json(settings.member)}, {"default", to_json(type(initial))}, \
                                {"text", text}}));
#include "server/settings.inc"
#undef SETTING
    return all;
}

}  // namespace vg::server
