// An archive in memory for the API's tests: a vector of events and search::matches, nothing clever. Test code.
#pragma once

#include <deque>
#include <mutex>

#include "base/id.h"
#include "store/archive.h"

namespace vg::api::test {

class FakeArchive final : public store::Archive {
public:
    explicit FakeArchive(const Uuid& journal) : journal_(to_text(journal)) {}

    Status append(std::span<const store::ArchivedEvent> events, event::Position covered) override;
    [[nodiscard]] event::Position watermark() const override { return {}; }
    [[nodiscard]] event::Position searchable() const override { return {}; }
    Status tend(bool) override { return {}; }
    [[nodiscard]] std::vector<Range> missing() const override { return {}; }
    Status replace(Range, std::span<const store::ArchivedEvent>) override { return {}; }
    [[nodiscard]] Result<store::Page> page(const store::Question& question, const store::PageOptions& options) override;
    Status stream(const store::Question& question, store::Order order, const std::function<bool(store::FoundEvent&&)>& take) override;
    [[nodiscard]] Result<std::uint64_t> count(const store::Question& question) override;
    [[nodiscard]] Result<std::vector<store::Bucket>> histogram(const store::Question& question, Span step) override;
    [[nodiscard]] Result<store::Top> top(const store::Question& question, std::string_view field, std::size_t most) override;
    [[nodiscard]] Result<store::FieldStatistics> statistics(const store::Question& question, std::string_view field) override;
    [[nodiscard]] Result<std::vector<store::TopValue>> fields(const store::Question& question) override;
    [[nodiscard]] Result<store::FoundEvent> at(event::Position position) override;
    Result<std::uint64_t> export_parquet(const store::Question& question, const std::string& path) override;
    [[nodiscard]] Health health() const override { return {}; }
    Status verify(const std::function<bool(std::uint64_t, std::uint64_t)>&) override { return {}; }

    void add(store::FoundEvent event);

private:
    // The events of a question in order; an error when it was cancelled.
    Result<std::vector<const store::FoundEvent*>> found(const store::Question& question, store::Order order);

    const std::string journal_;
    std::mutex mutex_;
    std::deque<store::FoundEvent> events_;  // guarded by mutex_; none is changed or taken out
};

}  // namespace vg::api::test
