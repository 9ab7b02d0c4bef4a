// HTTP sources: protocols in which senders hand us records over the node's HTTP listener. The server asks find_route()
// before the API's router, authenticates the sender (an ingest token, permission "ingest:write"), finds the facts of the
// token's source, and calls answer(). Any pool thread.
//
//   if (const HttpRoute* route = ingest::find_route(request.method, request.path)) {
//       if (route->open_answer) return route->open_answer(request, intake);
//       ingest::take_token(*route, request);                 // Basic, ApiKey and Splunk become Bearer
//       auto actor = router.authenticate(request);
//       if (!actor) return ingest::refusal(*route, request, 401, actor.error());
//       ...
//       return ingest::answer(*route, HttpAsk{request, *actor, source, intake, counters, limits, split_file, node});
//   }
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "access/access.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "ingest/counters.h"
#include "ingest/intake.h"
#include "net/http.h"

namespace vg::ingest {

inline constexpr std::string_view kPermission = "ingest:write";

// The source that the token stands for.
struct SourceFacts {
    SourceId id;
    OrganisationId organisation;
    std::string name;
    std::string format;  // pinned, empty: sniff
    std::string zone;    // IANA, empty: UTC
};

// What protocols tell about the node that answers.
struct NodeFacts {
    std::string name = "vonggac";
    std::string id = "00000000000000000000000000000000";  // stable for the data folder
};

// What a source keeps between requests, for all senders. Any thread.
struct HttpState {
    std::atomic<std::uint64_t> acknowledged{0};  // the next ackId of the HTTP Event Collector
};

struct HttpLimits {
    std::size_t line_bytes = std::size_t{1} << 20;           // longest record
    std::uint64_t request_bytes = std::uint64_t{64} << 30;   // after decompression
    std::uint64_t bulk_bytes = std::uint64_t{256} << 20;     // of one _bulk request, after decompression
    std::size_t bulk_items = 1'000'000;
    std::uint64_t otlp_bytes = std::uint64_t{64} << 20;      // of one OTLP request, after decompression
    std::size_t group_bytes = std::size_t{1} << 20;          // records go to the intake in groups of about this
    std::size_t groups_in_flight = 8;
    Span room_wait = seconds(2);                             // for a place in the queue; then 429
};

// Splits an uploaded file into records; formats::Splitter behind it, which this room may not see.
struct FileReport {
    std::uint64_t records = 0;
    std::vector<std::string> damage;
};
class FileSplitter {
public:
    virtual ~FileSplitter() = default;
    virtual Status feed(std::string_view bytes) = 0;
    virtual Result<FileReport> finish() = 0;
};
using KeepRecord = std::function<bool(std::uint64_t number, std::string_view raw, std::string_view format)>;
using SplitFile = std::function<std::unique_ptr<FileSplitter>(std::string_view format, KeepRecord keep)>;

struct HttpAsk {
    net::Request& request;
    const access::Actor& actor;
    const SourceFacts& source;
    Intake& intake;
    Counters& counters;
    const HttpLimits& limits;
    const SplitFile& split_file;  // may be empty: then raw uploads are refused
    const NodeFacts& node;
    HttpState& state;
};

// How a protocol words what went wrong.
enum class Speech { problem, elastic, splunk, otlp };

struct HttpRoute {
    std::string_view method;   // "POST"; "*" for all
    std::string_view pattern;  // "/{}/_bulk": "{}" is one segment, "/**" at the end is any rest
    Result<net::Response> (*answer)(HttpAsk&) = nullptr;
    Speech speech = Speech::problem;
    net::Response (*open_answer)(net::Request&, Intake&) = nullptr;  // instead of answer: for whoever asks, without a token
};

struct HttpSource {
    std::string_view name;
    std::span<const HttpRoute> routes;
};
std::span<const HttpSource* const> http_sources();

const HttpRoute* find_route(std::string_view method, std::string_view path);
// The answer in the protocol's own form, errors included.
net::Response answer(const HttpRoute& route, HttpAsk& ask);
// What a sender gets who is not let in (401, 403), in the protocol's own form.
net::Response refusal(const HttpRoute& route, const net::Request& request, int status, const Error& error);

// Rewrites `Authorization: Basic` (the password), `ApiKey` (the key, or base64 of "id:key") and `Splunk` to Bearer, so that
// all senders are authenticated in one way; for Splunk's paths ?token= as well. Anything else stays.
void take_token(const HttpRoute& route, net::Request& request);

}  // namespace vg::ingest
