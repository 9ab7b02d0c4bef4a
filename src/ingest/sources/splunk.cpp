// Splunk's HTTP Event Collector, as its senders know it: syslog-ng, Vector, Fluent Bit, Logstash, logging handlers of many
// languages. What is kept is one event object as it was sent (/event), or one line (/raw). Code 0 means durable, so that
// every ackId is acknowledged at once. Without "event" or with a blank one an object is refused, its neighbours are kept;
// behind what is no JSON nothing can be read. A full queue is code 9, "Server is busy", with status 503.
#include "base/json.h"
#include "base/text.h"
#include "ingest/answers.h"
#include "ingest/decompress.h"
#include "ingest/frames/json_object.h"
#include "ingest/frames/json_objects.h"
#include "ingest/frames/lines.h"
#include "ingest/groups.h"

namespace vg::ingest::of_splunk {
namespace {

constexpr std::size_t kMostAckBody = std::size_t{1} << 20;
constexpr std::size_t kMostAcks = 100'000;

std::optional<std::string> channel_of(const net::Request& request) {
    if (auto channel = request.header("x-splunk-request-channel")) return channel;
    return request.parameter("channel");
}

// Hands the decompressed body to `on_bytes` until that returns false. An error: the sender broke off or sent nonsense.
template <class OnBytes>
Status read_body(HttpAsk& ask, const OnBytes& on_bytes) {
    const auto decompressor = TRY(Decompressor::make(ask.request.header("content-encoding").value_or(""), ask.limits.request_bytes));
    for (;;) {
        const std::string piece = TRY(ask.request.body->next());
        if (piece.empty()) return decompressor->finish();
        if (!TRY(decompressor->feed(piece, on_bytes))) return {};
    }
}

// Splunk wants a GUID; what we check is that it may be one.
std::optional<net::Response> refuse_channel(const std::optional<std::string>& channel, bool needed) {
    if (!channel) return needed ? std::optional{splunk_answer(10)} : std::nullopt;
    if (channel->size() < 32 || channel->size() > 38) return splunk_answer(11);
    return std::nullopt;
}

void count_refused(Tally& tally) {
    tally.received.fetch_add(1, std::memory_order_relaxed);
    tally.refused.fetch_add(1, std::memory_order_relaxed);
}

net::Response success(HttpAsk& ask, bool with_ack) {
    if (!with_ack) return splunk_answer(0);
    return splunk_answer(0, {{"ackId", ask.state.acknowledged.fetch_add(1, std::memory_order_relaxed)}});
}

Result<net::Response> take_objects(HttpAsk& ask, bool wants_event) {
    const auto channel = channel_of(ask.request);
    if (auto refused = refuse_channel(channel, false)) return std::move(*refused);
    Groups groups{ask};
    JsonObjectCheck check{ask.limits.line_bytes};
    Tally& tally = ask.counters.of(ask.source.id);
    std::optional<std::pair<int, std::uint64_t>> first_bad;  // code and number
    const auto refuse = [&](int code, std::uint64_t number) {
        count_refused(tally);
        if (!first_bad) first_bad = {code, number};
    };
    JsonObjects objects{ask.limits.line_bytes, [&](const JsonObjects::Object& object) {
                            if (object.too_long || check.refuse(object.text)) {
                                refuse(6, object.number);
                                return true;
                            }
                            const auto event = wants_event ? check.member("event") : JsonObjectCheck::Member::there;
                            if (event == JsonObjectCheck::Member::there)
                                groups.add(object.text, object.number);
                            else
                                refuse(event == JsonObjectCheck::Member::missing ? 12 : 13, object.number);
                            return !groups.failed();
                        }};
    Status framing;
    const Status read = read_body(ask, [&](std::string_view bytes) {
        framing = objects.feed(bytes);
        return framing && !groups.failed();
    });
    groups.finish();
    if (groups.failed()) return fail(*groups.failed());
    if (!read) return fail(read.error());
    if (framing) framing = objects.finish();
    if (!framing) refuse(6, objects.count());
    if (objects.count() == 0 && !first_bad) return splunk_answer(5);
    if (first_bad) return splunk_answer(first_bad->first, {{"invalid-event-number", first_bad->second}});
    return success(ask, channel.has_value());
}

Result<net::Response> take_events(HttpAsk& ask) { return take_objects(ask, true); }
Result<net::Response> take_mint(HttpAsk& ask) { return take_objects(ask, false); }

Result<net::Response> take_raw(HttpAsk& ask) {
    const auto channel = channel_of(ask.request);
    if (auto refused = refuse_channel(channel, true)) return std::move(*refused);
    Groups groups{ask};
    Tally& tally = ask.counters.of(ask.source.id);
    std::uint64_t count = 0, refused = 0;
    LineSplitter lines{ask.limits.line_bytes, [&](const LineSplitter::Line& line) {
                           if (line.too_long) {
                               ++refused;
                               count_refused(tally);
                           } else if (!trim(line.text).empty()) {
                               ++count;
                               groups.add(line.text, line.number);
                           }
                           return !groups.failed();
                       }};
    const Status read = read_body(ask, [&](std::string_view bytes) { return lines.feed(bytes); });
    if (read) lines.finish();
    groups.finish();
    if (groups.failed()) return fail(*groups.failed());
    if (!read) return fail(read.error());
    if (refused > 0) return splunk_answer(6);
    if (count == 0) return splunk_answer(5);
    return success(ask, true);
}

// {"acks":[0,1]} -> {"acks":{"0":true,"1":true}}: an id that was given away belongs to records that are durable.
Result<net::Response> tell_acks(HttpAsk& ask) {
    if (auto refused = refuse_channel(channel_of(ask.request), true)) return std::move(*refused);
    const std::string body = TRY(ask.request.read_all(kMostAckBody));
    const auto asked = json::parse(body);
    const json::Value* ids = asked ? asked->find("acks") : nullptr;
    if (ids == nullptr || !ids->is_array() || ids->as_array().size() > kMostAcks) return splunk_answer(6);
    const auto given = static_cast<std::int64_t>(ask.state.acknowledged.load(std::memory_order_relaxed));
    json::Object acks;
    for (const json::Value& id : ids->as_array())
        if (id.is_int()) acks.emplace_back(std::to_string(id.as_int()), id.as_int() >= 0 && id.as_int() < given);
    return net::Response::json(200, json::object({{"acks", std::move(acks)}}).dump());
}

net::Response health(net::Request&, Intake& intake) { return splunk_answer(intake.push({}) ? 17 : 18); }

constexpr HttpRoute kRoutes[] = {
    {.method = "POST", .pattern = "/services/collector", .answer = take_events, .speech = Speech::splunk},
    {.method = "POST", .pattern = "/services/collector/event", .answer = take_events, .speech = Speech::splunk},
    {.method = "POST", .pattern = "/services/collector/event/1.0", .answer = take_events, .speech = Speech::splunk},
    {.method = "POST", .pattern = "/services/collector/mint", .answer = take_mint, .speech = Speech::splunk},
    {.method = "POST", .pattern = "/services/collector/mint/1.0", .answer = take_mint, .speech = Speech::splunk},
    {.method = "POST", .pattern = "/services/collector/raw", .answer = take_raw, .speech = Speech::splunk},
    {.method = "POST", .pattern = "/services/collector/raw/1.0", .answer = take_raw, .speech = Speech::splunk},
    {.method = "POST", .pattern = "/services/collector/ack", .answer = tell_acks, .speech = Speech::splunk},
    {.method = "GET", .pattern = "/services/collector/health", .speech = Speech::splunk, .open_answer = health},
    {.method = "GET", .pattern = "/services/collector/health/1.0", .speech = Speech::splunk, .open_answer = health},
};

}  // namespace

extern const HttpSource splunk{.name = "splunk", .routes = kRoutes};

}  // namespace vg::ingest::of_splunk
