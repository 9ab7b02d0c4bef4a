#include "search/bubbles.h"

#include "search/complete.h"
#include "search/tree.h"

namespace vg::search {

namespace {

// The one field that everything in the node is about.
const Target* target_in(const Node& node) {
    if (node.kind == Node::Kind::term) return &node.term->target;
    const Target* found = nullptr;
    for (const Node& part : node.parts) {
        const Target* const target = target_in(part);
        if (target == nullptr || (found != nullptr && *found != *target)) return nullptr;
        found = target;
    }
    return found;
}

std::vector<const Node*> conditions(const Query& query) {
    const Node& root = query.root();
    if (root.kind == Node::Kind::everything && root.length == 0) return {};
    // In brackets, perhaps behind a field's name, the conditions are one.
    const bool in_brackets = root.kind == Node::Kind::all_of && root.parts.front().offset != root.offset;
    if (root.kind != Node::Kind::all_of || in_brackets) return {&root};
    std::vector<const Node*> all;
    for (const Node& part : root.parts) all.push_back(&part);
    return all;
}

std::string spliced(std::string_view text, std::size_t offset, std::size_t length, std::string_view with) {
    return std::string{text.substr(0, offset)} + std::string{with} + std::string{text.substr(offset + length)};
}

// The query without blanks around it, so that something can stand behind: a backslash at its end, which is a plain one
// there, would escape what follows.
std::string body(const Query& query) {
    std::string text = query.text().substr(query.root().offset, query.root().length);
    const std::size_t last = text.find_last_not_of('\\');
    const std::size_t slashes = text.size() - (last == std::string::npos ? 0 : last + 1);
    if (slashes % 2 != 0) text.push_back('\\');
    return text;
}

// AND and OR bind what follows: what stands alone needs brackets before something is added to it.
bool needs_brackets(const Query& query) { return query.root().open; }

std::string turned_round(const Bubble& bubble) { return bubble.negated ? bubble.text : "NOT " + bubble.text; }

}  // namespace

std::vector<Bubble> bubbles(const Query& query) {
    std::vector<Bubble> all;
    for (const Node* node : conditions(query)) {
        Bubble bubble;
        bubble.offset = node->offset;
        bubble.length = node->length;
        // missing:field is a negation without a NOT: the condition and its part stand at the same place.
        const bool written_not = node->kind == Node::Kind::negation && node->parts.front().offset != node->offset;
        const Node& inside = written_not ? node->parts.front() : *node;
        bubble.negated = written_not;
        bubble.text = query.text().substr(inside.offset, inside.length);
        if (const Target* target = target_in(inside)) bubble.field = target->name;
        all.push_back(std::move(bubble));
    }
    return all;
}

tl::expected<std::string, ParseError> with_filter(std::string_view text, const Filter& filter, Sense sense) {
    const auto query = parse(text);
    if (!query) return tl::unexpected<ParseError>{query.error()};
    Target target = target_of(filter.field);
    if (target.kind == Target::Kind::native) target.exact_name = written(target) != filter.field;
    std::string condition;
    bool negated = sense == Sense::exclude;
    if (!filter.value) {
        condition = (negated ? "exists:" : "missing:") + written(target);
        negated = false;
    } else {
        const bool bare = target.type() == event::Type::integer || target.type() == event::Type::address;
        condition = written(target) + ":" + (bare ? *filter.value : quoted_value(*filter.value));
    }
    const std::string opposite = filter.value ? condition : (sense == Sense::exclude ? "missing:" : "exists:") + written(target);
    const std::string wanted = negated ? "NOT " + condition : condition;
    for (const Bubble& bubble : bubbles(*query)) {
        if (bubble.text == condition && bubble.negated == negated) return std::string{text};
        if (bubble.text == opposite && (!filter.value || bubble.negated != negated)) return spliced(text, bubble.offset, bubble.length, wanted);
    }
    std::string before = body(*query);
    if (before.empty()) return wanted;
    if (needs_brackets(*query)) before = "(" + before + ")";
    return before + " " + wanted;
}

tl::expected<std::string, ParseError> without_bubble(std::string_view text, std::size_t index) {
    const auto query = parse(text);
    if (!query) return tl::unexpected<ParseError>{query.error()};
    const std::vector<Bubble> all = bubbles(*query);
    if (index >= all.size()) return std::string{text};
    std::string rest;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (i == index) continue;
        if (!rest.empty()) rest += " ";
        rest += text.substr(all[i].offset, all[i].length);
    }
    return rest;
}

tl::expected<std::string, ParseError> inverted_bubble(std::string_view text, std::size_t index) {
    const auto query = parse(text);
    if (!query) return tl::unexpected<ParseError>{query.error()};
    const std::vector<Bubble> all = bubbles(*query);
    if (index >= all.size()) return std::string{text};
    if (!all[index].negated && needs_brackets(*query)) return "NOT (" + body(*query) + ")";
    return spliced(text, all[index].offset, all[index].length, turned_round(all[index]));
}

}  // namespace vg::search
