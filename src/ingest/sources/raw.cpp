// POST /ingest/raw?format=NAME&name=FILE: a whole file (.evtx, JSON, text lines), gzip or zstd by Content-Encoding or by
// its own first bytes. Answered when every record is durable:
//   {"received":17,"accepted":17,"refused":0,"damage":["chunk 3: ..."]}
#include "base/json.h"
#include "base/text.h"
#include "ingest/answers.h"
#include "ingest/decompress.h"
#include "ingest/groups.h"

namespace vg::ingest::of_raw {
namespace {

// A file that is compressed itself is known by its first bytes (RFC 1952, RFC 8878).
std::string_view compression_of(std::string_view bytes) {
    if (bytes.starts_with("\x1f\x8b")) return "gzip";
    if (bytes.starts_with("\x28\xb5\x2f\xfd")) return "zstd";
    return "";
}

net::Response stopped(Groups& groups, const Error& error) {
    groups.finish();
    const auto first_lost = groups.first_lost();
    return problem(status_of(error.code), error, {{"accepted", groups.durable()}, {"first_not_accepted", first_lost ? json::Value{*first_lost} : json::Value{}}});
}

Result<net::Response> take_file(HttpAsk& ask) {
    if (!ask.split_file) return fail(Code::unavailable, "this node takes no files");
    const std::string name = ask.request.parameter("name").value_or("");
    const std::string format = ask.request.parameter("format").value_or("");
    if (name.size() > 200 || !is_utf8(name)) return fail(Code::bad_input, "field name: a file name has at most 200 bytes of UTF-8");
    if (format.size() > 64) return fail(Code::bad_input, "field format: no format has such a name");
    Groups groups{ask, name};
    std::uint64_t numbered = 0;
    const auto splitter = ask.split_file(format, [&](std::uint64_t number, std::string_view raw, std::string_view found) {
        numbered = number;
        groups.add(raw, number, format.empty() ? found : std::string_view{format});
        return !groups.failed();
    });
    if (!splitter) return fail(Code::bad_input, "field format: no format is named " + shorten(format, 64));

    const auto outer = TRY(Decompressor::make(ask.request.header("content-encoding").value_or(""), ask.limits.request_bytes));
    std::unique_ptr<Decompressor> inner;
    std::string first;  // until the inner compression is known
    Status problem_inside;
    const auto into_splitter = [&](std::string_view bytes) {
        problem_inside = splitter->feed(bytes);
        return problem_inside && !groups.failed();
    };
    const auto through_inner = [&](std::string_view bytes) {
        const auto more = inner->feed(bytes, into_splitter);
        if (!more) problem_inside = fail(more.error());
        return more && *more;
    };
    const auto begin_inner = [&] {
        auto made = Decompressor::make(compression_of(first), ask.limits.request_bytes);
        if (made) inner = std::move(*made);
        return made && through_inner(first);
    };
    const auto on_bytes = [&](std::string_view bytes) {
        if (inner) return through_inner(bytes);
        first.append(bytes);
        return first.size() < 4 || begin_inner();
    };
    for (;;) {
        auto piece = ask.request.body->next();
        if (!piece) {
            groups.finish();
            return fail(piece.error());
        }
        if (piece->empty()) break;
        const auto more = outer->feed(*piece, on_bytes);
        if (!more) return stopped(groups, more.error());
        if (groups.failed()) return stopped(groups, *groups.failed());
        if (!problem_inside) return stopped(groups, problem_inside.error());
    }
    if (const auto whole = outer->finish(); !whole) return stopped(groups, whole.error());
    if (!inner && !first.empty()) begin_inner();
    if (problem_inside && inner) problem_inside = inner->finish();
    const auto report = splitter->finish();
    groups.finish();
    if (groups.failed()) return stopped(groups, *groups.failed());
    if (!problem_inside) return stopped(groups, problem_inside.error());
    if (!report) return stopped(groups, report.error());
    json::Array damage;
    for (const std::string& each : report->damage) damage.emplace_back(to_valid_utf8(shorten(each, 500)));
    return net::Response::json(200, json::object({{"received", numbered}, {"accepted", groups.durable()}, {"refused", 0}, {"damage", std::move(damage)}}).dump());
}

constexpr HttpRoute kRoutes[] = {{.method = "POST", .pattern = "/ingest/raw", .answer = take_file}};

}  // namespace

extern const HttpSource raw{.name = "raw", .routes = kRoutes};

}  // namespace vg::ingest::of_raw
