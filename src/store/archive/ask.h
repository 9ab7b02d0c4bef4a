// Questions to the archive, each over one snapshot: how Archive::page() and its like are answered. Any thread; the work is
// done by the calling one. Limits of time, cancelling and progress are those of the Question.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "store/archive.h"
#include "store/archive/snapshot.h"

namespace vg::store::archive {

// What a question is asked of.
struct Asked {
    const Snapshot& snapshot;
    duck::Database& database;
    Clock& clock;
    // Told about each segment that could not be read; the question then fails with Code::corrupt, and the archive puts the
    // segment aside.
    std::function<void(const SegmentFile& segment, const std::string& reason)> damaged;
    std::string journal = {};  // id as text: terms like id:"JOURNAL:POSITION" that name another one hold for nothing
};

Result<Page> page(const Asked& asked, const Question& question, const PageOptions& options);
Status stream(const Asked& asked, const Question& question, Order order, const std::function<bool(FoundEvent&&)>& take);
Result<std::uint64_t> count(const Asked& asked, const Question& question);
Result<std::vector<Bucket>> histogram(const Asked& asked, const Question& question, Span step);
Result<Top> top(const Asked& asked, const Question& question, std::string_view field, std::size_t most);
Result<FieldStatistics> statistics(const Asked& asked, const Question& question, std::string_view field);
Result<std::vector<TopValue>> fields(const Asked& asked, const Question& question);
Result<FoundEvent> at(const Asked& asked, event::Position position);
// `path` lies in the archive's folder `export`; the caller moves the file to where it is wanted.
Result<std::uint64_t> export_parquet(const Asked& asked, const Question& question, const std::string& path);

}  // namespace vg::store::archive
