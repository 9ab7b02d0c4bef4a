// One observation against the tests of one [ ]: whether a single object of it fulfils all of them. Room-internal.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "detect/kinds/stix/pattern.h"

namespace vg::detect::stix {

// Objects that refer to each other by id (2.1) or by key (2.0).
using Graph = std::unordered_map<std::string, const json::Value*>;

// Looks at objects within a number of steps; once it has stopped every answer is no. One thread.
class Looking {
public:
    explicit Looking(std::size_t steps) : steps_(steps) {}

    // The first of the objects that fulfils the comparison; nullptr: none does, or it has stopped.
    const json::Value* find(const Comparison& comparison, std::span<const json::Value* const> objects, const Graph& graph);
    bool fulfils(const Comparison& comparison, const json::Value& object, const Graph& graph);
    bool fulfils(const Test& test, const json::Value& object, const Graph& graph);
    // The values at the end of a path of an object of its type.
    void values(const Path& path, const json::Value& object, const Graph& graph, std::vector<const json::Value*>& out);

    bool step(std::size_t count = 1);
    void stop(Error error);
    [[nodiscard]] bool stopped() const { return !error_.text.empty(); }
    [[nodiscard]] const Error& error() const { return error_; }
    // Goes on with another question after one that made no sense. Steps that are used up stay so.
    void go_on() { error_ = {}; }
    [[nodiscard]] std::size_t steps_left() const { return steps_; }

private:
    template <class Take>
    bool walk(const Path& path, std::size_t at, std::string_view key, const json::Value& value, const Graph& graph, const Take& take);

    std::size_t steps_;
    Error error_{};
};

}  // namespace vg::detect::stix
