// A warninglist and a value: the first line is the kind and the value, the rest is the list.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "intel/warninglist.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vg;
    const std::string_view input{reinterpret_cast<const char*>(data), size};
    const std::string_view first = input.substr(0, input.find('\n'));
    const std::string_view rest = first.size() < input.size() ? input.substr(first.size() + 1) : std::string_view{};
    intel::Warninglists lists;
    static_cast<void>(lists.add(rest));
    static_cast<void>(lists.add(R"({"name":"c","type":"cidr","list":["10.0.0.0/8","10.1.0.0/16","::/1"]})"));
    lists.build();
    for (std::size_t kind = 0; kind < detect::indicator::kKinds; ++kind) {
        const auto as = static_cast<intel::Kind>(kind);
        const bool has = lists.has(as, first);
        CHECK(has == !lists.find(as, first).empty(), "both questions have one answer");
        if (const auto value = detect::indicator::canonical(as, first)) CHECK(lists.has(value->kind, value->text) == !lists.find(value->kind, value->text).empty(), "both questions have one answer");
    }
    return 0;
}
