// A mapping turned round: for each name, what of the mapping depends on it. So an event is gone through once, field by field,
// whatever the number of variants and lines of its mapping. Made by MappingSet when all names have their numbers; immutable.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "formats/mapping.h"
#include "formats/text_table.h"

namespace vg::formats {

// Bits by number.
using Bits = std::vector<std::uint64_t>;
inline void set_bit(Bits& bits, std::size_t i) { bits[i / 64] |= std::uint64_t{1} << i % 64; }

// Each of the numbers from `begin` to before `end` whose bit is set, in order.
template <class Visit>
void each_bit(const Bits& bits, std::size_t begin, std::size_t end, Visit visit) {
    for (std::size_t i = begin; i < end; ++i) {
        const std::uint64_t rest = bits[i / 64] >> i % 64;
        i += rest == 0 ? 63 - i % 64 : static_cast<std::size_t>(std::countr_zero(rest));
        if (rest != 0 && i < end) visit(i);
    }
}

class MappingPlan {
public:
    // One thing that depends on a name which the event has.
    struct Use {
        enum class Kind : std::uint8_t {
            rename,  // the line `index` of `fields`, counted through all sections
            has,     // fact `index` is true, unless the field is null
            lacks,   // the opposite
            text,    // the facts of the table `index`, by the value
            other,   // fact `index`, when its condition holds
        };
        Kind kind;
        std::uint32_t index;
    };

    // `names`: the highest number of a name.
    MappingPlan(const Mapping& mapping, std::size_t names);

    [[nodiscard]] std::span<const Use> uses(std::uint16_t name) const { return std::span{uses_}.subspan(begin_[name], begin_[name + 1U] - begin_[name]); }
    [[nodiscard]] std::size_t renames() const { return begin_of_renames_.back(); }
    // Lines of section `i` are those from its begin to the next one's: 0 is what holds for all, then the variants.
    [[nodiscard]] std::size_t begin_of_renames(std::size_t section) const { return begin_of_renames_[section]; }
    // What is true of an event that has no field.
    [[nodiscard]] const Bits& facts_of_none() const { return none_; }
    [[nodiscard]] const Condition& condition(std::size_t fact) const { return *conditions_[fact]; }
    void add_facts(std::size_t table, std::string_view value, Bits& facts) const {
        if (const std::uint32_t found = texts_[table].table.find(value); found != 0) {
            const Bits& those = texts_[table].facts[found - 1];
            for (std::size_t i = 0; i < those.size(); ++i) facts[i] |= those[i];
        }
    }
    // The variants of which the first condition holds: the only ones that may match.
    void find_candidates(const Bits& facts, Bits& variants) const;
    [[nodiscard]] bool matches(std::size_t variant, const Bits& facts) const;
    [[nodiscard]] std::size_t variants() const { return begin_of_needs_.size() - 1; }

private:
    struct Texts {
        std::uint16_t name = 0;
        TextTable table;
        std::vector<Bits> facts;  // by number of the text
    };

    std::vector<std::uint32_t> begin_;  // by name: its first use
    std::vector<Use> uses_;
    std::vector<std::size_t> begin_of_renames_;
    std::vector<const Condition*> conditions_;  // by fact
    std::vector<Texts> texts_;
    std::vector<Bits> begun_by_;            // by fact: the variants whose first condition it makes true
    Bits without_conditions_;               // variants
    Bits none_;
    Bits needs_;                            // one of each must be true, one after the other
    std::vector<std::size_t> begin_of_needs_;  // by variant
};

}  // namespace vg::formats
