// How the tenant matrix asks a route, made from the route itself: captures are planted by the segment before them, the
// body is an example of request_schema with its {placeholders} filled in. Test code.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/test_world.h"

namespace vg::api::test {

struct Probe {
    Send send;
    Send missing;                      // the same with captures that name nothing
    std::vector<std::string> traces;   // what must not occur in a stranger's bytes: marker, names and ids of what was planted
    bool has_captures = false;
    bool refers = false;               // the body names something of the organisation
    std::optional<Account> own;        // for Holds::own: the account whose session it is
};

// A probe of things planted freshly in `organisation`. Nothing, with a failed expectation that says what to teach, when
// the route cannot be asked by what is known here. `who` asks routes of Holds::own.
std::optional<Probe> probe_of(World& world, const Route& route, const std::string& organisation, const std::optional<Account>& who = {});

// The value of a query parameter that names something of the organisation, and one of the same kind that names nothing.
struct ParameterValue {
    std::string real, missing;
    bool names_something = false;
};
std::optional<ParameterValue> parameter_value(World& world, const Route& route, const std::string& name, const std::string& type, const std::vector<std::string>& words,
                                              const std::string& organisation);

// A value for each parameter that the route asks for.
std::vector<net::Header> required_query(const World& world, const Route& route);

}  // namespace vg::api::test
