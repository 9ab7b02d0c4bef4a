// store: a journal whose last segment is replaced by arbitrary bytes opens or is refused, is read and verified without a
// crash, and never gives more than it holds.
#include "base/check.h"
#include "base/text.h"
#include "store/fault_disk.h"
#include "store/journal.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 32 << 10) return 0;
    const std::string_view bytes{reinterpret_cast<const char*>(data), size};
    vg::store::FaultDisk disk{1};
    vg::SeededRandom random{1};
    vg::ManualClock clock{{1'714'093'200'000'000}};
    vg::metrics::Registry registry;
    auto options = [&] {
        vg::store::JournalOptions made;
        made.random = &random;
        made.reserve_bytes = 0;
        made.segment_bytes = 1 << 16;
        made.key = vg::store::load_or_make_signing_key(disk, "keys", random).value();
        return made;
    };
    std::string segment;
    {
        auto journal = vg::store::Journal::open(disk, "journal", options(), clock, registry);
        CHECK(journal, "an empty journal opens");
        std::vector<vg::event::Record> records(3);
        for (vg::event::Record& record : records) record.raw = "abc";
        CHECK((*journal)->keep(records), "it keeps");
        for (const std::string& name : disk.list("journal").value_or(std::vector<std::string>{}))
            if (name.ends_with(".seg")) segment = "journal/" + name;
    }
    CHECK(!segment.empty(), "there is a segment");
    // The first byte says how much of the real segment stays in front.
    std::string content = disk.content(segment);
    content.resize(size == 0 ? content.size() : content.size() * static_cast<std::uint8_t>(bytes[0]) % (content.size() + 1));
    if (size > 1) content += bytes.substr(1);
    disk.put(segment, content);
    auto journal = vg::store::Journal::open(disk, "journal", options(), clock, registry);
    if (!journal) {
        CHECK(!journal.error().text.empty(), "an error says why");
        return 0;
    }
    auto reader = (*journal)->reader((*journal)->begin());
    for (int i = 0; i < 100; ++i) {
        const auto batch = reader->next(1000, 1 << 20);
        if (!batch || batch->records.empty()) break;
    }
    (void)(*journal)->verify({});
    (void)(*journal)->at({1});
    std::vector<vg::event::Record> more(1);
    more[0].raw = "after";
    if (const auto kept = (*journal)->keep(more)) CHECK((*journal)->at(*kept).value().record.raw == "after", "what is kept after damage is read back");
    return 0;
}
