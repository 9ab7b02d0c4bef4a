// Pulls: what the node fetches for itself: files that it follows, topics of Kafka. Owned by Node. Off unless set.
#pragma once

#include <functional>
#include <memory>

#include "base/json.h"
#include "directory/directory.h"
#include "ingest/follow.h"
#include "ingest/kafka.h"
#include "server/settings.h"

namespace vg::server {

class Pulls {
public:
    struct Parts {
        ingest::Intake& intake;
        ingest::Counters& counters;
        metrics::Registry& metrics;
        std::string folder;  // data
        std::function<std::shared_ptr<const directory::Snapshot>()> directory;
    };
    static Result<std::unique_ptr<Pulls>> start(const Parts& parts, const Settings& settings);
    // [{"kind","source","what","trouble"...}], for the health page. Any thread.
    [[nodiscard]] json::Value report() const;
    void stop();

private:
    std::unique_ptr<ingest::Follower> follower_;
    std::unique_ptr<ingest::KafkaReader> kafka_;
};

}  // namespace vg::server
