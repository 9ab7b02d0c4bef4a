// JSON objects that stand behind one another with or without white space between them, as the Splunk HTTP Event Collector
// takes them. Finds where each ends; what is inside is for JsonObjectCheck. Pure and bounded like LineSplitter.
//
//   JsonObjects objects{1 << 20, [&](const JsonObjects::Object& object) { ...; return true; }};
//   TRY(objects.feed(bytes));      // an error: something between the objects is none; nothing behind it can be read
//   TRY(objects.finish());         // an error: the last one is not complete
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vg::ingest {

class JsonObjects {
public:
    struct Object {
        std::uint64_t number = 0;  // from 0
        std::string_view text;     // good inside the call; the first bytes when too long
        bool too_long = false;
    };
    using OnObject = std::function<bool(const Object&)>;  // false stops the work

    JsonObjects(std::size_t most_bytes, OnObject on_object) : most_bytes_(most_bytes), on_object_(std::move(on_object)) {}
    Status feed(std::string_view bytes);
    Status finish();
    [[nodiscard]] std::uint64_t count() const { return count_; }

private:
    const std::size_t most_bytes_;
    const OnObject on_object_;
    std::string held_;  // of the object under way
    std::uint64_t count_ = 0;
    std::uint64_t depth_ = 0;
    bool in_text_ = false, escaped_ = false, too_long_ = false, stopped_ = false;
};

}  // namespace vg::ingest
