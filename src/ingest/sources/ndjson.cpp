// POST /ingest/ndjson: one JSON object a line, of any length in all. Answered when every line that is not refused is
// durable:
//   {"received":3,"accepted":2,"refused":1,"errors":[{"line":2,"reason":"the line is empty"}],"truncated":false}
// When the queue stays full or the journal cannot write: 429 or 503 with "accepted_lines", the number of lines from the
// beginning of the request that are dealt with; the sender goes on behind them.
#include "base/json.h"
#include "ingest/answers.h"
#include "ingest/decompress.h"
#include "ingest/frames/json_object.h"
#include "ingest/frames/lines.h"
#include "ingest/groups.h"

namespace vg::ingest::of_ndjson {
namespace {

constexpr std::size_t kMostErrors = 100;

struct Tallying {
    explicit Tallying(HttpAsk& ask) : groups(ask), check(ask.limits.line_bytes), tally(ask.counters.of(ask.source.id)) {}

    bool take(const LineSplitter::Line& line) {
        lines = line.number;
        const auto reason = line.too_long ? std::optional<std::string>{"the line is longer than the longest line taken"} : check.refuse(line.text);
        if (reason) {
            ++refused;
            tally.received.fetch_add(1, std::memory_order_relaxed);
            tally.refused.fetch_add(1, std::memory_order_relaxed);
            if (errors.size() < kMostErrors) errors.push_back(json::object({{"line", line.number}, {"reason", *reason}}));
            return true;
        }
        groups.add(line.text, line.number);
        return !groups.failed();
    }

    Groups groups;
    JsonObjectCheck check;
    Tally& tally;
    std::uint64_t lines = 0, refused = 0;
    json::Array errors;
};

net::Response stopped(Tallying& work, const Error& error) {
    work.groups.finish();
    const auto first_lost = work.groups.first_lost();
    const std::uint64_t accepted_lines = first_lost ? *first_lost - 1 : work.lines;
    net::Response response = problem(status_of(error.code), error, {{"accepted_lines", accepted_lines}, {"accepted", work.groups.durable()}});
    response.with("X-Accepted-Lines", std::to_string(accepted_lines));
    return response;
}

Result<net::Response> take_lines(HttpAsk& ask) {
    const auto decompressor = TRY(Decompressor::make(ask.request.header("content-encoding").value_or(""), ask.limits.request_bytes));
    Tallying work{ask};
    LineSplitter lines{ask.limits.line_bytes, [&](const LineSplitter::Line& line) { return work.take(line); }};
    const auto on_bytes = [&](std::string_view bytes) { return lines.feed(bytes); };
    for (;;) {
        auto piece = ask.request.body->next();
        if (!piece) {
            // The sender broke off. What was pushed stays; it gets no success, and sends all of it again.
            work.groups.finish();
            return fail(piece.error());
        }
        const auto more = piece->empty() ? Result<bool>{false} : decompressor->feed(*piece, on_bytes);
        if (!more) return stopped(work, more.error());
        if (work.groups.failed()) return stopped(work, *work.groups.failed());
        if (piece->empty()) break;
    }
    if (const auto whole = decompressor->finish(); !whole) return stopped(work, whole.error());
    lines.finish();
    work.groups.finish();
    if (work.groups.failed()) return stopped(work, *work.groups.failed());
    const bool truncated = work.refused > work.errors.size();
    return net::Response::json(200, json::object({{"received", work.lines},
                                                  {"accepted", work.groups.durable()},
                                                  {"refused", work.refused},
                                                  {"errors", std::move(work.errors)},
                                                  {"truncated", truncated}})
                                        .dump());
}

constexpr HttpRoute kRoutes[] = {{.method = "POST", .pattern = "/ingest/ndjson", .answer = take_lines}};

}  // namespace

extern const HttpSource ndjson{.name = "ndjson", .routes = kRoutes};

}  // namespace vg::ingest::of_ndjson
