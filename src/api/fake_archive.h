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
    [[nodiscard]] std::optional<Range> segment(std::string_view name) const override { return name == "000000000001" ? std::optional{Range{{0}, {100}}} : std::nullopt; }
    Result<Marked> rebuild(Range wanted, event::Position, const std::function<std::optional<Time>(event::Position)>&) override {
        marked.push_back(wanted);
        return Marked{.segments = 1, .events = 7, .ranges = 0};
    }
    Status stop_rebuild() override {
        marked.clear();
        return {};
    }
    [[nodiscard]] std::optional<Range> to_rebuild() override { return std::nullopt; }
    Status rebuild_with(Range, std::span<const store::ArchivedEvent>) override { return {}; }
    Status keep_as_is(std::string_view) override { return {}; }
    [[nodiscard]] Rebuild rebuilding() const override { return {.segments = marked.size(), .events = 7 * marked.size(), .events_marked = 7, .kept = {}}; }
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

    // What every question is told that it will not see; set before any is asked.
    store::Unseen unseen{.gaps = {}, .end = {UINT64_MAX}};
    std::vector<Range> marked;

private:
    // The events of a question in order; an error when it was cancelled.
    Result<std::vector<const store::FoundEvent*>> found(const store::Question& question, store::Order order);

    const std::string journal_;
    std::mutex mutex_;
    std::deque<store::FoundEvent> events_;  // guarded by mutex_; none is changed or taken out
};

}  // namespace vg::api::test
