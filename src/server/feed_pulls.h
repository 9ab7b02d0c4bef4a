// What feeds of indicators need of settings and of the network: where they may be pulled from, how much, for how long.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "base/ip.h"
#include "base/result.h"
#include "intel/puller.h"
#include "server/settings.h"

namespace vg::server {

// Networks of a setting; `setting` is named when one is none.
Result<std::vector<Network>> networks_of(const Texts& texts, std::string_view setting);

intel::Puller::Options feed_options(const Settings& settings);
// Fetches by HTTP. Code::bad_input: the settings.
Result<std::function<Result<intel::Fetched>(const intel::FetchAsk&)>> feed_fetch(const Settings& settings);

}  // namespace vg::server
