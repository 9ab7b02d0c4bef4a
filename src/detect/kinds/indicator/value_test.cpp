#include "detect/kinds/indicator/value.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace vg::detect::indicator {
namespace {

struct Pair {
    Kind kind;
    std::string_view written, canonical;
};

void expect_all(const std::vector<Pair>& pairs) {
    for (const Pair& pair : pairs) {
        const auto value = canonical(pair.kind, pair.written);
        ASSERT_TRUE(value) << pair.written << ": " << value.error().text;
        EXPECT_EQ(value->text, pair.canonical) << pair.written;
        const auto again = canonical(value->kind, value->text);
        ASSERT_TRUE(again) << pair.written;
        EXPECT_EQ(*again, *value) << "the canonical form of a canonical form is itself: " << pair.written;
    }
}

// RFC 5952 section 4 and RFC 4291 section 2.5.5.2.
TEST(IndicatorValue, WritesAddressesAsRfc5952Says) {
    expect_all({{Kind::address, "2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
                {Kind::address, "2001:0db8::0001", "2001:db8::1"},
                {Kind::address, "::ffff:192.0.2.7", "192.0.2.7"},
                {Kind::address, "::FFFF:c000:0207", "192.0.2.7"},
                {Kind::address, " 192.0.2[.]7 ", "192.0.2.7"},
                {Kind::address, "192[dot]0(dot)2{.}7", "192.0.2.7"},
                {Kind::address, "192.0.2.7.", "192.0.2.7"},
                {Kind::address, "[2001:db8::1]", "2001:db8::1"}});
}

TEST(IndicatorValue, TellsThePortBesideTheAddress) {
    for (const auto& [text, address, port] : std::vector<std::tuple<std::string_view, std::string_view, int>>{
             {"1.2.3.4:443", "1.2.3.4", 443}, {"[2001:db8::1]:8443", "2001:db8::1", 8443}, {"1.2.3[.]4[:]80", "1.2.3.4", 80}, {"1.2.3.4", "1.2.3.4", 0}, {"2001:db8::1", "2001:db8::1", 0}}) {
        const auto value = recognise(text);
        ASSERT_TRUE(value) << text;
        EXPECT_EQ(value->kind, Kind::address) << text;
        EXPECT_EQ(value->text, address) << text;
        EXPECT_EQ(value->port, port) << text;
    }
    EXPECT_FALSE(canonical(Kind::address, "1.2.3.4:0"));
    EXPECT_FALSE(canonical(Kind::address, "1.2.3.4:65536"));
    EXPECT_FALSE(canonical(Kind::address, "[2001:db8::1"));
}

TEST(IndicatorValue, RefusesLeadingZerosAsAmbiguous) {
    for (const std::string_view text : {"010.2.3.4", "1.2.3.04", "192.000.2.1", "010.0.0.0/8", "010.2.3.4:80"}) {
        for (const auto& value : {canonical(Kind::address, text), recognise(text)}) {
            ASSERT_FALSE(value) << text;
            EXPECT_NE(value.error().text.find("leading zero"), std::string::npos) << value.error().text;
        }
    }
    EXPECT_FALSE(canonical(Kind::address, "fe80::1%eth0"));
    EXPECT_FALSE(canonical(Kind::address, "1.2.3"));
    EXPECT_FALSE(canonical(Kind::address, "1.2.3.256"));
}

TEST(IndicatorValue, ClearsHostBitsOfNetworks) {
    expect_all({{Kind::network, "203.0.113.77/24", "203.0.113.0/24"},
                {Kind::network, "2001:DB8::1/32", "2001:db8::/32"},
                {Kind::network, "::ffff:203.0.113.0/120", "203.0.113.0/24"},
                {Kind::address, "203.0.113[.]0/25", "203.0.113.0/25"}});
    EXPECT_EQ(*canonical(Kind::network, "203.0.113.7/32"), (Value{Kind::address, "203.0.113.7", 0}));
    EXPECT_EQ(*canonical(Kind::network, "2001:db8::7/128"), (Value{Kind::address, "2001:db8::7", 0}));
    EXPECT_EQ(canonical(Kind::address, "203.0.113.0/24")->kind, Kind::network);
    for (const std::string_view text : {"0.0.0.0/0", "10.0.0.0/7", "::/0", "2000::/15", "203.0.113.0/33", "203.0.113.0/"}) EXPECT_FALSE(canonical(Kind::network, text)) << text;
}

// The A-labels are those of RFC 3492 section 7.1 and of UTS #46's own table for non-transitional ß.
TEST(IndicatorValue, WritesNamesAsALabels) {
    expect_all({{Kind::domain, "Evil[.]Example.", "evil.example"},
                {Kind::domain, "*.EVIL.example", "evil.example"},
                {Kind::domain, ".evil.example..", "evil.example"},
                {Kind::domain, "bücher.example", "xn--bcher-kva.example"},
                {Kind::domain, "BÜCHER.example", "xn--bcher-kva.example"},
                {Kind::domain, "bu\xcc\x88" "cher.example", "xn--bcher-kva.example"},
                {Kind::domain, "XN--BCHER-KVA.Example", "xn--bcher-kva.example"},
                {Kind::domain, "faß.de", "xn--fa-hia.de"},
                {Kind::domain, "Tạisaohọkhôngthểchỉnóitiếngviệt.example", "xn--tisaohkhngthchnitingvit-kjcr8268qyxafd2f1b9g.example"},
                {Kind::domain, "evil\xe3\x80\x82" "example", "evil.example"},
                {Kind::domain, "_dmarc.evil-site.example", "_dmarc.evil-site.example"}});
    EXPECT_EQ(canonical(Kind::domain, "evil.example:8080")->port, 8080);
    EXPECT_EQ(canonical(Kind::domain, "203.0.113.7")->kind, Kind::address);
    for (const std::string_view text : {"com", "localhost", "a..b", "-evil.example", "ev il.example", "evil.example/x", "1.2.3", "", ".", "evil.\xff\xfe"}) EXPECT_FALSE(canonical(Kind::domain, text)) << text;
    EXPECT_FALSE(canonical(Kind::domain, std::string(64, 'a') + ".example"));
    EXPECT_TRUE(canonical(Kind::domain, std::string(63, 'a') + ".example"));
    std::string longest;
    while (longest.size() < 250) longest += "abcd.";
    EXPECT_TRUE(canonical(Kind::domain, longest + "abc"));
    EXPECT_FALSE(canonical(Kind::domain, longest + "abcd"));
}

// RFC 3986: the examples of sections 5.2.4, 6.2.2 and 6.2.3.
TEST(IndicatorValue, NormalisesUrlsAsRfc3986Says) {
    expect_all({{Kind::url, "HTTP://www.Example.com/", "http://www.example.com/"},
                {Kind::url, "http://example.com", "http://example.com/"},
                {Kind::url, "http://example.com:/", "http://example.com/"},
                {Kind::url, "http://example.com:80/", "http://example.com/"},
                {Kind::url, "https://example.com:443/x", "https://example.com/x"},
                {Kind::url, "http://example.com:443/", "http://example.com:443/"},
                {Kind::url, "http://a.example/a/b/c/./../../g", "http://a.example/a/g"},
                {Kind::url, "http://a.example/mid/content=5/../6", "http://a.example/mid/6"},
                {Kind::url, "http://a.example/../../x/", "http://a.example/x/"},
                {Kind::url, "http://a.example/x/..", "http://a.example/"},
                {Kind::url, "http://a.example//x", "http://a.example//x"},
                {Kind::url, "example://a.example/%7esmith/%3a%41", "example://a.example/~smith/%3AA"},
                {Kind::url, "http://a.example/x?q=1#top", "http://a.example/x?q=1"},
                {Kind::url, "http://a.example?q=1", "http://a.example/?q=1"},
                {Kind::url, "hxxps[:]//evil[.]example/Drop", "https://evil.example/Drop"},
                {Kind::url, "hXXp://[2001:DB8::0:1]:80/", "http://[2001:db8::1]/"},
                {Kind::url, "http://[::ffff:192.0.2.1]/", "http://192.0.2.1/"},
                {Kind::url, "http://b\xc3\xbc" "cher.example/\xc3\xbc", "http://xn--bcher-kva.example/%C3%BC"},
                {Kind::url, "evil.example/drop.php", "//evil.example/drop.php"},
                {Kind::url, "evil.example:8080/drop.php", "//evil.example:8080/drop.php"},
                {Kind::url, "http://user:pw@evil.example./", "http://user:pw@evil.example/"},
                {Kind::url, "http://localhost/x", "http://localhost/x"},
                {Kind::url, "http://evil[.example/Acme_(Inc.)", "http://evil.example/Acme_(Inc.)"},
                {Kind::url, "evil[.]example/gate[.]php", "//evil.example/gate.php"}});
    for (const std::string_view text : {"http://", "http:///x", "http://a b.example/", "http://a.example:99999/", "ht tp://a.example/", "http://010.2.3.4/", "", "#x"}) EXPECT_FALSE(canonical(Kind::url, text)) << text;
    EXPECT_FALSE(canonical(Kind::url, "http://a.example/" + std::string(kMostUrl, 'x')));
    EXPECT_EQ(canonical(Kind::url, std::string(kMostInput + 1, 'x')).error().code, Code::too_large);
}

// What looks canonical already is not taken apart. A fragment, which is cut off, has it taken apart: nothing else changes.
TEST(IndicatorValue, AUrlTakenAsItStandsIsWhatTakingItApartGives) {
    const std::vector<std::string> pieces{"http://", "https://", "ftp://", "HTTP://", "//", "a://", "evil.example", "Evil.example", "203.0.113.9", "1.2.3.4x", "x.9", "-x.example", "x-.example", "a.b-", "localhost",
                                          "[2001:db8::9]", ".", "..", "/", "/./", "/../", "/.x", "//", "\\", "a", "b.php", "?", "?q=1", "&x=/../y", "%41", "%2f", "%2F", "%00", "%zz", "%2", "é", " ", "<", "|", ":80", ":8080", "user@", std::string(64, 'l'), std::string(300, 'p'), "_", "~", "'", "\""};
    std::mt19937 random{20261201};
    std::size_t known = 0, plain = 0;
    for (int i = 0; i < 200'000; ++i) {
        std::string url = pieces[random() % 6];
        if (random() % 2 == 0) url += pieces[6 + random() % 5];
        for (std::size_t left = random() % 5; left > 0; --left) url += pieces[6 + random() % (pieces.size() - 6)];
        if (url.ends_with(' ')) url += '/';  // blanks at the end are cut off before the fragment is
        const auto as_it_stands = canonical_url(url), taken_apart = canonical_url(url + "#");
        ASSERT_EQ(as_it_stands, taken_apart) << url;
        known += as_it_stands ? 1 : 0;
        plain += is_plainly_canonical_url(url) ? 1 : 0;
    }
    EXPECT_GT(known, 50'000U);
    EXPECT_GT(plain, 1'000U);
    for (const std::string_view url : {"http://evil.example/", "//203.0.113.9/a/b.php?q=%2F../x", "https://xn--bcher-kva.example/%20"}) EXPECT_TRUE(is_plainly_canonical_url(url)) << url;
}

TEST(IndicatorValue, KnowsHashesByTheirLength) {
    expect_all({{Kind::hash, "D41D8CD98F00B204E9800998ECF8427E", "d41d8cd98f00b204e9800998ecf8427e"},
                {Kind::hash, "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709", "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
                {Kind::hash, "sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
                {Kind::hash, std::string_view{"cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"},
                 "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"},
                {Kind::ja3, "ADA70206E40642A3E4461F35503241D5", "ada70206e40642a3e4461f35503241d5"},
                {Kind::ja4, "T13D1516H2_8daaf6152771_b186095e22b6", "t13d1516h2_8daaf6152771_b186095e22b6"}});
    for (const std::string_view text : {"d41d8cd98f00b204e9800998ecf8427", "d41d8cd98f00b204e9800998ecf8427g", ""}) EXPECT_FALSE(canonical(Kind::hash, text)) << text;
    EXPECT_FALSE(canonical(Kind::ja3, "da39a3ee5e6b4b0d3255bfef95601890afd80709"));
    EXPECT_FALSE(canonical(Kind::ja4, "x13d1516h2_8daaf6152771_b186095e22b6"));
}

TEST(IndicatorValue, WritesMailAddressesInLowerCase) {
    expect_all({{Kind::email, "Bob.Smith[at]Mail[.]Example", "bob.smith@mail.example"},
                {Kind::email, "<bob(at)mail(dot)example>", "bob@mail.example"},
                {Kind::email, "mailto:bob+x@B\xc3\xbc" "cher.example.", "bob+x@xn--bcher-kva.example"}});
    for (const std::string_view text : {"bob", "@mail.example", "bob@", "bob@mail", "b ob@mail.example", "a@b@mail.example"}) EXPECT_FALSE(canonical(Kind::email, text)) << text;
}

TEST(IndicatorValue, KeepsUserAgentsAndFoldsFileNames) {
    expect_all({{Kind::user_agent, "  Mozilla/4.0 (compatible; [.] MSIE 6.0) ", "Mozilla/4.0 (compatible; [.] MSIE 6.0)"},
                {Kind::file_name, "Invoice[1].EXE", "invoice[1].exe"},
                {Kind::file_name, "C:\\ProgramData\\Evil.exe", "c:\\programdata\\evil.exe"},
                {Kind::file_name, "HÓA ĐƠN.exe", "hóa đơn.exe"}});
    EXPECT_FALSE(canonical(Kind::user_agent, ""));
    EXPECT_FALSE(canonical(Kind::user_agent, "a\nb"));
    EXPECT_FALSE(canonical(Kind::file_name, std::string(kMostText + 1, 'x')));
}

TEST(IndicatorValue, RecognisesTheKindByTheForm) {
    const std::vector<Pair> pairs{{Kind::address, "203.0.113[.]9", "203.0.113.9"},
                                  {Kind::network, "203.0.113.0/24", "203.0.113.0/24"},
                                  {Kind::network, "2001:db8::/48", "2001:db8::/48"},
                                  {Kind::domain, "Evil[.]Example", "evil.example"},
                                  {Kind::domain, "evil.zip", "evil.zip"},
                                  {Kind::url, "hxxp://evil.example", "http://evil.example/"},
                                  {Kind::url, "203.0.113.9/index.php", "//203.0.113.9/index.php"},
                                  {Kind::url, "evil.example/a@b", "//evil.example/a@b"},
                                  {Kind::hash, "D41D8CD98F00B204E9800998ECF8427E", "d41d8cd98f00b204e9800998ecf8427e"},
                                  {Kind::email, "bob[@]mail.example", "bob@mail.example"},
                                  {Kind::ja4, "t13d1516h2_8daaf6152771_b186095e22b6", "t13d1516h2_8daaf6152771_b186095e22b6"},
                                  {Kind::user_agent, "Mozilla/5.0 (Windows NT 6.1)", "Mozilla/5.0 (Windows NT 6.1)"},
                                  {Kind::user_agent, "curl/8.5.0", "curl/8.5.0"},
                                  {Kind::file_name, "invoice.exe", "invoice.exe"},
                                  {Kind::file_name, "C:\\x\\y.bin", "c:\\x\\y.bin"},
                                  {Kind::file_name, "/tmp/.x", "/tmp/.x"}};
    for (const Pair& pair : pairs) {
        const auto value = recognise(pair.written);
        ASSERT_TRUE(value) << pair.written << ": " << value.error().text;
        EXPECT_EQ(name_of(value->kind), name_of(pair.kind)) << pair.written;
        EXPECT_EQ(value->text, pair.canonical) << pair.written;
    }
    for (const std::string_view text : {"", "evil", "a sentence of words", "# comment", "12345"}) EXPECT_FALSE(recognise(text)) << text;
}

TEST(IndicatorValue, KindsHaveNamesThatReadBack) {
    for (std::size_t i = 0; i < kKinds; ++i) EXPECT_EQ(*parse_kind(name_of(static_cast<Kind>(i))), static_cast<Kind>(i));
    EXPECT_FALSE(parse_kind("ip"));
}

}  // namespace
}  // namespace vg::detect::indicator
