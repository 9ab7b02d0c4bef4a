// For the tests of filters: events of a few fields made by hand, and the filter built of them.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "store/archive/filter.h"
#include "store/disk.h"

namespace vg::store::archive::testing {

// A file in memory.
class BytesFile final : public File {
public:
    explicit BytesFile(std::string bytes) : bytes_(std::move(bytes)) {}
    Status append(std::string_view) override { return fail(Code::unavailable, "read only"); }
    Status sync() override { return {}; }
    Status truncate(std::uint64_t) override { return fail(Code::unavailable, "read only"); }
    [[nodiscard]] Result<std::uint64_t> size() const override { return bytes_.size(); }
    [[nodiscard]] Result<std::string> read(std::uint64_t offset, std::size_t length) const override {
        return offset >= bytes_.size() ? std::string{} : bytes_.substr(static_cast<std::size_t>(offset), length);
    }

private:
    std::string bytes_;
};

inline Result<std::shared_ptr<const FilterView>> open(std::string bytes) { return FilterView::open(std::make_unique<BytesFile>(std::move(bytes))); }

// Positions count from 100.
class Built {
public:
    explicit Built(FilterOptions options = {.seed = 42}) : builder_(options) {}

    void event(const std::vector<std::pair<std::string, std::string>>& fields, Time occurred = Time{1'000'000}, Time received = Time{2'000'000}) {
        Arena arena;
        event::Builder made{arena};
        for (const auto& [name, value] : fields) {
            const event::Ecs ecs = event::ecs_field(name);
            if (ecs == event::Ecs::none)
                made.text(name, value);
            else
                made.ecs(ecs, value);
        }
        event::Event one;
        one.occurred = occurred;
        one.received = received;
        one.fields = made.finish();
        builder_.add({next_++}, one);
    }
    void event(const event::Event& one) { builder_.add({next_++}, one); }
    void end_block() { builder_.end_block(); }
    [[nodiscard]] std::string bytes() { return builder_.finish(); }
    [[nodiscard]] std::shared_ptr<const FilterView> view() {
        auto opened = open(bytes());
        CHECK(opened, "a filter just built opens");
        return *opened;
    }

private:
    FilterBuilder builder_;
    std::uint64_t next_ = 100;
};

}  // namespace vg::store::archive::testing
