#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/id.h"
#include "base/ip.h"
#include "base/json.h"
#include "base/metrics.h"
#include "base/text.h"
#include "base/time.h"
#include "base/yaml.h"

namespace vg {
namespace {

TEST(Bytes, Base64FollowsTheVectorsOfRfc4648Section10) {
    const std::pair<const char*, const char*> vectors[] = {{"", ""},         {"f", "Zg=="},         {"fo", "Zm8="},
                                                           {"foo", "Zm9v"},  {"foob", "Zm9vYg=="},  {"fooba", "Zm9vYmE="},
                                                           {"foobar", "Zm9vYmFy"}};
    for (const auto& [plain, encoded] : vectors) {
        EXPECT_EQ(to_base64(plain), encoded);
        EXPECT_EQ(from_base64(encoded).value(), plain);
    }
    EXPECT_FALSE(from_base64("Zm9v!"));
    EXPECT_FALSE(from_base64("Z"));
}

TEST(Bytes, Sha256OfAbcIsTheOneOfFips180) {
    EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    Sha256Stream stream;
    stream.add("a");
    stream.add("bc");
    EXPECT_EQ(to_hex(as_view(stream.finish())), sha256_hex("abc"));
}

TEST(Id, Version7CarriesTheMillisecond) {
    SeededRandom random{1};
    const Uuid uuid = make_uuid_v7(*parse_time("2022-02-22T19:22:22Z"), random);  // RFC 9562, appendix A.6
    EXPECT_EQ(to_text(uuid).substr(0, 15), "017f22e2-79b0-7");
    EXPECT_EQ(parse_uuid(to_text(uuid)).value(), uuid);
    EXPECT_FALSE(parse_uuid("017f22e2-79b0-7"));
}

TEST(Time, ReadsRfc3339WithOffsetAndFraction) {
    EXPECT_EQ(to_rfc3339(*parse_time("1996-12-19T16:39:57-08:00")), "1996-12-20T00:39:57Z");  // RFC 3339, 5.8
    EXPECT_EQ(to_rfc3339(*parse_time("1985-04-12T23:20:50.52Z")), "1985-04-12T23:20:50.520Z");
    EXPECT_EQ(to_rfc3339(*parse_time("2020-09-02 11:24:31.1234567Z")), "2020-09-02T11:24:31.123456Z");
    EXPECT_EQ(to_rfc3339(*parse_time("2024-04-26 08:02:03.250 +07")), "2024-04-26T01:02:03.250Z");  // PostgreSQL, "Date/Time Output": a style of ISO with the hours of the zone
    EXPECT_FALSE(parse_time("2024-04-26 08:02:03 "));
    EXPECT_FALSE(parse_time("2024-04-26 08:02:03  +07"));
    EXPECT_FALSE(parse_time("2023-02-29T00:00:00Z"));
    EXPECT_FALSE(parse_time("2023-02-28T24:00:00Z"));
    EXPECT_FALSE(parse_time("2023-02-28T00:00:00Zx"));
}

TEST(Time, AZoneGivesTheOffsetOfThatDay) {
    EXPECT_EQ(to_rfc3339(*parse_time("2024-04-26T08:00:00", "Asia/Ho_Chi_Minh")), "2024-04-26T01:00:00Z");
    EXPECT_EQ(to_rfc3339(*parse_time("2024-07-01T08:00:00", "Europe/Paris")), "2024-07-01T06:00:00Z");
    EXPECT_EQ(to_rfc3339(*parse_time("2024-01-01T08:00:00", "Europe/Paris")), "2024-01-01T07:00:00Z");
    EXPECT_FALSE(parse_time("2024-01-01T08:00:00", "Mars/Olympus"));
}

TEST(Ip, PrintsAndReadsBothFamilies) {
    EXPECT_EQ(parse_address("192.0.2.1")->text(), "192.0.2.1");
    for (const char* right : {"0.0.0.0", "255.255.255.255", "1.20.100.9", "10.0.0.249", "192.168.0.10", "9.9.9.99", "1.2.3.100", "100.1.1.1", "1.100.1.1", "1.1.100.1"}) {
        ASSERT_TRUE(parse_address(right)) << right;
        EXPECT_EQ(parse_address(right)->text(), right);
    }
    EXPECT_EQ(parse_address("2001:DB8:0:0:0:0:0:1")->text(), "2001:db8::1");
    for (const char* wrong : {"192.0.2", "192.0.2.256", "192.0.02.1", "1.2.3.4.5", "", "::g", "1.2.3.4 ", "1.2.3.", ".1.2.3", "1..2.3", "1.2.3.4.", "00.0.0.0", "1.2.3.1000", "10.0.0.", "10.0.0.0.", ".10.0.0.0", "10..0.0.0", "10.0.0/24", "10.00.0.0", "010.0.0.0", "10.0.0.01", "10.0.0.300", "300.10.0.1", "10.0.0:80", "1234567.8", "1000.1.1.1", "10.20.30", "10.20.30.a0", "10.20.30.40.5"})
        EXPECT_FALSE(parse_address(wrong)) << wrong;
}

TEST(Ip, ANetworkContainsItsAddresses) {
    const auto network = parse_network("203.0.113.77/25");
    ASSERT_TRUE(network);
    EXPECT_EQ(network->text(), "203.0.113.0/25");
    EXPECT_TRUE(network->contains(*parse_address("203.0.113.127")));
    EXPECT_FALSE(network->contains(*parse_address("203.0.113.128")));
    EXPECT_TRUE(parse_network("2001:db8::/32")->contains(*parse_address("2001:db8:ffff::1")));
    EXPECT_TRUE(parse_network("0.0.0.0/0")->contains(*parse_address("198.51.100.1")));
    EXPECT_FALSE(parse_network("0.0.0.0/0")->contains(*parse_address("2001:db8::1")));
    EXPECT_FALSE(parse_network("10.0.0.0/33"));
}

TEST(Text, IntegersAreReadWholeOrNotAtAll) {
    EXPECT_EQ(parse_int("0"), 0);
    EXPECT_EQ(parse_int("-0042"), -42);
    EXPECT_EQ(parse_int("999999999999999999"), 999'999'999'999'999'999);
    EXPECT_EQ(parse_int("9223372036854775807"), INT64_MAX);
    EXPECT_EQ(parse_int("-9223372036854775808"), INT64_MIN);
    EXPECT_EQ(parse_int("0000000000000000000000000007"), 7);
    for (const char* wrong : {"", "-", "+1", " 1", "1 ", "1.0", "0x1", "--1", "1-", "9223372036854775808", "-9223372036854775809"}) EXPECT_FALSE(parse_int(wrong)) << wrong;
}

TEST(Text, VietnameseFoldsForSearch) {
    EXPECT_EQ(fold("Đặng Thuỳ Trâm"), "dang thuy tram");
    EXPECT_EQ(fold("Đặng Thùy Trâm"), "dang thuy tram");  // the other tone placement
    EXPECT_EQ(nfc("Vie\u0323\u0302t"), "Việt");
    EXPECT_TRUE(is_nfc("Việt"));
    EXPECT_FALSE(is_nfc("Vie\u0323\u0302t"));
}

TEST(Text, Utf16KeepsPairsAndReplacesLoneSurrogates) {
    EXPECT_EQ(from_utf16(to_utf16le("Việt \U0001F600")), "Việt \U0001F600");
    EXPECT_EQ(from_utf16(std::string_view{"\x3d\xd8\x41\x00", 4}), "\uFFFDA");
}

TEST(Text, NearestNamesTheLikelyWord) {
    EXPECT_EQ(nearest("listne", {"listen", "data", "threads"}), "listen");
    EXPECT_EQ(nearest("zzzzzzzz", {"listen", "data"}), std::nullopt);
}

TEST(Json, RoundTripsTypesAndOrder) {
    const std::string text = R"({"b":1,"a":[true,null,1.5,"x\n\u0000"],"c":{"d":-9223372036854775808}})";
    EXPECT_EQ(json::parse(text).value().dump(), R"({"b":1,"a":[true,null,1.5,"x\n\u0000"],"c":{"d":-9223372036854775808}})");
    EXPECT_EQ(json::parse("{\"a\":1.0}").value().dump(), "{\"a\":1.0}");
    EXPECT_FALSE(json::parse("{\"a\":}"));
    std::string deep(200, '[');
    EXPECT_EQ(json::parse(deep + std::string(200, ']')).error().code, Code::too_large);
}

TEST(Yaml, PlainScalarsHaveTheTypesOfTheCoreSchema) {
    const auto documents = yaml::parse("a: 1\nb: '1'\nc: yes\nd: true\ne: 1.5\nf: 0x1F\ng:\nh: -7\ni: 1.2.3\n---\nx: 2\n");
    ASSERT_TRUE(documents) << documents.error().text;
    EXPECT_EQ((*documents)[0].value.dump(), R"({"a":1,"b":"1","c":"yes","d":true,"e":1.5,"f":31,"g":null,"h":-7,"i":"1.2.3"})");
    EXPECT_EQ((*documents)[1].value.dump(), R"({"x":2})");
    EXPECT_FALSE(yaml::parse("a: 1\na: 2\n"));
    EXPECT_FALSE(yaml::parse("a: [1\n"));
}

TEST(Yaml, RefusesAliasBombs) {
    std::string bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n";
    for (char c = 'b'; c < 'k'; ++c) {
        bomb += std::string{c} + ": &" + c + " [";
        for (int i = 0; i < 10; ++i) bomb += (i > 0 ? ",*" : "*") + std::string{static_cast<char>(c - 1)};
        bomb += "]\n";
    }
    EXPECT_FALSE(yaml::parse(bomb));
}

TEST(Metrics, PrometheusTextHasHelpTypeAndEscapedLabels) {
    metrics::Registry registry;
    registry.counter("vonggac_x_total", "Things", {{"source", "a\"b"}}).add(3);
    EXPECT_EQ(registry.prometheus(), "# HELP vonggac_x_total Things\n# TYPE vonggac_x_total counter\nvonggac_x_total{source=\"a\\\"b\"} 3\n");
    metrics::Histogram& times = registry.histogram("vonggac_t_seconds", "Time");
    for (int i = 0; i < 100; ++i) times.observe(0.001);
    EXPECT_GE(times.quantile(0.5), 0.001);
    EXPECT_LT(times.quantile(0.5), 0.0022);
}

}  // namespace
}  // namespace vg
