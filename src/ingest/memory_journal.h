// MemoryJournal: a store::Journal for tests of this room, in memory, that can be told to stand still, to fail and to
// refuse. Only keep() and try_to_heal() are real.
#pragma once

#include <condition_variable>
#include <mutex>
#include <vector>

#include "store/journal.h"

namespace vg::ingest {

class MemoryJournal final : public store::Journal {
public:
    const Uuid& id() const override { return id_; }
    Result<store::Position> keep(std::span<const event::Record> records) override {
        std::unique_lock lock{mutex_};
        ++waiting_;
        changed_.notify_all();
        changed_.wait(lock, [&] { return !held_; });
        --waiting_;
        if (broken_) return fail(Code::unavailable, "no space left on device");
        for (const event::Record& record : records)
            if (!poison_.empty() && record.raw == poison_) return fail(Code::bad_input, "a record that cannot be kept");
        const store::Position first{kept_.size()};
        kept_.insert(kept_.end(), records.begin(), records.end());
        groups_.push_back(records.size());
        return first;
    }
    store::Position begin() const override { return {}; }
    store::Position end() const override { return {}; }
    void wait_past(store::Position, Span) override {}
    void wake() override {}
    std::unique_ptr<Reader> reader(store::Position) const override { return nullptr; }
    Result<store::StoredRecord> at(store::Position) const override { return fail(Code::not_found, "not in this test"); }
    Result<store::VerifyReport> verify(const std::function<bool(std::uint64_t, std::uint64_t)>&) const override { return store::VerifyReport{}; }
    Result<std::uint64_t> retire(store::Position) override { return std::uint64_t{0}; }
    Health health() const override { return {}; }
    Status try_to_heal() override {
        const std::lock_guard lock{mutex_};
        if (broken_) return fail(Code::unavailable, "no space left on device");
        return {};
    }

    // keep() stands still until let_go().
    void hold() {
        const std::lock_guard lock{mutex_};
        held_ = true;
    }
    void let_go() {
        const std::lock_guard lock{mutex_};
        held_ = false;
        changed_.notify_all();
    }
    void wait_until_held() {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return waiting_ > 0; });
    }
    void set_broken(bool broken) {
        const std::lock_guard lock{mutex_};
        broken_ = broken;
    }
    void set_poison(std::string raw) {
        const std::lock_guard lock{mutex_};
        poison_ = std::move(raw);
    }
    std::vector<event::Record> kept() const {
        const std::lock_guard lock{mutex_};
        return kept_;
    }
    std::size_t count() const {
        const std::lock_guard lock{mutex_};
        return kept_.size();
    }
    std::vector<std::size_t> groups() const {
        const std::lock_guard lock{mutex_};
        return groups_;
    }

private:
    Uuid id_{};
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<event::Record> kept_;
    std::vector<std::size_t> groups_;
    std::string poison_;
    bool held_ = false, broken_ = false;
    int waiting_ = 0;
};

}  // namespace vg::ingest
