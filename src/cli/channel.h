// Channel: carries one API request to whoever answers it. One code path for a server far away, the control socket and a
// folder opened in this process. send() may be called by two threads at once (a search and its progress).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/cli.h"
#include "net/http.h"

namespace vg::cli {

struct Message {
    std::string method = "GET";
    std::string target;  // "/api/v1/findings?state=new"
    std::string body;    // JSON; empty: none
    std::vector<net::Header> headers = {};
    std::function<bool(std::string_view)> on_data = {};  // of a 2xx, piece by piece; false stops
};

class Channel {
public:
    virtual ~Channel() = default;
    virtual Result<net::Answer> send(const Message& message) = 0;
};

struct ChannelOptions {
    std::optional<std::string> server;       // URL
    std::optional<std::string> token;        // VONGGAC_TOKEN
    std::optional<std::string> ca_file, fingerprint;
    std::string data = "data";
};
// Chooses the way. An error says what to do next.
Result<std::unique_ptr<Channel>> open_channel(const ChannelOptions& options, const Surroundings& surroundings);

}  // namespace vg::cli
