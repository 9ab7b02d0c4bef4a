// KafkaReader: takes records out of topics of Kafka as a member of a consumer group. One message is one record. Offsets are
// committed when the records are durable: a crash repeats what was not committed, and loses nothing.
//
//   auto reader = TRY(KafkaReader::start({.brokers = "kafka-1:9092", .topics = {{"web-01", "nginx"}}}, parts));
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/metrics.h"
#include "ingest/http_source.h"

namespace vg::ingest {

struct KafkaOptions {
    std::string brokers;                                         // "host:port,host:port"
    std::string group = "vonggac";
    std::vector<std::pair<std::string, std::string>> topics;     // name of the source, topic
    std::vector<std::pair<std::string, std::string>> further;    // options of librdkafka
    std::size_t message_bytes = std::size_t{1} << 20;            // a longer one is refused
};
// Lines NAME=VALUE; '#' begins a comment.
Result<std::vector<std::pair<std::string, std::string>>> parse_kafka_options(std::string_view text);

class KafkaReader {
public:
    struct Parts {
        Intake& intake;
        Counters& counters;
        metrics::Registry& metrics;
        std::function<std::optional<SourceFacts>(const std::string& name)> source;
    };
    static Result<std::unique_ptr<KafkaReader>> start(KafkaOptions options, Parts parts);
    virtual ~KafkaReader() = default;
    // [{"kind":"kafka","source","what","records","trouble"}]. Any thread.
    [[nodiscard]] virtual json::Value report() const = 0;
    virtual void stop() = 0;  // idempotent; leaves the group
};

}  // namespace vg::ingest
