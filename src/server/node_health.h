// What the node tells about itself: /readyz, /api/v1/health, counters of sources. Any thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "api/api.h"
#include "base/clock.h"
#include "ingest/counters.h"
#include "server/content_set.h"
#include "server/feed.h"
#include "server/pipeline.h"
#include "server/rates.h"
#include "server/tables.h"
#include "store/archive.h"
#include "store/journal.h"

namespace vg::server {

class NodeHealth final : public api::Health {
public:
    struct Parts {
        const store::Journal& journal;
        Clock& clock;
        std::function<const Pipeline*()> pipeline;                       // null before serve()
        std::function<ingest::TallyValues(const SourceId&)> arrivals;     // counted before the journal
        std::function<std::shared_ptr<const ContentSet>()> content;
        const Rates& rates;
        const store::Archive* archive = nullptr;                         // none: why is in archive_trouble
        const std::string& archive_trouble;                              // set before serve() returns
        std::string archive_folder = {};                                 // for the free space of its disk
        std::function<const Feed*()> feed = [] { return nullptr; };      // null before serve()
        std::function<json::Value()> listeners = [] { return json::Value{json::Array{}}; };
        std::function<json::Value()> pulls = [] { return json::Value{json::Array{}}; };
        std::function<json::Value()> notifications = [] { return json::Value{}; };
    };
    explicit NodeHealth(Parts parts);

    json::Value report() const override;
    Status ready() const override;
    api::SourceCounters counters(const SourceId& source) const override;
    std::optional<Time> last_received(const SourceId& source) const override;
    std::optional<Time> newest(const SourceId& source) const override;
    std::optional<api::UnparsedSample> unparsed_sample(const SourceId& source) const override;
    std::vector<std::int64_t> quarters(const SourceId& source) const override { return parts_.rates.quarters(source, parts_.clock.now()); }
    Time counting_since() const override { return started_; }
    // Differs when something differs that a person at the console should see at once.
    [[nodiscard]] std::string mark() const;

private:
    [[nodiscard]] json::Value archive() const;
    [[nodiscard]] json::Value correlation() const;
    [[nodiscard]] double journal_bytes_per_day() const;
    [[nodiscard]] std::optional<SourceTally> tally(const SourceId& source) const;

    Parts parts_;
    Time started_;
};

}  // namespace vg::server
