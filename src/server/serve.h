// `vonggac serve`: opens the node, serves until it is told to stop, and talks to systemd (sd_notify: READY, STOPPING,
// WATCHDOG, RELOADING).
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "server/node.h"
#include "server/settings.h"

namespace vg::server {

// Settings from --config FILE, --data DIR, --listen ADDR:PORT (may be repeated); `rest` gets what it does not know.
Result<Settings> settings_from(const std::vector<std::string>& arguments, std::vector<std::string>* rest);

// Returns the exit code. Errors go to standard error, the address and the one-time link to standard output.
int serve(const std::vector<std::string>& arguments, const Hooks& hooks);

}  // namespace vg::server
