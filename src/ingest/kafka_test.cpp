// Against the mock cluster of librdkafka: three brokers in this process that speak the protocol over loopback.
#include "ingest/kafka.h"

#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <poll.h>

#include <algorithm>

#include "ingest/memory_journal.h"

namespace vg::ingest::kafka_test {
namespace {

using Found = std::vector<std::string>;

struct Cluster {
    Cluster() {
        char reason[256] = {};
        rd_kafka_conf_t* conf = rd_kafka_conf_new();
        producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason, sizeof reason);
        cluster = rd_kafka_mock_cluster_new(producer, 3);
        brokers = rd_kafka_mock_cluster_bootstraps(cluster);
        conf = rd_kafka_conf_new();
        rd_kafka_conf_set(conf, "bootstrap.servers", brokers.c_str(), reason, sizeof reason);
        writer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason, sizeof reason);
        rd_kafka_mock_topic_create(cluster, "nginx", 2, 1);
    }
    ~Cluster() {
        rd_kafka_destroy(writer);
        rd_kafka_mock_cluster_destroy(cluster);
        rd_kafka_destroy(producer);
    }
    void write(int from, int to) const {
        for (int i = from; i < to; ++i) {
            const std::string text = "message " + std::to_string(i);
            ASSERT_EQ(rd_kafka_producev(writer, RD_KAFKA_V_TOPIC("nginx"), RD_KAFKA_V_PARTITION(i % 2), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                                        RD_KAFKA_V_VALUE(const_cast<char*>(text.data()), text.size()), RD_KAFKA_V_END),
                      RD_KAFKA_RESP_ERR_NO_ERROR);
        }
        ASSERT_EQ(rd_kafka_flush(writer, 60'000), RD_KAFKA_RESP_ERR_NO_ERROR);
    }
    rd_kafka_t* producer = nullptr;
    rd_kafka_mock_cluster_t* cluster = nullptr;
    rd_kafka_t* writer = nullptr;
    std::string brokers;
};

struct House {
    House() : intake(Intake::start(journal, {}, clock, metrics)) {}
    void start(const Cluster& cluster) {
        auto started = KafkaReader::start({.brokers = cluster.brokers, .group = "g", .topics = {{"web", "nginx"}}, .further = {{"session.timeout.ms", "6000"}}},
                                          {*intake, counters, metrics, [this](const std::string&) { return std::optional{source}; }});
        ASSERT_TRUE(started) << started.error().text;
        reader = std::move(*started);
    }
    Found kept(std::size_t count) const {
        for (int i = 0; i < 6000 && journal.count() < count; ++i) ::poll(nullptr, 0, 10);
        Found raws;
        for (const event::Record& record : journal.kept()) raws.push_back(record.raw);
        std::sort(raws.begin(), raws.end());
        return raws;
    }
    std::uint64_t commits() { return metrics.counter("vonggac_kafka_commits_total", "").value(); }
    void wait_for_commits(std::uint64_t count) {
        for (int i = 0; i < 6000 && commits() < count; ++i) ::poll(nullptr, 0, 10);
    }

    MemoryJournal journal;
    ManualClock clock{Time{1'700'000'000'000'000}};
    metrics::Registry metrics;
    Counters counters;
    SourceFacts source{.id = SourceId{{7}}, .organisation = OrganisationId{{8}}, .name = "web", .format = {}, .zone = {}};
    std::unique_ptr<Intake> intake;
    std::unique_ptr<KafkaReader> reader;
};

Found messages(int to) {
    Found all;
    for (int i = 0; i < to; ++i) all.push_back("message " + std::to_string(i));
    std::sort(all.begin(), all.end());
    return all;
}

TEST(Kafka, AMessageIsARecordAndACommittedOneDoesNotComeAgain) {
    const Cluster cluster;
    cluster.write(0, 10);
    House house;
    house.start(cluster);
    EXPECT_EQ(house.kept(10), messages(10));
    EXPECT_TRUE(house.journal.kept()[0].envelope.peer.starts_with("nginx["));
    house.wait_for_commits(1);
    house.reader->stop();
    cluster.write(10, 20);
    house.start(cluster);
    EXPECT_EQ(house.kept(20), messages(20));
}

TEST(Kafka, WhatIsNotDurableIsNotCommitted) {
    const Cluster cluster;
    cluster.write(0, 10);
    House house;
    house.journal.hold();
    house.start(cluster);
    house.journal.wait_until_held();
    EXPECT_EQ(house.commits(), 0u);
    house.journal.set_broken(true);
    house.journal.let_go();
    house.reader->stop();  // the journal has refused them, and nobody has committed
    EXPECT_EQ(house.commits(), 0u);
    house.journal.set_broken(false);
    house.start(cluster);
    EXPECT_EQ(house.kept(10), messages(10));
}

TEST(Kafka, OptionsAreReadFromAFileAndNotAllAreTaken) {
    const auto options = parse_kafka_options("# secrets\nsecurity.protocol = SASL_SSL\nsasl.password=a=b\n");
    ASSERT_TRUE(options);
    EXPECT_EQ((*options)[0], (std::pair<std::string, std::string>{"security.protocol", "SASL_SSL"}));
    EXPECT_EQ((*options)[1].second, "a=b");
    EXPECT_EQ(parse_kafka_options("a=1\nb\n").error().text, "line 2 is not NAME=VALUE");
    House house;
    const KafkaReader::Parts parts{*house.intake, house.counters, house.metrics, [](const std::string&) { return std::nullopt; }};
    EXPECT_FALSE(KafkaReader::start({.brokers = "127.0.0.1:1", .topics = {{"a", "b"}}, .further = {{"enable.auto.commit", "true"}}}, parts));
    EXPECT_FALSE(KafkaReader::start({.brokers = "127.0.0.1:1", .topics = {{"a", "b"}}, .further = {{"no.such.option", "1"}}}, parts));
}

}  // namespace
}  // namespace vg::ingest::kafka_test
