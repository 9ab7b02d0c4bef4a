#include "directory/settling.h"

#include <algorithm>

#include "base/text.h"
#include "directory/fact_kinds.h"
#include "directory/facts.h"

namespace vg::directory {

namespace {

constexpr std::size_t kPage = 1'000;

bool same_family(const AddressRange& a, const AddressRange& b) { return a.first.is_v4() == b.first.is_v4(); }

// The addresses that a range or pool claims.
std::optional<std::vector<AddressRange>> claimed(const Fact& fact) {
    std::vector<AddressRange> out;
    const auto add = [&](std::string_view text) {
        const auto range = parse_range(text);
        if (range) out.push_back(*range);
        return range.has_value();
    };
    if (fact.kind == "range") {
        if (!add(fact.body.text("range").value_or(""))) return std::nullopt;
        return out;
    }
    const json::Value* networks = fact.body.find("public");
    if (networks == nullptr || !networks->is_array()) return std::nullopt;
    for (const json::Value& one : networks->as_array())
        if (!one.is_text() || !add(one.as_text())) return std::nullopt;
    return out;
}

}  // namespace

Result<Settling> Settling::read(store::Transaction& tx, const access::Actor& actor) {
    Settling out;
    out.approves_ = actor.may("directory:approve");
    out.node_ = actor.scope.sees_node();
    if (!out.approves_ || out.node_) return out;
    for (const std::string_view kind : {"range", "domain"}) {
        std::optional<std::string> after;
        do {
            const FactPage page = TRY(Facts::list(tx, actor.scope, {.kind = std::string{kind}, .organisation = {}, .state = FactState::approved, .at = {}, .text = {}}, after, kPage));
            for (const Fact& fact : page.items) {
                Held held{.number = fact.number, .from = fact.from, .until = fact.until, .range = {}, .domain = {}};
                if (kind == "domain") {
                    held.domain = fact.subject;
                    out.domains_.push_back(std::move(held));
                } else if (const auto range = parse_range(fact.body.text("range").value_or("")); range && !fact.body.find("ports")) {
                    held.range = *range;
                    out.ranges_.push_back(std::move(held));
                }
            }
            after = page.next;
        } while (after);
    }
    return out;
}

bool Settling::within(const Fact& fact, std::int64_t besides) const {
    const auto lasts = [&](const Held& held) { return held.number != besides && held.from <= fact.from && (!held.until || (fact.until && *fact.until <= *held.until)); };
    if (fact.kind == "domain")
        return std::any_of(domains_.begin(), domains_.end(), [&](const Held& held) { return lasts(held) && (fact.subject == held.domain || fact.subject.ends_with("." + held.domain)); });
    if (fact.kind != "range" && fact.kind != "pool") return false;
    const auto wanted = claimed(fact);
    return wanted && std::all_of(wanted->begin(), wanted->end(), [&](const AddressRange& one) {
        return std::any_of(ranges_.begin(), ranges_.end(), [&](const Held& held) { return lasts(held) && same_family(held.range, one) && held.range.first <= one.first && one.last <= held.range.last; });
    });
}

bool Settling::may_add(const Fact& fact) const {
    if (!approves_ || node_) return approves_;
    const FactKind* kind = fact_kind(fact.kind);
    return kind != nullptr && (!kind->contested || within(fact, 0));
}

bool Settling::may_end(const Fact& fact) const {
    if (!approves_ || node_) return approves_;
    const FactKind* kind = fact_kind(fact.kind);
    return kind != nullptr && (!kind->contested || within(fact, fact.number));
}

}  // namespace vg::directory
