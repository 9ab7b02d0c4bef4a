#include "detect/kinds/stix/fulfil.h"

#include <utility>

#include "detect/kinds/stix/compare.h"

namespace vg::detect::stix {
namespace {

constexpr std::size_t kBytesOfStep = 256;  // of a text that is compared

bool is_of_type(const json::Value& object, const std::string& name) {
    const json::Value* type = object.find("type");
    return type && type->is_text() && type->as_text() == name;
}

}  // namespace

bool Looking::step(std::size_t count) {
    if (stopped()) return false;
    if (steps_ < count) {
        steps_ = 0;
        error_ = {Code::too_large, "the pattern takes too many steps over these observations"};
        return false;
    }
    steps_ -= count;
    return true;
}

void Looking::stop(Error error) {
    if (!stopped()) error_ = std::move(error);
}

const json::Value* Looking::find(const Comparison& comparison, std::span<const json::Value* const> objects, const Graph& graph) {
    for (const json::Value* object : objects)
        if (object->is_object() && fulfils(comparison, *object, graph)) return object;
    return nullptr;
}

bool Looking::fulfils(const Comparison& comparison, const json::Value& object, const Graph& graph) {
    if (!step()) return false;
    if (comparison.kind == Comparison::Kind::test) return fulfils(comparison.test, object, graph);
    const bool all = comparison.kind == Comparison::Kind::all;
    for (const Comparison& part : comparison.parts)
        if (fulfils(part, object, graph) != all) return !all;
    return all;
}

bool Looking::fulfils(const Test& test, const json::Value& object, const Graph& graph) {
    if (!is_of_type(object, test.path.object_type)) return false;
    const auto holds_here = [&](std::string_view key, const json::Value& value) {
        if (!step(value.is_text() ? value.as_text().size() / kBytesOfStep : 0)) return false;
        if (test.what == Operator::exists) return !value.is_null();
        std::string error;
        const bool answer = holds(test, key, value, error);
        if (!error.empty()) stop({Code::bad_input, std::move(error)});
        return answer;
    };
    const bool found = walk(test.path, 0, {}, object, graph, holds_here);
    return test.what == Operator::exists && test.negated ? !found && !stopped() : found;
}

void Looking::values(const Path& path, const json::Value& object, const Graph& graph, std::vector<const json::Value*>& out) {
    if (!is_of_type(object, path.object_type)) return;
    walk(path, 0, {}, object, graph, [&](std::string_view, const json::Value& value) {
        out.push_back(&value);
        return false;
    });
}

// From `value` along the path's steps from `at` on; `take` gets each of the values at its end until it says true.
template <class Take>
bool Looking::walk(const Path& path, std::size_t at, std::string_view key, const json::Value& value, const Graph& graph, const Take& take) {
    if (!step()) return false;
    if (at == path.steps.size()) return take(key, value);
    const bool reference = key.ends_with("_ref") || key.ends_with("_refs");
    if (reference && value.is_text()) {
        const auto found = graph.find(value.as_text());
        return found != graph.end() && walk(path, at, {}, *found->second, graph, take);
    }
    const Step& here = path.steps[at];
    switch (here.kind) {
        case Step::Kind::key: {
            const json::Value* member = value.find(here.key);
            return member && walk(path, at + 1, here.key, *member, graph, take);
        }
        case Step::Kind::index:
            if (!value.is_array() || here.index < 0 || static_cast<std::size_t>(here.index) >= value.as_array().size()) return false;
            return walk(path, at + 1, key, value.as_array()[static_cast<std::size_t>(here.index)], graph, take);
        case Step::Kind::any:
            if (value.is_array()) {
                for (const json::Value& item : value.as_array())
                    if (walk(path, at + 1, key, item, graph, take)) return true;
            } else if (value.is_object()) {
                for (const auto& [name, item] : value.as_object())
                    if (walk(path, at + 1, name, item, graph, take)) return true;
            }
            return false;
    }
    return false;
}

}  // namespace vg::detect::stix
