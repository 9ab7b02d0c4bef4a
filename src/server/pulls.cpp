#include "server/pulls.h"

#include "base/text.h"
#include "server/sender_desk.h"
#include "store/disk.h"

namespace vg::server {

namespace {

Result<std::unique_ptr<ingest::KafkaReader>> start_kafka(const Settings& settings, ingest::KafkaReader::Parts parts) {
    ingest::KafkaOptions options{.brokers = {}, .group = settings.kafka_group, .message_bytes = static_cast<std::size_t>(settings.line_bytes)};
    for (const std::string& broker : settings.kafka_brokers) options.brokers += (options.brokers.empty() ? "" : ",") + broker;
    for (const std::string& text : settings.kafka_topics) {
        const std::size_t sign = text.find('=');
        if (sign == std::string::npos || sign == 0 || sign + 1 == text.size()) return fail(Code::bad_input, format("setting kafka.topics: {} is not SOURCE=TOPIC", text));
        options.topics.emplace_back(text.substr(0, sign), text.substr(sign + 1));
    }
    if (options.topics.empty()) return fail(Code::bad_input, "setting kafka.topics: name at least one SOURCE=TOPIC");
    if (!settings.kafka_options_file.empty()) {
        const std::string text = TRY_IN("setting kafka.options_file: ", store::read_whole(store::system_disk(), settings.kafka_options_file, std::size_t{1} << 20));
        options.further = TRY_IN("setting kafka.options_file: ", ingest::parse_kafka_options(text));
    }
    return ingest::KafkaReader::start(std::move(options), std::move(parts));
}

}  // namespace

Result<std::unique_ptr<Pulls>> Pulls::start(const Parts& parts, const Settings& settings) {
    auto pulls = std::make_unique<Pulls>();
    const auto source = [directory = parts.directory](const std::string& name) -> std::optional<ingest::SourceFacts> {
        const auto snapshot = directory();
        const directory::Source* found = snapshot->source_named(name);
        return found == nullptr ? std::nullopt : std::optional{facts_of(*found)};
    };
    if (!settings.files_follow.empty()) {
        ingest::FollowOptions options;
        options.checkpoint = parts.folder + "/followed.json";
        options.from_start = settings.files_from_start;
        options.line_bytes = static_cast<std::size_t>(settings.line_bytes);
        for (const std::string& text : settings.files_follow) options.targets.push_back(TRY_IN("setting files.follow: ", ingest::parse_follow(text)));
        pulls->follower_ = TRY(ingest::Follower::start(std::move(options), {parts.intake, parts.counters, parts.metrics, source}));
    }
    if (!settings.kafka_brokers.empty()) pulls->kafka_ = TRY(start_kafka(settings, {parts.intake, parts.counters, parts.metrics, source}));
    return pulls;
}

json::Value Pulls::report() const {
    json::Array all;
    if (follower_)
        for (json::Value files = follower_->report(); json::Value& one : files.as_array()) all.push_back(std::move(one));
    if (kafka_)
        for (json::Value topics = kafka_->report(); json::Value& one : topics.as_array()) all.push_back(std::move(one));
    return all;
}

void Pulls::stop() {
    if (follower_) follower_->stop();
    if (kafka_) kafka_->stop();
}

}  // namespace vg::server
