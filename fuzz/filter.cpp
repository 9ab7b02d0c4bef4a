// store: arbitrary bytes as a filter are refused, or answer every question without a crash and never name a block that is
// not there. Checksums are made to fit where the first byte asks for it: what someone who can write to the disk would do.
// The first byte also chooses to build a filter of the bytes as text: what was put in is then found.
#include <algorithm>

#include "base/bytes.h"
#include "base/check.h"
#include "base/text.h"
#include "store/archive/filter_format.h"
#include "store/archive/filter_test_kit.h"

namespace {

using namespace vg::store::archive;

// Head and pages get the sums of what they hold.
void mend(std::string& file) {
    if (file.size() < filter::kHeadBytes) return;
    std::copy(filter::kMagic.begin(), filter::kMagic.end(), file.begin());
    std::string size;
    vg::put<std::uint64_t>(size, file.size());
    file.replace(24, 8, size);
    auto length = filter::head_length(file);
    if (!length) {
        const std::uint64_t blocks = vg::pick<std::uint32_t>(file, 12);
        if (blocks > 64) return;
        std::string body;
        vg::put<std::uint64_t>(body, filter::kPage);
        file.replace(32, 8, body);
        if (file.size() < filter::kPage) file.resize(filter::kPage);
        size.clear();
        vg::put<std::uint64_t>(size, file.size());
        file.replace(24, 8, size);
        length = filter::head_length(file);
        if (!length) return;
    }
    const auto body = vg::pick<std::uint64_t>(file, 32);
    const std::string_view pages = std::string_view{file}.substr(body);
    std::string sums;
    for (std::size_t at = 0; at < pages.size(); at += filter::kPage) vg::put<std::uint32_t>(sums, filter::page_sum(pages.substr(at, filter::kPage), at / filter::kPage));
    file.replace(*length - 8 - sums.size(), sums.size(), sums);
    std::string sum;
    vg::put<std::uint64_t>(sum, vg::hash64(std::string_view{file}.substr(0, *length - 8)));
    file.replace(*length - 8, 8, sum);
}

void ask(const FilterView& view) {
    const auto sound = [&](const vg::Result<BlockSet>& found) {
        if (!found) return;
        CHECK(found->size() == view.blocks(), "an answer is about the blocks of the filter");
        for (const std::uint32_t block : found->list()) CHECK(block < view.blocks(), "a block that is there");
    };
    sound(view.may_contain({.folded = "mimikatz was here", .begins_word = true, .ends_word = true}));
    sound(view.may_have("event.code", "4624"));
    sound(view.addresses_in(*vg::parse_network("192.0.2.0/24")));
    sound(view.addresses_in(*vg::parse_network("::/0")));
    sound(view.has_indicator(Indicator::name, "www.example.org"));
    sound(view.has_indicator(Indicator::hash, "0123456789abcdef0123456789abcdef"));
    for (std::size_t kind = 0; kind < kIndicators; ++kind) (void)view.each_key(static_cast<Indicator>(kind), [](auto) { return true; });
    (void)view.occurred_between({0}, {1});
    (void)view.verify();
}

void build_and_ask(std::string_view text) {
    testing::Built built;
    built.event({{"other", "nothing of it"}});
    built.end_block();
    built.event({{"message", std::string{text}}});
    const auto view = built.view();
    const std::string folded = vg::fold(vg::nfc(text));
    CHECK(view->may_contain({.folded = folded, .begins_word = true, .ends_word = true})->has(1), "a text holds itself");
    CHECK(view->may_have("message", folded)->has(1), "a field has its value");
    const auto cut = [&](std::size_t at) {  // between characters
        while (at < folded.size() && (folded[at] & '\xC0') == '\x80') ++at;
        return at;
    };
    const std::size_t begin = cut(folded.size() / 3), end = cut(folded.size() * 2 / 3);
    CHECK(view->may_contain({.folded = std::string_view{folded}.substr(begin, end - begin)})->has(1), "a text holds its parts");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0 || size > 64 << 10) return 0;
    const std::string_view bytes{reinterpret_cast<const char*>(data), size};
    if (bytes[0] == 't') {
        build_and_ask(bytes.substr(1));
        return 0;
    }
    std::string file{bytes.substr(1)};
    if (bytes[0] == 'm') mend(file);
    if (const auto view = testing::open(file)) ask(**view);
    return 0;
}
