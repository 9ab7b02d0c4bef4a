#include "reports/signature.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>  // before cms.h, which then declares PEM_read_bio_CMS
// clang-format off
#include <openssl/cms.h>
// clang-format on
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <ctime>
#include <memory>

#include "base/bytes.h"
#include "base/text.h"
#include "base/time.h"
#include "store/disk.h"

namespace vg::reports {

namespace {

template <auto function>
struct FreeBy {
    template <class T>
    void operator()(T* pointer) const {
        function(pointer);
    }
};
using SignatureBio = std::unique_ptr<BIO, FreeBy<BIO_free_all>>;
using Cms = std::unique_ptr<CMS_ContentInfo, FreeBy<CMS_ContentInfo_free>>;
using TrustStore = std::unique_ptr<X509_STORE, FreeBy<X509_STORE_free>>;
using SignerCertificate = std::unique_ptr<X509, FreeBy<X509_free>>;
using RevocationList = std::unique_ptr<X509_CRL, FreeBy<X509_CRL_free>>;

constexpr std::size_t kMostTrust = std::size_t{16} << 20, kMostCms = std::size_t{1} << 20;
constexpr std::size_t kMostSigners = 16, kMostRanges = 8;
constexpr std::string_view kDocx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

SignatureBio bio_of(std::string_view bytes) { return SignatureBio{BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size()))}; }

std::string last_ssl_reason() {
    const unsigned long code = ERR_peek_last_error();
    std::string said;
    const char* data = nullptr;
    int flags = 0;
    ERR_peek_last_error_data(&data, &flags);
    if (const char* reason = ERR_reason_error_string(code)) said = reason;
    if (data != nullptr && (flags & ERR_TXT_STRING) != 0 && *data != '\0') said += format("{}{}", said.empty() ? "" : ": ", shorten(to_valid_utf8(data), 200));
    ERR_clear_error();
    return said.empty() ? "no reason is told" : said;
}

std::string name_text(X509_NAME* name) {
    const SignatureBio out{BIO_new(BIO_s_mem())};
    X509_NAME_print_ex(out.get(), name, 0, (XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB)) | XN_FLAG_DN_REV);
    char* data = nullptr;
    const long size = BIO_get_mem_data(out.get(), &data);
    return shorten(nfc(to_valid_utf8({data, static_cast<std::size_t>(std::max(size, 0L))})), 500);
}

std::optional<Time> claimed_time(CMS_SignerInfo* signer) {
    const int at = CMS_signed_get_attr_by_NID(signer, NID_pkcs9_signingTime, -1);
    X509_ATTRIBUTE* attribute = at < 0 ? nullptr : CMS_signed_get_attr(signer, at);
    ASN1_TYPE* value = attribute == nullptr ? nullptr : X509_ATTRIBUTE_get0_type(attribute, 0);
    if (value == nullptr || (value->type != V_ASN1_UTCTIME && value->type != V_ASN1_GENERALIZEDTIME)) return std::nullopt;
    std::tm parts{};
    if (ASN1_TIME_to_tm(value->value.asn1_string, &parts) != 1) return std::nullopt;
    return Time{static_cast<std::int64_t>(::timegm(&parts)) * 1'000'000};
}

// All certificates of the CA file, and all lists of the other.
Result<TrustStore> trust_store(const SignatureTrust& trust, Time now) {
    TrustStore store{X509_STORE_new()};
    const std::string authorities = TRY_IN("setting papers.ca_file: ", store::read_whole(store::system_disk(), trust.ca_file, kMostTrust));
    const SignatureBio pem = bio_of(authorities);
    int known = 0;
    while (SignerCertificate one{PEM_read_bio_X509(pem.get(), nullptr, nullptr, nullptr)}) known += X509_STORE_add_cert(store.get(), one.get());
    ERR_clear_error();
    if (known == 0) return fail(Code::unavailable, "setting papers.ca_file: the file holds no certificate in PEM");
    unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN;
    if (!trust.crl_file.empty()) {
        const std::string lists = TRY_IN("setting papers.crl_file: ", store::read_whole(store::system_disk(), trust.crl_file, kMostTrust));
        const SignatureBio text = bio_of(lists);
        int held = 0;
        while (RevocationList one{PEM_read_bio_X509_CRL(text.get(), nullptr, nullptr, nullptr)}) held += X509_STORE_add_crl(store.get(), one.get());
        ERR_clear_error();
        if (held == 0) return fail(Code::unavailable, "setting papers.crl_file: the file holds no revocation list in PEM");
        flags |= X509_V_FLAG_CRL_CHECK;
    }
    X509_VERIFY_PARAM* parameters = X509_STORE_get0_param(store.get());
    X509_VERIFY_PARAM_set_flags(parameters, flags);
    X509_VERIFY_PARAM_set_time(parameters, static_cast<std::time_t>(now.micros / 1'000'000));
    // Certificates for signing documents are not made for mail, which is what CMS would ask for.
    X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_ANY);
    X509_VERIFY_PARAM_set_trust(parameters, X509_TRUST_COMPAT);
    return store;
}

Result<Cms> read_cms(std::string_view bytes) {
    if (bytes.size() > kMostCms) return fail(Code::bad_input, "a signature has at most 1 MiB");
    const SignatureBio bio = bio_of(bytes);
    Cms cms{bytes.starts_with("-----BEGIN") ? PEM_read_bio_CMS(bio.get(), nullptr, nullptr, nullptr) : d2i_CMS_bio(bio.get(), nullptr)};
    ERR_clear_error();
    if (!cms || OBJ_obj2nid(CMS_get0_type(cms.get())) != NID_pkcs7_signed) return fail(Code::bad_input, "this is no signature in the form CMS (.p7s)");
    return cms;
}

// `bytes` none: the signature holds them itself.
Result<SignatureCheck> check_cms(std::string_view form, std::optional<std::string_view> bytes, std::string_view signature, const SignatureTrust& trust, Time now) {
    const Cms cms = TRY(read_cms(signature));
    if (bytes && CMS_is_detached(cms.get()) != 1) return fail(Code::bad_input, "the signature holds bytes of its own; it is uploaded as the signed file, not as a detached signature");
    if (!bytes && CMS_is_detached(cms.get()) == 1) return fail(Code::bad_input, "the signature stands alone: it is checked against the bytes that were issued");
    ERR_clear_error();
    SignatureCheck check;
    check.form = form;
    const SignatureBio content = bytes ? bio_of(*bytes) : SignatureBio{};
    const SignatureBio nowhere{BIO_new(BIO_s_null())};
    // First whether it fits the bytes, then whose it is: the two are told apart.
    if (CMS_verify(cms.get(), nullptr, nullptr, content.get(), nowhere.get(), CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY) != 1) return fail(Code::bad_input, format("the signature does not fit the bytes: {}", last_ssl_reason()));
    STACK_OF(CMS_SignerInfo)* signers = CMS_get0_SignerInfos(cms.get());
    for (int i = 0; i < sk_CMS_SignerInfo_num(signers) && check.signers.size() < kMostSigners; ++i) {
        CMS_SignerInfo* one = sk_CMS_SignerInfo_value(signers, i);
        X509* certificate = nullptr;
        CMS_SignerInfo_get0_algs(one, nullptr, &certificate, nullptr, nullptr);
        check.signers.push_back(certificate == nullptr ? "?" : name_text(X509_get_subject_name(certificate)));
        if (const auto time = claimed_time(one); time && (!check.claimed || *time > *check.claimed)) check.claimed = time;
    }
    if (check.signers.empty()) return fail(Code::bad_input, "nobody signed it");
    if (trust.ca_file.empty()) return check;
    const TrustStore store = TRY(trust_store(trust, now));
    const SignatureBio again = bytes ? bio_of(*bytes) : SignatureBio{};
    if (CMS_verify(cms.get(), nullptr, store.get(), again.get(), nowhere.get(), CMS_BINARY) != 1) return fail(Code::denied, format("the signature fits, but its certificate is not accepted: {}", last_ssl_reason()));
    check.chain_checked = true;
    check.revocation_checked = !trust.crl_file.empty();
    return check;
}

struct SignedRange {
    std::size_t first = 0, gap = 0, behind = 0, rest = 0;  // [first, first + gap) and [behind, behind + rest)
};

// "/ByteRange [0 840 960 240]": four numbers.
std::optional<SignedRange> byte_range(std::string_view file, std::size_t at) {
    const std::size_t open = file.find('[', at);
    if (open == std::string_view::npos || open > at + 32) return std::nullopt;
    const std::size_t shut = file.find(']', open);
    if (shut == std::string_view::npos || shut > open + 128) return std::nullopt;
    std::vector<std::int64_t> numbers;
    std::string word;
    for (const char c : std::string{file.substr(open + 1, shut - open - 1)} + " ") {
        if (c >= '0' && c <= '9') {
            word += c;
            continue;
        }
        if (c != ' ' && c != '\n' && c != '\r' && c != '\t') return std::nullopt;
        if (word.empty()) continue;
        const auto number = parse_int(word);
        if (!number) return std::nullopt;
        numbers.push_back(*number);
        word.clear();
    }
    if (numbers.size() != 4) return std::nullopt;
    const auto size = static_cast<std::int64_t>(file.size());
    for (const std::int64_t one : numbers)
        if (one > size) return std::nullopt;
    if (numbers[0] != 0 || numbers[1] >= numbers[2] || numbers[2] + numbers[3] > size) return std::nullopt;
    return SignedRange{0, static_cast<std::size_t>(numbers[1]), static_cast<std::size_t>(numbers[2]), static_cast<std::size_t>(numbers[3])};
}

Result<SignatureCheck> check_pdf(std::string_view file, const SignatureTrust& trust, Time now) {
    SignatureCheck all;
    all.form = "none";
    std::size_t signed_until = 0, seen = 0;
    for (std::size_t at = file.find("/ByteRange"); at != std::string_view::npos; at = file.find("/ByteRange", at + 1)) {
        const auto range = byte_range(file, at);
        if (!range) continue;
        if (++seen > kMostRanges) return fail(Code::bad_input, format("the PDF bears more than {} signatures", kMostRanges));
        std::string_view hole = trim(file.substr(range->gap, range->behind - range->gap));
        if (hole.size() < 2 || hole.front() != '<' || hole.back() != '>') return fail(Code::bad_input, "the signature of the PDF does not stand where the file says");
        std::string hex = lower_ascii(hole.substr(1, hole.size() - 2));
        hex.erase(std::remove_if(hex.begin(), hex.end(), [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }), hex.end());
        const std::string cms = TRY_IN("the signature of the PDF: ", from_hex(hex));
        const std::string bytes = std::string{file.substr(0, range->gap)} + std::string{file.substr(range->behind, range->rest)};
        SignatureCheck one = TRY(check_cms("pdf", bytes, cms, trust, now));
        all.signers.insert(all.signers.end(), one.signers.begin(), one.signers.end());
        if (one.claimed && (!all.claimed || *one.claimed > *all.claimed)) all.claimed = one.claimed;
        all.form = "pdf", all.chain_checked = one.chain_checked, all.revocation_checked = one.revocation_checked;
        signed_until = std::max(signed_until, range->behind + range->rest);
    }
    all.whole = all.form == "none" || trim(file.substr(signed_until)).empty();
    return all;
}

}  // namespace

json::Value to_json(const SignatureCheck& check) {
    json::Array signers;
    for (const std::string& one : check.signers) signers.emplace_back(one);
    return json::object({{"form", check.form}, {"signers", std::move(signers)}, {"claimed", check.claimed ? json::Value{to_rfc3339(*check.claimed)} : json::Value{}}, {"chain_checked", check.chain_checked}, {"revocation_checked", check.revocation_checked}, {"whole", check.whole}});
}

Result<SignatureCheck> check_detached(std::string_view bytes, std::string_view cms, const SignatureTrust& trust, Time now) { return check_cms("cms", bytes, cms, trust, now); }

Result<SignatureCheck> check_file(std::string_view file, const SignatureTrust& trust, Time now) {
    const std::string media = media_of(file);
    if (media.empty()) return fail(Code::bad_input, "the signed paper is a PDF, a DOCX, a picture of the signed page (PNG, JPEG), or a signature (.p7s) that holds it");
    if (media == "application/pkcs7-mime") return check_cms("cms", std::nullopt, file, trust, now);
    if (media == "application/pdf") return check_pdf(file, trust, now);
    SignatureCheck none;
    none.form = "none";
    return none;
}

std::string media_of(std::string_view bytes) {
    using namespace std::string_view_literals;
    if (bytes.starts_with("%PDF-")) return "application/pdf";
    if (bytes.starts_with("PK\x03\x04") && bytes.find("word/") != std::string_view::npos) return std::string{kDocx};
    if (bytes.starts_with("\x89PNG\r\n\x1a\n")) return "image/png";
    if (bytes.starts_with("\xff\xd8\xff")) return "image/jpeg";
    if (bytes.starts_with("-----BEGIN CMS-----") || bytes.starts_with("-----BEGIN PKCS7-----") || (bytes.size() > 20 && bytes.starts_with("\x30"sv) && bytes.substr(0, 20).find("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"sv) != std::string_view::npos)) return "application/pkcs7-mime";
    return {};
}

}  // namespace vg::reports
