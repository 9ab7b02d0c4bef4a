// TLS on plain non-blocking descriptors, for net::StreamServer.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/streams.h"

// OpenSSL's own names, so that its headers stay out of here.
struct ssl_st;
struct ssl_ctx_st;

namespace vg::net {

// make_tls_context() and what asks for client certificates.
Result<std::shared_ptr<ssl_ctx_st>> make_stream_context(const StreamTls& tls);

// The names of a verified client certificate: DNS names, then the common name; lower case, at most 32 of 255 bytes.
std::vector<std::string> client_names(ssl_st* ssl);

}  // namespace vg::net
