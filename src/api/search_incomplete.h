// What an answer of the archive lacks: stretches whose segments are missing or lost, and records that cannot be found yet
// although the archive promises two seconds. Collected while the question is asked, told with the answer. Times only: of
// positions and numbers, others' data would be counted. Room-internal; any thread.
#pragma once

#include <mutex>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "store/archive.h"
#include "store/journal.h"

namespace vg::api {

class Incomplete {
public:
    // Both outlive it.
    Incomplete(const store::Journal& journal, Clock& clock) : journal_(journal), clock_(clock) {}

    // One question of those that the answer is made of.
    void add(const store::Unseen& unseen);
    // Schema Incomplete: at most `most` stretches, those beyond as one. Empty: the answer is whole.
    [[nodiscard]] json::Array value(std::size_t most = 100) const;
    // "incomplete" in an answer, unless it is whole.
    void tell(json::Value& answer) const;

private:
    const store::Journal& journal_;
    Clock& clock_;
    mutable std::mutex mutex_;
    // guarded by mutex_
    std::vector<store::Gap> gaps_;
    std::optional<std::pair<Time, Time>> behind_;  // received from, until
};

}  // namespace vg::api
