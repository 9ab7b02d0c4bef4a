// Observed data of STIX 2.0 (objects inside, by key) and 2.1 (objects beside, by id).
#include <algorithm>

#include "base/text.h"
#include "base/time.h"
#include "detect/kinds/stix/evaluate.h"

namespace vg::detect::stix {
namespace {

constexpr std::size_t kMostObjects = 1'000'000;

bool is_type(const json::Value& value, std::string_view type) {
    const json::Value* found = value.find("type");
    return found && found->is_text() && found->as_text() == type;
}

Time time_of(const json::Value& value, std::string_view name) {
    const auto text = value.text(name);
    const auto time = text ? parse_time(*text) : std::nullopt;
    return time.value_or(Time{});
}

// Adds one observed-data; `beside` are the objects of its bundle.
Status add_observed(const json::Value& value, std::size_t beside, Observations& out) {
    Seen seen{.graph = beside, .first = time_of(value, "first_observed"), .last = time_of(value, "last_observed")};
    seen.last = std::max(seen.first, seen.last);
    seen.number = std::clamp<std::int64_t>(value.integer("number_observed").value_or(1), 1, 1'000'000'000);
    const json::Value* references = value.find("object_refs");
    const json::Value* objects = value.find("objects");
    if (references && references->is_array()) {
        for (const json::Value& reference : references->as_array()) {
            if (!reference.is_text()) continue;
            const auto found = out.graphs[beside].find(reference.as_text());
            if (found != out.graphs[beside].end()) seen.objects.push_back(found->second);
        }
    } else if (objects && objects->is_object()) {
        seen.graph = out.graphs.size();
        Graph& graph = out.graphs.emplace_back();
        for (const auto& [key, object] : objects->as_object())
            if (graph.emplace(key, &object).second) seen.objects.push_back(&object);
    }
    out.seen.push_back(std::move(seen));
    return {};
}

Status add(const json::Value& value, Observations& out) {
    if (!value.is_object()) return fail(Code::bad_input, "observed data are JSON objects");
    const json::Value* objects = value.find("objects");
    if (is_type(value, "observed-data")) {
        const std::size_t graph = out.graphs.size();
        out.graphs.emplace_back();
        return add_observed(value, graph, out);
    }
    const std::size_t graph = out.graphs.size();
    out.graphs.emplace_back();
    if (!is_type(value, "bundle") || !objects || !objects->is_array()) {
        out.seen.push_back({.objects = {&value}, .graph = graph});
        return {};
    }
    Seen all{.graph = graph};
    bool observed = false;
    for (const json::Value& object : objects->as_array()) {
        if (!object.is_object()) continue;
        if (const auto id = object.text("id")) out.graphs[graph].emplace(*id, &object);
        observed = observed || is_type(object, "observed-data");
        all.objects.push_back(&object);
    }
    if (!observed) {
        out.seen.push_back(std::move(all));
        return {};
    }
    for (const json::Value* object : all.objects)
        if (is_type(*object, "observed-data")) TRY(add_observed(*object, graph, out));
    return {};
}

}  // namespace

Result<Observations> read_observations(const json::Value& document) {
    Observations out;
    if (!document.is_array()) {
        TRY(add(document, out));
        return out;
    }
    if (document.as_array().size() > kMostObjects) return fail(Code::too_large, "too many objects");
    for (const json::Value& value : document.as_array()) TRY(add(value, out));
    return out;
}

}  // namespace vg::detect::stix
