#include "formats/mapping.h"

#include <algorithm>

#include "base/text.h"
#include "base/time.h"
#include "base/yaml.h"

namespace vg::formats {

namespace {

constexpr std::size_t kMostLines = 500;  // of each list of a mapping

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= 64 &&
           std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; });
}

Result<std::string> text_of(const json::Value& value, std::string_view what) {
    if (!value.is_text() || value.as_text().empty()) return fail(Code::bad_input, format("{} must be text", what));
    return value.as_text();
}

Result<event::Ecs> ecs_named(std::string_view name) {
    const event::Ecs field = event::ecs_field(name);
    if (field != event::Ecs::none) return field;
    std::vector<std::string> names;
    for (const event::FieldInfo& info : event::all_fields()) names.emplace_back(info.name);
    const auto near = nearest(name, names);
    return fail(Code::bad_input, format("{} is no field of the dictionary{}", name, near ? format("; did you mean {}?", *near) : std::string{}));
}

Status no_such_key(const std::string& key, const std::vector<std::string>& keys) {
    const auto near = nearest(key, keys);
    return fail(Code::bad_input, format("no such key{}", near ? format("; did you mean {}?", *near) : std::string{}));
}

std::optional<Turn> turn_named(std::string_view name) {
    constexpr std::pair<std::string_view, Turn> kTurns[] = {
        {"lower", Turn::lower}, {"transport", Turn::transport}, {"seconds", Turn::seconds}, {"milliseconds", Turn::milliseconds},
        {"microseconds", Turn::microseconds}, {"name", Turn::name}, {"host", Turn::host}, {"port", Turn::port},
        {"user", Turn::user}, {"domain", Turn::domain}, {"whole", Turn::whole}, {"time", Turn::when}};
    for (const auto& [word, turn] : kTurns)
        if (word == name) return turn;
    return std::nullopt;
}

// TRY stands alone on its line here: leaving in the middle of an initialiser would not destroy what is already made of it.
class MappingReader {
public:
    explicit MappingReader(Mapping& mapping) : made_(&mapping) {}

    Status read(std::string_view file, const json::Value& root) {
        if (!root.is_object()) return fail(Code::bad_input, "a mapping is a table of names and values");
        for (const auto& [key, value] : root.as_object()) TRY_IN(format("{}: ", key), member(key, value));
        if (!is_name(made_->name)) return fail(Code::bad_input, "name is missing, or has other characters than a-z, 0-9, - and _");
        if (std::string_view stem = file; stem.ends_with(".yaml")) {
            stem.remove_suffix(5);
            stem = stem.substr(stem.rfind('/') + 1);
            if (stem != made_->name) return fail(Code::bad_input, format("the file must be named {}.yaml as its mapping is", made_->name));
        }
        if (made_->reads == "csv" && made_->columns.empty()) return fail(Code::bad_input, "reads: csv needs columns");
        if (made_->least_columns > made_->columns.size()) return fail(Code::bad_input, "least_columns is more than there are columns");
        const Section& all = made_->all;
        if (all.renames.empty() && all.constants.empty() && all.values.empty() && made_->variants.empty() && made_->aliases.empty() && made_->carries.empty())
            return fail(Code::bad_input, "neither fields nor constants: it would say nothing");
        return {};
    }

private:
    Status member(const std::string& key, const json::Value& value) {
        if (key == "name") {
            made_->name = TRY(text_of(value, "it"));
        } else if (key == "title" || key == "source") {
            TRY(text_of(value, "it"));
        } else if (key == "reads") {
            made_->reads = TRY(text_of(value, "it"));
        } else if (key == "carries") {
            made_->carries = TRY(text_of(value, "it"));
        } else if (key == "columns") {
            return columns(value);
        } else if (key == "least_columns") {
            if (!value.is_int() || value.as_int() < 1) return fail(Code::bad_input, "it is a number");
            made_->least_columns = static_cast<std::size_t>(value.as_int());
        } else if (key == "time") {
            return time(value);
        } else if (key == "variants") {
            return variants(value);
        } else if (key == "aliases") {
            return aliases(value);
        } else if (const auto done = section(key, value, made_->all)) {
            return *done;
        } else {
            return no_such_key(key, {"name", "title", "source", "reads", "carries", "columns", "least_columns", "match", "time", "logsource", "fields", "values", "constants", "variants", "aliases"});
        }
        return {};
    }

    // Nothing: the key is none of a section.
    static std::optional<Status> section(const std::string& key, const json::Value& value, Section& into) {
        if (key == "match") return match(value, into);
        if (key == "logsource") return logsource(value, into);
        if (key == "fields") return fields(value, into);
        if (key == "values") return values(value, into);
        if (key == "constants") return constants(value, into);
        return std::nullopt;
    }

    Status columns(const json::Value& value) {
        if (!value.is_array() || value.as_array().size() > kMostLines) return fail(Code::bad_input, "it is a list of names");
        for (const json::Value& item : value.as_array()) {
            std::string name = TRY(text_of(item, "a column"));
            made_->columns.push_back({std::move(name), 0});
        }
        return {};
    }

    Status variants(const json::Value& value) {
        if (!value.is_array() || value.as_array().size() > kMostLines) return fail(Code::bad_input, "it is a list of tables with match, logsource, fields, values and constants");
        for (std::size_t i = 0; i < value.as_array().size(); ++i) {
            const json::Value& item = value.as_array()[i];
            const std::string where = format("{}: ", i + 1);
            if (!item.is_object()) return fail(Code::bad_input, where + "it is a table");
            Section made;
            for (const auto& [key, member] : item.as_object()) {
                const auto done = section(key, member, made);
                if (!done) return fail(Code::bad_input, format("{}{}: no such key; there are match, logsource, fields, values and constants", where, key));
                if (!*done) return fail(Code::bad_input, format("{}{}: {}", where, key, done->error().text));
            }
            if (made.conditions.empty()) return fail(Code::bad_input, where + "match is missing");
            made_->variants.push_back(std::move(made));
        }
        return {};
    }

    static Status match(const json::Value& value, Section& into) { return conditions(value, into.conditions, true); }

    static Status conditions(const json::Value& value, std::vector<Condition>& into, bool outer) {
        if (!value.is_array() || value.as_array().size() > kMostLines) return fail(Code::bad_input, "it must be a list of conditions");
        for (const json::Value& item : value.as_array()) {
            if (!item.is_object() || item.as_object().empty()) return fail(Code::bad_input, "a condition is {has: FIELD} or {field: FIELD, equals: TEXT}");
            Condition condition;
            if (const json::Value* const any = item.find("any"); any != nullptr && outer) {
                TRY_IN("any: ", conditions(*any, condition.any, false));
                if (condition.any.empty()) return fail(Code::bad_input, "any: it must be a list of conditions");
                into.push_back(std::move(condition));
                continue;
            }
            const json::Value* const has = item.find("has");
            const json::Value* const lacks = item.find("lacks");
            if (has != nullptr || lacks != nullptr) {
                condition.field.text = TRY(text_of(has != nullptr ? *has : *lacks, has != nullptr ? "has" : "lacks"));
                condition.test = has != nullptr ? Condition::Test::has : Condition::Test::lacks;
                if (item.as_object().size() != 1) return fail(Code::bad_input, "has stands alone");
            } else {
                const json::Value* name = item.find("field");
                if (name == nullptr || item.as_object().size() != 2) return fail(Code::bad_input, "a condition is {has: FIELD} or {field: FIELD, equals: TEXT}");
                condition.field.text = TRY(text_of(*name, "field"));
                for (const auto& [word, operand] : item.as_object()) {
                    if (word == "field") continue;
                    if (word == "equals") condition.test = Condition::Test::equals;
                    else if (word == "starts") condition.test = Condition::Test::starts;
                    else if (word == "contains") condition.test = Condition::Test::contains;
                    else return fail(Code::bad_input, format("{}: the tests are has, lacks, equals, starts and contains", word));
                    TRY(operands(word, operand, condition));
                }
            }
            into.push_back(std::move(condition));
        }
        return {};
    }

    // A text, a number, or a list of them: one of which must fit.
    static Status operands(const std::string& word, const json::Value& operand, Condition& condition) {
        if (operand.is_array()) {
            for (const json::Value& one : operand.as_array()) TRY(operands(word, one, condition));
            return {};
        }
        std::string text;
        if (operand.is_int()) text = operand.dump();
        else text = TRY(text_of(operand, word));
        condition.values.push_back(std::move(text));
        return {};
    }

    Status time(const json::Value& value) {
        if (!value.is_object()) return fail(Code::bad_input, "it needs field, and may have format and zone");
        for (const auto& [key, item] : value.as_object()) {
            if (key == "fields") {
                if (!item.is_array()) return fail(Code::bad_input, "fields is a list");
                for (const json::Value& one : item.as_array()) {
                    std::string name = TRY(text_of(one, "fields"));
                    made_->time_fields.push_back({std::move(name), 0});
                }
                continue;
            }
            std::string text = TRY(text_of(item, key));
            if (key == "field") {
                made_->time_fields.push_back({std::move(text), 0});
            } else if (key == "format") {
                if (text == "iso" || text == "epoch") continue;
                if (const auto fault = fault_of_time_pattern(text); !fault.empty()) return fail(Code::bad_input, format("format: {}", fault));
                made_->time_pattern = std::move(text);
            } else if (key == "zone") {
                if (!is_zone(text)) return fail(Code::bad_input, format("zone: {} is no IANA zone", text));
                made_->time_zone = std::move(text);
            } else {
                return fail(Code::bad_input, format("{}: no such key; there are field, fields, format and zone", key));
            }
        }
        if (made_->time_fields.empty()) return fail(Code::bad_input, "field is missing");
        return {};
    }

    static Status logsource(const json::Value& value, Section& into) {
        if (!value.is_object()) return fail(Code::bad_input, "it has product, category and service");
        for (const auto& [key, item] : value.as_object()) {
            if (key == "category" && item.is_array()) {
                if (item.as_array().size() > 3) return fail(Code::bad_input, "category: at most three");
                for (const json::Value& one : item.as_array()) {
                    std::string text = TRY(text_of(one, key));
                    into.categories.push_back(std::move(text));
                }
                continue;
            }
            std::string text = TRY(text_of(item, key));
            if (key == "product") into.product = std::move(text);
            else if (key == "service") into.service = std::move(text);
            else if (key == "service_field") into.service_field.text = std::move(text);
            else if (key == "category") into.categories.push_back(std::move(text));
            else return fail(Code::bad_input, format("{}: no such key; there are product, category, service and service_field", key));
        }
        return {};
    }

    static Status fields(const json::Value& value, Section& into) {
        if (!value.is_object() || value.as_object().size() > kMostLines) return fail(Code::bad_input, "it is a table of FIELD: ECS.NAME");
        for (const auto& [from, to] : value.as_object()) {
            if (to.is_array()) {
                for (const json::Value& one : to.as_array()) TRY_IN(format("{}: ", from), rename(from, one, into));
            } else {
                TRY_IN(format("{}: ", from), rename(from, to, into));
            }
        }
        return {};
    }

    // "ECS.NAME", or "ECS.NAME as TURN".
    static Status rename(const std::string& from, const json::Value& to, Section& into) {
        const std::string whole = TRY(text_of(to, "it"));
        std::string_view name = whole;
        Turn turn = Turn::none;
        if (const std::size_t as = name.find(" as "); as != std::string_view::npos) {
            const auto found = turn_named(name.substr(as + 4));
            if (!found) return fail(Code::bad_input, format("{}: behind \"as\" stands lower, transport, seconds, milliseconds, microseconds, name, host, port, user, domain, whole or time", name));
            turn = *found;
            name = name.substr(0, as);
        }
        const event::Ecs field = TRY(ecs_named(name));
        into.renames.push_back({{from, 0}, field, turn});
        return {};
    }

    static Status values(const json::Value& value, Section& into) {
        if (!value.is_object() || value.as_object().size() > kMostLines) return fail(Code::bad_input, "it is a table of FIELD: {ECS.NAME: {NATIVE: VALUE}}");
        for (const auto& [from, targets] : value.as_object()) {
            if (!targets.is_object()) return fail(Code::bad_input, format("{}: it is a table of ECS.NAME: {{NATIVE: VALUE}}", from));
            for (const auto& [name, table] : targets.as_object()) {
                if (!table.is_object() || table.as_object().size() > kMostLines) return fail(Code::bad_input, format("{}: {}: it is a table of NATIVE: VALUE", from, name));
                Section::Value made{.from = {from, 0}, .to = event::Ecs::none, .table = {}};
                made.to = TRY_IN(format("{}: ", from), ecs_named(name));
                for (const auto& [native, meant] : table.as_object()) {
                    std::string text = TRY_IN(format("{}: {}: ", from, name), text_of(meant, native));
                    made.table.emplace_back(lower_ascii(native), std::move(text));
                }
                into.values.push_back(std::move(made));
            }
        }
        return {};
    }

    static Status constants(const json::Value& value, Section& into) {
        if (!value.is_object() || value.as_object().size() > kMostLines) return fail(Code::bad_input, "it is a table of ECS.NAME: TEXT");
        for (const auto& [name, text] : value.as_object()) {
            const event::Ecs field = TRY(ecs_named(name));
            std::string constant = TRY(text_of(text, name));
            into.constants.push_back({field, std::move(constant)});
        }
        return {};
    }

    Status aliases(const json::Value& value) {
        if (!value.is_array() || value.as_array().size() > kMostLines) return fail(Code::bad_input, "it is a list of tables with category or service, and names");
        for (const json::Value& item : value.as_array()) {
            if (!item.is_object()) return fail(Code::bad_input, "it is a list of tables with category or service, and names");
            Aliases made;
            for (const auto& [key, member] : item.as_object()) {
                if (key == "category") {
                    made.category = TRY(text_of(member, key));
                } else if (key == "service") {
                    made.service = TRY(text_of(member, key));
                } else if (key == "names" && member.is_object() && member.as_object().size() <= kMostLines) {
                    for (const auto& [name, from] : member.as_object()) {
                        TRY(alias(name, from, made));
                    }
                } else {
                    return fail(Code::bad_input, format("{}: no such key; there are category, service and names, a table of NAME: ECS.NAME", key));
                }
            }
            if (made.category.empty() && made.service.empty()) return fail(Code::bad_input, "names belong to a category or a service");
            made_->aliases.push_back(std::move(made));
        }
        return {};
    }

    static Status alias(const std::string& name, const json::Value& from, Aliases& into) {
        if (from.is_array()) {
            for (const json::Value& one : from.as_array()) TRY(alias(name, one, into));
            return {};
        }
        const std::string ecs = TRY(text_of(from, name));
        const event::Ecs field = TRY(ecs_named(ecs));
        if (!into.names.empty() && into.names.back().name.text == name) into.names.back().from.push_back(field);
        else into.names.push_back({{name, 0}, {field}});
        return {};
    }

    Mapping* made_;
};

}  // namespace

Result<std::unique_ptr<Mapping>> Mapping::make(std::string_view file, std::string_view text) {
    const std::vector<yaml::Document> documents = TRY_IN(format("in mapping {}: ", file), yaml::parse(text));
    if (documents.size() != 1) return fail(Code::bad_input, format("in mapping {}: a file holds one mapping", file));
    auto made = std::make_unique<Mapping>();
    TRY_IN(format("in mapping {}: ", file), MappingReader{*made}.read(file, documents.front().value));
    return made;
}

}  // namespace vg::formats
