#include <gtest/gtest.h>

#include <random>

#include "ingest/filter_path.h"
#include "ingest/frames/bulk.h"
#include "ingest/frames/json_object.h"
#include "ingest/frames/lines.h"

namespace vg::ingest {
namespace {

// Lines as "N:text" or "N!", fed in pieces of `step` bytes.
std::vector<std::string> split_in_steps(std::string_view text, std::size_t step, std::size_t most) {
    std::vector<std::string> out;
    LineSplitter splitter{most, [&](const LineSplitter::Line& line) {
                              out.push_back(std::to_string(line.number) + (line.too_long ? "!" : ":" + std::string{line.text}));
                              return true;
                          }};
    for (std::size_t at = 0; at < text.size(); at += step) splitter.feed(text.substr(at, step));
    splitter.finish();
    return out;
}

TEST(LineSplitter, GivesTheSameLinesForAnyPieces) {
    const std::string text = "\xef\xbb\xbf" "one\r\n\ntwo\nsixsix\r\nsevenxx\nlongerthanthat\r\nlast";
    const std::vector<std::string> expected = {"1:one", "2:", "3:two", "4:sixsix", "5!", "6!", "7:last"};
    for (std::size_t step = 1; step <= text.size(); ++step) EXPECT_EQ(split_in_steps(text, step, 6), expected) << "step " << step;
}

TEST(LineSplitter, CountsNoLineBehindTheLastLineEnd) {
    EXPECT_EQ(split_in_steps("a\n", 1, 10), (std::vector<std::string>{"1:a"}));
    EXPECT_EQ(split_in_steps("", 1, 10), std::vector<std::string>{});
    EXPECT_EQ(split_in_steps("\n\n", 1, 10), (std::vector<std::string>{"1:", "2:"}));
}

TEST(LineSplitter, StopsWhenToldTo) {
    int seen = 0;
    LineSplitter splitter{100, [&](const LineSplitter::Line&) { return ++seen < 2; }};
    EXPECT_FALSE(splitter.feed("a\nb\nc\nd\n"));
    EXPECT_FALSE(splitter.feed("e\n"));
    EXPECT_EQ(seen, 2);
}

TEST(JsonObjectCheck, TakesObjectsOnly) {
    JsonObjectCheck check{1000};
    EXPECT_FALSE(check.refuse(R"({"a":1,"b":{"c":[true,null,"Đặng"]}})"));
    EXPECT_FALSE(check.refuse("  {}  "));
    EXPECT_EQ(check.refuse("  "), "the line is empty");
    EXPECT_EQ(check.refuse("[1]"), "the line is JSON, but not an object");
    EXPECT_EQ(check.refuse("{\"a\":\"\xff\"}"), "the line is not valid UTF-8");
    for (const char* bad : {"{\"a\":1", "{\"a\":1}}", "{\"a\":1} {}", "{a:1}", "{\"a\":01}", "{\"a\":\"\x01\"}", "nul", "{\"a\":\"\\ud800\"}", "{'a':1}", "{\"a\":1,}"})
        EXPECT_TRUE(check.refuse(bad)) << bad;
    std::string deep;
    for (int i = 0; i < 200; ++i) deep += "{\"a\":";
    EXPECT_TRUE(check.refuse(deep + "1" + std::string(200, '}')));
}

struct Seen {
    std::vector<std::string> items;
    Status status;
};
Seen decode(std::string_view text, std::size_t step = 7, std::size_t most_line = 1000) {
    Seen seen;
    BulkDecoder decoder{most_line, [&](const BulkItem& item) {
                            seen.items.push_back(std::string{item.action} + "|" + std::string{item.index} + "|" + std::string{item.id} + "|" +
                                                 std::string{item.document} + (item.refused.empty() ? "" : "|refused"));
                            return true;
                        }};
    for (std::size_t at = 0; at < text.size() && seen.status; at += step) seen.status = decoder.feed(text.substr(at, step));
    if (seen.status) seen.status = decoder.finish();
    return seen;
}

TEST(BulkDecoder, PairsActionsWithDocuments) {
    const Seen seen = decode(
        "{\"create\":{\"_index\":\"logs-a\",\"_id\":\"1\"}}\n{\"m\":1}\n"
        "{\"index\":{\"_type\":\"_doc\"}}\r\n{ \"m\" : 2 }\r\n"
        "{\"delete\":{\"_id\":\"9\"}}\n"
        "{\"update\":{\"_id\":\"8\"}}\n{\"doc\":{}}\n"
        "{\"index\":{}}\nnot json\n"
        "{\"index\":{\"_id\":5}}\n{\"m\":3}");
    ASSERT_TRUE(seen.status) << seen.status.error().text;
    EXPECT_EQ(seen.items, (std::vector<std::string>{"create|logs-a|1|{\"m\":1}", "index|||{ \"m\" : 2 }", "delete||9||refused", "update||8|{\"doc\":{}}|refused",
                                                    "index|||not json|refused", "index||5|{\"m\":3}"}));
}

TEST(BulkDecoder, StopsAtALineThatIsNoAction) {
    for (const char* bad : {"{\"m\":1}\n", "{\"create\":1}\n", "{\"create\":{},\"index\":{}}\n{}\n", "[]\n", "{\"drop\":{}}\n"}) {
        const Seen seen = decode(std::string{"{\"index\":{}}\n{\"m\":1}\n"} + bad);
        ASSERT_FALSE(seen.status) << bad;
        EXPECT_EQ(seen.status.error().code, Code::bad_input);
        EXPECT_NE(seen.status.error().text.find("line [3]"), std::string::npos) << seen.status.error().text;
        EXPECT_EQ(seen.items.size(), 1u);
    }
    EXPECT_FALSE(decode("{\"index\":{}}\n").status) << "an action without its document";
}

TEST(BulkDecoder, RefusesOnlyTheDocumentThatIsTooLong) {
    const Seen seen = decode("{\"index\":{}}\n{\"m\":\"" + std::string(200, 'x') + "\"}\n{\"index\":{}}\n{\"m\":1}\n", 7, 100);
    ASSERT_TRUE(seen.status);
    EXPECT_EQ(seen.items, (std::vector<std::string>{"index||||refused", "index|||{\"m\":1}"}));
}

// Hostile bytes, made from good ones: no piece size may change what is seen, and nothing may be seen twice or be lost.
TEST(Frames, SeeMutatedBytesAlikeInAnyPieces) {
    std::mt19937_64 random{20240426};
    const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
    const std::string seed =
        "{\"create\":{\"_index\":\"a\"}}\n{\"m\":\"\\u0110\",\"n\":[1,2.5e3,null]}\r\n{\"index\":{\"_id\":\"1\"}}\n{}\n\n{\"delete\":{\"_id\":\"2\"}}\n"
        "{\"update\":{}}\n{\"doc\":{}}\n";
    for (int round = 0; round < 5'000; ++round) {
        std::string text = seed;
        for (std::size_t edits = below(5); edits > 0 && !text.empty(); --edits) {
            const std::size_t at = below(text.size());
            switch (below(4)) {
                case 0: text.erase(at, 1 + below(30)); break;
                case 1: text.insert(at, text.substr(below(text.size()), 1 + below(40))); break;
                case 2: text[at] = static_cast<char>(random()); break;
                case 3: text.insert(at, 1, "\r\n{}\"\\:"[below(7)]); break;
            }
        }
        const std::size_t step = 1 + below(20);
        ASSERT_EQ(split_in_steps(text, step, 30), split_in_steps(text, text.size() + 1, 30)) << text;
        const Seen pieces = decode(text, step, 30), whole = decode(text, text.size() + 1, 30);
        ASSERT_EQ(pieces.items, whole.items) << text;
        ASSERT_EQ(pieces.status.has_value(), whole.status.has_value()) << text;
    }
}

TEST(FilterPath, KeepsWhatThePatternsName) {
    const FilterPath beats{"errors,items.*.error,items.*.status"};
    EXPECT_TRUE(beats.keeps({"errors"}));
    EXPECT_TRUE(beats.keeps({"items", "create", "status"}));
    EXPECT_TRUE(beats.keeps({"items", "create", "error", "reason"}));
    EXPECT_FALSE(beats.keeps({"items", "create", "_index"}));
    EXPECT_FALSE(beats.keeps({"took"}));
    EXPECT_TRUE(FilterPath{""}.keeps({"took"}));
    EXPECT_TRUE(FilterPath{"items"}.keeps({"items", "index", "_id"}));
    EXPECT_TRUE(FilterPath{"**.status"}.keeps({"items", "index", "status"}));
    EXPECT_TRUE(FilterPath{"t*k"}.keeps({"took"}));
    EXPECT_FALSE(FilterPath{"t*x"}.keeps({"took"}));
}

}  // namespace
}  // namespace vg::ingest
