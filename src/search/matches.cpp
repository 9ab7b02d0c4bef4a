// The plain evaluation of a query over one event: the meaning of the language. The archive is compared with it.
#include <algorithm>
#include <charconv>

#include "search/query.h"
#include "search/tree.h"

namespace vg::search {

namespace {

class Asked {
public:
    Asked(const event::Event& event, const Surroundings& around) : event_(&event), around_(&around) {}

    bool holds(const Node& node) {
        switch (node.kind) {
            case Node::Kind::everything: return true;
            case Node::Kind::all_of: return std::all_of(node.parts.begin(), node.parts.end(), [&](const Node& part) { return holds(part); });
            case Node::Kind::any_of: return std::any_of(node.parts.begin(), node.parts.end(), [&](const Node& part) { return holds(part); });
            case Node::Kind::negation: return !holds(node.parts.front());
            case Node::Kind::term: break;
        }
        return holds(*node.term);
    }

private:
    bool holds(const Term& term) {
        switch (term.target.kind) {
            case Target::Kind::own: return own(term);
            case Target::Kind::any: return std::any_of(event_->fields.begin(), event_->fields.end(), [&](const event::Field& field) { return anywhere(term, field); });
            case Target::Kind::ecs:
                return std::any_of(event_->fields.begin(), event_->fields.end(), [&](const event::Field& field) { return field.ecs == term.target.ecs && dictionary(term, field); });
            case Target::Kind::native: break;
        }
        return std::any_of(event_->fields.begin(), event_->fields.end(), [&](const event::Field& field) {
            return field.ecs == event::Ecs::none && field.type != event::Type::null && term.target.names(field.name) && term.predicate.text(field.text, scratch_);
        });
    }

    bool dictionary(const Term& term, const event::Field& field) {
        if (field.type == event::Type::null) return false;
        switch (term.target.type()) {
            case event::Type::integer: return term.predicate.integer(field.integer, scratch_);
            case event::Type::time: return term.predicate.time({field.integer});
            case event::Type::text:
            case event::Type::address:
            case event::Type::null:
            case event::Type::boolean:
            case event::Type::real: break;
        }
        return term.predicate.text(field.text, scratch_);
    }

    bool anywhere(const Term& term, const event::Field& field) {
        if (field.type == event::Type::null) return false;
        if (field.ecs == event::Ecs::none) return term.predicate.text(field.text, scratch_);
        switch (event::info(field.ecs).type) {
            case event::Type::time: return false;
            case event::Type::integer: {
                char digits[24];
                const auto end = std::to_chars(digits, digits + sizeof digits, field.integer).ptr;
                return term.predicate.text({digits, static_cast<std::size_t>(end - digits)}, scratch_);
            }
            case event::Type::text:
            case event::Type::address:
            case event::Type::null:
            case event::Type::boolean:
            case event::Type::real: break;
        }
        return term.predicate.text(field.text, scratch_);
    }

    bool own(const Term& term) {
        const auto text = [&](std::string_view value) { return !value.empty() && term.predicate.text(value, scratch_); };
        switch (term.target.own) {
            case Own::source: return text(around_->source);
            case Own::organisation: return text(around_->organisation);
            case Own::format: return text(event_->format);
            case Own::peer: return text(around_->peer);
            case Own::unparsed: return text(around_->unparsed);
            case Own::id: return (term.journal.empty() || term.journal == around_->journal) && term.predicate.integer(static_cast<std::int64_t>(around_->position.value), scratch_);
            case Own::received: return term.predicate.time(event_->received);
            case Own::occurred: break;
        }
        return term.predicate.time(event_->occurred);
    }

    const event::Event* event_;
    const Surroundings* around_;
    Scratch scratch_;
};

}  // namespace

bool matches(const Query& query, const event::Event& event, const Surroundings& around) { return Asked{event, around}.holds(query.root()); }

}  // namespace vg::search
