// A snapshot of a backup back into an empty folder: `vonggac restore`. No node runs meanwhile.
#pragma once

#include <functional>
#include <span>

#include "base/json.h"
#include "base/result.h"
#include "cli/cli.h"
#include "store/state.h"

namespace vg::server {

// What was restored and how it was proven, as cli::Surroundings::restore says. `schemas` as the node has them.
Result<json::Value> restore(const cli::RestoreAsk& ask, std::span<const store::Schema> schemas, const std::function<bool(const store::backup::Progress&)>& watch);

}  // namespace vg::server
