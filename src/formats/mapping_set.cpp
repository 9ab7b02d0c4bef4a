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
        case Condition::Test::equals: return condition.table.find(text) != 0;
        case Condition::Test::starts: return one([&](const std::string& value) { return text.starts_with(value); });
        case Condition::Test::contains: return one([&](const std::string& value) { return text.find(value) != std::string_view::npos; });
    }
    return false;
}

}  // namespace

MappingSet::MappingSet(std::vector<std::unique_ptr<Mapping>> mappings) : mappings_(std::move(mappings)), ids_(made_base_names()) {
    std::sort(mappings_.begin(), mappings_.end(), [](const auto& a, const auto& b) {
        return a->all.conditions.size() != b->all.conditions.size() ? a->all.conditions.size() > b->all.conditions.size() : a->name < b->name;
    });
    const auto of_condition = [this](Condition& condition) {
        intern(condition.field);
        if (condition.test == Condition::Test::equals)
            for (const std::string& value : condition.values) condition.table.add(value);
    };
    const auto of_section = [&](Section& section) {
        for (Condition& condition : section.conditions) {
            of_condition(condition);
            for (Condition& one : condition.any) of_condition(one);
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
        std::uint16_t needs = 0;
        for (const Condition& condition : mapping->all.conditions)
            if (needs == 0 && condition.any.empty() && condition.test != Condition::Test::lacks && mapping->columns.empty()) needs = condition.field.id;
        group->second.push_back({mapping.get(), needs});
    }
    for (std::size_t i = 0; i < mappings_.size(); ++i) {
        mappings_[i]->number = i;
        plans_.emplace_back(*mappings_[i], ids_.size());
    }
}

void MappingSet::intern(NativeName& name) {
    if (name.text.empty()) return;
    name.id = static_cast<std::uint16_t>(ids_.find(name.text));
    if (name.id == 0 && ids_.size() < kMostNames) name.id = static_cast<std::uint16_t>(ids_.add(name.text));
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
        if (seen.fields_ == 0) begin(set.ids_.size() + 1);
        const std::span<event::Field> fields = builder_->fields();
        native_ = fields.size();
        // With pointers of its own: for every field of every event.
        std::uint16_t* const first = seen.first_.data();
        const std::size_t touched = seen.touched_.size();
        seen.touched_.resize(touched + native_ - seen.fields_);
        std::uint16_t* to = seen.touched_.data() + touched;
        for (std::size_t i = seen.fields_; i < native_; ++i) {
            const event::Field& field = fields[i];
            if (field.ecs != event::Ecs::none) note(field.ecs, i, i + 1);
            const std::uint16_t id = number_of(set, field);
            if (id == kNoNumber || first[id] != 0) continue;
            first[id] = static_cast<std::uint16_t>(i + 1);
            *to++ = id;
        }
        seen.touched_.resize(static_cast<std::size_t>(to - seen.touched_.data()));
        seen.fields_ = native_;
    }

    // For another mapping of reads: csv, whose columns have other names.
    bool name_columns(const Mapping& mapping) {
        const std::size_t count = columns();
        const std::size_t least = mapping.least_columns == 0 ? mapping.columns.size() : mapping.least_columns;
        if (count < least || count > mapping.columns.size()) return false;
        for (const NativeName& column : mapping.columns) seen_->first_[column.id] = 0;
        for (std::size_t i = 0; i < count; ++i) put_first(mapping.columns[i].id, begin_of_columns() + i + 1);
        return true;
    }
    // The names stay for good.
    void keep_columns(const Mapping& mapping) {
        const std::size_t begin = begin_of_columns();
        Arena& arena = builder_->arena();
        for (std::size_t i = 0; begin + i < native_; ++i) {
            event::Field& field = builder_->fields()[begin + i];
            field.name = arena.copy(mapping.columns[i].text);
            field.number = 0;
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
        return one_value_is(*field, [&condition](const event::Field& one) { return fits(condition, one.text); });
    }

    [[nodiscard]] bool has_name(std::uint16_t id) const { return first_of(id) != 0; }

    void apply(const Mapping& mapping, const MappingPlan& plan) {
        take_time(mapping);
        const std::string_view product = parsed_->logsource.product;
        parsed_->logsource.product = {};
        weigh(plan);
        apply(mapping.all, true, plan.begin_of_renames(0));
        seen_->variants_.clear();
        plan.find_candidates(seen_->facts_, seen_->candidates_);
        each_bit(seen_->candidates_, 0, mapping.variants.size(), [&](std::size_t i) {
            if (!plan.matches(i, seen_->facts_)) return;
            apply(mapping.variants[i], false, plan.begin_of_renames(i + 1));
            seen_->variants_.push_back(&mapping.variants[i]);
        });
        for (const Section* variant : seen_->variants_) add_constants(*variant);
        add_constants(mapping.all);
        if (seen_->fields_ != 0) seen_->covered_ = builder_->size();
        if (parsed_->logsource.product.empty()) parsed_->logsource.product = product;
        if (const event::Field* field = at(mapping.all.service_field.id); field != nullptr && parsed_->logsource.service.empty()) parsed_->logsource.service = field->text;
        parsed_->format = builder_->arena().copy(mapping.name);
    }

    void add(const Aliases& aliases) {
        for (const Aliases::Alias& alias : aliases.names) {
            if (first_of(alias.name.id) != 0) continue;  // the record itself has it
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
            if (builder_->size() > count) put_first(alias.name.id, count + 1);
        }
    }

private:
    static std::uint16_t number_of(const MappingSet& set, const event::Field& field) {
        if (field.ecs != event::Ecs::none) return static_cast<std::uint16_t>(field.ecs);
        if (field.number != 0) return field.number;
        const std::uint32_t number = set.ids_.find(field.name);
        return number == 0 ? kNoNumber : static_cast<std::uint16_t>(number);
    }
    // Forgets the event before; what it did not have is zero already.
    void begin(std::size_t names) {
        if (seen_->first_.size() != names) {
            seen_->first_.assign(names, 0);
            seen_->ecs_first_.fill(0);
        } else {
            std::uint16_t* const first = seen_->first_.data();
            for (const std::uint16_t id : seen_->touched_) first[id] = 0;
            for (const event::Ecs field : seen_->ecs_touched_) seen_->ecs_first_[static_cast<std::size_t>(field)] = 0;
        }
        seen_->touched_.clear();
        seen_->ecs_touched_.clear();
    }
    [[nodiscard]] std::uint16_t first_of(std::uint16_t id) const { return seen_->first_[id]; }
    void put_first(std::uint16_t id, std::size_t place) {
        seen_->first_[id] = static_cast<std::uint16_t>(place);
        seen_->touched_.push_back(id);
    }
    // Which lines and variants of the mapping speak of the fields that are there.
    void weigh(const MappingPlan& plan) {
        seen_->marks_.assign(plan.renames() / 64 + 1, 0);
        seen_->facts_ = plan.facts_of_none();
        Bits& facts = seen_->facts_;
        std::uint64_t* const marks = seen_->marks_.data();
        const std::uint16_t* const first = seen_->first_.data();
        const event::Field* const fields = builder_->fields().data();
        for (const std::uint16_t id : seen_->touched_) {
            if (id == 0 || first[id] == 0) continue;
            const event::Field* const field = fields + (first[id] - 1);
            for (const MappingPlan::Use use : plan.uses(id)) switch (use.kind) {
                    case MappingPlan::Use::Kind::rename: marks[use.index / 64] |= std::uint64_t{1} << use.index % 64; break;
                    case MappingPlan::Use::Kind::has:
                        if (field->type != event::Type::null) set_bit(facts, use.index);
                        break;
                    case MappingPlan::Use::Kind::lacks:
                        if (field->type != event::Type::null) facts[use.index / 64] &= ~(std::uint64_t{1} << use.index % 64);
                        break;
                    case MappingPlan::Use::Kind::text:
                        (void)one_value_is(*field, [&](const event::Field& one) { return plan.add_facts(use.index, one.text, facts), false; });
                        break;
                    case MappingPlan::Use::Kind::other:
                        if (holds(plan.condition(use.index))) set_bit(facts, use.index);
                        break;
                }
        }
    }
    // Whether the test is true of the field, or of one of its further values.
    template <class Test>
    [[nodiscard]] bool one_value_is(const event::Field& field, Test test) const {
        const event::Field* const end = builder_->fields().data() + native_;
        for (const event::Field* one = &field; one != end && (one == &field || (same_text(one->name, field.name) && one->name != kColumn)); ++one)
            if (test(*one)) return true;
        return false;
    }
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
                if (mapping.time_zone.empty() && !field->text.empty() && field->text.data() == parsed_->time_text.data()) return;  // it is read
                time = read_time(field->text, zone, nullptr);
                if (!time) time = read_epoch(field->text);
                if (time) break;
            }
        }
        if (!time) return;
        parsed_->occurred = *time;
        parsed_->occurred_known = true;
    }

    // The lines of the section stand in the plan from `begin_of_lines` on.
    void apply(const Section& section, bool first, std::size_t begin_of_lines) {
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
        const std::size_t end_of_lines = begin_of_lines + section.renames.size();
        each_bit(seen_->marks_, begin_of_lines, end_of_lines, [&](std::size_t line) { apply(section.renames[line - begin_of_lines]); });
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

    void apply(const Section::Rename& rename) {
        if (has(rename.to)) return;  // an earlier line or the record itself has it
        const std::uint16_t place = first_of(rename.from.id);
        const std::size_t before = builder_->size();
        const std::string_view name = builder_->fields()[place - 1U].name;
        for (std::size_t i = place - 1U; i < native_ && builder_->size() < kMostMade; ++i) {
            const event::Field& field = builder_->fields()[i];
            if (i >= place && (!same_text(field.name, name) || name == kColumn)) break;
            if (field.type != event::Type::null && !field.text.empty()) put_turned(rename.turn, rename.to, field.text, *builder_);
        }
        note(rename.to, before, builder_->size());
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
        if (first == 0) {
            first = static_cast<std::uint16_t>(begin + 1);
            seen_->ecs_touched_.push_back(field);
        }
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
    for (const auto& [mapping, needs] : group->second) {
        if (needs != 0 && !work.has_name(needs)) continue;
        if (!mapping->columns.empty() && !work.name_columns(*mapping)) continue;
        if (!work.matches(mapping->all)) continue;
        if (!mapping->columns.empty()) work.keep_columns(*mapping);
        work.apply(*mapping, plan_of(*mapping));
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
    work.apply(mapping, plan_of(mapping));
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
