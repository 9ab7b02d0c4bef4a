#include "store/archive/parquet_write.h"

#include <zstd.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "base/bytes.h"
#include "base/check.h"

namespace vg::store::archive::parquet {

namespace {

constexpr std::size_t kMostStatistics = 64;  // bytes of a text that is given as the least or greatest of a row group
constexpr std::size_t kMostPageBytes = std::size_t{1} << 31;
constexpr std::size_t kMostSharedByPages = std::size_t{64} << 10;  // bytes of a dictionary that several pages need
constexpr std::size_t kMostRepeated = std::size_t{128} << 20;      // bytes of texts that stand in full in their pages although they repeat; readers take pages of 256 MiB

std::string little_endian(std::int64_t value) {
    std::string bytes;
    put<std::int64_t>(bytes, value);
    return bytes;
}

}  // namespace

struct Writer::Packing {
    ZSTD_CCtx* context = ZSTD_createCCtx();
    std::unique_ptr<char[]> packed;
    std::size_t room = 0;
    Packing() { CHECK(context != nullptr, "out of memory ends the program"); }
    ~Packing() { ZSTD_freeCCtx(context); }
    Packing(const Packing&) = delete;
    Packing& operator=(const Packing&) = delete;
    std::string_view pack(std::string_view bytes, int level) {
        if (const std::size_t most = ZSTD_compressBound(bytes.size()); most > room) packed = std::make_unique_for_overwrite<char[]>(room = most);
        const std::size_t size = ZSTD_compressCCtx(context, packed.get(), room, bytes.data(), bytes.size(), level);
        CHECK(ZSTD_isError(size) == 0, "there is room for what zstd makes of any bytes");
        return {packed.get(), size};
    }
};

// One column as the file has it: of a list there are two.
struct Writer::Leaf {
    std::vector<std::string_view> path;
    Physical type;
    std::size_t values, nulls;
    bool paged = false;
    const Dictionary* texts = nullptr;
    std::span<const std::uint32_t> indices = {};
    std::size_t text_bytes = 0;
    std::span<const std::int64_t> integers = {};
    std::span<const std::uint8_t> booleans = {};
    bool statistics = false;
    struct Page {
        std::string levels;     // repetition and definition, as they stand in the page
        std::size_t values;     // also those that are null
        std::size_t from, to;   // among those that are not
    };
    std::vector<Page> pages = {};
};

Writer::Writer(File& file, std::vector<ColumnSpec> columns, WriterOptions options)
    : file_(&file), specs_(std::move(columns)), options_(options), packing_(std::make_unique<Packing>()), out_(kMagic) {
    for (const ColumnSpec& spec : specs_) columns_.emplace_back(spec, options_.seed);
}
Writer::~Writer() = default;

Result<bool> Writer::end_rows(std::size_t rows) {
    CHECK(rows <= room(), "rows go into one page of one row group");
    rows_ += rows;
    if (rows_ % options_.rows_in_page == 0 && rows_ < options_.rows_in_group)
        for (Column& column : columns_)
            if (column.paged_) column.end_page();
    std::size_t held = 0;
    if (rows_ < options_.rows_in_group) {
        if (rows_ / 256 == (rows_ - rows) / 256) return false;
        for (const Column& column : columns_) held += column.held();
        if (held < options_.most_bytes) return false;
    }
    TRY(end_group());
    return true;
}

Status Writer::end_group() {
    if (rows_ == 0) return {};
    for (std::size_t i = 0; i < columns_.size(); ++i) write_column(i);
    Thrift group{groups_meta_};
    group.begin_list(1, Thrift::Of::structs, chunks_);
    groups_meta_ += chunks_meta_;
    group.i64(2, group_bytes_);
    group.i64(3, static_cast<std::int64_t>(rows_));
    group.end();
    groups_.push_back(rows_);
    rows_ = chunks_ = 0;
    group_bytes_ = 0;
    chunks_meta_.clear();
    TRY(file_->append(out_));
    offset_ += out_.size();
    out_.clear();
    return {};
}

void Writer::write_column(std::size_t index) {
    Column& column = columns_[index];
    const std::string_view name = specs_[index].name;
    column.end_page();
    const auto levels = [](std::string_view repetition, std::string_view definition) {
        std::string bytes;
        for (const std::string_view part : {repetition, definition}) {
            if (part.empty()) continue;
            put<std::uint32_t>(bytes, static_cast<std::uint32_t>(part.size()));
            bytes += part;
        }
        return bytes;
    };
    const auto write = [&](Leaf leaf, std::string Column::Cut::*definition, std::size_t Column::Cut::*end) {
        leaf.values = column.values_;
        leaf.paged = column.paged_;
        std::size_t values = 0, from = 0;
        for (const Column::Cut& cut : column.cuts_) {
            if (cut.values == values) continue;
            leaf.pages.push_back({.levels = levels(cut.repetition, cut.*definition), .values = cut.values - values, .from = from, .to = cut.*end});
            values = cut.values;
            from = cut.*end;
        }
        write_leaf(leaf);
    };
    using Cut = Column::Cut;
    switch (column.kind_) {
        case Kind::boolean: write({.path = {name}, .type = Physical::boolean, .values = 0, .nulls = column.nulls_, .booleans = column.booleans_}, &Cut::definition, &Cut::booleans); break;
        case Kind::integer:
        case Kind::time:
            write({.path = {name}, .type = Physical::int64, .values = 0, .nulls = column.nulls_, .integers = column.integers_, .statistics = true}, &Cut::definition, &Cut::integers);
            break;
        case Kind::text:
            write({.path = {name}, .type = Physical::byte_array, .values = 0, .nulls = column.nulls_, .texts = &column.texts_, .indices = column.indices_, .text_bytes = column.text_bytes_, .statistics = true}, &Cut::definition, &Cut::texts);
            break;
        case Kind::map:
        case Kind::list: {
            const bool map = column.kind_ == Kind::map;
            write({.path = map ? std::vector<std::string_view>{name, "key_value", "key"} : std::vector<std::string_view>{name, "list", "element", "name"}, .type = Physical::byte_array, .values = 0, .nulls = column.values_ - column.name_indices_.size(), .texts = &column.names_, .indices = column.name_indices_, .text_bytes = column.name_bytes_}, &Cut::name_definition, &Cut::names);
            write({.path = map ? std::vector<std::string_view>{name, "key_value", "value"} : std::vector<std::string_view>{name, "list", "element", "value"}, .type = Physical::byte_array, .values = 0, .nulls = column.values_ - column.indices_.size(), .texts = &column.texts_, .indices = column.indices_, .text_bytes = column.text_bytes_}, &Cut::definition, &Cut::texts);
            break;
        }
    }
    column.clear();
}

namespace {

// Values as numbers of a dictionary: the width, then the numbers.
void put_indices(std::string& out, std::span<const std::uint32_t> indices, std::size_t distinct) {
    const int width = width_of(distinct < 2 ? 0 : distinct - 1);
    out.push_back(static_cast<char>(width));
    Hybrid packed{width};
    for (const std::uint32_t index : indices) packed.put(index);
    out += packed.finish();
}

// The numbers when few are distinct: a dictionary's page.
std::optional<std::string> few_integers(std::span<const std::int64_t> values, std::vector<std::uint32_t>& indices) {
    const std::size_t most = std::min<std::size_t>(values.size() / 8, 4096);
    std::vector<std::uint32_t> slots(8192);
    std::vector<std::int64_t> distinct;
    for (const std::int64_t value : values) {
        std::size_t at = static_cast<std::uint64_t>(value) * 0x9e3779b97f4a7c15ULL >> 51;
        while (slots[at] != 0 && distinct[slots[at] - 1] != value) at = (at + 1) % slots.size();
        if (slots[at] == 0) {
            if (distinct.size() == most) return std::nullopt;
            distinct.push_back(value);
            slots[at] = static_cast<std::uint32_t>(distinct.size());
        }
        indices.push_back(slots[at] - 1);
    }
    std::string page;
    for (const std::int64_t value : distinct) put<std::int64_t>(page, value);
    return page;
}

struct Bounds {
    std::string least, greatest;
};
std::optional<Bounds> bounds_of(const Dictionary& texts) {
    std::optional<std::pair<std::string_view, std::string_view>> ends;
    for (std::uint32_t i = 0; i < texts.size(); ++i) {
        const std::string_view text = texts.at(i);
        if (text.size() > kMostStatistics) return std::nullopt;
        if (!ends) ends = {text, text};
        ends->first = std::min(ends->first, text);
        ends->second = std::max(ends->second, text);
    }
    if (!ends) return std::nullopt;
    return Bounds{std::string{ends->first}, std::string{ends->second}};
}

}  // namespace

void Writer::write_leaf(const Leaf& leaf) {
    std::optional<std::string> numbers;  // dictionary of integers
    std::optional<std::string_view> dictionary;
    std::vector<std::uint32_t> places;   // of integers in it
    std::span<const std::uint32_t> indices = leaf.indices;
    std::size_t distinct = 0;
    Encoding encoding = Encoding::plain;
    std::optional<Bounds> bounds;
    if (leaf.texts != nullptr) {
        distinct = leaf.texts->size();
        const std::size_t as_numbers = leaf.texts->plain().size() + indices.size() * static_cast<std::size_t>(width_of(distinct)) / 8;
        if (!indices.empty() && as_numbers * 10 < leaf.text_bytes * 9 && (!leaf.paged || leaf.texts->plain().size() <= kMostSharedByPages || leaf.text_bytes > kMostRepeated)) dictionary = leaf.texts->plain();
        if (leaf.statistics) bounds = bounds_of(*leaf.texts);
    } else if (!leaf.integers.empty()) {
        const auto [least, greatest] = std::minmax_element(leaf.integers.begin(), leaf.integers.end());
        bounds = Bounds{little_endian(*least), little_endian(*greatest)};
        if (numbers = few_integers(leaf.integers, places); numbers) {
            dictionary = *numbers;
            distinct = numbers->size() / 8;
            indices = places;
        } else {
            encoding = Encoding::delta_binary_packed;
        }
    }
    if (dictionary) encoding = Encoding::rle_dictionary;
    const auto put_values = [&](const Leaf::Page& page) {
        const std::size_t count = page.to - page.from;
        if (dictionary) return put_indices(page_, indices.subspan(page.from, count), distinct);
        if (encoding == Encoding::delta_binary_packed) return put_deltas(page_, leaf.integers.subspan(page.from, count));
        if (leaf.texts != nullptr && leaf.pages.size() == 1 && distinct == indices.size()) {
            page_ += leaf.texts->plain();
        } else if (leaf.texts != nullptr) {
            for (const std::uint32_t index : indices.subspan(page.from, count)) {
                const std::string_view text = leaf.texts->at(index);
                page_.append(text.data() - 4, text.size() + 4);
            }
        }
        for (std::size_t i = page.from; i < page.to && !leaf.booleans.empty(); i += 8) {
            unsigned eight = 0;
            for (std::size_t bit = 0; bit < 8 && i + bit < page.to; ++bit) eight |= static_cast<unsigned>(leaf.booleans[i + bit]) << bit;
            page_.push_back(static_cast<char>(eight));
        }
    };
    const std::uint64_t begin = offset_ + out_.size();
    std::int64_t unpacked = 0;
    bool packs = true;
    const auto write_page = [&](std::string_view bytes, bool is_dictionary, std::size_t values) {
        CHECK(bytes.size() < kMostPageBytes, "most_bytes ends a row group long before");
        const std::string_view packed = packs ? packing_->pack(bytes, options_.level) : bytes;
        const std::size_t at = out_.size();
        Thrift header{out_};
        header.i32(1, is_dictionary ? 2 : 0);
        header.i32(2, static_cast<std::int64_t>(bytes.size()));
        header.i32(3, static_cast<std::int64_t>(packed.size()));
        header.begin_struct(is_dictionary ? 7 : 5);
        header.i32(1, static_cast<std::int64_t>(values));
        header.i32(2, static_cast<int>(is_dictionary ? Encoding::plain : encoding));
        if (!is_dictionary) {
            header.i32(3, static_cast<int>(Encoding::rle));
            header.i32(4, static_cast<int>(Encoding::rle));
        }
        header.end();
        header.end();
        unpacked += static_cast<std::int64_t>(out_.size() - at + bytes.size());
        out_ += packed;
    };
    std::uint64_t data = 0;
    for (std::size_t i = 0; i < leaf.pages.size(); ++i) {
        page_ = leaf.pages[i].levels;
        put_values(leaf.pages[i]);
        if (i == 0) {
            packs = leaf.pages.size() > 1 || page_.size() + (dictionary ? dictionary->size() : 0) >= 64;  // for the whole column
            if (dictionary) write_page(*dictionary, true, distinct);
            data = offset_ + out_.size();
        }
        write_page(page_, false, leaf.pages[i].values);
    }
    const auto packed = static_cast<std::int64_t>(offset_ + out_.size() - begin);
    group_bytes_ += unpacked;

    ++chunks_;
    Thrift meta{chunks_meta_};
    meta.i64(2, static_cast<std::int64_t>(begin));
    meta.begin_struct(3);
    meta.i32(1, static_cast<int>(leaf.type));
    meta.begin_list(2, Thrift::Of::i32, dictionary ? 3 : 2);
    meta.element(static_cast<int>(Encoding::rle));
    meta.element(static_cast<int>(encoding));
    if (dictionary) meta.element(static_cast<int>(Encoding::plain));
    meta.begin_list(3, Thrift::Of::text, leaf.path.size());
    for (const std::string_view part : leaf.path) meta.element_text(part);
    meta.i32(4, static_cast<int>(packs ? Codec::zstd : Codec::uncompressed));
    meta.i64(5, static_cast<std::int64_t>(leaf.values));
    meta.i64(6, unpacked);
    meta.i64(7, packed);
    meta.i64(9, static_cast<std::int64_t>(data));
    if (dictionary) meta.i64(11, static_cast<std::int64_t>(begin));
    meta.begin_struct(12);
    meta.i64(3, static_cast<std::int64_t>(leaf.nulls));
    if (bounds) {
        meta.text(5, bounds->greatest);
        meta.text(6, bounds->least);
    }
    meta.end();
    meta.end();
    meta.end();
}

// The tree of the columns, from above: a list of pairs is three or four deep.
void Writer::write_schema(Thrift& meta) const {
    std::size_t nodes = 1;
    for (const ColumnSpec& spec : specs_) nodes += spec.kind == Kind::map ? 4 : spec.kind == Kind::list ? 5 : 1;
    meta.begin_list(2, Thrift::Of::structs, nodes);
    const auto branch = [&meta](std::optional<Repetition> repetition, std::string_view name, std::size_t children, std::optional<Converted> converted = {}) {
        meta.begin_element();
        if (repetition) meta.i32(3, static_cast<int>(*repetition));
        meta.text(4, name);
        meta.i32(5, static_cast<std::int64_t>(children));
        if (converted) {
            meta.i32(6, static_cast<int>(*converted));
            meta.begin_struct(10);
            meta.empty_struct(*converted == Converted::map ? 2 : 3);
            meta.end();
        }
        meta.end();
    };
    const auto leaf = [&meta](Physical type, Repetition repetition, std::string_view name, std::optional<Converted> converted = {}) {
        meta.begin_element();
        meta.i32(1, static_cast<int>(type));
        meta.i32(3, static_cast<int>(repetition));
        meta.text(4, name);
        if (converted) meta.i32(6, static_cast<int>(*converted));
        if (converted == Converted::utf8) {
            meta.begin_struct(10);
            meta.empty_struct(1);
            meta.end();
        } else if (converted == Converted::timestamp_micros) {
            meta.begin_struct(10);
            meta.begin_struct(8);
            meta.boolean(1, false);  // not of a time zone: DuckDB's TIMESTAMP
            meta.begin_struct(2);
            meta.empty_struct(2);  // microseconds
            meta.end();
            meta.end();
            meta.end();
        }
        meta.end();
    };
    branch({}, "events", specs_.size());
    for (const ColumnSpec& spec : specs_) {
        switch (spec.kind) {
            case Kind::boolean: leaf(Physical::boolean, Repetition::optional, spec.name); break;
            case Kind::integer: leaf(Physical::int64, Repetition::optional, spec.name, Converted::int_64); break;
            case Kind::time: leaf(Physical::int64, Repetition::optional, spec.name, Converted::timestamp_micros); break;
            case Kind::text: leaf(Physical::byte_array, Repetition::optional, spec.name, Converted::utf8); break;
            case Kind::map:
                branch(Repetition::optional, spec.name, 1, Converted::map);
                branch(Repetition::repeated, "key_value", 2);
                leaf(Physical::byte_array, Repetition::required, "key", Converted::utf8);
                leaf(Physical::byte_array, Repetition::optional, "value", Converted::utf8);
                break;
            case Kind::list:
                branch(Repetition::optional, spec.name, 1, Converted::list);
                branch(Repetition::repeated, "list", 1);
                branch(Repetition::required, "element", 2);
                leaf(Physical::byte_array, Repetition::required, "name", Converted::utf8);
                leaf(Physical::byte_array, Repetition::optional, "value", Converted::utf8);
                break;
        }
    }
}

Status Writer::finish(std::span<const std::pair<std::string, std::string>> key_values) {
    TRY(end_group());
    std::uint64_t rows = 0;
    for (const std::uint64_t group : groups_) rows += group;
    const std::size_t begin = out_.size();
    Thrift meta{out_};
    meta.i32(1, 1);
    write_schema(meta);
    meta.i64(3, static_cast<std::int64_t>(rows));
    meta.begin_list(4, Thrift::Of::structs, groups_.size());
    out_ += groups_meta_;
    meta.begin_list(5, Thrift::Of::structs, key_values.size());
    for (const auto& [key, value] : key_values) {
        meta.begin_element();
        meta.text(1, key);
        meta.text(2, value);
        meta.end();
    }
    meta.text(6, kCreatedBy);
    std::size_t leaves = 0;
    for (const ColumnSpec& spec : specs_) leaves += spec.kind == Kind::map || spec.kind == Kind::list ? 2 : 1;
    meta.begin_list(7, Thrift::Of::structs, leaves);  // least and greatest are in the order of the type
    for (std::size_t i = 0; i < leaves; ++i) {
        meta.begin_element();
        meta.empty_struct(1);
        meta.end();
    }
    meta.end();
    put<std::uint32_t>(out_, static_cast<std::uint32_t>(out_.size() - begin));
    out_ += kMagic;
    TRY(file_->append(out_));
    offset_ += out_.size();
    out_.clear();
    return {};
}

}  // namespace vg::store::archive::parquet
