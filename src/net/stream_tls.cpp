#include "net/stream_tls.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>

#include "base/text.h"
#include "net/tls.h"

namespace vg::net {
namespace {

constexpr std::size_t kMostNames = 32;

void add_name(std::vector<std::string>& names, const ASN1_STRING* text) {
    if (text == nullptr || names.size() >= kMostNames) return;
    unsigned char* utf8 = nullptr;
    const int size = ASN1_STRING_to_UTF8(&utf8, text);
    if (size < 0) return;
    const std::string name = lower_ascii({reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(size)});
    OPENSSL_free(utf8);
    // A NUL inside a name is an old trick to look like another one.
    const bool fine = !name.empty() && name.size() <= 255 && name.find('\0') == std::string::npos && is_utf8(name);
    if (fine && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

}  // namespace

Result<std::shared_ptr<ssl_ctx_st>> make_stream_context(const StreamTls& tls) {
    TlsContext context = TRY(make_tls_context(tls.files));
    if (tls.clients == ClientCertificates::none) return context;
    if (SSL_CTX_load_verify_locations(context.get(), tls.client_ca.c_str(), nullptr) != 1)
        return fail(Code::bad_input, "the CA of client certificates " + tls.client_ca + " cannot be used: " + openssl_reason());
    STACK_OF(X509_NAME)* names = SSL_load_client_CA_file(tls.client_ca.c_str());
    if (names == nullptr) return fail(Code::bad_input, "the CA of client certificates " + tls.client_ca + " holds no certificate: " + openssl_reason());
    SSL_CTX_set_client_CA_list(context.get(), names);  // takes them
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | (tls.clients == ClientCertificates::required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nullptr);
    // Sessions that are taken up again must belong to this listener, or the certificate would be that of another.
    static constexpr unsigned char kId[] = "vonggac-streams";
    SSL_CTX_set_session_id_context(context.get(), kId, sizeof kId - 1);
    return context;
}

std::vector<std::string> client_names(ssl_st* ssl) {
    std::vector<std::string> names;
    X509* certificate = SSL_get1_peer_certificate(ssl);
    if (certificate == nullptr) return names;
    if (SSL_get_verify_result(ssl) == X509_V_OK) {
        auto* others = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
        for (int i = 0; others != nullptr && i < sk_GENERAL_NAME_num(others); ++i) {
            const GENERAL_NAME* name = sk_GENERAL_NAME_value(others, i);
            if (name->type == GEN_DNS) add_name(names, name->d.dNSName);
        }
        if (others != nullptr) GENERAL_NAMES_free(others);
        const X509_NAME* subject = X509_get_subject_name(certificate);
        const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
        if (at >= 0) add_name(names, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
    }
    X509_free(certificate);
    return names;
}

}  // namespace vg::net
