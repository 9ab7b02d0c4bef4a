// Candidates: of all rules, those that an event gives reason to ask. Every rule is filed under its witnesses (witness.h); the
// fields of the event are looked up, each text scanned once. Never misses a rule that would fire; what it names beyond
// that costs time only, because the plain evaluator decides. Immutable; any number of threads, each with its own Desk.
//
//   Candidates candidates{rules};
//   Candidates::Desk desk = candidates.make_desk();
//   for (std::uint32_t index : candidates.of(view, event.logsource, desk)) ...
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "detect/kinds/sigma/literals.h"
#include "detect/kinds/sigma/rule.h"
#include "detect/kinds/sigma/view.h"
#include "detect/kinds/sigma/witness.h"

namespace vg::detect::sigma {

class Candidates {
public:
    // `fields`: how many names are interned.
    Candidates(std::span<const Rule> rules, std::size_t fields);

    // Which log sources of rules fit the log source of an event; the same for thousands of events.
    struct Plan {
        std::string key;                     // the event's log source as one text
        std::vector<bool> fits;              // by group of rules
        std::vector<std::uint32_t> always;   // rules without a witness, of the groups that fit
        std::vector<std::uint32_t> keywords;  // groups that fit and look for keywords
        bool nothing = true;                 // whether no group fits
    };
    // What one thread needs.
    struct Desk {
        Pass pass;
        std::vector<Plan> plans;
        std::size_t last_plan = 0, oldest_plan = 0;
        std::vector<std::uint32_t> seen;     // by rule: the event that named it last
        std::uint32_t event = 0;
        std::vector<std::uint32_t> found;    // the answer
        std::vector<std::uint32_t> hits;
        std::string key;
        std::string text;                    // of all fields, for keywords
    };
    [[nodiscard]] std::unique_ptr<Desk> make_desk() const;

    // The plan for a log source.
    const Plan& plan_of(const event::Logsource& logsource, Desk& desk) const;
    // Indices of rules, each once, in no order. `view` shows the event.
    std::span<const std::uint32_t> of(View& view, const Plan& plan, Desk& desk) const;

private:
    using List = std::vector<std::uint32_t>;  // of rules
    struct Ending {                           // a prefix or suffix longer than its key
        std::string text;
        List rules;
    };
    struct Ends {                             // prefixes, or suffixes: by the hash of their outermost bytes
        std::unordered_map<std::uint64_t, std::vector<Ending>> by_key;
        std::uint32_t lengths = 0;            // bit n: there are keys of n bytes
    };
    struct Field {
        List present;
        List not_ascii;                       // asked whenever the field's text is not ASCII
        std::unordered_map<double, List> numbers;
        std::unordered_map<std::uint64_t, List> exact;  // by hash of the text
        Ends prefixes, suffixes;
        std::unique_ptr<Literals> literals;
        std::vector<List> rules_of_literal;
        bool texts = false;                   // whether its text matters at all
    };
    struct Keywords {
        std::unique_ptr<Literals> literals;
        std::vector<List> rules_of_literal;
    };
    struct Group {
        Source source;
        List always;
        Keywords keywords;
    };

    void file(std::uint32_t rule, const Witness& witness);
    void look_for(const Keywords& keywords, const Plan& plan, Desk& desk) const;
    void name(const List& rules, const Plan& plan, Desk& desk) const;
    void look(const Field& field, std::uint32_t index, View& view, const Plan& plan, Desk& desk) const;

    std::vector<Field> fields_;               // by interned name
    std::vector<Group> groups_;
    std::vector<std::uint32_t> group_of_;     // by rule
    Keywords keywords_;                       // of all groups together
};

}  // namespace vg::detect::sigma
