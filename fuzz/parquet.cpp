// store: arbitrary bytes as a Parquet file are refused, or give values whose every place is there. The first byte asks for a
// footer that is made to end as one, so that what stands in it is looked at.
#include <algorithm>

#include "base/bytes.h"
#include "base/check.h"
#include "store/archive/ask_rows.h"
#include "store/archive/filter_test_kit.h"

namespace {

using namespace vg::store::archive;

void look(parquet::LeafReader& leaf, std::size_t row) {
    const auto one = leaf.has_values() && leaf.info().repetition == 0 ? leaf.one_of(row) : vg::fail(vg::Code::bad_input, "a list");
    const auto page = leaf.page_of(row);
    if (!page) return;
    const parquet::Values& values = page->get();
    CHECK(row >= values.first_row && row < values.first_row + values.rows, "the page holds the row");
    const std::size_t at = row - values.first_row;
    const bool texts = leaf.info().type == parquet::Type::byte_array;
    const auto touch = [&](std::uint32_t place) {
        if (place == parquet::Values::kNull) return;
        if (texts) CHECK(values.text_at(place).size() <= std::size_t{512} << 20, "a text of the page");
        else (void)values.number_at(place);
    };
    if (leaf.info().repetition == 0) {
        const std::uint32_t place = values.place(at);
        if (leaf.has_values()) CHECK(one.has_value() && one->has == (place != parquet::Values::kNull), "what is looked up is what is listed");
        if (place != parquet::Values::kNull) CHECK(texts ? one->text == values.text_at(place) : one->number == values.number_at(place), "what is looked up is what is listed");
        return touch(place);
    }
    if (!leaf.has_values()) return;
    for (std::uint32_t i = values.begins.at(at); i < values.begins.at(at + 1); ++i) touch(values.places.at(i));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0 || size > 64 << 10) return 0;
    std::string bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
    if (data[0] == 'e' && bytes.size() >= 12) {
        bytes.resize(bytes.size() - 4);
        bytes += "PAR1";
        std::string length;
        vg::put<std::uint32_t>(length, std::min(vg::pick<std::uint32_t>(bytes, bytes.size() - 8), static_cast<std::uint32_t>(bytes.size() - 12)));
        bytes.replace(bytes.size() - 8, 4, length);
    }
    const auto file = std::make_shared<const testing::BytesFile>(std::move(bytes));
    const auto layout = read_segment_layout(*file);
    if (!layout) return 0;
    for (std::size_t number = 0; number < std::min<std::size_t>((*layout)->groups.size(), 4); ++number) {
        const std::size_t rows = (*layout)->groups[number].rows;
        if (rows == 0) continue;
        for (std::size_t leaf = 0; leaf < leaf_paths().size(); ++leaf) {
            parquet::LeafReader reader{*file, **layout, number, leaf};  // one after another: all may be bombs
            for (const std::size_t row : {std::size_t{0}, rows / 2, rows - 1}) look(reader, row);
        }
        RowGroup group{file, *layout, number};
        (void)group.rows_between(0, 3);
        if ((*layout)->groups[number].chunks < 24) (void)group.event(0);
    }
    return 0;
}
