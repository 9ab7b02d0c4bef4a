#include "api/parameters.h"

#include <algorithm>

#include "base/check.h"
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"

namespace vg::api {

namespace {

constexpr std::string_view kTypes[] = {"string", "query", "integer", "boolean", "time", "uuid", "uuids"};
constexpr std::size_t kLongestValue = 4096, kLongestQuery = 8192;
constexpr std::size_t kMostIds = 100;
constexpr std::int64_t kMostItems = 1000;  // contract: limit is at most 1,000 for JSON pages

Status check_value(const Parameter& known, std::string_view value) {
    const std::string place = format("field {}: ", known.name);
    auto wrong = [&](std::string_view why) { return fail(Code::bad_input, place + std::string{why}); };
    const std::size_t most = known.type == "query" ? kLongestQuery : kLongestValue;
    if (value.size() > most || !is_utf8(value)) return wrong(format("is longer than {} bytes or not UTF-8", most));
    if (known.type == "integer") {
        const auto number = parse_int(value);
        if (!number) return wrong("must be a whole number");
        if (known.name == "limit" && (*number < 1 || *number > kMostItems)) return wrong("must be from 1 to 1000");
    }
    if (known.type == "boolean" && value != "true" && value != "false") return wrong("must be true or false");
    if (known.type == "time" && !parse_time(value)) return wrong("must be a time as in RFC 3339, such as 2026-01-31T08:00:00Z");
    if (known.type == "uuid" && !parse_uuid(value)) return wrong("must be a UUID");
    if (known.type == "uuids") {
        const auto ids = split(value, ',');
        if (ids.size() > kMostIds) return wrong(format("must be at most {} UUIDs", kMostIds));
        for (const std::string_view id : ids)
            if (!parse_uuid(id)) return wrong("must be a UUID, or several with commas between");
    }
    if (known.type == "enum" && std::find(known.words.begin(), known.words.end(), value) == known.words.end()) {
        std::string words;
        for (const std::string& word : known.words) words += (words.empty() ? "" : ", ") + word;
        return wrong("must be one of " + words);
    }
    return {};
}

}  // namespace

std::vector<Parameter> parse_parameters(std::string_view text) {
    std::vector<Parameter> parameters;
    if (trim(text).empty()) return parameters;
    for (std::string_view part : split(text, ',')) {
        part = trim(part);
        const std::size_t colon = part.find(':');
        CHECK(colon != std::string_view::npos && colon > 0, "a parameter is written name:type");
        Parameter parameter;
        parameter.name = part.substr(0, colon);
        std::string_view type = part.substr(colon + 1);
        const std::size_t space = type.find(' ');
        if (space != std::string_view::npos) {
            parameter.about = trim(type.substr(space));
            type = type.substr(0, space);
        }
        if (type.ends_with('!')) {
            parameter.required = true;
            type.remove_suffix(1);
        }
        if (type.find('|') != std::string_view::npos) {
            parameter.type = "enum";
            for (std::string_view word : split(type, '|')) parameter.words.emplace_back(word);
        } else {
            CHECK(std::find(std::begin(kTypes), std::end(kTypes), type) != std::end(kTypes), "a parameter has a type of parameters.h");
            parameter.type = type;
        }
        parameters.push_back(std::move(parameter));
    }
    return parameters;
}

Status check_parameters(const std::vector<Parameter>& known, const net::Request& request) {
    std::vector<std::string_view> seen;
    for (const auto& [name, value] : request.query) {
        const auto found = std::find_if(known.begin(), known.end(), [&name = name](const Parameter& one) { return one.name == name; });
        if (found == known.end()) {
            std::vector<std::string> names;
            for (const Parameter& one : known) names.push_back(one.name);
            std::string text = format("field {}: there is no such query parameter", shorten(to_valid_utf8(name), 64));
            if (const auto near = nearest(name, names)) {
                text += format("; did you mean {}?", *near);
            } else if (names.empty()) {
                text += "; this route takes none";
            } else {
                text += "; known are";
                for (const std::string& one : names) text += (one == names.front() ? " " : ", ") + one;
            }
            return fail(Code::bad_input, std::move(text));
        }
        if (std::find(seen.begin(), seen.end(), name) != seen.end()) return fail(Code::bad_input, format("field {}: stands twice", name));
        seen.push_back(name);
        TRY(check_value(*found, value));
    }
    for (const Parameter& one : known)
        if (one.required && std::find(seen.begin(), seen.end(), one.name) == seen.end()) return fail(Code::bad_input, format("field {}: must be given", one.name));
    return {};
}

}  // namespace vg::api
