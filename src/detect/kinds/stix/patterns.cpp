#include "detect/kinds/stix/patterns.h"

#include <algorithm>
#include <optional>

#include "base/text.h"

namespace vg::detect::stix {
namespace {

// One of these must be there for a [ ] to hold: a value at a path, or one that equals a text.
struct Need {
    Path path;
    std::optional<std::string> equal;
};
struct Needs {
    std::vector<Need> any;
    bool all_equal = true;
};

std::optional<std::string> key_of(const Literal& literal) {
    if (literal.kind == Literal::Kind::text) return "t" + literal.text;
    if (literal.kind == Literal::Kind::integer) return "n" + std::to_string(literal.integer);
    return {};
}

std::optional<std::string> key_of(const json::Value& value) {
    if (value.is_text()) return "t" + value.as_text();
    if (value.is_int()) return "n" + std::to_string(value.as_int());
    return {};
}

// Any item of a list stands for each.
Path loosely(const Path& path) {
    Path out = path;
    for (Step& step : out.steps)
        if (step.kind == Step::Kind::index) step = {.kind = Step::Kind::any, .key = {}, .index = 0};
    return out;
}

Needs needs_of(const Test& test) {
    Needs needs;
    const Path path = loosely(test.path);
    if (test.what == Operator::exists && test.negated) return {.any = {{{test.path.object_type, {}}, {}}}, .all_equal = false};
    if (!test.negated && (test.what == Operator::equal || test.what == Operator::in)) {
        for (const Literal& literal : test.literals) {
            needs.any.push_back({path, key_of(literal)});
            needs.all_equal = needs.all_equal && needs.any.back().equal;
        }
        if (needs.all_equal) return needs;
    }
    return {.any = {{path, {}}}, .all_equal = false};
}

Needs needs_of(const Comparison& comparison) {
    if (comparison.kind == Comparison::Kind::test) return needs_of(comparison.test);
    std::optional<Needs> out;
    for (const Comparison& part : comparison.parts) {
        Needs needs = needs_of(part);
        if (!out) {
            out = std::move(needs);
        } else if (comparison.kind == Comparison::Kind::any) {
            std::move(needs.any.begin(), needs.any.end(), std::back_inserter(out->any));
            out->all_equal = out->all_equal && needs.all_equal;
        } else if (needs.all_equal != out->all_equal ? needs.all_equal : needs.any.size() < out->any.size()) {
            out = std::move(needs);
        }
    }
    return out ? std::move(*out) : Needs{};
}

// Nothing: what stands there is not one whole value of a field, or nobody knows.
std::optional<NeededValue::Kind> kind_of(const Path& path) {
    using Kind = NeededValue::Kind;
    const std::string text = path.text();
    for (const std::string_view host : {"ipv4-addr:value", "ipv6-addr:value", "domain-name:value", "network-traffic:src_ref.value", "network-traffic:dst_ref.value", "domain-name:resolves_to_refs[*].value"})
        if (text == host) return Kind::host;
    for (const std::string_view mail : {"email-addr:value", "email-message:from_ref.value", "email-message:sender_ref.value", "email-message:to_refs[*].value"})
        if (text == mail) return Kind::email;
    for (const std::string_view name : {"file:name", "process:name", "process:image_ref.name", "process:binary_ref.name", "process:parent_ref.name"})
        if (text == name) return Kind::file_name;
    if (path.object_type == "file" && path.steps.size() == 2 && path.steps[0].key == "hashes" && path.steps[1].kind == Step::Kind::key) return Kind::hash;
    return {};
}

// Which way it went, by what the pattern says of a conversation; nothing: the object says.
std::optional<Side> side_said(const Comparison& comparison) {
    std::optional<Side> side;
    for (const Comparison& part : comparison.parts)
        if (const auto said = side_said(part)) side = side ? std::max(*side, *said) : said;
    if (comparison.kind != Comparison::Kind::test || comparison.test.path.object_type != "network-traffic" || comparison.test.path.steps.empty()) return side;
    const std::string& first = comparison.test.path.steps[0].key;
    if (first.starts_with("dst_")) return Side::remote;
    if (first.starts_with("src_")) return Side::visitor;
    return side;
}

// What people are shown a value under: its path, but of personal data the field of the dictionary, so that it is masked like there.
std::string shown_name(const Path& path, Side side) {
    const std::string text = path.text();
    const bool of_account = path.object_type == "user-account" || text.find("_user_ref.") != std::string::npos;
    if (of_account) return std::string{event::info(text.ends_with("user_id") ? event::Ecs::user_id : text.ends_with("display_name") ? event::Ecs::user_full_name : event::Ecs::user_name).name};
    if (text == "email-message:subject") return std::string{event::info(event::Ecs::email_subject).name};
    if (path.object_type == "email-addr" || path.object_type == "email-message") {
        const bool to = text.find(":to_refs") != std::string::npos || (path.object_type == "email-addr" && side == Side::remote);
        return std::string{event::info(to ? event::Ecs::email_to_address : event::Ecs::email_from_address).name};
    }
    return text;
}

// A value that fulfilled one of the tests, as people are shown it.
bool show(const Comparison& comparison, const json::Value& object, const Objects& objects, Looking& looking, Told& told) {
    for (const Comparison& part : comparison.parts)
        if (show(part, object, objects, looking, told)) return true;
    if (comparison.kind != Comparison::Kind::test || comparison.test.negated || !looking.fulfils(comparison.test, object, objects.graph())) return false;
    std::vector<const json::Value*> values;
    looking.values(comparison.test.path, object, objects.graph(), values);
    for (const json::Value* value : values) {
        if (value->is_array() || value->is_object()) continue;
        told.path = shown_name(comparison.test.path, told.side);
        told.found = value->is_text() ? value->as_text() : value->dump();
        return true;
    }
    return false;
}

}  // namespace

std::optional<std::vector<NeededValue>> needed_values(const Asked& asked) {
    std::vector<NeededValue> out;
    for (const Comparison* comparison : asked.comparisons)
        for (const Need& need : needs_of(*comparison).any) {
            const auto kind = kind_of(need.path);
            if (!kind || !need.equal || !need.equal->starts_with('t')) return {};
            out.push_back({*kind, need.equal->substr(1)});
        }
    return out;
}

std::shared_ptr<const Patterns> Patterns::make(const std::vector<std::string>& texts) {
    auto made = std::make_shared<Patterns>();
    std::unordered_map<std::string, std::size_t> known;
    for (const std::string& text : texts) {
        const auto number = static_cast<std::uint32_t>(made->patterns_.size());
        auto prepared = made->asked_ < kMostPatterns ? prepare(text) : Result<std::unique_ptr<const Asked>>{nullptr};
        made->patterns_.push_back(prepared ? std::move(*prepared) : nullptr);
        const Asked* asked = made->patterns_.back().get();
        if (asked == nullptr) continue;
        ++made->asked_;
        made->types_ |= asked->types;
        for (std::uint32_t i = 0; i < asked->comparisons.size(); ++i) {
            made->ones_.push_back({number, i, asked->comparisons[i]});
            made->index(static_cast<std::uint32_t>(made->ones_.size() - 1), known);
        }
    }
    return made;
}

void Patterns::index(std::uint32_t one, std::unordered_map<std::string, std::size_t>& known) {
    const Needs needs = needs_of(*ones_[one].comparison);
    for (const Need& need : needs.any) {
        const auto type = object_type_named(need.path.object_type);
        if (!type) continue;  // no event has such an object
        const auto [place, added] = known.try_emplace(need.path.text(), groups_.size());
        if (added) groups_.push_back({.path = need.path, .type = bit(*type), .equal = {}, .present = {}});
        Group& group = groups_[place->second];
        if (need.equal)
            group.equal[*need.equal].push_back(one);
        else
            group.present.push_back(one);
    }
}

bool Patterns::ask(const event::Event& event, std::vector<Told>& told, std::size_t steps) const {
    if (types_ == 0) return true;
    std::uint32_t here = 0;
    for (const event::Field& field : event.fields) here |= types_told_by(field.ecs);
    if ((here & types_) == 0) return true;
    const Objects objects = objects_of(event, types_);
    if (objects.all().empty()) return true;
    Looking looking{steps};
    std::vector<std::uint32_t> candidates;
    std::vector<const json::Value*> values;
    for (const Group& group : groups_) {
        if ((here & group.type) == 0) continue;
        values.clear();
        for (const json::Value* object : objects.all()) looking.values(group.path, *object, objects.graph(), values);
        if (values.empty()) continue;
        candidates.insert(candidates.end(), group.present.begin(), group.present.end());
        if (group.equal.empty()) continue;
        for (const json::Value* value : values)
            if (const auto key = key_of(*value))
                if (const auto found = group.equal.find(*key); found != group.equal.end()) candidates.insert(candidates.end(), found->second.begin(), found->second.end());
    }
    std::sort(candidates.begin(), candidates.end());
    candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
    const std::size_t before = told.size();
    for (const std::uint32_t candidate : candidates) {
        const One& one = ones_[candidate];
        const json::Value* object = looking.find(*one.comparison, objects.all(), objects.graph());
        if (looking.stopped() && looking.error().code == Code::too_large) break;
        looking.go_on();  // a question that makes no sense of this value is answered no
        if (object == nullptr) continue;
        if (told.size() == before || told.back().pattern != one.pattern) {
            Told& first = told.emplace_back();
            first.pattern = one.pattern;
            first.side = side_said(*one.comparison).value_or(objects.side_of(object));
            first.path = one.comparison->kind == Comparison::Kind::test ? one.comparison->test.path.object_type : object->find("type")->as_text();
            show(*one.comparison, *object, objects, looking, first);
            looking.go_on();
        }
        told.back().bits |= std::uint64_t{1} << one.number;
    }
    const bool whole = !looking.stopped();
    for (std::size_t i = before; i < told.size(); ++i) {
        const Asked& asked = *patterns_[told[i].pattern];
        if (!asked.alone) continue;
        const KnownSight sight{event.occurred, told[i].bits};
        const auto taken = choose(asked.pattern, {&sight, 1});
        told[i].holds = taken && !taken->empty();
    }
    told.erase(std::remove_if(told.begin() + static_cast<std::ptrdiff_t>(before), told.end(), [&](const Told& one) { return !one.holds && patterns_[one.pattern]->alone; }), told.end());
    return whole;
}

}  // namespace vg::detect::stix
