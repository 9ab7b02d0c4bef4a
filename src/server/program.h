// The whole program behind main(): `serve` runs here, every other command in the room cli.
#pragma once

#include "server/node.h"

namespace vg::server {

// The exit code (contract.md). `hooks`: what a test build puts in place of the real thing.
int program(int argc, char** argv, const Hooks& hooks);

}  // namespace vg::server
