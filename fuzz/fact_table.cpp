// Tables of facts from strangers. The first line names the kind; the rest is the table, a workbook or a JSON array. Each row is there
// once, read or refused, and a body that is taken is taken again as it is.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "directory/fact_import.h"
#include "directory/fact_kinds.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vg;
    const std::string_view input{reinterpret_cast<const char*>(data), size};
    const std::string_view first = input.substr(0, input.find('\n'));
    const std::string_view bytes = first.size() < input.size() ? input.substr(first.size() + 1) : std::string_view{};
    directory::FactImportOptions options;
    options.document = "1/CV";
    if (directory::fact_kind(first) != nullptr) options.kind = first;
    const auto reading = directory::read_facts(bytes, options);
    if (!reading) return 0;
    CHECK(reading->read() == reading->rows.size() + reading->refused.size(), "nothing is lost without being counted");
    for (const directory::FactRow& row : reading->rows) {
        const directory::FactKind* kind = directory::fact_kind(row.draft.kind);
        if (kind == nullptr) continue;
        const auto shape = directory::shape_of(*kind, row.draft.body);
        if (!shape) continue;
        const auto again = directory::shape_of(*kind, shape->body);
        CHECK(again && again->body == shape->body && again->subject == shape->subject && again->sort == shape->sort, "a body that is taken is canonical");
        CHECK(shape->sort.size() <= 1000 && shape->search.size() <= 2010, "what is stored to sort and to search is bounded");
    }
    return 0;
}
