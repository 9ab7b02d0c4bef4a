#include "ingest/kafka.h"

#include <librdkafka/rdkafka.h>
#include <pthread.h>

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <thread>

#include "base/log.h"
#include "base/text.h"
#include "ingest/delivery.h"

namespace vg::ingest {
namespace {

using Steady = std::chrono::steady_clock;
constexpr std::size_t kMostMessages = 5000;  // of one batch
constexpr std::size_t kMostBytes = std::size_t{4} << 20;
constexpr auto kGather = std::chrono::milliseconds(100);

struct FreeMessage {
    void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
};
using Message = std::unique_ptr<rd_kafka_message_t, FreeMessage>;
struct FreeList {
    void operator()(rd_kafka_topic_partition_list_t* list) const { rd_kafka_topic_partition_list_destroy(list); }
};
using PartitionList = std::unique_ptr<rd_kafka_topic_partition_list_t, FreeList>;

class KafkaReaderImpl final : public KafkaReader {
public:
    KafkaReaderImpl(KafkaOptions options, Parts parts)
        : options_(std::move(options)),
          parts_(std::move(parts)),
          records_(parts_.metrics.counter("vonggac_kafka_records_total", "Messages of Kafka that became records")),
          commits_(parts_.metrics.counter("vonggac_kafka_commits_total", "Commits of offsets, after the records were durable")),
          failed_commits_(parts_.metrics.counter("vonggac_kafka_failed_commits_total", "Commits that failed: the messages come again")) {}
    ~KafkaReaderImpl() override {
        stop();
        if (consumer_ != nullptr) rd_kafka_destroy(consumer_);
    }

    Status open() {
        rd_kafka_conf_t* conf = rd_kafka_conf_new();
        const auto give_up = [&](const Error& error) {
            rd_kafka_conf_destroy(conf);
            return fail(error);
        };
        std::vector<std::pair<std::string, std::string>> all{{"bootstrap.servers", options_.brokers},
                                                             {"group.id", options_.group},
                                                             {"client.id", "vonggac"},
                                                             {"enable.auto.commit", "false"},
                                                             {"enable.auto.offset.store", "false"},
                                                             {"auto.offset.reset", "earliest"},
                                                             {"max.poll.interval.ms", "600000"},
                                                             {"queued.max.messages.kbytes", "32768"},
                                                             {"allow.auto.create.topics", "false"}};
        for (const auto& [name, value] : options_.further) {
            if (name == "group.id" || name.starts_with("enable.auto.") || name == "bootstrap.servers")
                return give_up({Code::bad_input, "the option " + name + " of Kafka is set by the program"});
            all.emplace_back(name, value);
        }
        for (const auto& [name, value] : all) {
            char reason[256] = {};
            if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), reason, sizeof reason) != RD_KAFKA_CONF_OK) return give_up({Code::bad_input, "option of Kafka " + name + ": " + reason});
        }
        rd_kafka_conf_set_opaque(conf, this);
        rd_kafka_conf_set_error_cb(conf, [](rd_kafka_t*, int error, const char* reason, void* self) { static_cast<KafkaReaderImpl*>(self)->note_trouble(error, reason); });
        rd_kafka_conf_set_log_cb(conf, [](const rd_kafka_t*, int level, const char*, const char* text) {
            if (level <= 4) log::warn("kafka: " + to_valid_utf8(text));
        });
        char reason[256] = {};
        consumer_ = rd_kafka_new(RD_KAFKA_CONSUMER, conf, reason, sizeof reason);  // takes conf when it succeeds
        if (consumer_ == nullptr) return give_up({Code::bad_input, std::string{"Kafka: "} + reason});
        rd_kafka_poll_set_consumer(consumer_);
        const PartitionList topics{rd_kafka_topic_partition_list_new(static_cast<int>(options_.topics.size()))};
        for (const auto& [source, topic] : options_.topics) {
            if (!sources_.emplace(topic, source).second) return fail(Code::bad_input, "the topic " + topic + " of Kafka is named twice");
            rd_kafka_topic_partition_list_add(topics.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
        }
        if (const auto error = rd_kafka_subscribe(consumer_, topics.get()); error != RD_KAFKA_RESP_ERR_NO_ERROR)
            return fail(Code::bad_input, std::string{"Kafka: "} + rd_kafka_err2str(error));
        thread_ = std::jthread{[this](std::stop_token stop) { run(stop); }};
        return {};
    }

    json::Value report() const override {
        const std::lock_guard lock{mutex_};
        json::Array all;
        for (const auto& [topic, source] : sources_) {
            const bool there = parts_.source(source).has_value();
            all.push_back(json::object({{"kind", "kafka"}, {"source", source}, {"what", topic}, {"trouble", there ? trouble_ : "there is no source of this name"}}));
        }
        return all;
    }

    void stop() override {
        if (!thread_.joinable()) return;
        thread_.request_stop();
        thread_.join();
        rd_kafka_consumer_close(consumer_);
    }

private:
    void note_trouble(int error, const char* reason) {
        const std::string text = std::string{rd_kafka_err2str(static_cast<rd_kafka_resp_err_t>(error))} + ": " + to_valid_utf8(reason);
        const std::lock_guard lock{mutex_};
        if (trouble_.empty()) log::warn("kafka: there is trouble", {{"reason", text}});
        trouble_ = text;
    }

    // What has come within a moment; empty when nothing did.
    std::vector<Message> gather(const std::stop_token& stop) {
        std::vector<Message> batch;
        std::size_t bytes = 0;
        auto end = Steady::now() + std::chrono::milliseconds(500);
        while (!stop.stop_requested() && batch.size() < kMostMessages && bytes < kMostBytes) {
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Steady::now()).count();
            if (left <= 0) break;
            Message message{rd_kafka_consumer_poll(consumer_, static_cast<int>(left))};
            if (!message) break;
            if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
                if (message->err != RD_KAFKA_RESP_ERR__PARTITION_EOF) note_trouble(message->err, rd_kafka_message_errstr(message.get()));
                continue;
            }
            if (batch.empty()) end = Steady::now() + kGather;
            bytes += message->len;
            batch.push_back(std::move(message));
        }
        return batch;
    }

    // Durable, or the node stops (false). Refused by the journal: tried again, for the messages are still in hand.
    bool keep(const std::vector<Message>& batch, const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            Delivery delivery{parts_.intake, parts_.counters};
            bool all_known = true;
            for (const Message& message : batch) {
                const std::string topic = rd_kafka_topic_name(message->rkt);
                const auto named = sources_.find(topic);
                const auto source = named == sources_.end() ? std::nullopt : parts_.source(named->second);
                if (!source) {
                    all_known = false;
                    break;
                }
                const std::string_view raw{static_cast<const char*>(message->payload), message->payload == nullptr ? 0 : message->len};
                if (raw.empty() || raw.size() > options_.message_bytes)
                    delivery.refuse(*source);
                else
                    delivery.add(*source, format("{}[{}]", shorten(topic, 200), message->partition), raw);
            }
            const auto give_up = [&] { return stop.stop_requested(); };
            if (all_known && delivery.push(give_up) && delivery.settle([&] { return !give_up(); })) return true;
            std::this_thread::sleep_for(std::chrono::milliseconds(200));  // for the disk, or for somebody to add the source
        }
        return false;
    }

    void commit(const std::vector<Message>& batch) {
        std::map<std::pair<std::string, std::int32_t>, std::int64_t> next;
        for (const Message& message : batch) {
            auto& offset = next[{rd_kafka_topic_name(message->rkt), message->partition}];
            offset = std::max(offset, message->offset + 1);
        }
        const PartitionList offsets{rd_kafka_topic_partition_list_new(static_cast<int>(next.size()))};
        for (const auto& [place, offset] : next) rd_kafka_topic_partition_list_add(offsets.get(), place.first.c_str(), place.second)->offset = offset;
        const auto error = rd_kafka_commit(consumer_, offsets.get(), 0);
        if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
            commits_.add();
            const std::lock_guard lock{mutex_};
            trouble_.clear();
        } else {
            failed_commits_.add();
            note_trouble(error, "offsets could not be committed");
        }
    }

    void run(const std::stop_token& stop) {
        pthread_setname_np(pthread_self(), "kafka");
        while (!stop.stop_requested()) {
            const std::vector<Message> batch = gather(stop);
            if (batch.empty() || !keep(batch, stop)) continue;
            records_.add(batch.size());
            commit(batch);
        }
    }

    // constant after open()
    KafkaOptions options_;
    Parts parts_;
    metrics::Counter& records_;
    metrics::Counter& commits_;
    metrics::Counter& failed_commits_;
    std::map<std::string, std::string> sources_;  // by topic
    rd_kafka_t* consumer_ = nullptr;

    mutable std::mutex mutex_;
    std::string trouble_;  // guarded by mutex_
    std::jthread thread_;
};

}  // namespace

Result<std::vector<std::pair<std::string, std::string>>> parse_kafka_options(std::string_view text) {
    std::vector<std::pair<std::string, std::string>> options;
    int number = 0;
    for (const std::string_view raw : split(text, '\n')) {
        ++number;
        const std::string_view line = trim(raw);
        if (line.empty() || line.front() == '#') continue;
        const std::size_t sign = line.find('=');
        if (sign == std::string_view::npos || sign == 0) return fail(Code::bad_input, format("line {} is not NAME=VALUE", number));
        options.emplace_back(trim(line.substr(0, sign)), trim(line.substr(sign + 1)));
    }
    return options;
}

Result<std::unique_ptr<KafkaReader>> KafkaReader::start(KafkaOptions options, Parts parts) {
    auto reader = std::make_unique<KafkaReaderImpl>(std::move(options), std::move(parts));
    TRY(reader->open());
    return reader;
}

}  // namespace vg::ingest
