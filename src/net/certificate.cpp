#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>

#include "base/bytes.h"
#include "base/ip.h"
#include "base/text.h"
#include "net/http.h"
#include "net/tls.h"

// The node's own CA and server certificate (RFC 5280): ECDSA P-256 with SHA-256. The CA may sign server certificates
// only, and no further CA.

namespace vg::net {
namespace {

template <auto function>
struct Free {
    template <class T>
    void operator()(T* pointer) const {
        function(pointer);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;

constexpr std::int64_t kDay = 86'400;

Status write_file(const std::string& path, std::string_view bytes, mode_t mode) {
    const std::string draft = path + ".new";
    const auto failed = [&](const char* what) { return fail(Code::unavailable, std::string{what} + " " + draft + ": " + std::strerror(errno)); };
    ::unlink(draft.c_str());
    const int file = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    if (file < 0) return failed("cannot create");
    while (!bytes.empty()) {
        const ssize_t count = ::write(file, bytes.data(), bytes.size());
        if (count < 0) {
            ::close(file);
            return failed("cannot write");
        }
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    const bool synced = ::fsync(file) == 0;
    ::close(file);
    if (!synced || ::rename(draft.c_str(), path.c_str()) != 0) return failed("cannot keep");
    const int folder = ::open(path.substr(0, path.rfind('/')).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0) {
        ::fsync(folder);
        ::close(folder);
    }
    return {};
}

Result<std::string> read_file(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    if (!file) return fail(Code::not_found, path + " cannot be read");
    return std::string{std::istreambuf_iterator<char>{file}, {}};
}

Result<Key> read_key(const std::string& path) {
    const std::string text = TRY(read_file(path));
    const Bio bio{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
    Key key{PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr)};
    if (!key) return fail(Code::corrupt, path + " has no private key: " + openssl_reason());
    return key;
}

Result<Certificate> read_certificate(const std::string& path) {
    const std::string text = TRY(read_file(path));
    const Bio bio{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
    Certificate certificate{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)};
    if (!certificate) return fail(Code::corrupt, path + " has no certificate: " + openssl_reason());
    return certificate;
}

std::string pem(const Key& key) {
    const Bio bio{BIO_new(BIO_s_mem())};
    PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

std::string pem(const Certificate& certificate) {
    const Bio bio{BIO_new(BIO_s_mem())};
    PEM_write_bio_X509(bio.get(), certificate.get());
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

bool extend(X509* certificate, X509* issuer, int which, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, which, value.c_str());
    if (extension == nullptr) return false;
    const bool added = X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added;
}

// What both certificates have in common.
Result<Certificate> begin_certificate(const std::string& name, const Key& key, Time now, std::int64_t lasts) {
    Certificate certificate{X509_new()};
    unsigned char serial[16];
    if (!certificate || RAND_bytes(serial, sizeof serial) != 1) return fail(Code::internal, "no random serial number");
    serial[0] &= 0x7f;
    serial[0] |= 0x40;
    std::unique_ptr<BIGNUM, Free<BN_free>> number{BN_bin2bn(serial, sizeof serial, nullptr)};
    X509_set_version(certificate.get(), X509_VERSION_3);
    BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate.get()));
    const std::int64_t start = now.micros / 1'000'000 - 3600;  // for clocks that are behind
    ASN1_TIME_set(X509_getm_notBefore(certificate.get()), start);
    ASN1_TIME_set(X509_getm_notAfter(certificate.get()), start + lasts);
    X509_set_pubkey(certificate.get(), key.get());
    X509_NAME* subject = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(name.data()), static_cast<int>(name.size()), -1, 0);
    return certificate;
}

Result<Key> make_key() {
    Key key{EVP_EC_gen("P-256")};
    if (!key) return fail(Code::internal, "no key: " + openssl_reason());
    return key;
}

Result<Certificate> make_ca(const Key& key, Time now) {
    unsigned char tag[4];
    RAND_bytes(tag, sizeof tag);
    const std::string name = "Vong Gac node CA " + to_hex({reinterpret_cast<const char*>(tag), sizeof tag});
    Certificate ca = TRY(begin_certificate(name, key, now, 3650 * kDay));
    X509_set_issuer_name(ca.get(), X509_get_subject_name(ca.get()));
    const bool good = extend(ca.get(), ca.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
                      extend(ca.get(), ca.get(), NID_key_usage, "critical,keyCertSign,cRLSign") &&
                      extend(ca.get(), ca.get(), NID_ext_key_usage, "serverAuth") &&
                      extend(ca.get(), ca.get(), NID_subject_key_identifier, "hash") && X509_sign(ca.get(), key.get(), EVP_sha256()) > 0;
    if (!good) return fail(Code::internal, "no CA certificate: " + openssl_reason());
    return ca;
}

// "DNS:a,IP:b", or an error for a name that no certificate can have.
Result<std::string> alternative_names(const std::vector<std::string>& names) {
    std::string out;
    for (const std::string& name : names) {
        const bool is_address = parse_address(name).has_value();
        const bool plain = !name.empty() && name.size() <= 253 &&
                           std::all_of(name.begin(), name.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-' || c == '*' || c == ':'; });
        if (!plain || (!is_address && name.find(':') != std::string::npos)) return fail(Code::bad_input, "a certificate cannot be made for the name \"" + shorten(name, 60) + "\"");
        if (!out.empty()) out += ",";
        out += (is_address ? "IP:" : "DNS:") + name;
    }
    if (out.empty()) return fail(Code::bad_input, "a certificate needs at least one name");
    return out;
}

Result<Certificate> make_node(const Key& key, const Certificate& ca, const Key& ca_key, const std::vector<std::string>& names, Time now) {
    const std::string alternatives = TRY(alternative_names(names));
    Certificate node = TRY(begin_certificate(names.front().substr(0, 64), key, now, 397 * kDay));
    X509_set_issuer_name(node.get(), X509_get_subject_name(ca.get()));
    const bool good = extend(node.get(), ca.get(), NID_basic_constraints, "critical,CA:FALSE") &&
                      extend(node.get(), ca.get(), NID_key_usage, "critical,digitalSignature") && extend(node.get(), ca.get(), NID_ext_key_usage, "serverAuth") &&
                      extend(node.get(), ca.get(), NID_subject_alt_name, alternatives) && extend(node.get(), ca.get(), NID_subject_key_identifier, "hash") &&
                      extend(node.get(), ca.get(), NID_authority_key_identifier, "keyid") && X509_sign(node.get(), ca_key.get(), EVP_sha256()) > 0;
    if (!good) return fail(Code::internal, "no node certificate: " + openssl_reason());
    return node;
}

std::int64_t end_of(const Certificate& certificate) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &parts) != 1) return 0;
    return timegm(&parts);
}

bool covers(const Certificate& certificate, const std::vector<std::string>& names) {
    return std::all_of(names.begin(), names.end(), [&](const std::string& name) {
        if (parse_address(name)) return X509_check_ip_asc(certificate.get(), name.c_str(), 0) == 1;
        // A wildcard is asked for by a name under it.
        const std::string asked = name.starts_with("*.") ? "x" + name.substr(1) : name;
        return X509_check_host(certificate.get(), asked.data(), asked.size(), 0, nullptr) == 1;
    });
}

std::string fingerprint_of(const Certificate& certificate) {
    unsigned char digest[32];
    unsigned size = 0;
    X509_digest(certificate.get(), EVP_sha256(), digest, &size);
    return to_hex({reinterpret_cast<const char*>(digest), size});
}

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

}  // namespace

Result<NodeCertificate> load_or_make_certificate(const std::string& folder, const std::vector<std::string>& names, Time now) {
    NodeCertificate files{.ca_certificate = folder + "/ca.crt", .certificate = folder + "/node.crt", .key = folder + "/node.key"};
    const std::string ca_key_file = folder + "/ca.key";
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return fail(Code::unavailable, "cannot create the folder " + folder + ": " + std::strerror(errno));
    // A CA that cannot be read is never replaced in silence: its clients trust it.
    if (!exists(files.ca_certificate)) {
        const Key key = TRY(make_key());
        const Certificate ca = TRY(make_ca(key, now));
        TRY(write_file(ca_key_file, pem(key), 0600));
        TRY(write_file(files.ca_certificate, pem(ca), 0644));
    }
    const Certificate ca = TRY(read_certificate(files.ca_certificate));
    const std::int64_t second = now.micros / 1'000'000;
    if (exists(files.certificate) && exists(files.key)) {
        const auto node = read_certificate(files.certificate);
        const auto key = read_key(files.key);
        const bool good = node && key && X509_check_private_key(node->get(), key->get()) == 1 && X509_check_issued(ca.get(), node->get()) == X509_V_OK &&
                          X509_verify(node->get(), X509_get0_pubkey(ca.get())) == 1 && covers(*node, names) && end_of(*node) - second > 30 * kDay;
        ERR_clear_error();
        if (good) {
            files.fingerprint = fingerprint_of(*node);
            return files;
        }
    }
    const Key ca_key = TRY(read_key(ca_key_file));
    if (X509_check_private_key(ca.get(), ca_key.get()) != 1) return fail(Code::corrupt, ca_key_file + " does not belong to " + files.ca_certificate);
    const Key key = TRY(make_key());
    const Certificate node = TRY(make_node(key, ca, ca_key, names, now));
    TRY(write_file(files.key, pem(key), 0600));
    TRY(write_file(files.certificate, pem(node) + pem(ca), 0644));
    files.fingerprint = fingerprint_of(node);
    return files;
}

}  // namespace vg::net
