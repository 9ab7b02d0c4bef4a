// Where a query can be in a segment. For each condition something that every matching value fulfils is looked up; whatever
// has no such thing is every block.
#include <algorithm>

#include "base/text.h"
#include "search/tree.h"
#include "store/archive/filter.h"

namespace vg::store::archive {

namespace {

using search::Node;
using search::Predicate;
using search::Target;
using search::Term;

// Names of one field, or none for every field.
struct Asked {
    const FilterView& view;
    const Target& target;
};

Result<BlockSet> whole_value(const Asked& asked, std::string_view folded) {
    if (asked.target.kind != Target::Kind::any) return asked.view.may_have(asked.target.name, folded);
    return asked.view.may_contain({.folded = folded, .begins_word = true, .ends_word = true});
}

Result<BlockSet> words(const FilterView& view, const search::Words& asked) {
    BlockSet found = view.all();
    for (const std::string_view word : split(asked.spaced, ' '))
        if (!word.empty() && !found.empty()) found &= TRY(view.may_contain({.folded = asked.folded ? std::string{word} : fold(word), .begins_word = true, .ends_word = true}));
    return found;
}

Result<BlockSet> glob(const FilterView& view, const search::Glob& asked) {
    return view.may_contain({.folded = asked.longest()});
}

// Conditions on values that are integers by the dictionary.
Result<BlockSet> integer_blocks(const Asked& asked, const Predicate& predicate) {
    BlockSet found(asked.view.blocks());
    for (const search::IntegerRange& range : predicate.integers) {
        if (range.least != range.most) return asked.view.all();
        found |= TRY(asked.view.may_have(asked.target.name, std::to_string(range.least)));
    }
    for (const search::Glob& one : predicate.globs) found |= TRY(glob(asked.view, one));
    return found;
}

Result<BlockSet> text_blocks(const Asked& asked, const Predicate& predicate) {
    if (!predicate.decimals.empty() || !predicate.text_times.empty() || !predicate.texts.empty()) return asked.view.all();
    BlockSet found(asked.view.blocks());
    for (const std::string& value : predicate.equal_folded) found |= TRY(whole_value(asked, value));
    for (const std::string& value : predicate.equal_exact) found |= TRY(whole_value(asked, fold(value)));
    for (const search::Words& one : predicate.words) found |= TRY(words(asked.view, one));
    for (const search::Glob& one : predicate.globs) found |= TRY(glob(asked.view, one));
    for (const Address& address : predicate.addresses) found |= TRY(asked.view.addresses_between(address, address));
    for (const Network& network : predicate.networks) found |= TRY(asked.view.addresses_in(network));
    if (!predicate.address_ranges.empty()) {
        for (const search::Between<Address>& range : predicate.address_ranges) {
            Address low, high;
            high.bytes.fill(0xff);
            if (range.low) low = range.low->value;
            if (range.high) high = range.high->value;
            found |= TRY(asked.view.addresses_between(low, high));
        }
    }
    return found;
}

Result<BlockSet> term_blocks(const FilterView& view, const Term& term) {
    const Asked asked{view, term.target};
    if (term.predicate.exists || term.target.kind == Target::Kind::own) return view.all();
    switch (term.target.type()) {
        case event::Type::integer: return integer_blocks(asked, term.predicate);
        case event::Type::time: return view.all();
        case event::Type::null:
        case event::Type::boolean:
        case event::Type::real:
        case event::Type::text:
        case event::Type::address: return text_blocks(asked, term.predicate);
    }
    return view.all();
}

Result<BlockSet> node_blocks(const FilterView& view, const Node& node) {
    switch (node.kind) {
        case Node::Kind::everything:
        case Node::Kind::negation: return view.all();
        case Node::Kind::term: return term_blocks(view, *node.term);
        case Node::Kind::all_of: {
            BlockSet found = view.all();
            for (const Node& part : node.parts) {
                if (found.empty()) break;
                found &= TRY(node_blocks(view, part));
            }
            return found;
        }
        case Node::Kind::any_of: {
            BlockSet found(view.blocks());
            for (const Node& part : node.parts) found |= TRY(node_blocks(view, part));
            return found;
        }
    }
    return view.all();
}

}  // namespace

Result<BlockSet> candidate_blocks(const FilterView& view, const search::Query& query) { return node_blocks(view, query.root()); }

}  // namespace vg::store::archive
