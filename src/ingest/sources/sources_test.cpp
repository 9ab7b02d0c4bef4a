// The HTTP sources over a real server on loopback, with a journal in memory.
#include <gtest/gtest.h>

#include <thread>

#include "base/bytes.h"
#include "base/json.h"
#include "ingest/http_source.h"
#include "ingest/memory_journal.h"
#include "ingest/packing_test_kit.h"

namespace vg::ingest::sources_test {
namespace {

// Splits at line ends, as formats would for text; "!" is damage.
class Lines final : public FileSplitter {
public:
    explicit Lines(KeepRecord keep) : keep_(std::move(keep)) {}
    Status feed(std::string_view bytes) override {
        text_ += bytes;
        return {};
    }
    Result<FileReport> finish() override {
        FileReport report;
        std::size_t at = 0;
        while (at < text_.size()) {
            const std::size_t end = std::min(text_.find('\n', at), text_.size());
            const std::string_view line = std::string_view{text_}.substr(at, end - at);
            if (line == "!")
                report.damage.emplace_back("a bad line");
            else
                keep_(++report.records, line, "lines");
            at = end + 1;
        }
        return report;
    }

private:
    KeepRecord keep_;
    std::string text_;
};

struct Fixture {
    explicit Fixture(HttpLimits l = {}, IntakeOptions options = {}) : limits(l), intake(Intake::start(journal, options, clock, metrics)) {
        source.id.bytes[0] = 7;
        source.organisation.bytes[0] = 8;
        source.zone = "Asia/Ho_Chi_Minh";
        server = std::move(*net::Server::start({.listen = {{"127.0.0.1", 0}}}, [this](net::Request& request) { return handle(request); }, metrics));
    }
    net::Response handle(net::Request& request) {
        const HttpRoute* route = find_route(request.method, request.path);
        if (route == nullptr) return net::Response::text(404, "no route");
        if (route->open_answer != nullptr) return route->open_answer(request, *intake);
        take_token(*route, request);
        if (request.header("authorization") != "Bearer secret") return refusal(*route, request, 401, {Code::denied, "no token"});
        HttpAsk ask{request, actor, source, *intake, counters, limits, split, node, state};
        return answer(*route, ask);
    }
    net::Answer send(const std::string& method, const std::string& target, std::string body, std::vector<net::Header> headers = {}) {
        if (std::none_of(headers.begin(), headers.end(), [](const net::Header& h) { return h.first == "Authorization"; })) headers.emplace_back("Authorization", "Bearer secret");
        auto answered = net::fetch({.method = method, .url = "http://127.0.0.1:" + std::to_string(server->port(0)) + target, .headers = std::move(headers), .body = std::move(body)});
        EXPECT_TRUE(answered) << (answered ? "" : answered.error().text);
        return answered ? std::move(*answered) : net::Answer{};
    }
    std::vector<std::string> kept() const {
        std::vector<std::string> raws;
        for (const auto& record : journal.kept()) raws.push_back(record.raw);
        return raws;
    }
    TallyValues tally() const { return counters.values(source.id); }

    MemoryJournal journal;
    ManualClock clock{Time{1'700'000'000'000'000}};
    metrics::Registry metrics;
    access::Actor actor;
    SourceFacts source;
    Counters counters;
    HttpLimits limits;
    NodeFacts node{.name = "node-1", .id = "abc"};
    HttpState state;
    SplitFile split = [](std::string_view, KeepRecord keep) { return std::make_unique<Lines>(std::move(keep)); };
    std::unique_ptr<Intake> intake;
    std::unique_ptr<net::Server> server;
};

TEST(Ndjson, KeepsEachLineAsSentAndNamesWhatItRefuses) {
    Fixture f;
    const auto answer = f.send("POST", "/ingest/ndjson", "{\"a\": 1}\r\n\n[1]\n{\"b\":\"Đ\"}\n{\"c\":\"\xff\"}\n");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body,
              R"({"received":5,"accepted":2,"refused":3,"errors":[{"line":2,"reason":"the line is empty"},)"
              R"({"line":3,"reason":"the line is JSON, but not an object"},{"line":5,"reason":"the line is not valid UTF-8"}],"truncated":false})");
    EXPECT_EQ(f.kept(), (std::vector<std::string>{"{\"a\": 1}", "{\"b\":\"Đ\"}"}));
    const auto record = f.journal.kept()[0];
    EXPECT_EQ(record.envelope.source, f.source.id);
    EXPECT_EQ(record.envelope.organisation, f.source.organisation);
    EXPECT_EQ(record.envelope.zone, "Asia/Ho_Chi_Minh");
    EXPECT_EQ(record.envelope.peer, "127.0.0.1");
    EXPECT_EQ(record.envelope.received, Time{1'700'000'000'000'000});
    EXPECT_EQ(f.tally().received, 5u);
    EXPECT_EQ(f.tally().accepted, 2u);
    EXPECT_EQ(f.tally().refused, 3u);
}

TEST(Ndjson, NamesAtMostAHundredLines) {
    Fixture f;
    std::string body;
    for (int i = 0; i < 150; ++i) body += "no\n";
    const auto answer = json::parse(f.send("POST", "/ingest/ndjson", body).body);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->integer("refused"), 150);
    EXPECT_EQ(answer->find("errors")->as_array().size(), 100u);
    EXPECT_EQ(answer->boolean("truncated"), true);
}

TEST(Ndjson, TakesGzipAndZstd) {
    Fixture f;
    EXPECT_EQ(f.send("POST", "/ingest/ndjson", gzip("{\"a\":1}\n") + gzip("{\"a\":2}\n"), {{"Content-Encoding", "gzip"}}).status, 200);
    EXPECT_EQ(f.send("POST", "/ingest/ndjson", zstd("{\"a\":3}\n") + zstd("{\"a\":4}"), {{"Content-Encoding", "zstd"}}).status, 200);
    EXPECT_EQ(f.kept(), (std::vector<std::string>{"{\"a\":1}", "{\"a\":2}", "{\"a\":3}", "{\"a\":4}"}));
    const std::string whole = gzip("{\"a\":5}\n");
    EXPECT_EQ(f.send("POST", "/ingest/ndjson", whole.substr(0, whole.size() - 4), {{"Content-Encoding", "gzip"}}).status, 400);
    EXPECT_EQ(f.send("POST", "/ingest/ndjson", "not zstd at all", {{"Content-Encoding", "zstd"}}).status, 400);
    EXPECT_EQ(f.send("POST", "/ingest/ndjson", "x", {{"Content-Encoding", "br"}}).status, 400);
}

TEST(Ndjson, HoldsNoMemoryForABomb) {
    Fixture f{{.request_bytes = 50 << 20}};
    const auto answer = f.send("POST", "/ingest/ndjson", gzip(std::string(100 << 20, ' ')), {{"Content-Encoding", "gzip"}});
    EXPECT_EQ(answer.status, 413);
    EXPECT_TRUE(f.kept().empty());
}

TEST(Ndjson, SaysHowFarItCameWhenTheQueueStaysFull) {
    Fixture f{{.group_bytes = 1, .room_wait = milliseconds(20)}, {.most_records = 3}};
    f.journal.hold();
    std::thread opener;
    const std::string body = "{\"n\":1}\nbad\n{\"n\":2}\n{\"n\":3}\n{\"n\":4}\n{\"n\":5}\n";
    // Three of them find a place; the answer comes when the journal has them.
    opener = std::thread{[&] {
        while (f.metrics.counter("vonggac_intake_refused_total", "", {{"reason", "full"}}).value() == 0) std::this_thread::yield();
        f.journal.let_go();
    }};
    const auto answer = f.send("POST", "/ingest/ndjson", body);
    opener.join();
    EXPECT_EQ(answer.status, 429);
    EXPECT_EQ(answer.header("retry-after"), "1");
    EXPECT_EQ(answer.header("x-accepted-lines"), "4");
    const auto document = json::parse(answer.body);
    ASSERT_TRUE(document);
    EXPECT_EQ(document->integer("accepted_lines"), 4);
    EXPECT_EQ(f.kept(), (std::vector<std::string>{"{\"n\":1}", "{\"n\":2}", "{\"n\":3}"}));
    EXPECT_EQ(f.tally().sent_back, 1u);
}

TEST(Ndjson, GivesNoSuccessWhenTheJournalFails) {
    Fixture f;
    f.journal.set_broken(true);
    const auto answer = f.send("POST", "/ingest/ndjson", "{\"n\":1}\n");
    EXPECT_EQ(answer.status, 503);
    EXPECT_TRUE(answer.header("retry-after"));
    EXPECT_EQ(json::parse(answer.body)->integer("accepted_lines"), 0);
    EXPECT_EQ(f.tally().accepted, 0u);
}

TEST(Ndjson, TakesManyMegabytesInManyGroups) {
    Fixture f;
    const std::string line = "{\"m\":\"" + std::string(1000, 'x') + "\"}\n";
    std::string body;
    for (int i = 0; i < 20'000; ++i) body += line;
    const auto answer = f.send("POST", "/ingest/ndjson", body);
    EXPECT_EQ(answer.body, R"({"received":20000,"accepted":20000,"refused":0,"errors":[],"truncated":false})");
    EXPECT_EQ(f.journal.kept().size(), 20'000u);
}

TEST(Raw, TakesAFileWithItsNameAndDamage) {
    Fixture f;
    const auto answer = f.send("POST", "/ingest/raw?name=may-01.log&format=sshd", gzip("one\n!\ntwo"));
    EXPECT_EQ(answer.body, R"({"received":2,"accepted":2,"refused":0,"damage":["a bad line"]})");
    EXPECT_EQ(f.kept(), (std::vector<std::string>{"one", "two"}));
    EXPECT_EQ(f.journal.kept()[0].envelope.peer, "may-01.log");
    EXPECT_EQ(f.journal.kept()[0].envelope.format, "sshd");
}

TEST(Raw, IgnoresHowSmallThePiecesAre) {
    Fixture f;
    EXPECT_EQ(f.send("POST", "/ingest/raw", "ab").status, 200);
    EXPECT_EQ(f.send("POST", "/ingest/raw", "").status, 200);
    EXPECT_EQ(f.send("POST", "/ingest/raw", zstd("in zstd\n")).status, 200);
    EXPECT_EQ(f.send("POST", "/ingest/raw", gzip(gzip("twice\n")), {{"Content-Encoding", "gzip"}}).status, 200);
    EXPECT_EQ(f.kept(), (std::vector<std::string>{"ab", "in zstd", "twice"}));
    EXPECT_EQ(f.journal.kept()[0].envelope.format, "lines");
}

TEST(Elastic, AnswersItemsInOrder) {
    Fixture f;
    const auto answer = f.send("POST", "/logs-a/_bulk",
                               "{\"create\":{}}\n{\"n\":1}\n{\"index\":{\"_index\":\"logs-b\",\"_id\":\"x\"}}\nbroken\n{\"delete\":{\"_id\":\"1\"}}\n{\"create\":{}}\n{\"n\":2}\n");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("x-elastic-product"), "Elasticsearch");
    const auto document = json::parse(answer.body);
    ASSERT_TRUE(document) << answer.body;
    EXPECT_EQ(document->boolean("errors"), true);
    const auto& items = document->find("items")->as_array();
    ASSERT_EQ(items.size(), 4u);
    EXPECT_EQ(items[0].dump(), R"({"create":{"_index":"logs-a","_id":null,"result":"created","status":201}})");
    EXPECT_EQ(items[1].find("index")->integer("status"), 400);
    EXPECT_EQ(items[1].find("index")->text("_index"), "logs-b");
    EXPECT_EQ(items[1].find("index")->find("error")->text("type"), "document_parsing_exception");
    EXPECT_EQ(items[2].find("delete")->integer("status"), 400);
    EXPECT_EQ(items[3].find("create")->integer("status"), 201);
    EXPECT_EQ(f.kept(), (std::vector<std::string>{"{\"n\":1}", "{\"n\":2}"}));
}

TEST(Elastic, HonoursFilterPath) {
    Fixture f;
    const std::string body = "{\"create\":{\"_index\":\"a\"}}\n{\"n\":1}\n{\"create\":{}}\nbroken\n";
    EXPECT_EQ(f.send("POST", "/_bulk?filter_path=errors,items.*.status", body).body, R"({"errors":true,"items":[{"create":{"status":201}},{"create":{"status":400}}]})");
    EXPECT_EQ(f.send("POST", "/_bulk?filter_path=errors", body).body, R"({"errors":true})");
    EXPECT_EQ(f.send("POST", "/_bulk?filter_path=errors%2Citems.*.error", "{\"create\":{}}\n{\"n\":1}\n").body, R"({"errors":false})");
}

TEST(Elastic, Answers429ItemByItemWhenTheQueueStaysFull) {
    Fixture f{{.group_bytes = 1, .room_wait = milliseconds(20)}, {.most_records = 1}};
    f.journal.hold();
    std::thread opener{[&] {
        while (f.metrics.counter("vonggac_intake_refused_total", "", {{"reason", "full"}}).value() == 0) std::this_thread::yield();
        f.journal.let_go();
    }};
    const auto answer = f.send("POST", "/_bulk?filter_path=items.*.status", "{\"create\":{}}\n{\"n\":1}\n{\"create\":{}}\n{\"n\":2}\n{\"create\":{}}\n{\"n\":3}\n");
    opener.join();
    EXPECT_EQ(answer.status, 200);
    EXPECT_TRUE(answer.header("retry-after"));
    EXPECT_EQ(answer.body, R"({"items":[{"create":{"status":201}},{"create":{"status":429}},{"create":{"status":429}}]})");
    EXPECT_EQ(f.kept().size(), 1u);
}

TEST(Elastic, RefusesAWholeRequestThatIsNone) {
    Fixture f;
    for (const char* body : {"", "{\"n\":1}\n", "{\"create\":{}}\n"}) {
        const auto answer = f.send("POST", "/_bulk", body);
        EXPECT_EQ(answer.status, 400) << body;
        EXPECT_EQ(answer.header("x-elastic-product"), "Elasticsearch");
        EXPECT_EQ(json::parse(answer.body)->find("error")->text("type"), "illegal_argument_exception");
    }
    Fixture small{{.bulk_bytes = 100}};
    EXPECT_EQ(small.send("POST", "/_bulk", std::string(101, ' ')).status, 413);
}

TEST(Elastic, LetsSendersInByBearerBasicAndApiKey) {
    Fixture f;
    for (const std::string& value : {std::string{"Bearer secret"}, "Basic " + to_base64("winlogbeat:secret"), std::string{"ApiKey secret"}, "ApiKey " + to_base64("id:secret")})
        EXPECT_EQ(f.send("GET", "/", "", {{"Authorization", value}}).status, 200) << value;
    const auto refused = f.send("GET", "/", "", {{"Authorization", "Basic " + to_base64("a:wrong")}});
    EXPECT_EQ(refused.status, 401);
    EXPECT_EQ(refused.header("x-elastic-product"), "Elasticsearch");
    EXPECT_EQ(json::parse(refused.body)->find("error")->text("type"), "security_exception");
}

TEST(Elastic, ReportsTheSendersOwnVersion) {
    Fixture f;
    const auto version = [&](const std::string& agent) {
        return json::parse(f.send("GET", "/", "", {{"User-Agent", agent}}).body)->find("version")->text("number").value_or("");
    };
    EXPECT_EQ(version("Elastic-filebeat/7.17.1 (linux; amd64; abc; 2022-02-23 00:00:00 +0000 UTC)"), "7.17.1");
    EXPECT_EQ(version("Elastic-Winlogbeat/8.11.4 (windows; amd64)"), "8.11.4");
    EXPECT_EQ(version("elasticsearch-py/8.12.0 (Python/3.11.2; elastic-transport/8.12.0)"), "8.12.0");
    EXPECT_EQ(version("elasticsearch-js/9.0.1-rc.1 (linux)"), "9.0.1");
    for (const char* other : {"Vector/0.34.1 (x86_64)", "curl/7.88.1", "Elastic-filebeat/99.1.2", "Elastic-filebeat/8..", "Elastic-filebeat/", "Fluent-Bit"})
        EXPECT_EQ(version(other), "8.15.3") << other;
}

TEST(Elastic, KnowsTheWholeHandshake) {
    Fixture f;
    const auto banner = json::parse(f.send("GET", "/", "").body);
    EXPECT_EQ(banner->text("tagline"), "You Know, for Search");
    EXPECT_EQ(banner->find("version")->text("build_flavor"), "default");
    EXPECT_EQ(f.send("HEAD", "/", "").status, 200);
    EXPECT_EQ(json::parse(f.send("GET", "/_license?human=false", "").body)->find("license")->text("status"), "active");
    EXPECT_EQ(json::parse(f.send("GET", "/_cluster/health", "").body)->text("status"), "green");
    for (const char* path : {"/_xpack", "/_ilm/policy/filebeat", "/_index_template/filebeat-8.11.0", "/_component_template/x", "/_data_stream/filebeat-8.11.0", "/_ingest/pipeline/winlogbeat-8.11.0-routing",
                             "/_nodes", "/_nodes/ingest", "/_nodes/_all/http", "/_logstash/pipeline", "/_template/logstash", "/_cat/templates/filebeat-7.17.1"}) {
        const auto answer = f.send("GET", path, "");
        EXPECT_EQ(answer.status, 200) << path;
        EXPECT_EQ(answer.header("x-elastic-product"), "Elasticsearch") << path;
    }
    for (const char* path : {"/_ilm/policy/filebeat", "/_index_template/a", "/_component_template/a", "/_data_stream/a", "/_ingest/pipeline/a"}) EXPECT_EQ(f.send("PUT", path, "{}").status, 200) << path;
    EXPECT_EQ(f.send("HEAD", "/_index_template/a", "").status, 200);
    EXPECT_EQ(f.send("GET", "/_search", "").status, 404);
    EXPECT_EQ(f.send("POST", "/logs/_doc", "{\"n\":1}").status, 201);
    EXPECT_EQ(f.send("PUT", "/logs/_create/7", "{\"n\":1").status, 400);
    EXPECT_EQ(f.kept(), std::vector<std::string>{"{\"n\":1}"});
}

TEST(Routes, LeaveTheApiAndTheConsoleAlone) {
    for (const char* path : {"/api/v1/findings", "/ui/", "/healthz", "/readyz", "/metrics", "/api/openapi.json", "/ingest", "/favicon.ico"}) {
        EXPECT_EQ(find_route("GET", path), nullptr) << path;
        EXPECT_EQ(find_route("POST", path), nullptr) << path;
    }
    EXPECT_EQ(find_route("GET", "/ingest/ndjson"), nullptr);
    EXPECT_NE(find_route("POST", "/ingest/ndjson"), nullptr);
    EXPECT_NE(find_route("POST", "/a/b/_bulk"), nullptr);
}

// Splunk's HTTP Event Collector: texts and codes as its documentation has them.
const std::string kChannel = "FE0ECFAD-13D5-401B-847D-77833BD77131";

TEST(Splunk, KeepsEachEventAsSent) {
    Fixture f;
    const auto answer = f.send("POST", "/services/collector/event", "{\"event\":\"một\",\"host\":\"a\"}{\"event\":{\"b\":2}}\n");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, R"({"text":"Success","code":0})");
    EXPECT_EQ(f.kept(), (std::vector<std::string>{"{\"event\":\"một\",\"host\":\"a\"}", "{\"event\":{\"b\":2}}"}));
    EXPECT_EQ(f.send("POST", "/services/collector", gzip("{\"event\":1}"), {{"Content-Encoding", "gzip"}, {"Authorization", "Splunk secret"}}).status, 200);
    EXPECT_EQ(f.send("POST", "/services/collector/event/1.0?token=secret", "{\"event\":2}", {{"Authorization", ""}}).status, 401) << "a header that is there counts";
    EXPECT_EQ(f.tally().accepted, 3u);
}

TEST(Splunk, NamesTheFirstBadEventAndKeepsItsNeighbours) {
    Fixture f;
    EXPECT_EQ(f.send("POST", "/services/collector", "{\"event\":1}{\"time\":5}{\"event\":2}").body, R"({"text":"Event field is required","code":12,"invalid-event-number":1})");
    EXPECT_EQ(f.send("POST", "/services/collector", "{\"event\":\"\"}").body, R"({"text":"Event field cannot be blank","code":13,"invalid-event-number":0})");
    EXPECT_EQ(f.send("POST", "/services/collector", "{\"event\":3}nonsense").body, R"({"text":"Invalid data format","code":6,"invalid-event-number":1})");
    EXPECT_EQ(f.send("POST", "/services/collector", "{\"event\":}").body, R"({"text":"Invalid data format","code":6,"invalid-event-number":0})");
    EXPECT_EQ(f.send("POST", "/services/collector", " ").body, R"({"text":"No data","code":5})");
    EXPECT_EQ(f.kept(), (std::vector<std::string>{"{\"event\":1}", "{\"event\":2}", "{\"event\":3}"}));
    EXPECT_EQ(f.tally().received, f.tally().accepted + f.tally().refused);
    EXPECT_EQ(f.tally().refused, 4u);
}

TEST(Splunk, RawNeedsAChannelAndKeepsLines) {
    Fixture f;
    const auto without = f.send("POST", "/services/collector/raw", "a\n");
    EXPECT_EQ(without.status, 400);
    EXPECT_EQ(without.body, R"({"text":"Data channel is missing","code":10})");
    EXPECT_EQ(f.send("POST", "/services/collector/raw?channel=x", "a\n").body, R"({"text":"Invalid data channel","code":11})");
    EXPECT_EQ(f.send("POST", "/services/collector/raw/1.0", "một\r\n\nhai", {{"X-Splunk-Request-Channel", kChannel}}).body, R"({"text":"Success","code":0,"ackId":0})");
    EXPECT_EQ(f.kept(), (std::vector<std::string>{"một", "hai"}));
}

TEST(Splunk, AcknowledgesTheIdsThatItGave) {
    Fixture f;
    EXPECT_EQ(f.send("POST", "/services/collector?channel=" + kChannel, "{\"event\":1}").body, R"({"text":"Success","code":0,"ackId":0})");
    EXPECT_EQ(f.send("POST", "/services/collector", "{\"event\":1}", {{"X-Splunk-Request-Channel", kChannel}}).body, R"({"text":"Success","code":0,"ackId":1})");
    EXPECT_EQ(f.send("POST", "/services/collector/ack?channel=" + kChannel, "{\"acks\":[0,1,2]}").body, R"({"acks":{"0":true,"1":true,"2":false}})");
    EXPECT_EQ(f.send("POST", "/services/collector/ack", "{\"acks\":[0]}").body, R"({"text":"Data channel is missing","code":10})");
    EXPECT_EQ(f.send("POST", "/services/collector/ack?channel=" + kChannel, "{\"acks\":1}").body, R"({"text":"Invalid data format","code":6})");
}

TEST(Splunk, TellsWhoIsNotLetIn) {
    Fixture f;
    const auto bad = f.send("POST", "/services/collector", "{\"event\":1}", {{"Authorization", "Splunk wrong"}});
    EXPECT_EQ(bad.status, 403);
    EXPECT_EQ(bad.body, R"({"text":"Invalid token","code":4})");
    const auto odd = f.send("POST", "/services/collector", "{\"event\":1}", {{"Authorization", "Digest x"}});
    EXPECT_EQ(odd.status, 401);
    EXPECT_EQ(odd.body, R"({"text":"Invalid authorization","code":3})");
    EXPECT_EQ(f.send("POST", "/services/collector", "{\"event\":1}", {{"Authorization", "Basic " + to_base64("x:secret")}}).status, 200);
}

TEST(Splunk, HealthNeedsNoToken) {
    Fixture f;
    const auto answer = f.send("GET", "/services/collector/health", "", {{"Authorization", "Splunk wrong"}});
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, R"({"text":"HEC is healthy","code":17})");
    EXPECT_EQ(f.send("GET", "/services/collector/health/1.0", "").status, 200);
}

TEST(Splunk, AFullQueueIsBusy) {
    Fixture f{{.room_wait = milliseconds(1)}, {.most_bytes = 1, .most_records = 1, .group_records = 1}};
    f.journal.hold();
    std::thread first{[&] { EXPECT_EQ(f.send("POST", "/services/collector", "{\"event\":1}").status, 200); }};
    f.journal.wait_until_held();
    const auto busy = f.send("POST", "/services/collector", "{\"event\":2}");
    EXPECT_EQ(busy.status, 503);
    EXPECT_EQ(busy.body, R"({"text":"Server is busy","code":9})");
    f.journal.let_go();
    first.join();
    EXPECT_EQ(f.kept(), std::vector<std::string>{"{\"event\":1}"});
}

TEST(OtlpSource, KeepsRecordsAndAnswersInTheRequestsEncoding) {
    Fixture f;
    const std::string body = R"({"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"một"}},7]}]}]})";
    const auto json = f.send("POST", "/v1/logs", gzip(body), {{"Content-Type", "application/json"}, {"Content-Encoding", "gzip"}});
    EXPECT_EQ(json.status, 200);
    EXPECT_EQ(json.body, R"({"partialSuccess":{"rejectedLogRecords":"1","errorMessage":"log record 2: a log record is not an object"}})");
    const std::string record{"\x0a\x09\x12\x07\x12\x05\x2a\x03\x0a\x01x", 11};  // resource_logs / scope_logs / log_records / body / "x"
    const auto protobuf = f.send("POST", "/v1/logs", record, {{"Content-Type", "application/x-protobuf"}});
    EXPECT_EQ(protobuf.status, 200);
    EXPECT_EQ(protobuf.body, "");
    EXPECT_EQ(protobuf.header("content-type"), "application/x-protobuf");
    EXPECT_EQ(f.kept(), (std::vector<std::string>{R"({"body":"một"})", R"({"body":"x"})"}));
    EXPECT_EQ(f.tally().refused, 1u);
    EXPECT_EQ(f.send("POST", "/v1/logs", "x", {{"Content-Type", "text/plain"}}).status, 415);
    EXPECT_EQ(f.send("POST", "/v1/logs", "\x0a\x05", {{"Content-Type", "application/x-protobuf"}}).status, 400);
}

}  // namespace
}  // namespace vg::ingest::sources_test
