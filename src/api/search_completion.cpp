#include "api/search_completion.h"

#include <algorithm>

#include "api/masking.h"
#include "base/text.h"
#include "search/names.h"
#include "search/scan.h"
#include "search/tree.h"

namespace vg::api {

namespace {

constexpr std::size_t kMostItems = 50;
constexpr std::size_t kMostValues = 2000;  // looked at for those that begin as written
constexpr std::size_t kLongestValue = 200;

// Where the word under the cursor begins: behind the last blank or bracket that is in no quotes.
std::size_t word_start(std::string_view text, std::size_t at) {
    std::size_t start = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < at; ++i) {
        if (text[i] == '\\' && i + 1 < at) {
            ++i;
        } else if (text[i] == '"') {
            quoted = !quoted;
        } else if (!quoted && (search::is_blank(text[i]) || text[i] == '(' || text[i] == ')')) {
            start = i + 1;
        }
    }
    if (start < at && (text[start] == '-' || text[start] == '!')) ++start;
    return start;
}

// And where it ends, behind the cursor.
std::size_t word_end(std::string_view text, std::size_t at) {
    while (at < text.size() && !search::is_blank(text[at]) && text[at] != '(' && text[at] != ')' && text[at] != '"') ++at;
    return at;
}

// A value as a query writes it: as it is when that means the same, else in quotes.
std::string written(std::string_view value) {
    const bool plain = !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
        return (c & 0x80) != 0 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == '/' || c == '@';
    }) && value.find("..") == std::string_view::npos;
    if (plain) return std::string{value};
    std::string out = "\"";
    for (const char c : value) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

Status add_values(View& view, const search::FieldName& name, std::string_view so_far, Completion& completion) {
    const search::Target target = search::target_of(name.name, name.quoted);
    std::string wanted{so_far};
    if (wanted.starts_with('"')) wanted = search::read_quoted(so_far, 0).pattern.plain();
    wanted = fold(wanted);
    const bool personal = is_personal(name.name);
    const store::Top top = TRY(view.top(name.name, kMostValues));
    for (const store::TopValue& value : top.values) {
        if (completion.items.size() == kMostItems) break;
        if (value.value.size() > kLongestValue || value.value == kMask || !fold(value.value).starts_with(wanted)) continue;
        completion.items.push_back({written(value.value), "value", format("{}", value.count)});
        completion.personal_values += personal && !view.masks() ? 1 : 0;
    }
    return {};
}

Status add_names(View& view, std::string_view so_far, Completion& completion) {
    const std::string wanted = lower_ascii(so_far);
    std::vector<std::string> seen;
    const auto add = [&](const std::string& text, std::string_view note) {
        if (completion.items.size() == kMostItems || !lower_ascii(text).starts_with(wanted) || std::find(seen.begin(), seen.end(), text) != seen.end()) return;
        seen.push_back(text);
        completion.items.push_back({text, "field", std::string{note}});
    };
    // What occurs comes first; that no archive answers is no reason to tell nothing.
    if (const auto fields = view.fields(); fields)
        for (const store::TopValue& name : *fields) {
            const search::Target target = event::ecs_field(name.value) != event::Ecs::none ? search::target_of(name.value) : search::target_of(name.value, true);
            add(search::written(target) + ":", format("{}", name.count));
        }
    for (const std::string& name : search::known_names()) add(name + ":", "");
    if (completion.start == 0) return {};
    for (const char* word : {"AND", "OR", "NOT"})
        if (lower_ascii(word).starts_with(wanted) && completion.items.size() < kMostItems) completion.items.push_back({word, "operator", ""});
    return {};
}

}  // namespace

Result<Completion> completion_of(View& view, std::string_view text, std::size_t at) {
    Completion completion;
    completion.start = word_start(text, at);
    completion.end = word_end(text, at);
    const std::string_view word = text.substr(0, at);
    if (const auto name = search::read_field_name(word, completion.start)) {
        completion.start = name->value;
        TRY(add_values(view, *name, word.substr(name->value), completion));
    } else {
        TRY(add_names(view, word.substr(completion.start), completion));
    }
    return completion;
}

}  // namespace vg::api
