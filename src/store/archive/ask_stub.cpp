// Stands in until the questions are answered.
#include "store/archive/ask.h"

namespace vg::store::archive {

namespace {
tl::unexpected<Error> not_yet() { return fail(Code::internal, "the archive does not answer this question yet"); }
}  // namespace

Result<Page> page(const Asked&, const Question&, const PageOptions&) { return not_yet(); }
Status stream(const Asked&, const Question&, Order, const std::function<bool(FoundEvent&&)>&) { return not_yet(); }
Result<std::uint64_t> count(const Asked&, const Question&) { return not_yet(); }
Result<std::vector<Bucket>> histogram(const Asked&, const Question&, Span) { return not_yet(); }
Result<Top> top(const Asked&, const Question&, std::string_view, std::size_t) { return not_yet(); }
Result<FieldStatistics> statistics(const Asked&, const Question&, std::string_view) { return not_yet(); }
Result<std::vector<TopValue>> fields(const Asked&, const Question&) { return not_yet(); }
Result<FoundEvent> at(const Asked&, event::Position) { return not_yet(); }
Result<std::uint64_t> export_parquet(const Asked&, const Question&, const std::string&) { return not_yet(); }

}  // namespace vg::store::archive
