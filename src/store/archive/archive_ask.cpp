// Questions: each takes the snapshot of its moment and is answered by ask.h in the calling thread.
#include <filesystem>

#include "base/text.h"
#include "store/archive/archive_impl.h"

namespace vg::store::archive {

template <class Ask>
auto ArchiveImpl::ask(const Question* question, const Ask& work) {
    const View now = view();
    if (question != nullptr && question->unseen)
        question->unseen({.gaps = now.snapshot->gaps ? gaps_for(*question, *now.snapshot->gaps) : std::vector<Gap>{}, .end = now.snapshot->end});
    return work(Asked{.snapshot = *now.snapshot, .database = *now.database, .clock = clock_, .damaged = [this](const SegmentFile& segment, const std::string& reason) {
                              const std::lock_guard lock{mutex_};
                              suspects_[segment.facts.name] = reason;
                          },
                          .journal = to_text(options_.journal)});
}

Result<Page> ArchiveImpl::page(const Question& question, const PageOptions& options) {
    return ask(&question, [&](const Asked& asked) { return archive::page(asked, question, options); });
}
Status ArchiveImpl::stream(const Question& question, Order order, const std::function<bool(FoundEvent&&)>& take) {
    return ask(&question, [&](const Asked& asked) { return archive::stream(asked, question, order, take); });
}
Result<std::uint64_t> ArchiveImpl::count(const Question& question) {
    return ask(&question, [&](const Asked& asked) { return archive::count(asked, question); });
}
Result<std::vector<Bucket>> ArchiveImpl::histogram(const Question& question, Span step) {
    return ask(&question, [&](const Asked& asked) { return archive::histogram(asked, question, step); });
}
Result<Top> ArchiveImpl::top(const Question& question, std::string_view field, std::size_t most) {
    return ask(&question, [&](const Asked& asked) { return archive::top(asked, question, field, most); });
}
Result<FieldStatistics> ArchiveImpl::statistics(const Question& question, std::string_view field) {
    return ask(&question, [&](const Asked& asked) { return archive::statistics(asked, question, field); });
}
Result<std::vector<TopValue>> ArchiveImpl::fields(const Question& question) {
    return ask(&question, [&](const Asked& asked) { return archive::fields(asked, question); });
}
Result<FoundEvent> ArchiveImpl::at(event::Position position) {
    return ask(nullptr, [&](const Asked& asked) { return archive::at(asked, position); });
}

// DuckDB may write only below the archive's folder; the file then goes where it is wanted.
Result<std::uint64_t> ArchiveImpl::export_parquet(const Question& question, const std::string& path) {
    TRY_IN("an export cannot be written: ", check_room(0));
    std::string inside;
    {
        const std::lock_guard lock{mutex_};
        inside = format("{}/export/{}.parquet", options_.folder, ++exports_);
    }
    auto events = ask(&question, [&](const Asked& asked) { return archive::export_parquet(asked, question, inside); });
    std::error_code error;
    if (!events) {
        std::filesystem::remove(inside, error);
        return events;
    }
    std::filesystem::permissions(inside, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, error);
    std::filesystem::rename(inside, path, error);
    if (error) {  // on another disk
        std::filesystem::copy_file(inside, path, std::filesystem::copy_options::overwrite_existing, error);
        std::error_code ignored;
        std::filesystem::remove(inside, ignored);
    }
    if (error) return fail(Code::unavailable, format("the export cannot be put at {}: {}", path, error.message()));
    return events;
}

}  // namespace vg::store::archive
