// OTLP in both encodings. The protobuf bytes are put together here by hand, from the field numbers of
// opentelemetry/proto/logs/v1/logs.proto and common.proto; the JSON is the example of the specification, as it stands there.
#include "ingest/frames/otlp.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace vg::ingest {
namespace {

std::string varint(std::uint64_t value) {
    std::string out;
    for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
    out.push_back(static_cast<char>(value));
    return out;
}
std::string bytes(unsigned field, const std::string& content) { return varint(field << 3 | 2) + varint(content.size()) + content; }
std::string number(unsigned field, std::uint64_t value) { return varint(field << 3) + varint(value); }
std::string fixed64(unsigned field, std::uint64_t value) {
    std::string out = varint(field << 3 | 1);
    for (int i = 0; i < 8; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
    return out;
}
std::string pair(const std::string& key, const std::string& any) { return bytes(1, key) + bytes(2, any); }
std::string request(const std::string& record, const std::string& resource = {}, const std::string& scope = {}) {
    return bytes(1, (resource.empty() ? "" : bytes(1, resource)) + bytes(2, (scope.empty() ? "" : bytes(1, scope)) + bytes(2, record)));
}

template <class Read>
std::vector<std::string> records_of(const Read& read, const std::string& text, OtlpLimits limits = {}) {
    std::vector<std::string> found;
    const Status status = read(text, limits, [&](const OtlpRecord& record) { found.push_back(record.refused.empty() ? std::string{record.json} : "refused: " + std::string{record.refused}); });
    if (!status) found.push_back("error: " + status.error().text);
    return found;
}
using Found = std::vector<std::string>;

// examples/logs.json of the repository open-telemetry/opentelemetry-proto.
constexpr std::string_view kExample = R"({"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"my.service"}}]},"scopeLogs":[{"scope":{"name":"my.library","version":"1.0.0",
"attributes":[{"key":"my.scope.attribute","value":{"stringValue":"some scope attribute"}}]},"logRecords":[{"timeUnixNano":"1544712660300000000","observedTimeUnixNano":"1544712660300000000","severityNumber":10,
"severityText":"Information","traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"EEE19B7EC3C1B174","body":{"stringValue":"Example log record"},"attributes":[
{"key":"string.attribute","value":{"stringValue":"some string"}},{"key":"boolean.attribute","value":{"boolValue":true}},{"key":"int.attribute","value":{"intValue":"10"}},{"key":"double.attribute","value":{"doubleValue":637.704}},
{"key":"array.attribute","value":{"arrayValue":{"values":[{"stringValue":"many"},{"stringValue":"values"}]}}},{"key":"map.attribute","value":{"kvlistValue":{"values":[{"key":"some.map.key","value":{"stringValue":"some value"}}]}}}]}]}]}]})";

const std::string kRecord =
    R"({"@timestamp":"2018-12-13T14:51:00.3Z","timeUnixNano":"1544712660300000000","observedTimeUnixNano":"1544712660300000000","severityNumber":10,"severityText":"Information","body":"Example log record",)"
    R"("attributes":{"string.attribute":"some string","boolean.attribute":true,"int.attribute":10,"double.attribute":637.704,"array.attribute":["many","values"],"map.attribute":{"some.map.key":"some value"}},)"
    R"("traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","resource":{"attributes":{"service.name":"my.service"}},)"
    R"("scope":{"name":"my.library","version":"1.0.0","attributes":{"my.scope.attribute":"some scope attribute"}}})";

std::string unhex(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); i += 2) out.push_back(static_cast<char>(std::stoi(std::string{text.substr(i, 2)}, nullptr, 16)));
    return out;
}

TEST(Otlp, BothEncodingsOfTheExampleGiveTheSameRecord) {
    EXPECT_EQ(records_of(read_otlp_json, std::string{kExample}), Found{kRecord});
    const std::string record = fixed64(1, 1544712660300000000) + fixed64(11, 1544712660300000000) + number(2, 10) + bytes(3, "Information") + bytes(5, bytes(1, "Example log record")) +
                               bytes(6, pair("string.attribute", bytes(1, "some string"))) + bytes(6, pair("boolean.attribute", number(2, 1))) + bytes(6, pair("int.attribute", number(3, 10))) +
                               bytes(6, pair("double.attribute", fixed64(4, 0x4083EDA1CAC08312))) +  // 637.704 as IEEE 754
                               bytes(6, pair("array.attribute", bytes(5, bytes(1, bytes(1, "many")) + bytes(1, bytes(1, "values"))))) +
                               bytes(6, pair("map.attribute", bytes(6, bytes(1, pair("some.map.key", bytes(1, "some value")))))) + bytes(9, unhex("5B8EFFF798038103D269B633813FC60C")) +
                               bytes(10, unhex("EEE19B7EC3C1B174"));
    const std::string scope = bytes(1, "my.library") + bytes(2, "1.0.0") + bytes(3, pair("my.scope.attribute", bytes(1, "some scope attribute")));
    EXPECT_EQ(records_of(read_otlp_protobuf, request(record, bytes(1, pair("service.name", bytes(1, "my.service"))), scope)), Found{kRecord});
}

TEST(Otlp, TheResourceMayStandBehindItsRecords) {
    const std::string late = bytes(1, bytes(2, bytes(2, bytes(5, bytes(1, "x")))) + bytes(1, bytes(1, pair("a", bytes(1, "b")))));
    EXPECT_EQ(records_of(read_otlp_protobuf, late), Found{R"({"body":"x","resource":{"attributes":{"a":"b"}}})"});
}

TEST(Otlp, KeepsAllDigitsAndBytes) {
    EXPECT_EQ(records_of(read_otlp_protobuf, request(fixed64(11, 1) + bytes(5, number(3, ~0ULL)) + bytes(6, pair("b", bytes(7, std::string{"\0\1", 2}))) + bytes(6, pair("n", fixed64(4, 0x7ff8000000000000))))),
              Found{R"({"@timestamp":"1970-01-01T00:00:00.000000001Z","observedTimeUnixNano":"1","body":-1,"attributes":{"b":"AAE=","n":"NaN"}})"});
    EXPECT_EQ(records_of(read_otlp_json, R"({"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"intValue":"9223372036854775807"}},{"body":{"bytesValue":"AAE="}},{}]}]}]})"),
              (Found{R"({"body":9223372036854775807})", R"({"body":"AAE="})", "{}"}));
}

TEST(Otlp, RefusesOneRecordAndTakesItsNeighbours) {
    std::string deep = bytes(1, "x");
    for (int i = 0; i < 40; ++i) deep = bytes(5, bytes(1, deep));
    const std::string two = bytes(1, bytes(2, bytes(2, bytes(5, deep)) + bytes(2, bytes(5, bytes(1, "fine")))));
    EXPECT_EQ(records_of(read_otlp_protobuf, two), (Found{"refused: values are nested too deep", R"({"body":"fine"})"}));
    EXPECT_EQ(records_of(read_otlp_protobuf, request(bytes(5, bytes(1, std::string(200, 'x')))), {.record_bytes = 100}), Found{"refused: the record is longer than the longest taken"});
    EXPECT_EQ(records_of(read_otlp_json, R"({"resourceLogs":[{"scopeLogs":[{"logRecords":[5,{"body":{"stringValue":"a"}}]}]}]})"), (Found{"refused: a log record is not an object", R"({"body":"a"})"}));
}

// A resource of a kilobyte before a thousand empty records must not become a megabyte.
TEST(Otlp, HoldsWhatAResourceMultiplies) {
    std::string records;
    for (int i = 0; i < 1000; ++i) records += bytes(2, bytes(5, bytes(1, "x")));
    const std::string all = bytes(1, bytes(1, bytes(1, pair("k", bytes(1, std::string(1000, 'v'))))) + bytes(2, records));
    std::size_t taken = 0, refused = 0;
    ASSERT_TRUE(read_otlp_protobuf(all, {.total_bytes = 100'000}, [&](const OtlpRecord& record) { ++(record.refused.empty() ? taken : refused); }));
    EXPECT_LT(taken, 100u);
    EXPECT_EQ(taken + refused, 1000u);
}

TEST(Otlp, SaysWhenTheRequestIsBroken) {
    EXPECT_EQ(records_of(read_otlp_protobuf, "\x0a\x05" "ab"), Found{"error: the request is not well-formed protobuf"});
    EXPECT_EQ(records_of(read_otlp_protobuf, "\x0b"), Found{"error: the request is not well-formed protobuf"}) << "a group";
    EXPECT_EQ(records_of(read_otlp_protobuf, ""), Found{});
    EXPECT_EQ(records_of(read_otlp_json, "[]"), Found{"error: the request is JSON, but not an object"});
    EXPECT_EQ(records_of(read_otlp_json, "{}"), Found{});
}

TEST(Otlp, AnswersPartialSuccessInBothEncodings) {
    EXPECT_EQ(otlp_answer_protobuf(0, ""), "");
    EXPECT_EQ(otlp_answer_protobuf(3, "why"), bytes(1, number(1, 3) + bytes(2, "why")));
    EXPECT_EQ(otlp_answer_json(0, ""), "{}");
    EXPECT_EQ(otlp_answer_json(3, "why"), R"({"partialSuccess":{"rejectedLogRecords":"3","errorMessage":"why"}})");
    EXPECT_EQ(otlp_status_protobuf(8, "full"), number(1, 8) + bytes(2, "full"));
}

}  // namespace
}  // namespace vg::ingest
