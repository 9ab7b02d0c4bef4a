// The channel that a command's words ask for: --server with its token, or --data, else VONGGAC_DATA, else the folder data.
#pragma once

#include <memory>

#include "base/result.h"
#include "cli/channel.h"
#include "cli/noun.h"

namespace vg::cli {

Result<std::unique_ptr<Channel>> channel_for(const Call& call);

}  // namespace vg::cli
