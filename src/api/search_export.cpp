// A whole search as a file: NDJSON and CSV while it is found, Parquet when it is complete.
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <memory>

#include "api/search_ask.h"
#include "api/search_routes.h"
#include "api/search_stream.h"
#include "base/text.h"
#include "base/time.h"
#include "store/audit.h"

namespace vg::api {

namespace {

constexpr std::size_t kPiece = std::size_t{256} << 10;
constexpr std::size_t kMostInHeader = 10;

// A file that goes when nobody sends it any more.
struct TemporaryFile {
    explicit TemporaryFile(std::string at) : path(std::move(at)) {}
    ~TemporaryFile() {
        std::error_code ignored;
        std::filesystem::remove(path, ignored);
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    const std::string path;
};

Status write_audit(Ask& ask, const Sought& sought, const std::string& file_format) {
    return ask.context.state.write([&](store::Transaction& tx) {
        return store::audit::append(tx, {.time = ask.context.clock.now(),
                                         .actor = ask.actor.name,
                                         .action = "event:export",
                                         .object = "search",
                                         .organisation = ask.actor.organisation,
                                         .details = json::object({{"q", shorten(sought.text, 1000)}, {"from", to_rfc3339(sought.from)}, {"to", to_rfc3339(sought.to)},
                                                                  {"format", file_format}, {"masked", !sought.reveal}})});
    });
}

Result<net::Response> parquet(Ask& ask, const Sought& sought) {
    if (!sought.reveal) return fail(Code::denied, "field format: a Parquet file holds personal fields as they came, which this account may not reveal; take ndjson or csv");
    TRY(archive_of(ask));
    if (ask.context.exports.empty()) return fail(Code::unavailable, "this node has no folder for exports");
    SearchDesk& desk = *ask.context.desk;
    const auto search = TRY(desk.open({account_of(ask.actor), sought.text, "export", sought.search}));
    std::error_code error;
    std::filesystem::create_directories(ask.context.exports, error);
    if (error) return fail(Code::unavailable, "the folder for exports cannot be made: " + error.message());
    ::chmod(ask.context.exports.c_str(), 0700);
    const auto file = std::make_shared<TemporaryFile>(format("{}/{}.parquet", ask.context.exports, to_text(make_uuid_v7(ask.context.clock.now(), ask.context.random))));
    const auto incomplete = std::make_shared<Incomplete>(ask.context.journal, ask.context.clock);
    TRY(search->run(
        [&](SearchTurn& turn) -> Status {
            View view = view_of(ask.context, sought, turn, desk.limits().most_export_time, incomplete);
            TRY(view.archive().export_parquet(view.question(), file->path));
            return {};
        },
        [&request = ask.request] { return request.gone && request.gone(); }));
    auto stream = std::make_shared<std::ifstream>(file->path, std::ios::binary);
    if (!*stream) return fail(Code::unavailable, "the export cannot be read back");
    net::Response response;
    response.with("Content-Type", "application/vnd.apache.parquet");
    if (json::Array lacking = incomplete->value(kMostInHeader); !lacking.empty()) response.with("Vonggac-Incomplete", json::Value{std::move(lacking)}.dump());
    response.stream = [file, stream](std::string& out) {
        const std::size_t before = out.size();
        out.resize(before + kPiece);
        stream->read(out.data() + before, static_cast<std::streamsize>(kPiece));
        out.resize(before + static_cast<std::size_t>(stream->gcount()));
        return stream->good();
    };
    return response;
}

}  // namespace

Result<net::Response> export_events(Ask& ask) {
    const std::string file_format = ask.body.text("format").value_or("");
    auto sought = sought_of(ask, wanted_of(ask));
    if (!sought) return std::move(sought).error();
    net::Response response;
    if (file_format == "parquet") {
        response = TRY(parquet(ask, *sought));
    } else {
        const store::Order order = ask.body.text("order") == "newest" ? store::Order::newest_first : store::Order::oldest_first;
        const bool csv = file_format == "csv";
        TRY(stream_events(ask, *sought, "export", order, csv ? Lines::csv : Lines::json, response));
        response.with("Content-Type", csv ? "text/csv; charset=utf-8; header=present" : "application/x-ndjson");
    }
    response.with("Content-Disposition", format("attachment; filename=\"events.{}\"", file_format));
    TRY(write_audit(ask, *sought, file_format));
    return response;
}

}  // namespace vg::api
