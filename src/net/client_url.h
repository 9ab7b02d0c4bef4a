// The URL of a client call, in its three forms. Used by fetch().
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vg::net {

struct Url {
    bool tls = false;
    std::string host;         // without brackets; empty for a unix socket
    std::uint16_t port = 0;
    std::string socket_path;  // of "unix:/path/control.sock:/api/v1/..."
    std::string target;       // begins with '/'
};

// "http://host[:port]/...", "https://...", "unix:SOCKET:/TARGET".
Result<Url> parse_url(std::string_view text);

}  // namespace vg::net
