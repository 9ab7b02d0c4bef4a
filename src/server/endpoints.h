// Addresses and ports as the settings write them: "127.0.0.1:7300", "[::1]:514", "localhost:0".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/http.h"
#include "server/settings.h"

namespace vg::server {

// The error names the setting.
Result<net::Endpoint> parse_endpoint(std::string_view setting, const std::string& text);
Result<std::vector<net::Endpoint>> parse_endpoints(std::string_view setting, const Texts& texts);
bool is_loopback(const std::string& address);

}  // namespace vg::server
