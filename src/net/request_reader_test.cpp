#include "net/request_reader.h"

#include <gtest/gtest.h>

#include <iterator>
#include <random>

namespace vg::net {
namespace {

using Phase = RequestReader::Phase;

struct Read {
    Phase phase = Phase::head;
    int status = 0;
    std::string reason, method, path, body, rest;
};

// As a connection does it: bytes come in steps, what is unused is presented again.
Read read_in_steps(std::string_view text, std::size_t step, ReaderLimits limits = {}) {
    RequestReader reader{limits};
    std::string waiting, body;
    for (std::size_t at = 0; at < text.size(); at += step) {
        waiting += text.substr(at, step);
        for (;;) {
            const Phase before = reader.phase();
            const std::size_t used = reader.feed(waiting, body);
            waiting.erase(0, used);
            if (reader.phase() == before || reader.phase() == Phase::refused || reader.phase() == Phase::done) break;
        }
    }
    return {reader.phase(), reader.phase() == Phase::refused ? reader.status() : 0, reader.phase() == Phase::refused ? reader.reason() : "", reader.request().method,
            reader.request().path, body, waiting};
}

struct Case {
    const char* name;
    const char* text;
    int status;  // 0: taken
};

// Ways in which two parties could read one request differently (RFC 9112, sections 2.2, 5.1, 6.1 to 6.3, 7.1), and
// plain nonsense. Each is tried in steps of every size.
const Case kCases[] = {
    {"both lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
    {"both lengths, the other way", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400},
    {"two different lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400},
    {"the same length twice", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400},
    {"a list of lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\nabc", 400},
    {"a signed length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc", 400},
    {"a negative length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -3\r\n\r\nabc", 400},
    {"a length in hex", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x3\r\n\r\nabc", 400},
    {"an empty length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \r\n\r\nabc", 400},
    {"a length beyond 64 bits", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551617\r\n\r\na", 400},
    {"an unknown coding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501},
    {"a coding before chunked", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
    {"chunked twice", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 501},
    {"two coding headers", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n", 400},
    {"a coding in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
    {"a space before the colon", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length : 3\r\n\r\nabc", 400},
    {"a header without a name", "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", 400},
    {"a header without a colon", "GET / HTTP/1.1\r\nHost: a\r\nabc\r\n\r\n", 400},
    {"bare line feeds", "GET / HTTP/1.1\nHost: a\n\n", 400},
    {"a bare carriage return in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", 400},
    {"no host", "GET / HTTP/1.1\r\n\r\n", 400},
    {"two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
    {"a quoted chunk extension that its line does not close", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;a=\"x\r\nabc\r\n0\r\n\r\n", 400},
    {"a control character in a chunk line", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;a=\x01\r\nabc\r\n0\r\n\r\n", 400},
    {"a bad chunk size", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n0\r\n\r\n", 400},
    {"a chunk size with a sign", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-3\r\nabc\r\n0\r\n\r\n", 400},
    {"a chunk size with 0x", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n", 400},
    {"a chunk size beyond 64 bits", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nabc\r\n0\r\n\r\n", 400},
    {"a chunk longer than it says", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n", 400},
    {"no version", "GET /\r\n\r\n", 400},
    {"HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
    {"two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"no method", " / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"a TLS greeting", "\x16\x03\x01\x02", 400},
    {"a path upward", "GET /ui/../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"a path upward in escapes", "GET /ui/%2e%2e/%2E./etc HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"a path upward behind an escaped slash", "GET /ui/..%2fetc HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"a path with a backslash", "GET /ui/..%5cetc HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"a path with a zero byte", "GET /ui/a%00b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"a path with half an escape", "GET /ui/a%2 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"a path that is not UTF-8", "GET /ui/%ff HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"a target that is no path", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"an authority as target", "CONNECT example.com:443 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"an unknown expectation", "POST / HTTP/1.1\r\nHost: a\r\nExpect: 200-maybe\r\nContent-Length: 1\r\n\r\na", 417},
    {"a plain GET", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 0},
    {"empty lines before the request", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 0},
    {"HTTP/1.0 without a host", "GET / HTTP/1.0\r\n\r\n", 0},
    {"an absolute target", "GET http://example.com/a?b HTTP/1.1\r\nHost: example.com\r\n\r\n", 0},
    {"an empty chunked body", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 0},
    {"chunk extensions and trailers", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n3;a=b\r\nabc\r\nA;x=\"y\"\r\n0123456789\r\n0\r\nX-Sum: 1\r\n\r\n", 0},
};

TEST(RequestReader, JudgesEachCaseAlikeInAnyPieces) {
    for (const Case& each : kCases) {
        const std::string_view text{each.text};
        for (std::size_t step = 1; step <= text.size(); ++step) {
            const Read read = read_in_steps(text, step);
            ASSERT_EQ(read.status, each.status) << each.name << ", step " << step << ": " << read.reason;
            ASSERT_EQ(read.phase, each.status == 0 ? Phase::done : Phase::refused) << each.name << ", step " << step;
        }
    }
}

// Hostile bytes made from the cases: cut, doubled, changed and joined. Whatever they are, the verdict and the body may
// not depend on how they come in.
TEST(RequestReader, ReadsMutatedRequestsAlikeInAnyPieces) {
    std::mt19937_64 random{20240426};
    const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
    std::size_t taken = 0, refused = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string text = kCases[below(std::size(kCases))].text;
        if (below(3) == 0) text += kCases[below(std::size(kCases))].text;
        for (std::size_t edits = below(4); edits > 0 && !text.empty(); --edits) {
            const std::size_t at = below(text.size());
            switch (below(4)) {
                case 0: text.erase(at, 1 + below(4)); break;
                case 1: text.insert(at, text.substr(below(text.size()), 1 + below(8))); break;
                case 2: text[at] = static_cast<char>(random()); break;
                case 3: text.insert(at, 1, "\r\n:; 0af\t"[below(10)]); break;
            }
        }
        const Read whole = read_in_steps(text, text.size() + 1);
        for (const std::size_t step : {std::size_t{1}, 1 + below(7), 1 + below(60)}) {
            const Read pieces = read_in_steps(text, step);
            ASSERT_EQ(pieces.status, whole.status) << text << "\nstep " << step << ": " << pieces.reason << "|" << whole.reason;
            if (whole.phase == Phase::refused) continue;
            ASSERT_EQ(pieces.phase, whole.phase) << text << "\nstep " << step;
            ASSERT_EQ(pieces.body, whole.body) << text << "\nstep " << step;
            ASSERT_EQ(pieces.rest, whole.rest) << text << "\nstep " << step;
        }
        taken += whole.phase == Phase::done ? 1 : 0;
        refused += whole.phase == Phase::refused ? 1 : 0;
    }
    EXPECT_GT(taken, 500u);
    EXPECT_GT(refused, 5000u);
}

TEST(RequestReader, GivesTheBodyAndLeavesTheNextRequest) {
    for (std::size_t step = 1; step < 40; ++step) {
        const Read plain = read_in_steps("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloGET /next", step);
        EXPECT_EQ(plain.body, "hello");
        EXPECT_EQ(plain.rest, "GET /next") << step;
        const Read chunked = read_in_steps("POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\nGET /next", step);
        EXPECT_EQ(chunked.body, "abcde");
        EXPECT_EQ(chunked.rest, "GET /next") << step;
    }
}

TEST(RequestReader, TakesNoHeaderFromTrailers) {
    RequestReader reader{{}};
    std::string body;
    const std::string text = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nAuthorization: Bearer x\r\n\r\n";
    std::size_t used = reader.feed(text, body);
    reader.feed(std::string_view{text}.substr(used), body);
    ASSERT_EQ(reader.phase(), Phase::done);
    EXPECT_FALSE(reader.request().header("authorization"));
}

TEST(RequestReader, BoundsHeadHeadersBodyAndChunkLines) {
    const ReaderLimits limits{.head_bytes = 1000, .header_count = 10, .body_bytes = 100, .chunk_line_bytes = 200};
    const std::string long_value = "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(2000, 'x') + "\r\n\r\n";
    std::string many_small = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (int i = 0; i < 9; ++i) many_small += "X-" + std::string(150, 'y') + ": 1\r\n";
    std::string many = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (int i = 0; i < 20; ++i) many += "X: 1\r\n";
    const std::string chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (const std::size_t step : {std::size_t{1}, std::size_t{50}, std::size_t{5000}}) {
        EXPECT_EQ(read_in_steps(long_value, step, limits).status, 431) << step;
        EXPECT_EQ(read_in_steps(many_small + "\r\n", step, limits).status, 431) << step;
        EXPECT_EQ(read_in_steps(many + "\r\n", step, limits).status, 431) << step;
        EXPECT_EQ(read_in_steps("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n", step, limits).status, 413) << step;
        EXPECT_EQ(read_in_steps(chunked + "32\r\n" + std::string(50, 'a') + "\r\n33\r\n", step, limits).status, 413) << step;
        EXPECT_EQ(read_in_steps(chunked + "3;" + std::string(1000, 'e'), step, limits).status, 400) << step;
        EXPECT_EQ(read_in_steps(chunked + "0\r\nX: " + std::string(1000, 'e'), step, limits).status, 400) << step;
    }
}

TEST(RequestReader, DecodesPathAndQuery) {
    Request request;
    ASSERT_TRUE(take_target("/a%20b/%C4%90?x=1&y=a+b%2B&z&&x=2#f", request));
    EXPECT_EQ(request.path, "/a b/Đ");
    EXPECT_EQ(request.query, (std::vector<Header>{{"x", "1"}, {"y", "a b+"}, {"z", ""}, {"x", "2"}}));
    EXPECT_EQ(request.parameter("x"), "1");
    EXPECT_FALSE(request.parameter("w"));
    ASSERT_TRUE(take_target("http://h?q=1", request));
    EXPECT_EQ(request.path, "/");
}

TEST(PercentCoding, GoesThereAndBack) {
    std::string all;
    for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
    EXPECT_EQ(percent_decode(percent_encode(all), false), all);
    EXPECT_EQ(percent_encode("a b/Đ~"), "a%20b%2F%C4%90~");
    EXPECT_EQ(percent_decode("a+b%zz%4", true), "a b%zz%4");
}

}  // namespace
}  // namespace vg::net
