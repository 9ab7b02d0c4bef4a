#include "formats/mapping_plan.h"

#include <algorithm>
#include <utility>

namespace vg::formats {

MappingPlan::MappingPlan(const Mapping& mapping, std::size_t names) {
    std::vector<std::pair<std::uint16_t, Use>> uses;  // by name
    begin_of_renames_.push_back(0);
    const auto add_renames = [&](const Section& section) {
        std::size_t line = begin_of_renames_.back();
        for (const Section::Rename& rename : section.renames) uses.emplace_back(rename.from.id, Use{Use::Kind::rename, static_cast<std::uint32_t>(line++)});
        begin_of_renames_.push_back(line);
    };
    add_renames(mapping.all);
    for (const Section& variant : mapping.variants) add_renames(variant);

    // Each condition of a variant is a fact.
    const auto each_condition = [&mapping](auto visit) {
        for (const Section& variant : mapping.variants)
            for (const Condition& condition : variant.conditions) {
                if (condition.any.empty()) visit(condition);
                for (const Condition& one : condition.any) visit(one);
            }
    };
    each_condition([this](const Condition& condition) { conditions_.push_back(&condition); });
    const Bits nothing(conditions_.size() / 64 + 1);
    none_ = nothing;
    std::size_t fact = 0;
    each_condition([&](const Condition& condition) {
        const std::size_t mine = fact++;
        const auto index = static_cast<std::uint32_t>(mine);
        switch (condition.test) {
            case Condition::Test::has: uses.emplace_back(condition.field.id, Use{Use::Kind::has, index}); break;
            case Condition::Test::lacks:
                uses.emplace_back(condition.field.id, Use{Use::Kind::lacks, index});
                set_bit(none_, mine);
                break;
            case Condition::Test::starts:
            case Condition::Test::contains: uses.emplace_back(condition.field.id, Use{Use::Kind::other, index}); break;
            case Condition::Test::equals: {
                auto texts = std::find_if(texts_.begin(), texts_.end(), [&](const Texts& one) { return one.name == condition.field.id; });
                if (texts == texts_.end()) {
                    uses.emplace_back(condition.field.id, Use{Use::Kind::text, static_cast<std::uint32_t>(texts_.size())});
                    texts = texts_.insert(texts, Texts{});
                    texts->name = condition.field.id;
                }
                for (const std::string& value : condition.values) {
                    const std::uint32_t number = texts->table.add(value);
                    if (number > texts->facts.size()) texts->facts.push_back(nothing);
                    set_bit(texts->facts[number - 1], mine);
                }
                break;
            }
        }
    });
    fact = 0;
    for (const Section& variant : mapping.variants) {
        begin_of_needs_.push_back(needs_.size());
        for (const Condition& condition : variant.conditions) {
            Bits one = nothing;
            for (std::size_t i = 0; i < std::max<std::size_t>(condition.any.size(), 1); ++i) set_bit(one, fact++);
            needs_.insert(needs_.end(), one.begin(), one.end());
        }
    }
    begin_of_needs_.push_back(needs_.size());
    without_conditions_ = Bits(variants() / 64 + 1);
    begun_by_.assign(conditions_.size(), without_conditions_);
    for (std::size_t variant = 0; variant < variants(); ++variant) {
        if (begin_of_needs_[variant] == begin_of_needs_[variant + 1]) set_bit(without_conditions_, variant);
        else
            for (std::size_t i = 0; i < conditions_.size(); ++i)
                if ((needs_[begin_of_needs_[variant] + i / 64] >> i % 64 & 1) != 0) set_bit(begun_by_[i], variant);
    }

    std::stable_sort(uses.begin(), uses.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    begin_.assign(names + 2, 0);
    for (const auto& [name, use] : uses) {
        uses_.push_back(use);
        ++begin_[name + 1U];
    }
    for (std::size_t i = 1; i < begin_.size(); ++i) begin_[i] += begin_[i - 1];
}

void MappingPlan::find_candidates(const Bits& facts, Bits& variants) const {
    variants = without_conditions_;
    each_bit(facts, 0, conditions_.size(), [&](std::size_t fact) {
        for (std::size_t i = 0; i < variants.size(); ++i) variants[i] |= begun_by_[fact][i];
    });
}

bool MappingPlan::matches(std::size_t variant, const Bits& facts) const {
    const std::size_t words = facts.size();
    for (std::size_t i = begin_of_needs_[variant]; i < begin_of_needs_[variant + 1]; i += words) {
        std::uint64_t common = 0;
        for (std::size_t word = 0; word < words; ++word) common |= needs_[i + word] & facts[word];
        if (common == 0) return false;
    }
    return true;
}

}  // namespace vg::formats
