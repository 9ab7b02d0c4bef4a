// ListDesk: files of lists that people have uploaded and not yet kept. They stay in memory alone, so that nothing stands of one that
// must not be here, and only for half an hour. Owned by the server; outlives the router; any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "lists/lists.h"

namespace vg::api {

struct ListUpload {
    // constant after construction
    std::string id, account, name, sha256;
    std::string bytes;
    Time opened;
    // synchronise themselves
    std::atomic<std::int64_t> done = 0, all = 0;  // records that stand, while it is being kept
    std::mutex mutex{};
    std::vector<lists::RowView> rejected{};       // guarded by mutex: of the last reading
    std::optional<lists::ListId> kept{};          // guarded by mutex: what it became
};

class ListDesk {
public:
    static constexpr std::size_t kMost = 8, kMostEach = 2;
    static constexpr Span kHeld = minutes(30);

    explicit ListDesk(Random& random) : random_(random) {}

    // An account's third takes the place of its first. Code::busy: the node holds kMost.
    Result<std::shared_ptr<ListUpload>> open(const std::string& account, const std::string& name, std::string bytes, Time now);
    // Code::not_found: there is none, or no longer.
    Result<std::shared_ptr<ListUpload>> find(const std::string& id, Time now);
    void remove(const std::string& id);
    // Lists are kept one after another. Code::busy while one is.
    Result<std::unique_lock<std::mutex>> begin_keeping();

private:
    void tidy(Time now);

    Random& random_;
    std::mutex mutex_, keeping_;
    std::vector<std::shared_ptr<ListUpload>> uploads_;  // guarded by mutex_; the oldest first
};

}  // namespace vg::api
