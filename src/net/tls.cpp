#include "net/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace vg::net {
namespace {

// Of the protocols that the client offers, http/1.1 or none (RFC 7301). OpenSSL keeps a pointer into the list.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in, unsigned int in_size, void*) {
    static constexpr unsigned char ours[] = "\x08http/1.1";
    unsigned char* chosen = nullptr;
    if (SSL_select_next_proto(&chosen, out_size, ours, sizeof ours - 1, in, in_size) != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_NOACK;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

}  // namespace

std::string openssl_reason() {
    const unsigned long code = ERR_peek_last_error();
    const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
    std::string text = reason == nullptr ? "unknown reason" : reason;
    ERR_clear_error();
    return text;
}

Result<TlsContext> make_tls_context(const TlsFiles& files) {
    TlsContext context{SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
    if (context == nullptr) return fail(Code::internal, "no TLS context: " + openssl_reason());
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
    if (SSL_CTX_set_cipher_list(context.get(), "ECDHE+AESGCM:ECDHE+CHACHA20") != 1) return fail(Code::internal, "no TLS ciphers: " + openssl_reason());
    SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
    if (SSL_CTX_use_certificate_chain_file(context.get(), files.certificate.c_str()) != 1)
        return fail(Code::bad_input, "the certificate " + files.certificate + " cannot be used: " + openssl_reason());
    if (SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(), SSL_FILETYPE_PEM) != 1)
        return fail(Code::bad_input, "the key " + files.key + " cannot be used: " + openssl_reason());
    if (SSL_CTX_check_private_key(context.get()) != 1) return fail(Code::bad_input, "the key " + files.key + " does not belong to the certificate " + files.certificate);
    return context;
}

}  // namespace vg::net
