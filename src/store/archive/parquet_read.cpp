#include "store/archive/parquet_read.h"

#include <zstd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "base/bytes.h"
#include "store/archive/parquet_thrift.h"

namespace vg::store::archive::parquet {

namespace {

constexpr std::size_t kMostPage = std::size_t{256} << 20;
constexpr std::size_t kMostValues = std::size_t{16} << 20;  // of a page

// Encodings of parquet.thrift.
constexpr std::uint32_t kPlain = 0, kPlainDictionary = 2, kDeltaBinaryPacked = 5, kRleDictionary = 8;

tl::unexpected<Error> damaged(std::string_view why) { return fail(Code::corrupt, "the Parquet file is damaged: " + std::string{why}); }
tl::unexpected<Error> unknown(std::string_view what) { return fail(Code::bad_input, "the Parquet file has " + std::string{what}); }

// Greatest level -> bits of one.
int width_of(unsigned greatest) { return std::bit_width(greatest); }

std::optional<std::uint64_t> take_varint(std::string_view& bytes) {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        if (bytes.empty()) return std::nullopt;
        const auto one = static_cast<std::uint8_t>(bytes.front());
        bytes.remove_prefix(1);
        value |= static_cast<std::uint64_t>(one & 0x7f) << shift;
        if ((one & 0x80) == 0) return value;
    }
    return std::nullopt;
}

// Numbers stand in files from the lowest byte on, as in memory.
static_assert(std::endian::native == std::endian::little);
template <class T>
T load(const char* from) {
    T value;
    std::memcpy(&value, from, sizeof value);
    return value;
}

std::uint64_t up_to_8(std::string_view bytes, std::size_t at) {
    if (at + 8 <= bytes.size()) return load<std::uint64_t>(bytes.data() + at);
    std::uint64_t value = 0;
    for (std::size_t i = 0; at + i < bytes.size() && i < 8; ++i) value |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(bytes[at + i])) << (8 * i);
    return value;
}

// Number `index` of those of `width` bits, packed from the lowest bit on.
std::uint64_t packed_at(std::string_view bytes, std::size_t index, int width) {
    if (width == 0) return 0;
    const std::size_t bit = index * static_cast<std::size_t>(width);
    std::uint64_t value = up_to_8(bytes, bit / 8) >> (bit % 8);
    if (static_cast<int>(bit % 8) + width > 64) value |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(bytes[bit / 8 + 8])) << (64 - bit % 8);
    return width == 64 ? value : value & ((std::uint64_t{1} << width) - 1);
}

// The first `count` of them; `width` is at most 32.
template <class T>
void unpack(std::string_view bytes, int width, std::size_t count, T* into) {
    const std::uint64_t mask = (std::uint64_t{1} << width) - 1;
    const auto step = static_cast<std::size_t>(width);
    std::size_t i = 0;
    if (width <= 8) {  // eight take `width` bytes
        for (std::size_t at = 0; i + 8 <= count && at + 8 <= bytes.size(); i += 8, at += step) {
            std::uint64_t eight = load<std::uint64_t>(bytes.data() + at);
            for (std::size_t k = 0; k < 8; ++k, eight >>= width) into[i + k] = static_cast<T>(eight & mask);
        }
    } else {
        for (std::size_t bit = 0; i < count && bit / 8 + 8 <= bytes.size(); ++i, bit += step) into[i] = static_cast<T>(load<std::uint64_t>(bytes.data() + bit / 8) >> (bit % 8) & mask);
    }
    for (; i < count; ++i) into[i] = static_cast<T>(packed_at(bytes, i, width));
}

// Runs and packed numbers, `count` of them; `run(value, times)`, `packed(bytes, count)`. False: there are fewer, or the
// bytes are damaged.
template <class Run, class Packed>
bool each_run(std::string_view bytes, int width, std::size_t count, const Run& run, const Packed& packed) {
    if (width > 32) return false;
    const std::size_t whole = (static_cast<std::size_t>(width) + 7) / 8;
    while (count > 0) {
        const auto head = take_varint(bytes);
        if (!head) return false;
        std::size_t taken = 0;
        if ((*head & 1) == 0) {
            const std::uint64_t times = *head >> 1;
            if (bytes.size() < whole || times == 0) return false;
            const std::uint64_t value = up_to_8(bytes.substr(0, whole), 0);
            if (value >> width != 0) return false;
            taken = static_cast<std::size_t>(std::min<std::uint64_t>(times, count));
            run(static_cast<std::uint32_t>(value), taken);
            bytes.remove_prefix(whole);
        } else {
            const std::uint64_t groups = *head >> 1;
            if (groups == 0 || groups > kMostValues / 8) return false;
            const auto size = static_cast<std::size_t>(groups) * static_cast<std::size_t>(width);
            taken = std::min<std::size_t>(static_cast<std::size_t>(groups) * 8, count);
            if (bytes.size() < (taken * static_cast<std::size_t>(width) + 7) / 8) return false;
            packed(bytes.substr(0, std::min(size, bytes.size())), taken);
            bytes.remove_prefix(std::min(size, bytes.size()));
        }
        count -= taken;
    }
    return true;
}

template <class T>
std::optional<std::vector<T>> numbers_of(std::string_view bytes, int width, std::size_t count) {
    std::vector<T> numbers(count);
    T* into = numbers.data();
    const auto run = [&](std::uint32_t value, std::size_t times) { into = std::fill_n(into, times, static_cast<T>(value)); };
    const auto packed = [&](std::string_view some, std::size_t taken) {
        unpack(some, width, taken, into);
        into += taken;
    };
    if (!each_run(bytes, width, count, run, packed)) return std::nullopt;
    return numbers;
}

// Takes a length of four bytes and what it measures.
std::optional<std::string_view> take_measured(std::string_view& bytes) {
    if (bytes.size() < 4) return std::nullopt;
    const auto length = pick<std::uint32_t>(bytes, 0);
    if (length > bytes.size() - 4) return std::nullopt;
    const std::string_view taken = bytes.substr(4, length);
    bytes.remove_prefix(4 + static_cast<std::size_t>(length));
    return taken;
}

bool plain_texts(std::string_view bytes, std::size_t count, std::vector<std::string_view>& into) {
    if (count > bytes.size() / 4) return false;
    into.reserve(count);
    const char* at = bytes.data();
    std::size_t left = bytes.size();
    for (std::size_t i = 0; i < count; ++i) {
        if (left < 4) return false;
        const std::size_t length = load<std::uint32_t>(at);
        if (length > left - 4) return false;
        into.emplace_back(at + 4, length);
        at += 4 + length;
        left -= 4 + length;
    }
    return true;
}

bool plain_numbers(std::string_view bytes, std::size_t count, std::vector<std::int64_t>& into) {
    if (count > bytes.size() / 8) return false;
    into.reserve(count);
    for (std::size_t i = 0; i < count; ++i) into.push_back(load<std::int64_t>(bytes.data() + i * 8));
    return true;
}

// DELTA_BINARY_PACKED of Encodings.md.
bool deltas(std::string_view bytes, std::size_t count, std::vector<std::int64_t>& into) {
    const auto zigzag = [&bytes]() -> std::optional<std::uint64_t> {
        const auto value = take_varint(bytes);
        if (!value) return std::nullopt;
        return (*value >> 1) ^ (0 - (*value & 1));
    };
    const auto block = take_varint(bytes), minis = take_varint(bytes), total = take_varint(bytes);
    const auto first = zigzag();
    if (!block || !minis || !total || !first || *total != count || *minis == 0 || *minis > 256 || *block == 0 || *block > 65'536 || *block % *minis != 0) return false;
    const auto in_mini = static_cast<std::size_t>(*block / *minis);
    if (in_mini % 8 != 0) return false;
    if (count == 0) return true;
    into.reserve(count);
    std::uint64_t value = *first;  // differences may turn over
    into.push_back(static_cast<std::int64_t>(value));
    while (into.size() < count) {
        const auto least = zigzag();
        if (!least || bytes.size() < *minis) return false;
        const std::string_view widths = bytes.substr(0, static_cast<std::size_t>(*minis));
        bytes.remove_prefix(widths.size());
        for (std::size_t mini = 0; mini < widths.size() && into.size() < count; ++mini) {
            const int width = static_cast<std::uint8_t>(widths[mini]);
            if (width > 64 || bytes.size() < in_mini * static_cast<std::size_t>(width) / 8) return false;
            for (std::size_t i = 0; i < in_mini && into.size() < count; ++i) {
                value += *least + packed_at(bytes, i, width);
                into.push_back(static_cast<std::int64_t>(value));
            }
            bytes.remove_prefix(in_mini * static_cast<std::size_t>(width) / 8);
        }
    }
    return true;
}

struct Levels {
    std::vector<std::uint8_t> repetition, definition;
    std::string_view rest;
};
std::optional<Levels> levels_of(std::string_view bytes, const LeafInfo& info, std::size_t count) {
    Levels levels;
    for (auto [greatest, into] : {std::pair{info.repetition, &levels.repetition}, {info.definition, &levels.definition}}) {
        if (greatest == 0) continue;
        const auto packed = take_measured(bytes);
        if (!packed) return std::nullopt;
        auto numbers = numbers_of<std::uint8_t>(*packed, width_of(greatest), count);
        if (!numbers) return std::nullopt;
        *into = std::move(*numbers);
    }
    levels.rest = bytes;
    return levels;
}

}  // namespace

LeafReader::LeafReader(const File& file, const Layout& layout, std::size_t group, std::size_t leaf)
    : file_(&file), info_(&layout.leaves[leaf]), chunk_(layout.chunk(group, leaf)), group_rows_(layout.groups[group].rows) {
    none_.rows = group_rows_;
}

// Of lists how many rows a page has is told by the page alone.
Status LeafReader::open() {
    opened_ = true;
    Status found = find_pages();
    if (!found) pages_.clear();
    return found;
}

Status LeafReader::find_pages() {
    if (info_->type == Type::other || info_->repetition > 1) return unknown("a column of another type");
    chunk_bytes_ = TRY(file_->read(chunk_->offset, chunk_->bytes));
    if (chunk_bytes_.size() != chunk_->bytes) return damaged("it is too short");
    memory_ += chunk_bytes_.size();
    std::size_t at = 0, values = 0, row = 0;
    bool first = true;
    while (values < chunk_->values) {
        ThriftReader in{std::string_view{chunk_bytes_}.substr(at)};
        std::int64_t type = -1, unpacked = -1, packed = -1, count = -1, encoding = -1;
        in.each_field([&](int field) {
            switch (field) {
                case 1: type = in.integer(); break;
                case 2: unpacked = in.integer(); break;
                case 3: packed = in.integer(); break;
                case 5:
                case 7:
                    in.each_field([&](int part) {
                        if (part == 1) count = in.integer();
                        else if (part == 2) encoding = in.integer();
                        else in.skip();
                    });
                    break;
                default: in.skip();
            }
        });
        if (in.failed()) return damaged("head of a page");
        if (type != 0 && type != 2) return unknown("pages of another kind");
        at += in.at();
        if (packed < 0 || static_cast<std::uint64_t>(packed) > chunk_bytes_.size() - at || unpacked < 0 || unpacked > static_cast<std::int64_t>(kMostPage) || count < 0 || count > static_cast<std::int64_t>(kMostValues))
            return damaged("sizes of a page");
        Page page;
        page.at = at;
        page.packed = static_cast<std::size_t>(packed);
        page.unpacked = static_cast<std::size_t>(unpacked);
        page.values = static_cast<std::uint32_t>(count);
        page.encoding = static_cast<std::uint32_t>(encoding);
        at += page.packed;
        if (type == 2) {
            if (!first) return damaged("a dictionary behind the first page");
            TRY(read_distinct(page));
        } else {
            if (page.values == 0 || page.values > chunk_->values - values) return damaged("number of a page's values");
            values += page.values;
            page.first_row = row;
            page.rows = info_->repetition == 0 ? page.values : values == chunk_->values ? group_rows_ - std::min(group_rows_, row) : TRY(count_rows(page));
            row += page.rows;
            pages_.push_back(std::move(page));
        }
        first = false;
    }
    if (row != group_rows_) return damaged("number of a row group's rows");
    return {};
}

Result<std::string> LeafReader::unpacked(const Page& page, std::size_t at_most) const {
    const std::string_view packed = std::string_view{chunk_bytes_}.substr(page.at, page.packed);
    if (!chunk_->packed) {
        if (page.packed != page.unpacked) return damaged("sizes of a page");
        return std::string{packed.substr(0, at_most)};
    }
    std::string out;
    if (at_most >= page.unpacked) {
        out.resize(page.unpacked);
        const std::size_t size = ZSTD_decompress(out.data(), out.size(), packed.data(), packed.size());
        if (ZSTD_isError(size) != 0 || size != out.size()) return damaged("a page that cannot be unpacked");
        return out;
    }
    const std::unique_ptr<ZSTD_DStream, std::size_t (*)(ZSTD_DStream*)> stream{ZSTD_createDStream(), ZSTD_freeDStream};
    if (!stream) return fail(Code::unavailable, "there is no memory");
    out.resize(at_most);
    ZSTD_inBuffer in{packed.data(), packed.size(), 0};
    ZSTD_outBuffer into{out.data(), out.size(), 0};
    while (into.pos < into.size) {
        const std::size_t before = into.pos, taken = in.pos;
        const std::size_t left = ZSTD_decompressStream(stream.get(), &into, &in);
        if (ZSTD_isError(left) != 0 || (into.pos == before && in.pos == taken) || (left == 0 && into.pos < into.size)) return damaged("a page that cannot be unpacked");
    }
    return out;
}

// Of a page of lists, by its levels alone: they stand at its beginning.
Result<std::size_t> LeafReader::count_rows(const Page& page) const {
    const std::string head = TRY(unpacked(page, std::min<std::size_t>(4, page.unpacked)));
    if (head.size() < 4) return damaged("levels of a page");
    const std::size_t length = pick<std::uint32_t>(head, 0);
    if (length > page.unpacked - 4) return damaged("levels of a page");
    const std::string bytes = TRY(unpacked(page, 4 + length));
    const auto levels = numbers_of<std::uint8_t>(std::string_view{bytes}.substr(4), width_of(info_->repetition), page.values);
    if (!levels) return damaged("levels of a page");
    return static_cast<std::size_t>(std::count(levels->begin(), levels->end(), std::uint8_t{0}));
}

Status LeafReader::read_distinct(const Page& page) {
    if (page.encoding != kPlain && page.encoding != kPlainDictionary) return unknown("a dictionary of another form");
    distinct_.bytes = TRY(unpacked(page, page.unpacked));
    const bool well = info_->type == Type::byte_array ? plain_texts(distinct_.bytes, page.values, distinct_.texts)
                      : info_->type == Type::int64    ? plain_numbers(distinct_.bytes, page.values, distinct_.numbers)
                                                      : false;
    if (!well) return damaged("a dictionary");
    has_distinct_ = true;
    memory_ += distinct_.bytes.size() + 16 * distinct_.texts.size() + 8 * distinct_.numbers.size();
    return {};
}

Status LeafReader::read_values(std::string_view bytes, std::uint32_t encoding, std::size_t count, Values& into) const {
    if (encoding == kPlainDictionary || encoding == kRleDictionary) {
        if (!has_distinct_) return damaged("a dictionary is missing");
        into.distinct = &distinct_;
        const std::size_t distinct = info_->type == Type::byte_array ? distinct_.texts.size() : distinct_.numbers.size();
        if (count == 0) return {};
        if (bytes.empty()) return damaged("values of a page");
        auto numbers = numbers_of<std::uint32_t>(bytes.substr(1), static_cast<std::uint8_t>(bytes[0]), count);
        if (!numbers || std::any_of(numbers->begin(), numbers->end(), [&](std::uint32_t one) { return one >= distinct; })) return damaged("values of a page");
        std::size_t next = 0;
        for (std::uint32_t& place : into.places)
            if (place != Values::kNull) place = (*numbers)[next++];
        return {};
    }
    bool well = false;
    if (info_->type == Type::boolean && encoding == kPlain) {
        well = bytes.size() >= (count + 7) / 8;
        for (std::size_t i = 0; well && i < count; ++i) into.numbers.push_back(static_cast<std::int64_t>(packed_at(bytes, i, 1)));
    } else if (info_->type == Type::int64 && encoding == kPlain) {
        well = plain_numbers(bytes, count, into.numbers);
    } else if (info_->type == Type::int64 && encoding == kDeltaBinaryPacked) {
        well = deltas(bytes, count, into.numbers);
    } else if (info_->type == Type::byte_array && encoding == kPlain) {
        well = plain_texts(bytes, count, into.texts);
    } else {
        return unknown("values of another form");
    }
    if (!well) return damaged("values of a page");
    std::uint32_t next = 0;
    for (std::uint32_t& place : into.places)
        if (place != Values::kNull) place = next++;
    return {};
}

Status LeafReader::read(Page& page) {
    auto made = std::make_unique<Values>();
    made->bytes = TRY(unpacked(page, page.unpacked));
    made->first_row = page.first_row;
    made->rows = page.rows;
    auto levels = levels_of(made->bytes, *info_, page.values);
    if (!levels) return damaged("levels of a page");
    std::size_t there = 0;
    if (info_->repetition == 0) {
        made->places.resize(page.values);
        for (std::size_t i = 0; i < page.values; ++i) {
            const bool has = levels->definition.empty() || levels->definition[i] == info_->definition;
            if (!has) made->places[i] = Values::kNull;
            there += has ? 1 : 0;
        }
    } else {
        if (levels->repetition.empty() || levels->repetition[0] != 0) return damaged("levels of a page");
        made->begins.reserve(page.rows + 1);
        made->places.reserve(page.values);
        for (std::size_t i = 0; i < page.values; ++i) {
            if (levels->repetition[i] == 0) made->begins.push_back(static_cast<std::uint32_t>(made->places.size()));
            if (levels->definition[i] < info_->element) continue;  // no list, or an empty one
            const bool has = levels->definition[i] == info_->definition;
            made->places.push_back(has ? 0 : Values::kNull);
            there += has ? 1 : 0;
        }
        if (made->begins.size() != page.rows) return damaged("number of a page's rows");
        made->begins.push_back(static_cast<std::uint32_t>(made->places.size()));
    }
    TRY(read_values(levels->rest, page.encoding, there, *made));
    memory_ += made->memory_bytes();
    page.read = std::move(made);
    return {};
}

Result<std::reference_wrapper<const Values>> LeafReader::page_of(std::size_t row) {
    if (chunk_ == nullptr) return std::cref(none_);
    if (!opened_) TRY(open());
    if (last_ >= pages_.size() || row < pages_[last_].first_row || row >= pages_[last_].first_row + pages_[last_].rows) {
        const auto found = std::upper_bound(pages_.begin(), pages_.end(), row, [](std::size_t wanted, const Page& page) { return wanted < page.first_row; });
        if (found == pages_.begin()) return damaged("number of a row group's rows");
        last_ = static_cast<std::size_t>(found - pages_.begin()) - 1;
        if (row >= pages_[last_].first_row + pages_[last_].rows) return damaged("number of a row group's rows");
    }
    Page& page = pages_[last_];
    if (!page.read) TRY(read(page));
    return std::cref(static_cast<const Values&>(*page.read));
}

}  // namespace vg::store::archive::parquet
