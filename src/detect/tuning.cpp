#include "detect/tuning.h"

#include <algorithm>
#include <map>

#include "base/bytes.h"
#include "base/text.h"
#include "base/yaml.h"
#include "detect/kinds/kind.h"
#include "detect/kinds/sigma/lines.h"

namespace vg::detect {

namespace {

struct Document {
    NamedRule rule;
    int line = 1;
    std::string_view text;
};

bool is_rule(const json::Value& value) {
    return value.is_object() && (value.find("detection") != nullptr || value.find("correlation") != nullptr || value.find("filter") != nullptr || is_of_own_kind(value));
}

// Ids as the loader makes them: in lower case, or of the title's hash.
std::vector<Document> documents_of(std::string_view text) {
    std::vector<Document> out;
    yaml::Limits limits;
    limits.numbers_as_written = true;
    const auto parsed = yaml::parse(text, limits);
    if (!parsed) return out;
    const sigma::Lines lines{text};
    for (const yaml::Document& document : *parsed) {
        if (!is_rule(document.value)) continue;
        const std::string title = document.value.text("title").value_or("");
        const auto id = document.value.text("id");
        out.push_back({{id ? lower_ascii(*id) : sha256_hex(title).substr(0, 32), title}, document.line, lines.document_at(document.line)});
    }
    return out;
}

std::string normalised(std::string_view text) {
    std::string out;
    for (std::string_view line : split(text, '\n')) {
        while (!line.empty() && (line.back() == ' ' || line.back() == '\r' || line.back() == '\t')) line.remove_suffix(1);
        out += line;
        out += '\n';
    }
    while (out.ends_with("\n\n")) out.pop_back();
    return out;
}

std::map<std::string, std::pair<std::string, Sha256>> by_id(std::span<const RuleFile> files) {
    std::map<std::string, std::pair<std::string, Sha256>> out;  // title and hash of the text
    for (const RuleFile& file : files)
        for (const Document& document : documents_of(file.text)) out[document.rule.id] = {document.rule.title, sha256(normalised(document.text))};
    return out;
}

}  // namespace

Difference compare(std::span<const RuleFile> before, std::span<const RuleFile> after) {
    const auto old_rules = by_id(before), new_rules = by_id(after);
    Difference difference;
    for (const auto& [id, rule] : new_rules) {
        const auto known = old_rules.find(id);
        if (known == old_rules.end())
            difference.added.push_back({id, rule.first});
        else if (known->second.second != rule.second)
            difference.changed.push_back({id, rule.first});
        else
            ++difference.same;
    }
    for (const auto& [id, rule] : old_rules)
        if (!new_rules.contains(id)) difference.removed.push_back({id, rule.first});
    return difference;
}

std::vector<NamedRule> rules_of(std::span<const RuleFile> files) {
    std::vector<NamedRule> out;
    for (const auto& [id, rule] : by_id(files)) out.push_back({id, rule.first});
    return out;
}

bool holds_rules(std::string_view text) {
    yaml::Limits limits;
    limits.numbers_as_written = true;
    const auto parsed = yaml::parse(text, limits);
    if (parsed) return std::any_of(parsed->begin(), parsed->end(), [](const yaml::Document& document) { return is_rule(document.value); });
    return text.starts_with("title:") || text.find("\ntitle:") != std::string_view::npos;
}

std::string without_rules(std::string_view text, const std::set<std::string>& ids) {
    const std::vector<Document> all = documents_of(text);
    std::string out{text};
    std::size_t left = all.size();
    for (const Document& document : all) {
        if (!ids.contains(document.rule.id) || document.text.empty()) continue;
        auto begin = static_cast<std::size_t>(document.text.data() - text.data());
        const std::size_t end = begin + document.text.size();
        // Its marker goes with it: between two markers there would be an empty document.
        if (begin >= 2) {
            const std::size_t before = text.rfind('\n', begin - 2);
            const std::size_t marker = before == std::string_view::npos ? 0 : before + 1;
            if (text.substr(marker, 3) == "---") begin = marker;
        }
        bool starts = true;
        for (std::size_t i = begin; i < end; ++i) {
            if (out[i] == '\n') {
                starts = true;
                continue;
            }
            out[i] = starts ? '#' : ' ';
            starts = false;
        }
        --left;
    }
    return left == 0 && !all.empty() ? std::string{} : out;
}

}  // namespace vg::detect
