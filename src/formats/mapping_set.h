// All mappings of a library: which one is for an event, and what it adds. Names are looked up once per field of the
// event, whatever the number of mappings. Immutable; called by to_event from many threads.
#pragma once

#include <array>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/mapping.h"
#include "formats/mapping_plan.h"

namespace vg::formats {

class MappingSet {
public:
    // What the set has looked up of the event in hand; kept from one call to the next, so that no field is looked up twice.
    // Each thread has one and forgets it before it reads another record.
    class Seen {
    public:
        void forget() { fields_ = covered_ = 0; }
        // Whether it knows of each ECS field of the first so many fields, which are all; then where the first of its kind
        // stands, plus one.
        [[nodiscard]] bool covers(std::size_t fields) const { return covered_ != 0 && covered_ == fields; }
        [[nodiscard]] std::size_t first_of(event::Ecs field) const { return ecs_first_[static_cast<std::size_t>(field)]; }

    private:
        friend class MappingSet;
        std::size_t fields_ = 0;               // so many were looked at
        std::size_t covered_ = 0;              // of so many the ECS fields are known; 0: of fields_
        std::vector<std::uint16_t> first_;     // by id of a name: index of the first field that has it, plus one
        std::vector<std::uint16_t> touched_;   // the ids whose first_ is not zero, and some more
        std::array<std::uint16_t, 1024> ecs_first_{}, ecs_last_{};  // by ECS field, plus one as well
        std::vector<event::Ecs> ecs_touched_;  // the fields whose ecs_first_ is not zero
        std::vector<const Section*> variants_;  // that match
        Bits marks_, facts_, candidates_;       // of the mapping that is applied: lines whose names are there, what is true, variants that may match
    };

    explicit MappingSet(std::vector<std::unique_ptr<Mapping>> mappings);

    [[nodiscard]] const Mapping* find(std::string_view name) const;
    [[nodiscard]] const std::vector<std::unique_ptr<Mapping>>& all() const { return mappings_; }

    [[nodiscard]] const TextTable& names() const { return ids_; }

    // After the format `reads` has read the record: applies the narrowest mapping that matches; nullptr: none does.
    const Mapping* apply_matching(std::string_view reads, const Context& context, Parsed& parsed, Seen& seen) const;
    // Applies this one, whatever its conditions say. False: the record does not have the columns that it names.
    bool apply(const Mapping& mapping, const Context& context, Parsed& parsed, Seen& seen) const;
    // Names that rules for the event's categories and service use beside ECS.
    void add_aliases(Parsed& parsed, Seen& seen) const;

private:
    class Work;

    void intern(NativeName& name);
    [[nodiscard]] const MappingPlan& plan_of(const Mapping& mapping) const { return plans_[mapping.number]; }

    // All constant after construction.
    std::vector<std::unique_ptr<Mapping>> mappings_;  // narrow ones first, then by name
    struct Candidate {
        const Mapping* mapping;
        std::uint16_t needs;  // the number of a name without which it does not match; 0: it may without any
    };
    std::vector<std::pair<std::string_view, std::vector<Candidate>>> by_reads_;  // those with conditions, in that order
    TextTable ids_;                                   // of base_names() and of all names that a mapping speaks of
    std::vector<MappingPlan> plans_;                  // by number of the mapping
    std::vector<const Aliases*> aliases_;
};

}  // namespace vg::formats
