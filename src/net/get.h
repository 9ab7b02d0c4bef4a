// get(): one HTTP GET from an address that somebody else has chosen (a feed), guarded as post() is: what may be connected to is asked
// for the very address that the name gave, redirects are not followed, no proxy of the environment is used, and size and time
// have an end. Any thread; blocks.
//
//   const Got got = TRY(get({.url = url, .headers = {{"If-None-Match", etag}}, .most_bytes = 1 << 20, .may_connect = allowed}));
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ip.h"
#include "base/result.h"
#include "net/http.h"

namespace vg::net {

struct Getting {
    std::string url;  // http:// or https://
    std::vector<Header> headers = {};
    std::string ca_file = {};                          // PEM of the CA to trust; empty: the system's
    Span time = seconds(60);                           // for all of it
    std::size_t most_bytes = std::size_t{64} << 20;    // of the body, when it is unpacked
    std::function<bool(const Address&)> may_connect = {};  // none: anywhere
    std::function<bool()> stopping = {};               // asked at least once a second; true ends it
};

struct Got {
    int status = 0;
    std::vector<Header> headers;  // names lower case
    std::string body;
    [[nodiscard]] std::optional<std::string> header(std::string_view lower_case_name) const;
};

// The answer, whatever its status. Code::denied: the name gives only addresses that may not be connected to; Code::too_large: the
// body is longer; Code::bad_input: URL or header; Code::unavailable: anything else.
Result<Got> get(const Getting& getting);

}  // namespace vg::net
