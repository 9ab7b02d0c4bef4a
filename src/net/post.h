// post(): one HTTP POST to an address that somebody else has chosen (a webhook), so it is guarded: what may be connected to
// is asked for the very address that the name gave, after the look-up; redirects are not followed, no proxy of the
// environment is used, the answer's body is not kept, and all of it has an end. Any thread; blocks.
//
//   const int status = TRY(post({.url = url, .headers = {{"Content-Type", "application/json"}}, .body = body, .may_connect = allowed}));
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ip.h"
#include "base/result.h"
#include "net/http.h"

namespace vg::net {

struct Posting {
    std::string url;  // http:// or https://
    std::vector<Header> headers;
    std::string body;
    std::string ca_file;                               // PEM of the CA to trust; empty: the system's
    Span time = seconds(10);                           // for all of it
    std::function<bool(const Address&)> may_connect;   // none: anywhere
    std::function<bool()> stopping = {};               // asked at least once a second; true ends it
};

// The status of the answer, whatever it is. Code::denied: the name gives only addresses that may not be connected to;
// Code::bad_input: URL or header; Code::unavailable: anything else.
Result<int> post(const Posting& posting);

// Whether an address is not of the public Internet: loopback, private, link-local, shared, multicast, translated or
// reserved, by IANA's special-purpose registries (RFC 6890).
bool is_inner(const Address& address);

}  // namespace vg::net
