// OpenPGP keys from outside. That what is encrypted can be read by others is tried with GnuPG in tests/notifications.py.
#include "net/pgp.h"

#include <gtest/gtest.h>

#include "base/time.h"
#include "net/mail.h"
#include "net/pgp_testing.h"

namespace vg::net {
namespace {

const Time kToday = *parse_time("2027-01-01T00:00:00Z");

TEST(Pgp, AKeyIsReadWithTheFingerprintThatGnupgTells) {
    const auto key = read_pgp_key(testing_pgp::kPublicKey, kToday);
    ASSERT_TRUE(key) << key.error().text;
    EXPECT_EQ(key->fingerprint, testing_pgp::kFingerprint);
    EXPECT_EQ(key->user, "Truc ban <truc@don-vi.example>");
}

TEST(Pgp, AnythingElseIsRefusedWithTheReason) {
    const auto refusal = [](std::string_view bytes) {
        const auto read = read_pgp_key(bytes, kToday);
        return read ? std::string{"taken"} : read.error().text;
    };
    EXPECT_EQ(refusal(""), "the key is empty");
    EXPECT_EQ(refusal("hello"), "the key is no OpenPGP key");
    EXPECT_TRUE(refusal("\x98\x33\x04\xff").starts_with("the key is not armoured"));
    const std::string_view whole = testing_pgp::kPublicKey;
    for (std::size_t cut = 1; cut < whole.size(); cut += 37) (void)read_pgp_key(whole.substr(0, cut), kToday);  // nothing breaks wherever it ends
    std::string large(kMostPgpKey + 1, 'a');
    EXPECT_EQ(read_pgp_key(large, kToday).error().code, Code::too_large);
}

TEST(Pgp, AnEncryptedMailShowsNothingOfWhatItHolds) {
    Mail mail{.from = "vonggac@don-vi.example", .to = "truc@don-vi.example", .subject = "[TBSC] a", .text = "Kính gửi, nội dung\n", .message_id = "1@don-vi.example", .date = kToday};
    mail.attachments = {{.name = "mau-03-7.pdf", .media = "application/pdf", .bytes = "%PDF"}};
    mail.pgp_key = testing_pgp::kPublicKey;
    const auto bytes = compose(mail);
    ASSERT_TRUE(bytes) << bytes.error().text;
    EXPECT_NE(bytes->find("MIME-Version: 1.0\r\nContent-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=\""), std::string::npos) << *bytes;
    EXPECT_NE(bytes->find("\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n"), std::string::npos);
    EXPECT_NE(bytes->find("-----BEGIN PGP MESSAGE-----\r\n"), std::string::npos);
    for (const char* hidden : {"mau-03", "quoted-printable", "multipart/mixed"}) EXPECT_EQ(bytes->find(hidden), std::string::npos) << hidden;
    mail.pgp_key = "no key";
    EXPECT_EQ(compose(mail).error().code, Code::bad_input);
}

}  // namespace
}  // namespace vg::net
