#include "api/list_desk.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/text.h"

namespace vg::api {

void ListDesk::tidy(Time now) {
    std::erase_if(uploads_, [&](const std::shared_ptr<ListUpload>& one) { return now - one->opened >= kHeld; });
}

Result<std::shared_ptr<ListUpload>> ListDesk::open(const std::string& account, const std::string& name, std::string bytes, Time now) {
    auto made = std::make_shared<ListUpload>();
    made->account = account;
    made->name = name;
    made->sha256 = sha256_hex(bytes);
    made->bytes = std::move(bytes);
    made->opened = now;
    const std::lock_guard lock{mutex_};
    tidy(now);
    const auto of_account = [&](const std::shared_ptr<ListUpload>& one) { return one->account == account; };
    if (static_cast<std::size_t>(std::count_if(uploads_.begin(), uploads_.end(), of_account)) >= kMostEach) uploads_.erase(std::find_if(uploads_.begin(), uploads_.end(), of_account));
    if (uploads_.size() >= kMost) return fail(Code::busy, format("{} uploaded lists wait to be kept or dropped; try again when some are", kMost));
    made->id = to_text(make_uuid_v7(now, random_));
    uploads_.push_back(made);
    return made;
}

Result<std::shared_ptr<ListUpload>> ListDesk::find(const std::string& id, Time now) {
    const std::lock_guard lock{mutex_};
    tidy(now);
    for (const auto& one : uploads_)
        if (one->id == id) return one;
    return fail(Code::not_found, "there is no such upload; it is dropped after half an hour");
}

void ListDesk::remove(const std::string& id) {
    const std::lock_guard lock{mutex_};
    std::erase_if(uploads_, [&](const std::shared_ptr<ListUpload>& one) { return one->id == id; });
}

Result<std::unique_lock<std::mutex>> ListDesk::begin_keeping() {
    std::unique_lock lock{keeping_, std::try_to_lock};
    if (!lock.owns_lock()) return fail(Code::busy, "another list is being kept; try again when it is");
    return lock;
}

}  // namespace vg::api
