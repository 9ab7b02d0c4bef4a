#include "formats/mapping.h"

#include <algorithm>

#include "base/text.h"
#include "base/time.h"
#include "base/yaml.h"
#include "formats/clock_text.h"

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

}  // namespace

class MappingReader {
public:
    explicit MappingReader(Mapping& mapping) : made_(&mapping) {}

    Status read(std::string_view file, const json::Value& root) {
        if (!root.is_object()) return fail(Code::bad_input, "a mapping is a table of names and values");
        for (const auto& [key, value] : root.as_object()) TRY_IN(format("{}: ", key), member(key, value));
        if (!is_name(made_->name_)) return fail(Code::bad_input, "name is missing, or has other characters than a-z, 0-9, - and _");
        if (std::string_view stem = file; stem.ends_with(".yaml")) {
            stem.remove_suffix(5);
            stem = stem.substr(stem.rfind('/') + 1);
            if (stem != made_->name_) return fail(Code::bad_input, format("the file must be named {}.yaml as its mapping is", made_->name_));
        }
        if (made_->renames_.empty() && made_->constants_.empty()) return fail(Code::bad_input, "neither fields nor constants: it would say nothing");
        return {};
    }

private:
    Status member(const std::string& key, const json::Value& value) {
        if (key == "name") {
            made_->name_ = TRY(text_of(value, "it"));
        } else if (key == "title" || key == "source") {
            TRY(text_of(value, "it"));
        } else if (key == "match") {
            return match(value);
        } else if (key == "time") {
            return time(value);
        } else if (key == "logsource") {
            return logsource(value);
        } else if (key == "fields") {
            return fields(value);
        } else if (key == "constants") {
            return constants(value);
        } else {
            const auto near = nearest(key, {"name", "title", "source", "match", "time", "logsource", "fields", "constants"});
            return fail(Code::bad_input, format("no such key{}", near ? format("; did you mean {}?", *near) : std::string{}));
        }
        return {};
    }

    Status match(const json::Value& value) {
        if (!value.is_array() || value.as_array().size() > kMostLines) return fail(Code::bad_input, "it must be a list of conditions");
        for (const json::Value& item : value.as_array()) {
            if (!item.is_object() || item.as_object().empty()) return fail(Code::bad_input, "a condition is {has: FIELD} or {field: FIELD, equals: TEXT}");
            Mapping::Condition condition;
            if (const json::Value* field = item.find("has")) {
                condition.field = TRY(text_of(*field, "has"));
                if (item.as_object().size() != 1) return fail(Code::bad_input, "has stands alone");
            } else {
                const json::Value* name = item.find("field");
                if (name == nullptr || item.as_object().size() != 2) return fail(Code::bad_input, "a condition is {has: FIELD} or {field: FIELD, equals: TEXT}");
                condition.field = TRY(text_of(*name, "field"));
                for (const auto& [word, operand] : item.as_object()) {
                    if (word == "field") continue;
                    if (word == "equals") condition.test = Mapping::Test::equals;
                    else if (word == "starts") condition.test = Mapping::Test::starts;
                    else if (word == "contains") condition.test = Mapping::Test::contains;
                    else return fail(Code::bad_input, format("{}: the tests are has, equals, starts and contains", word));
                    condition.value = operand.is_int() ? operand.dump() : TRY(text_of(operand, word));
                }
            }
            made_->conditions_.push_back(std::move(condition));
        }
        return {};
    }

    Status time(const json::Value& value) {
        if (!value.is_object()) return fail(Code::bad_input, "it needs field, and may have format and zone");
        for (const auto& [key, item] : value.as_object()) {
            const std::string text = TRY(text_of(item, key));
            if (key == "field") {
                made_->time_field_ = text;
            } else if (key == "format") {
                if (text == "iso" || text == "epoch") continue;
                if (const auto fault = fault_of_time_pattern(text); !fault.empty()) return fail(Code::bad_input, format("format: {}", fault));
                made_->time_pattern_ = text;
            } else if (key == "zone") {
                if (!is_zone(text)) return fail(Code::bad_input, format("zone: {} is no IANA zone", text));
                made_->time_zone_ = text;
            } else {
                return fail(Code::bad_input, format("{}: no such key; there are field, format and zone", key));
            }
        }
        if (made_->time_field_.empty()) return fail(Code::bad_input, "field is missing");
        return {};
    }

    Status logsource(const json::Value& value) {
        if (!value.is_object()) return fail(Code::bad_input, "it has product, category and service");
        for (const auto& [key, item] : value.as_object()) {
            std::string* place = key == "product" ? &made_->product_ : key == "category" ? &made_->category_ : key == "service" ? &made_->service_ : nullptr;
            if (place == nullptr) return fail(Code::bad_input, format("{}: no such key; there are product, category and service", key));
            *place = TRY(text_of(item, key));
        }
        return {};
    }

    Status fields(const json::Value& value) {
        if (!value.is_object() || value.as_object().size() > kMostLines) return fail(Code::bad_input, "it is a table of FIELD: ECS.NAME");
        for (const auto& [from, to] : value.as_object()) {
            if (to.is_array()) {
                for (const json::Value& one : to.as_array()) TRY_IN(format("{}: ", from), rename(from, one));
            } else {
                TRY_IN(format("{}: ", from), rename(from, to));
            }
        }
        return {};
    }

    // TRY stands alone on its line here and below: leaving in the middle of an initialiser would not destroy what is
    // already made of it.
    Status rename(const std::string& from, const json::Value& to) {
        const std::string name = TRY(text_of(to, "it"));
        const event::Ecs field = TRY(ecs_named(name));
        made_->renames_.push_back({from, field});
        return {};
    }

    Status constants(const json::Value& value) {
        if (!value.is_object() || value.as_object().size() > kMostLines) return fail(Code::bad_input, "it is a table of ECS.NAME: TEXT");
        for (const auto& [name, text] : value.as_object()) {
            const event::Ecs field = TRY(ecs_named(name));
            std::string constant = TRY(text_of(text, name));
            made_->constants_.push_back({field, std::move(constant)});
        }
        return {};
    }

    Mapping* made_;
};

Result<std::unique_ptr<const Mapping>> Mapping::make(std::string_view file, std::string_view text) {
    const std::vector<yaml::Document> documents = TRY_IN(format("in mapping {}: ", file), yaml::parse(text));
    if (documents.size() != 1) return fail(Code::bad_input, format("in mapping {}: a file holds one mapping", file));
    auto made = std::make_unique<Mapping>();
    TRY_IN(format("in mapping {}: ", file), MappingReader{*made}.read(file, documents.front().value));
    return std::unique_ptr<const Mapping>{std::move(made)};
}

bool Mapping::matches(const event::Builder& builder) const {
    if (conditions_.empty()) return false;  // only when it is pinned
    for (const Condition& condition : conditions_) {
        const event::Field* field = builder.find(condition.field);
        if (field == nullptr) return false;
        switch (condition.test) {
            case Test::has: break;
            case Test::equals:
                if (field->text != condition.value) return false;
                break;
            case Test::starts:
                if (!field->text.starts_with(condition.value)) return false;
                break;
            case Test::contains:
                if (field->text.find(condition.value) == std::string_view::npos) return false;
                break;
        }
    }
    return true;
}

void Mapping::apply(const Context& context, Parsed& parsed) const {
    event::Builder& builder = parsed.builder;
    Arena& arena = builder.arena();
    if (!time_field_.empty())
        if (const event::Field* field = builder.find(time_field_); field != nullptr) {
            const std::string_view zone = time_zone_.empty() ? context.zone : std::string_view{time_zone_};
            std::optional<Time> time;
            if (!time_pattern_.empty()) {
                time = read_time_by(time_pattern_, field->text, zone);
            } else {
                time = read_time(field->text, zone, nullptr);
                if (!time) time = read_epoch(field->text);
            }
            if (time) {
                parsed.occurred = *time;
                parsed.occurred_known = true;
            }
        }
    const std::size_t native = builder.size();
    auto known = [&builder](event::Ecs field) {
        const std::span<event::Field> fields = builder.fields();
        return std::any_of(fields.begin(), fields.end(), [field](const event::Field& one) { return one.ecs == field; });
    };
    for (const Rename& rename : renames_) {
        if (known(rename.to)) continue;  // an earlier line or the record itself
        for (std::size_t i = 0; i < native && builder.size() < 2000; ++i) {
            const event::Field field = builder.fields()[i];
            if (field.name == rename.from && field.type != event::Type::null && !field.text.empty()) builder.ecs(rename.to, field.text);
        }
    }
    for (const Constant& constant : constants_)
        if (!known(constant.field)) builder.ecs(constant.field, arena.copy(constant.value));
    if (!product_.empty() || !category_.empty() || !service_.empty()) {
        parsed.logsource.product = arena.copy(product_);
        parsed.logsource.categories = {arena.copy(category_)};
        parsed.logsource.service = arena.copy(service_);
        parsed.logsource.complete = true;
    }
    parsed.format = arena.copy(name_);
}

std::string_view fault_of_time_pattern(std::string_view pattern) {
    if (pattern.empty() || pattern.size() > 100) return "a pattern has 1 to 100 characters";
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] != '%') continue;
        if (++i == pattern.size() || std::string_view{"YmdeHMSbfzZ"}.find(pattern[i]) == std::string_view::npos)
            return "the letters behind % are Y m d e H M S b f z Z";
    }
    if (pattern.find("%d") == std::string_view::npos && pattern.find("%e") == std::string_view::npos) return "it names no day";
    if (pattern.find("%Y") == std::string_view::npos) return "it names no year";
    return {};
}

std::optional<Time> read_time_by(std::string_view pattern, std::string_view text, std::string_view zone) {
    Civil civil;
    std::optional<int> offset;  // minutes
    auto number = [&text](std::size_t least, std::size_t most) {
        int value = 0;
        std::size_t i = 0;
        for (; i < text.size() && i < most && text[i] >= '0' && text[i] <= '9'; ++i) value = value * 10 + (text[i] - '0');
        if (i < least) return -1;
        text.remove_prefix(i);
        return value;
    };
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] != '%') {
            if (text.empty() || text.front() != pattern[i]) return std::nullopt;
            text.remove_prefix(1);
            continue;
        }
        int value = 0;
        switch (pattern[++i]) {
            case 'Y': value = civil.year = number(4, 4); break;
            case 'm': value = civil.month = number(1, 2); break;
            case 'e':
                if (text.starts_with(' ')) text.remove_prefix(1);
                [[fallthrough]];
            case 'd': value = civil.day = number(1, 2); break;
            case 'H': value = civil.hour = number(1, 2); break;
            case 'M': value = civil.minute = number(2, 2); break;
            case 'S': value = civil.second = number(2, 2); break;
            case 'f': {
                const std::size_t before = text.size();
                value = number(1, 6);
                civil.micros = value;
                for (std::size_t places = before - text.size(); places < 6; ++places) civil.micros *= 10;
                while (!text.empty() && text.front() >= '0' && text.front() <= '9') text.remove_prefix(1);
                break;
            }
            case 'b': {
                constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
                const std::size_t at = text.size() < 3 ? std::string_view::npos : kMonths.find(text.substr(0, 3));
                if (at == std::string_view::npos || at % 3 != 0) return std::nullopt;
                civil.month = static_cast<int>(at / 3) + 1;
                text.remove_prefix(3);
                break;
            }
            case 'z': {
                if (text.starts_with('Z')) {
                    offset = 0;
                    text.remove_prefix(1);
                    break;
                }
                if (text.empty() || (text.front() != '+' && text.front() != '-')) return std::nullopt;
                const int sign = text.front() == '+' ? 1 : -1;
                text.remove_prefix(1);
                const int hour = number(2, 2);
                if (text.starts_with(':')) text.remove_prefix(1);
                const int minute = number(2, 2);
                if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return std::nullopt;
                offset = sign * (hour * 60 + minute);
                break;
            }
            case 'Z':
                if (!text.starts_with("UTC") && !text.starts_with("GMT")) return std::nullopt;
                text.remove_prefix(3);
                offset = 0;
                break;
            default: return std::nullopt;
        }
        if (value < 0) return std::nullopt;
    }
    if (!text.empty()) return std::nullopt;
    const auto time = from_civil(civil, offset ? std::string_view{} : zone);
    if (!time || !offset) return time;
    return *time - minutes(*offset);
}

}  // namespace vg::formats
