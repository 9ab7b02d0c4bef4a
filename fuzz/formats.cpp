// Any bytes as a record, in each format: the first byte says which, 0 for sniffing. The event must be whole, and the
// same when read again.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "base/text.h"
#include "formats/format.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vg;
    static const auto library = formats::Library::make({}).value();
    if (size == 0) return 0;
    const auto all = formats::all();
    event::Record record;
    record.raw.assign(reinterpret_cast<const char*>(data) + 1, size - 1);
    record.envelope.received = Time{1'714'093'323'000'000};
    if (const std::size_t pinned = data[0] % (all.size() + 1); pinned != 0) record.envelope.format = all[pinned - 1]->name;
    Arena arena;
    const formats::Outcome first = formats::to_event(record, *library, arena);
    const formats::Outcome second = formats::to_event(record, *library, arena);
    CHECK(event::same(first.event, second.event), "the same record gives the same event");
    CHECK(first.unparsed == second.unparsed, "the same record gives the same reason");
    for (const event::Field& field : first.event.fields) {
        CHECK(is_utf8(field.text) && is_utf8(field.name), "fields are UTF-8");
        CHECK(is_nfc(field.text), "fields are in NFC");
    }
    return 0;
}
