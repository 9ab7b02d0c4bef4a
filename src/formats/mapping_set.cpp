#include "formats/mapping_set.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/time.h"
#include "formats/clock_text.h"
#include "formats/flat.h"
#include "formats/turn.h"

namespace vg::formats {

namespace {

constexpr std::size_t kMostMade = 2000;     // fields of an event, those that a mapping adds included
constexpr std::size_t kMostNames = 60'000;  // of all mappings

bool fits(const Condition& condition, std::string_view text) {
    const auto one = [&](auto test) { return std::any_of(condition.values.begin(), condition.values.end(), test); };
    switch (condition.test) {
        case Condition::Test::has:
        case Condition::Test::lacks: break;
        case Condition::Test::equals: return one([&](const std::string& value) { return text == value; });
        case Condition::Test::starts: return one([&](const std::string& value) { return text.starts_with(value); });
        case Condition::Test::contains: return one([&](const std::string& value) { return text.find(value) != std::string_view::npos; });
    }
    return false;
}

}  // namespace

MappingSet::MappingSet(std::vector<std::unique_ptr<Mapping>> mappings) : mappings_(std::move(mappings)), slots_(64), names_(1) {
    std::sort(mappings_.begin(), mappings_.end(), [](const auto& a, const auto& b) {
        return a->all.conditions.size() != b->all.conditions.size() ? a->all.conditions.size() > b->all.conditions.size() : a->name < b->name;
    });
    const auto of_section = [this](Section& section) {
        for (Condition& condition : section.conditions) {
            intern(condition.field);
            for (Condition& one : condition.any) intern(one.field);
        }
        intern(section.service_field);
        for (Section::Rename& rename : section.renames) intern(rename.from);
        for (Section::Value& value : section.values) intern(value.from);
    };
    for (const auto& mapping : mappings_) {
        for (NativeName& name : mapping->columns) intern(name);
        for (NativeName& name : mapping->time_fields) intern(name);
        of_section(mapping->all);
        for (Section& variant : mapping->variants) of_section(variant);
        for (Aliases& aliases : mapping->aliases) {
            for (Aliases::Alias& alias : aliases.names) intern(alias.name);
            aliases_.push_back(&aliases);
        }
        if (mapping->all.conditions.empty()) continue;  // only when it is pinned
        auto group = std::find_if(by_reads_.begin(), by_reads_.end(), [&](const auto& one) { return one.first == mapping->reads; });
        if (group == by_reads_.end()) group = by_reads_.insert(group, {mapping->reads, {}});
        group->second.push_back(mapping.get());
    }
}

void MappingSet::intern(NativeName& name) {
    if (name.text.empty()) return;
    name.id = id_of(name.text);
    if (name.id != 0 || names_.size() > kMostNames) return;
    if (names_.size() * 4 > slots_.size()) grow();
    name.id = static_cast<std::uint16_t>(names_.size());
    names_.push_back(name.text);
    std::size_t slot = name_hash(name.text) & (slots_.size() - 1);
    while (!slots_[slot].name.empty()) slot = (slot + 1) & (slots_.size() - 1);
    slots_[slot] = {name.text, name.id};
}

void MappingSet::grow() {
    const std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(slots_.size() * 2));
    for (const Slot& kept : old) {
        if (kept.name.empty()) continue;
        std::size_t slot = name_hash(kept.name) & (slots_.size() - 1);
        while (!slots_[slot].name.empty()) slot = (slot + 1) & (slots_.size() - 1);
        slots_[slot] = kept;
    }
}

std::uint16_t MappingSet::id_of(std::string_view name) const {
    for (std::size_t slot = name_hash(name) & (slots_.size() - 1); !slots_[slot].name.empty(); slot = (slot + 1) & (slots_.size() - 1))
        if (slots_[slot].name == name) return slots_[slot].id;
    return 0;
}

const Mapping* MappingSet::find(std::string_view name) const {
    for (const auto& mapping : mappings_)
        if (mapping->name == name) return mapping.get();
    return nullptr;
}

// One event in hand: where each name that mappings speak of stands in it, and which ECS fields it has.
class MappingSet::Work {
public:
    Work(const MappingSet& set, const Context* context, Parsed& parsed, Seen& seen) : context_(context), parsed_(&parsed), builder_(&parsed.builder), seen_(&seen) {
        if (seen.fields_ == 0) {
            seen.first_.assign(set.names_.size(), 0);
            seen.ecs_first_.fill(0);
        }
        const std::span<event::Field> fields = builder_->fields();
        native_ = fields.size();
        for (std::size_t i = seen.fields_; i < native_; ++i) {
            if (const std::uint16_t id = set.id_of(fields[i].name); id != 0 && seen.first_[id] == 0) seen.first_[id] = static_cast<std::uint16_t>(i + 1);
            if (fields[i].ecs != event::Ecs::none) note(fields[i].ecs, i, i + 1);
        }
        seen.fields_ = native_;
    }

    // For another mapping of reads: csv, whose columns have other names.
    bool name_columns(const Mapping& mapping) {
        const std::size_t count = columns();
        const std::size_t least = mapping.least_columns == 0 ? mapping.columns.size() : mapping.least_columns;
        if (count < least || count > mapping.columns.size()) return false;
        for (const NativeName& column : mapping.columns) first_of(column.id) = 0;
        for (std::size_t i = 0; i < count; ++i) first_of(mapping.columns[i].id) = static_cast<std::uint16_t>(begin_of_columns() + i + 1);
        return true;
    }
    // The names stay for good.
    void keep_columns(const Mapping& mapping) {
        const std::size_t begin = begin_of_columns();
        Arena& arena = builder_->arena();
        for (std::size_t i = 0; begin + i < native_; ++i) {
            event::Field& field = builder_->fields()[begin + i];
            field.name = arena.copy(mapping.columns[i].text);
            if (field.text.empty()) field.type = event::Type::null;
        }
        seen_->forget();  // which other mappings named them otherwise; it is not asked again before the names are
    }

    [[nodiscard]] bool matches(const Section& section) const {
        for (const Condition& condition : section.conditions)
            if (condition.any.empty() ? !holds(condition) : !one_holds(condition.any)) return false;
        return true;
    }
    [[nodiscard]] bool one_holds(const std::vector<Condition>& any) const {
        for (const Condition& one : any)
            if (holds(one)) return true;
        return false;
    }
    [[nodiscard]] bool holds(const Condition& condition) const {
        const event::Field* const field = at(condition.field.id);
        if (condition.test == Condition::Test::lacks) return field == nullptr || field->type == event::Type::null;
        if (field == nullptr) return false;
        if (condition.test == Condition::Test::has) return field->type != event::Type::null;
        const event::Field* const end = builder_->fields().data() + native_;
        for (const event::Field* one = field; one != end && one->name == field->name && (one == field || one->name != kColumn); ++one)
            if (fits(condition, one->text)) return true;
        return false;
    }

    void apply(const Mapping& mapping) {
        take_time(mapping);
        const std::string_view product = parsed_->logsource.product;
        parsed_->logsource.product = {};
        apply(mapping.all, true);
        seen_->variants_.clear();
        for (const Section& variant : mapping.variants)
            if (matches(variant)) {
                apply(variant, false);
                seen_->variants_.push_back(&variant);
            }
        for (const Section* variant : seen_->variants_) add_constants(*variant);
        add_constants(mapping.all);
        if (parsed_->logsource.product.empty()) parsed_->logsource.product = product;
        if (const event::Field* field = at(mapping.all.service_field.id); field != nullptr && parsed_->logsource.service.empty()) parsed_->logsource.service = field->text;
        parsed_->format = builder_->arena().copy(mapping.name);
    }

    void add(const Aliases& aliases) {
        for (const Aliases::Alias& alias : aliases.names) {
            std::uint16_t& place = first_of(alias.name.id);
            if (place != 0) continue;  // the record itself has it
            const std::size_t count = builder_->size();
            std::string_view name;
            for (const event::Ecs wanted : alias.from) {
                if (!has(wanted)) continue;
                const std::size_t end = seen_->ecs_last_[static_cast<std::size_t>(wanted)];
                for (std::size_t i = seen_->ecs_first_[static_cast<std::size_t>(wanted)] - 1U; i < end && builder_->size() < kMostMade; ++i) {
                    const event::Field field = builder_->fields()[i];
                    if (field.ecs != wanted) continue;
                    if (name.empty()) name = builder_->arena().copy(alias.name.text);
                    if (field.type == event::Type::integer) builder_->integer(name, field.integer, field.text);
                    else builder_->nfc_text(name, field.text);
                }
            }
            if (builder_->size() > count) place = static_cast<std::uint16_t>(count + 1);
        }
    }

private:
    [[nodiscard]] std::uint16_t& first_of(std::uint16_t id) const { return seen_->first_[id]; }
    [[nodiscard]] const event::Field* at(std::uint16_t id) const {
        const std::uint16_t place = first_of(id);
        return id == 0 || place == 0 ? nullptr : &builder_->fields()[place - 1U];
    }
    [[nodiscard]] std::size_t columns() const {
        std::size_t count = 0;
        while (count < native_ && builder_->fields()[native_ - 1 - count].name == kColumn) ++count;
        return count;
    }
    [[nodiscard]] std::size_t begin_of_columns() const { return native_ - columns_; }

    void take_time(const Mapping& mapping) {
        if (mapping.time_fields.empty()) return;
        const std::string_view zone = mapping.time_zone.empty() ? context_->zone : std::string_view{mapping.time_zone};
        std::optional<Time> time;
        if (!mapping.time_pattern.empty()) {
            char joined[128];
            std::size_t size = 0;
            for (const NativeName& name : mapping.time_fields) {
                const event::Field* field = at(name.id);
                if (field == nullptr || field->text.size() + size + 1 > sizeof joined) return;
                if (size > 0) joined[size++] = ' ';
                size += field->text.copy(joined + size, sizeof joined - size);
            }
            time = read_time_by(mapping.time_pattern, {joined, size}, zone);
        } else {
            for (const NativeName& name : mapping.time_fields) {
                const event::Field* field = at(name.id);
                if (field == nullptr) continue;
                time = read_time(field->text, zone, nullptr);
                if (!time) time = read_epoch(field->text);
                if (time) break;
            }
        }
        if (!time) return;
        parsed_->occurred = *time;
        parsed_->occurred_known = true;
    }

    void apply(const Section& section, bool first) {
        for (const Section::Value& value : section.values) {
            if (has(value.to)) continue;
            const event::Field* field = at(value.from.id);
            if (field == nullptr) continue;
            for (const auto& [native, meant] : value.table)
                if (equal_ignoring_ascii_case(native, field->text)) {
                    put(value.to, builder_->arena().copy(meant));
                    break;
                }
        }
        for (const Section::Rename& rename : section.renames) {
            const std::uint16_t place = first_of(rename.from.id);
            if (place == 0 || rename.from.id == 0 || has(rename.to)) continue;  // an earlier line or the record itself has it
            const std::size_t before = builder_->size();
            const std::string_view name = builder_->fields()[place - 1U].name;
            for (std::size_t i = place - 1U; i < native_ && builder_->size() < kMostMade; ++i) {
                const event::Field& field = builder_->fields()[i];
                if (field.name != name || (i >= place && name == kColumn)) break;
                if (field.type != event::Type::null && !field.text.empty()) put_turned(rename.turn, rename.to, field.text, *builder_);
            }
            note(rename.to, before, builder_->size());
        }
        event::Logsource& source = parsed_->logsource;
        Arena& arena = builder_->arena();
        if (section.product.empty() && section.service.empty() && section.categories.empty()) return;
        if (first || !source.complete) source = {.product = source.product, .complete = true};
        if (!section.product.empty()) source.product = arena.copy(section.product);
        // A variant's service takes the place of the one that holds for all.
        if (!section.service.empty()) {
            (source.service.empty() || general_service_ ? source.service : source.other_service) = arena.copy(section.service);
            general_service_ = first;
        }
        for (const std::string& category : section.categories) {
            if (source.in_category(category)) continue;
            for (std::string_view& place : source.categories)
                if (place.empty()) {
                    place = arena.copy(category);
                    break;
                }
        }
    }

    void add_constants(const Section& section) {
        for (const Section::Constant& constant : section.constants)
            if (!has(constant.field)) put(constant.field, builder_->arena().copy(constant.value));
    }

    [[nodiscard]] bool has(event::Ecs field) const { return seen_->ecs_first_[static_cast<std::size_t>(field)] != 0; }
    void put(event::Ecs field, std::string_view value) {
        const std::size_t before = builder_->size();
        builder_->ecs(field, value);
        note(field, before, builder_->size());
    }
    // The fields from index `begin` to before `end`, if any, are of that ECS field.
    void note(event::Ecs field, std::size_t begin, std::size_t end) {
        if (begin == end) return;
        std::uint16_t& first = seen_->ecs_first_[static_cast<std::size_t>(field)];
        if (first == 0) first = static_cast<std::uint16_t>(begin + 1);
        seen_->ecs_last_[static_cast<std::size_t>(field)] = static_cast<std::uint16_t>(end);
    }

public:
    void count_columns() { columns_ = columns(); }

private:
    const Context* context_;
    Parsed* parsed_;
    event::Builder* builder_;
    Seen* seen_;
    std::size_t native_ = 0;
    std::size_t columns_ = 0;
    bool general_service_ = false;
};

const Mapping* MappingSet::apply_matching(std::string_view reads, const Context& context, Parsed& parsed, Seen& seen) const {
    const auto group = std::find_if(by_reads_.begin(), by_reads_.end(), [&](const auto& one) { return one.first == reads; });
    if (group == by_reads_.end()) return nullptr;
    Work work{*this, &context, parsed, seen};
    work.count_columns();
    for (const Mapping* const mapping : group->second) {
        if (!mapping->columns.empty() && !work.name_columns(*mapping)) continue;
        if (!work.matches(mapping->all)) continue;
        if (!mapping->columns.empty()) work.keep_columns(*mapping);
        work.apply(*mapping);
        return mapping;
    }
    return nullptr;
}

bool MappingSet::apply(const Mapping& mapping, const Context& context, Parsed& parsed, Seen& seen) const {
    Work work{*this, &context, parsed, seen};
    work.count_columns();
    if (!mapping.columns.empty()) {
        if (!work.name_columns(mapping)) return false;
        work.keep_columns(mapping);
    }
    work.apply(mapping);
    return true;
}

void MappingSet::add_aliases(Parsed& parsed, Seen& seen) const {
    const event::Logsource& source = parsed.logsource;
    if (!source.complete || source.product == "windows") return;  // Windows events have the names themselves
    std::optional<Work> work;
    for (const Aliases* aliases : aliases_) {
        if (!aliases->category.empty() && !source.in_category(aliases->category)) continue;
        if (!aliases->service.empty() && !source.in_service(aliases->service)) continue;
        if (!work) work.emplace(*this, nullptr, parsed, seen);
        work->add(*aliases);
    }
}

}  // namespace vg::formats
