#include "api/search_view.h"

#include <algorithm>
#include <map>
#include <utility>

#include "api/masking.h"
#include "api/search_values.h"
#include "base/text.h"
#include "search/tree.h"

namespace vg::api {

namespace {

using search::Node;
using search::Own;
using search::Target;
using search::Term;

constexpr std::size_t kMostDistinct = 1'000'000;
constexpr std::size_t kMostValueBytes = std::size_t{256} << 20;

bool is_text(const Target& target) {
    switch (target.kind) {
        case Target::Kind::any:
        case Target::Kind::native: return true;
        case Target::Kind::own: return false;
        case Target::Kind::ecs: return event::info(target.ecs).type == event::Type::text;
    }
    return true;
}

bool is_personal(const Target& target) {
    return (target.kind == Target::Kind::ecs && event::info(target.ecs).personal) || (target.kind == Target::Kind::native && api::is_personal(target.name));
}

// Only whole values that are no persons: they are shown, and so may be asked for.
bool names_nobody_only(const search::Predicate& predicate) {
    if (!predicate.integers.empty() || !predicate.times.empty() || !predicate.globs.empty() || !predicate.words.empty() || !predicate.addresses.empty() || !predicate.networks.empty() ||
        !predicate.decimals.empty() || !predicate.text_times.empty() || !predicate.address_ranges.empty() || !predicate.texts.empty())
        return false;
    const auto nobody = [](const std::string& value) { return is_nobody(value); };
    return std::all_of(predicate.equal_folded.begin(), predicate.equal_folded.end(), nobody) && std::all_of(predicate.equal_exact.begin(), predicate.equal_exact.end(), nobody);
}

// What masking may change the answer to.
bool sees_text(const Term& term) { return !term.predicate.exists && is_text(term.target); }

bool any_term(const Node& node, const std::function<bool(const Node&)>& is) {
    if (node.kind == Node::Kind::term) return is(node);
    return std::any_of(node.parts.begin(), node.parts.end(), [&](const Node& part) { return any_term(part, is); });
}

bool is_range(const search::Predicate& predicate) {
    return !predicate.decimals.empty() || !predicate.text_times.empty() || !predicate.address_ranges.empty() || !predicate.texts.empty();
}

// A wider query that the archive may evaluate without its answer telling of what is masked: a text that is there after
// masking was there before, so such terms may stay. What a masked value would decide otherwise becomes "everything": ranges
// of texts, in whose order the mask has a place of its own, and negations.
Node widened(const Node& node) {
    const auto everything = [](const Node& of) { return Node{.kind = Node::Kind::everything, .offset = of.offset, .length = of.length}; };
    switch (node.kind) {
        case Node::Kind::everything: return node;
        case Node::Kind::term: return sees_text(*node.term) && is_range(node.term->predicate) ? everything(node) : node;
        case Node::Kind::negation:
            return any_term(node, [](const Node& one) { return sees_text(*one.term); }) ? everything(node) : node;
        case Node::Kind::all_of:
        case Node::Kind::any_of: {
            Node out{.kind = node.kind, .offset = node.offset, .length = node.length};
            for (const Node& part : node.parts) out.parts.push_back(widened(part));
            return out;
        }
    }
    return everything(node);
}

}  // namespace

std::optional<search::ParseError> asks_for_personal(const search::Query& query) {
    std::optional<search::ParseError> found;
    any_term(query.root(), [&](const Node& node) {
        if (node.term->predicate.exists || !is_personal(node.term->target) || names_nobody_only(node.term->predicate)) return false;
        found = search::ParseError{node.offset, node.length, format("{} holds personal data, which this account may not reveal: only {}:* can be asked", node.term->target.name, node.term->target.name),
                                   node.term->target.name + ":*"};
        return true;
    });
    return found;
}

View::View(store::Archive& archive, const Uuid& journal, Clock& clock, store::Question question, bool reveal, std::shared_ptr<Incomplete> incomplete)
    : archive_(archive), journal_(to_text(journal)), clock_(clock), question_(std::move(question)), reveal_(reveal), incomplete_(std::move(incomplete)), began_(clock.now()) {
    question_.unseen = [incomplete = incomplete_](const store::Unseen& unseen) { incomplete->add(unseen); };
    if (reveal_ || question_.query == nullptr) return;
    by_engine_ = !any_term(question_.query->root(), [](const Node& node) { return sees_text(*node.term); });
    if (!by_engine_) wider_ = std::make_shared<const search::Query>(std::make_shared<const Node>(widened(question_.query->root())), question_.query->text());
}

Status View::each_shown(store::Order order, const std::function<bool(store::FoundEvent&&)>& take) {
    store::Question wide = question_;
    const search::Query* query = by_engine_ ? nullptr : question_.query;
    if (query != nullptr) wide.query = wider_.get();
    return archive_.stream(wide, order, [&](store::FoundEvent&& event) {
        if (query != nullptr && !matches_hidden(*query, event, journal_)) return true;
        mask(event);
        return take(std::move(event));
    });
}

Result<store::Page> View::page(const store::PageOptions& options) {
    if (reveal_) return archive_.page(question_, options);
    if (by_engine_) {
        store::Page page = TRY(archive_.page(question_, options));
        for (store::FoundEvent& event : page.events) mask(event);
        return page;
    }
    // Piece by piece from the archive's pages of the wider query, until enough are shown or time is over.
    store::Page page;
    store::Question wide = question_;
    wide.query = wider_.get();
    store::PageOptions piece = options;
    piece.limit = std::max<std::size_t>(options.limit, 200);
    for (;;) {
        wide.most_time = TRY(time_left());
        const store::Page found = TRY(archive_.page(wide, piece));
        for (const store::FoundEvent& event : found.events) {
            if (!matches_hidden(*question_.query, event, journal_)) continue;
            if (page.events.size() == options.limit) {
                page.next = store::PageCursor{page.events.back().occurred, page.events.back().position};
                return page;
            }
            page.events.push_back(event);
            mask(page.events.back());
        }
        if (!found.next) return page;
        piece.after = found.next;
    }
}

Status View::stream(store::Order order, const std::function<bool(store::FoundEvent&&)>& take) {
    if (reveal_) return archive_.stream(question_, order, take);
    return each_shown(order, take);
}

Result<std::uint64_t> View::count() {
    if (reveal_ || by_engine_) return archive_.count(question_);
    std::uint64_t count = 0;
    TRY(each_shown(store::Order::newest_first, [&](store::FoundEvent&&) {
        ++count;
        return true;
    }));
    return count;
}

Result<std::vector<store::Bucket>> View::histogram(Span step) {
    if (reveal_ || by_engine_) return archive_.histogram(question_, step);
    // The empty buckets as the archive makes them, from a range that it has nothing to read for.
    store::Question nothing = question_;
    nothing.query = nullptr;
    nothing.organisations = std::vector<OrganisationId>{};
    nothing.unseen = {};
    std::vector<store::Bucket> buckets = TRY(archive_.histogram(nothing, step));
    TRY(each_shown(store::Order::newest_first, [&](store::FoundEvent&& event) {
        if (!buckets.empty() && event.occurred >= buckets.front().from) {
            const auto index = static_cast<std::size_t>((event.occurred - buckets.front().from).micros / step.micros);
            if (index < buckets.size()) ++buckets[index].count;
        }
        return true;
    }));
    return buckets;
}

Result<View::Values> View::values_of(const Target& target) {
    Values values;
    std::size_t bytes = 0;
    TRY(each_shown(store::Order::newest_first, [&](store::FoundEvent&& event) {
        ++values.events;
        const std::vector<std::string> own = values_in(event, target);
        values.with_field += own.empty() ? 0 : 1;
        for (const std::string& value : own) {
            const auto [at, is_new] = values.counts.try_emplace(value, 0);
            ++at->second;
            if (is_new) bytes += value.size() + 64;
        }
        return values.counts.size() <= kMostDistinct && bytes <= kMostValueBytes;
    }));
    if (values.counts.size() > kMostDistinct || bytes > kMostValueBytes) return fail(Code::too_large, format("the field has more than {} values in this range; narrow the query", values.counts.size() - 1));
    return values;
}

bool View::engine_knows(const Target& target) const { return reveal_ || (by_engine_ && !is_text(target) && !is_personal(target)); }

Result<store::Top> View::top(std::string_view field, std::size_t most) {
    const Target target = search::target_of(field);
    if (engine_knows(target)) return archive_.top(question_, field, most);
    Values values = TRY(values_of(target));
    store::Top top{.with_field = values.with_field, .events = values.events, .distinct = values.counts.size()};
    for (auto& [value, count] : values.counts) top.values.push_back({value, count});
    const auto before = [](const store::TopValue& a, const store::TopValue& b) { return a.count != b.count ? a.count > b.count : a.value < b.value; };
    const auto end = top.values.begin() + static_cast<std::ptrdiff_t>(std::min(most, top.values.size()));
    std::partial_sort(top.values.begin(), end, top.values.end(), before);
    top.values.erase(end, top.values.end());
    return top;
}

Result<store::FieldStatistics> View::statistics(std::string_view field) {
    const Target target = search::target_of(field);
    if (engine_knows(target)) return archive_.statistics(question_, field);
    const Values values = TRY(values_of(target));
    store::FieldStatistics out{.field = std::string{field}, .events = values.with_field, .distinct = values.counts.size()};
    if (values.counts.empty()) return out;
    const bool numbers = target.type() == event::Type::integer;
    const auto less = [&](const auto& a, const auto& b) { return numbers ? parse_int(a.first) < parse_int(b.first) : a.first < b.first; };
    out.least = std::min_element(values.counts.begin(), values.counts.end(), less)->first;
    out.most = std::max_element(values.counts.begin(), values.counts.end(), less)->first;
    return out;
}

Result<std::vector<store::TopValue>> View::fields() {
    if (reveal_ || by_engine_) return archive_.fields(question_);
    std::map<std::string, std::uint64_t> names;
    TRY(each_shown(store::Order::newest_first, [&](store::FoundEvent&& event) {
        if (event.fields.is_object())
            for (const auto& [name, value] : event.fields.as_object()) ++names[name];
        return names.size() <= kMostDistinct;
    }));
    std::vector<store::TopValue> out;
    for (const auto& [name, count] : names) out.push_back({name, count});
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.count != b.count ? a.count > b.count : a.value < b.value; });
    return out;
}

Result<Span> View::time_left() const {
    const Span left{question_.most_time.micros - (clock_.now() - began_).micros};
    if (left <= Span{}) return fail(Code::too_large, "the search took too long; narrow the time or the query");
    return left;
}

}  // namespace vg::api
