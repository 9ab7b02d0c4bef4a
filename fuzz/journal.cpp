// store: a journal whose last segment is replaced by arbitrary bytes opens or is refused, is read and verified without a
// crash, and never gives more than it holds. Checksums and hashes are made to fit where the bytes ask for it: what someone
// who can write to the disk would do.
#include "base/bytes.h"
#include "base/check.h"
#include "base/text.h"
#include "store/fault_disk.h"
#include "store/journal.h"
#include "store/journal_blocks.h"

namespace {

// The first byte of each block says what is mended: 1 magic number and checksum, 2 the hash of the block before.
void mend(std::string& content, std::size_t from, const vg::store::journal::Marks& marks) {
    using namespace vg::store::journal;
    vg::Sha256 previous{};
    for (std::size_t at = 0; at + kHeadBytes <= content.size();) {
        const auto stored = vg::pick<std::uint32_t>(content, at + 16);
        const std::size_t length = stored > 8 * content.size() ? kSector : block_bytes(stored);
        if (length > content.size() - at) content.resize(at + length);  // filled up with zeros
        const auto wish = static_cast<unsigned char>(content[at]);
        if (at >= from && (wish & 2) != 0) std::copy(previous.begin(), previous.end(), content.begin() + static_cast<std::ptrdiff_t>(at) + 64);
        if (at >= from && (wish & 1) != 0) {
            content.replace(at, 8, marks.magic);
            std::string sum;
            vg::put(sum, vg::hash64(std::string_view{content}.substr(at + 16, length - 16), marks.seed));
            content.replace(at + 8, 8, sum);
        }
        previous = vg::sha256(std::string_view{content}.substr(at, length));
        at += length;
    }
}

}  // namespace

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
    // The first byte says how many sectors of the real segment stay in front; its highest bit, that blocks are mended.
    namespace format = vg::store::journal;
    std::string content = disk.content(segment);
    const auto facts = format::parse_header(content);
    CHECK(facts, "the header is read back");
    const std::size_t sectors = content.size() / format::kSector;
    const std::size_t kept = size == 0 ? sectors : static_cast<std::uint8_t>(bytes[0] & 0x7f) % (sectors + 1);
    content.resize(kept * format::kSector);
    if (size > 1) content += bytes.substr(1);
    if (size > 1 && (bytes[0] & 0x80) != 0) mend(content, kept * format::kSector, format::marks_of(facts->salt, 0));
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
    if (const auto first = (*journal)->keep(more)) {
        const auto back = (*journal)->at(*first);
        CHECK(back, "what is kept after damage is read back");
        CHECK(back->record.raw == "after", "and is the same");
    }
    return 0;
}
