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
#include "server/pipeline.h"
#include "server/tables.h"
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
    };
    explicit NodeHealth(Parts parts);

    json::Value report() const override;
    Status ready() const override;
    api::SourceCounters counters(const SourceId& source) const override;
    std::optional<Time> last_received(const SourceId& source) const override;

private:
    Parts parts_;
    Time started_;
};

}  // namespace vg::server
