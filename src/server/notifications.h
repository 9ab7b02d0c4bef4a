// The settings of notification as notify::Notifier wants them.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "notify/notifier.h"
#include "server/settings.h"

namespace vg::server {

// The error names the setting. `own_address`: of the node, when no setting says under which one people open the console.
Result<notify::Notifier::Options> notification_options(const Settings& settings, std::function<std::string()> own_address);

}  // namespace vg::server
