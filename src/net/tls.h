// TLS contexts of the server: TLS 1.2 and later, forward secrecy and AEAD only. Used by net::Server.
#pragma once

#include <memory>

#include "base/result.h"
#include "net/http.h"
#include "net/wire.h"

namespace vg::net {

// Reads the PEM files and checks that they belong together; the error names the file.
Result<TlsContext> make_tls_context(const TlsFiles& files);

// The newest reason in OpenSSL's error queue, which is emptied.
std::string openssl_reason();

}  // namespace vg::net
