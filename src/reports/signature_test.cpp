// Signatures of papers: made here with OpenSSL, under a CA of the test, and one that is no one's.
#include "reports/signature.h"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>  // before cms.h
// clang-format off
#include <openssl/cms.h>
// clang-format on
#include <openssl/x509v3.h>

#include <cstdio>
#include <fstream>
#include <memory>

#include "base/bytes.h"
#include "base/text.h"

namespace vg::reports::signature_test {
namespace {

template <auto function>
struct Freed {
    template <class T>
    void operator()(T* pointer) const {
        function(pointer);
    }
};
using TestKey = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using TestCertificate = std::unique_ptr<X509, Freed<X509_free>>;
using TestBio = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using TestCms = std::unique_ptr<CMS_ContentInfo, Freed<CMS_ContentInfo_free>>;

constexpr Time kNow{1'714'093'200'000'000};  // 2024-04-26T01:00:00Z

TestCertificate certificate(const std::string& name, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key, long serial) {
    TestCertificate out{X509_new()};
    X509_set_version(out.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(out.get()), serial);
    ASN1_TIME_set(X509_getm_notBefore(out.get()), kNow.micros / 1'000'000 - 86'400);
    ASN1_TIME_set(X509_getm_notAfter(out.get()), kNow.micros / 1'000'000 + 86'400);
    X509_NAME_add_entry_by_NID(X509_get_subject_name(out.get()), NID_commonName, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509_set_issuer_name(out.get(), X509_get_subject_name(issuer == nullptr ? out.get() : issuer));
    X509_set_pubkey(out.get(), key);
    if (issuer == nullptr) {
        X509V3_CTX context;
        X509V3_set_ctx(&context, out.get(), out.get(), nullptr, nullptr, 0);
        X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, NID_basic_constraints, "critical,CA:TRUE");
        X509_add_ext(out.get(), extension, -1);
        X509_EXTENSION_free(extension);
    }
    X509_sign(out.get(), issuer_key, EVP_sha256());
    return out;
}

std::string text_in(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(size)};
}

struct SignatureTest : testing::Test {
    SignatureTest() {
        authority_key.reset(EVP_EC_gen("P-256"));
        key.reset(EVP_EC_gen("P-256"));
        authority = certificate("CA thử", authority_key.get(), nullptr, authority_key.get(), 1);
        signer = certificate("Nguyễn Văn An", key.get(), authority.get(), authority_key.get(), 2);
        ca_file = pem_of(authority.get(), "ca");
    }
    ~SignatureTest() override {
        for (const std::string& one : files) std::remove(one.c_str());
    }
    std::string written(const std::string& name, const std::string& text) {
        files.push_back(testing::TempDir() + "vonggac-signature-" + name + std::to_string(::getpid()));
        std::ofstream{files.back(), std::ios::binary} << text;
        return files.back();
    }
    std::string pem_of(X509* one, const std::string& name) {
        const TestBio bio{BIO_new(BIO_s_mem())};
        PEM_write_bio_X509(bio.get(), one);
        return written(name, text_in(bio.get()));
    }
    std::string signature_of(std::string_view bytes, unsigned flags = CMS_DETACHED) {
        const TestBio content{BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size()))};
        const TestCms cms{CMS_sign(signer.get(), key.get(), nullptr, content.get(), flags | CMS_BINARY)};
        const TestBio out{BIO_new(BIO_s_mem())};
        i2d_CMS_bio(out.get(), cms.get());
        return text_in(out.get());
    }
    std::string revocations(std::optional<long> withdrawn) {
        std::unique_ptr<X509_CRL, Freed<X509_CRL_free>> list{X509_CRL_new()};
        X509_CRL_set_version(list.get(), 1);
        X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(authority.get()));
        std::unique_ptr<ASN1_TIME, Freed<ASN1_TIME_free>> from{ASN1_TIME_set(nullptr, kNow.micros / 1'000'000 - 3'600)}, until{ASN1_TIME_set(nullptr, kNow.micros / 1'000'000 + 3'600)};
        X509_CRL_set1_lastUpdate(list.get(), from.get());
        X509_CRL_set1_nextUpdate(list.get(), until.get());
        if (withdrawn) {
            X509_REVOKED* one = X509_REVOKED_new();
            std::unique_ptr<ASN1_INTEGER, Freed<ASN1_INTEGER_free>> serial{ASN1_INTEGER_new()};
            ASN1_INTEGER_set(serial.get(), *withdrawn);
            X509_REVOKED_set_serialNumber(one, serial.get());
            X509_REVOKED_set_revocationDate(one, from.get());
            X509_CRL_add0_revoked(list.get(), one);
        }
        X509_CRL_sign(list.get(), authority_key.get(), EVP_sha256());
        const TestBio bio{BIO_new(BIO_s_mem())};
        PEM_write_bio_X509_CRL(bio.get(), list.get());
        return written("crl", text_in(bio.get()));
    }

    std::vector<std::string> files;
    TestKey authority_key, key;
    TestCertificate authority, signer;
    std::string ca_file;
};

TEST_F(SignatureTest, ADetachedOneFitsItsBytesAndNoOthers) {
    const std::string cms = signature_of("%PDF- một");
    const auto check = check_detached("%PDF- một", cms, {}, kNow);
    ASSERT_TRUE(check) << check.error().text;
    EXPECT_EQ(check->signers, std::vector<std::string>{"CN=Nguyễn Văn An"});
    EXPECT_FALSE(check->chain_checked) << "no CA is set, and that is told";
    EXPECT_FALSE(check->revocation_checked);
    EXPECT_TRUE(check->claimed);
    EXPECT_EQ(check_detached("%PDF- hai", cms, {}, kNow).error().code, Code::bad_input);
    EXPECT_EQ(check_detached("%PDF- một", "no signature", {}, kNow).error().code, Code::bad_input);
    EXPECT_EQ(check_detached("%PDF- một", cms.substr(0, cms.size() / 2), {}, kNow).error().code, Code::bad_input);
}

TEST_F(SignatureTest, TheChainEndsAtACaOfTheSettingOrItIsRefused) {
    const std::string cms = signature_of("bytes");
    const auto check = check_detached("bytes", cms, {ca_file, ""}, kNow);
    ASSERT_TRUE(check) << check.error().text;
    EXPECT_TRUE(check->chain_checked);
    EXPECT_FALSE(check->revocation_checked) << "no list is set, and that is told";
    const TestKey other_key{EVP_EC_gen("P-256")};
    const TestCertificate other = certificate("CA khác", other_key.get(), nullptr, other_key.get(), 9);
    EXPECT_EQ(check_detached("bytes", cms, {pem_of(other.get(), "other"), ""}, kNow).error().code, Code::denied);
    EXPECT_EQ(check_detached("bytes", cms, {ca_file, ""}, kNow + days(2)).error().code, Code::denied) << "the certificate has ended";
    EXPECT_EQ(check_detached("bytes", cms, {"/nowhere/ca.pem", ""}, kNow).error().text.substr(0, 23), "setting papers.ca_file:");
}

TEST_F(SignatureTest, AWithdrawnCertificateIsRefusedWhereThereIsAList) {
    const std::string cms = signature_of("bytes");
    const auto check = check_detached("bytes", cms, {ca_file, revocations(std::nullopt)}, kNow);
    ASSERT_TRUE(check) << check.error().text;
    EXPECT_TRUE(check->revocation_checked);
    EXPECT_EQ(check_detached("bytes", cms, {ca_file, revocations(2)}, kNow).error().code, Code::denied);
}

TEST_F(SignatureTest, APdfSaysWhatItSignsAndWhatStandsBehindIt) {
    // The four numbers have a fixed width here, so that the range does not move with them.
    const auto pdf = [&](std::string_view hex) {
        const std::string head = "%PDF-1.7\n1 0 obj <</Type/Sig/ByteRange [0000 0000 0000 0000] /Contents <";
        std::string file = head + std::string{hex} + "> >>\n%%EOF\n";
        const std::size_t gap = head.size() - 1, behind = head.size() + hex.size() + 1;
        file.replace(head.find('[') + 1, 19, format("{:04} {:04} {:04} {:04}", 0, gap, behind, file.size() - behind));
        return std::pair{file, file.substr(0, gap) + file.substr(behind)};
    };
    const std::string room(4'000, '0');
    const auto [blank, about] = pdf(room);
    std::string hex = to_hex(signature_of(about));
    ASSERT_LT(hex.size(), room.size());
    hex.resize(room.size(), '0');
    const std::string file = pdf(hex).first;
    const auto check = check_file(file, {ca_file, ""}, kNow);
    ASSERT_TRUE(check) << check.error().text;
    EXPECT_EQ(check->form, "pdf");
    EXPECT_TRUE(check->whole);
    EXPECT_EQ(check->signers, std::vector<std::string>{"CN=Nguyễn Văn An"});
    const auto longer = check_file(file + "2 0 obj\n%%EOF\n", {ca_file, ""}, kNow);
    ASSERT_TRUE(longer) << longer.error().text;
    EXPECT_FALSE(longer->whole) << "something was added after the signature";
    std::string altered = file;
    altered[6] = '8';
    EXPECT_EQ(check_file(altered, {ca_file, ""}, kNow).error().code, Code::bad_input);
}

TEST_F(SignatureTest, AScanBearsNoneAndAnAttachedOneHoldsItsBytes) {
    EXPECT_EQ(check_file("%PDF-1.4 scan", {}, kNow)->form, "none");
    EXPECT_EQ(check_file(std::string{"\x89PNG\r\n\x1a\n"} + "picture", {}, kNow)->form, "none");
    EXPECT_EQ(check_file("hello", {}, kNow).error().code, Code::bad_input);
    EXPECT_EQ(check_file(signature_of("bytes", 0), {ca_file, ""}, kNow)->form, "cms");
    EXPECT_EQ(check_file(signature_of("bytes"), {ca_file, ""}, kNow).error().code, Code::bad_input) << "alone it says nothing";
}

TEST_F(SignatureTest, StrangeRangesAreNoSignature) {
    for (const char* range : {"[0 5 3 4]", "[0 9999999 99999999 1]", "[1 2 3 4]", "[0 1 2]", "[0 18446744073709551616 1 1]", "", "[0 -1 5 5]"}) {
        const std::string file = format("%PDF-1.4 /ByteRange {} <00>", range);
        const auto check = check_file(file, {}, kNow);
        ASSERT_TRUE(check) << range << ": " << check.error().text;
        EXPECT_EQ(check->form, "none") << range;
    }
}

}  // namespace
}  // namespace vg::reports::signature_test
