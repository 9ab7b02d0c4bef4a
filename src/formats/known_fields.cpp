#include "formats/known_fields.h"

#include <algorithm>

#include "event/event.h"
#include "formats/mapping.h"

namespace vg::formats {

namespace {

void add(const Condition& condition, std::vector<std::string>& names) {
    names.push_back(condition.field.text);
    for (const Condition& one : condition.any) add(one, names);
}

void add(const Section& section, std::vector<std::string>& names) {
    for (const Condition& condition : section.conditions) add(condition, names);
    for (const Section::Rename& rename : section.renames) names.push_back(rename.from.text);
    for (const Section::Value& value : section.values) names.push_back(value.from.text);
    names.push_back(section.service_field.text);
}

}  // namespace

Result<std::vector<std::string>> known_fields(std::span<const std::pair<std::string, std::string>> mappings) {
    std::vector<std::string> names;
    for (const event::FieldInfo& field : event::all_fields()) names.emplace_back(field.name);
    for (const auto& [file, text] : mappings) {
        const std::size_t slash = file.rfind('/');
        const auto mapping = TRY(Mapping::make(slash == std::string::npos ? file : file.substr(slash + 1), text));
        for (const NativeName& column : mapping->columns) names.push_back(column.text);
        for (const NativeName& field : mapping->time_fields) names.push_back(field.text);
        add(mapping->all, names);
        for (const Section& variant : mapping->variants) add(variant, names);
        for (const Aliases& aliases : mapping->aliases)
            for (const Aliases::Alias& alias : aliases.names) names.push_back(alias.name.text);
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    names.erase(std::remove(names.begin(), names.end(), std::string{}), names.end());
    return names;
}

}  // namespace vg::formats
