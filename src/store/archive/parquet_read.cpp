#include "store/archive/parquet_read.h"

#include <zstd.h>

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "store/archive/parquet_encodings.h"
#include "store/archive/parquet_thrift.h"

namespace vg::store::archive::parquet {

namespace {

constexpr std::size_t kMostPage = std::size_t{256} << 20;
constexpr std::size_t kWindow = 1024;                       // rows that are listed at once
constexpr std::size_t kSmallChunk = std::size_t{64} << 10;  // bytes: read at once; of others the pages that are wanted
constexpr std::size_t kHead = 128, kMostHead = std::size_t{64} << 10;  // of a page: bytes that are read first, and if these do not do
constexpr std::size_t kSmallPage = std::size_t{256} << 10;  // bytes: less than what the state of an unpacking in part takes
constexpr std::uint32_t kLookUps = 8;                       // of rows of these, before they are listed

// Encodings of parquet.thrift.
constexpr std::uint32_t kPlain = 0, kPlainDictionary = 2, kDeltaBinaryPacked = 5, kRleDictionary = 8;

tl::unexpected<Error> unknown(std::string_view what) { return fail(Code::bad_input, "the Parquet file has " + std::string{what}); }

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
        auto numbers = numbers_of<std::uint8_t>(*packed, width_of(greatest), 0, count);
        if (!numbers) return std::nullopt;
        *into = std::move(*numbers);
    }
    levels.rest = bytes;
    return levels;
}

}  // namespace

LeafReader::LeafReader(const File& file, const Layout& layout, std::size_t group, std::size_t leaf, LeafReader* names)
    : file_(&file), info_(&layout.leaves[leaf]), chunk_(layout.chunk(group, leaf)), names_(names), group_rows_(layout.groups[group].rows), even_pages_(layout.even_pages) {
    none_.rows = group_rows_;
}

// Of lists how many rows a page has is told by the page alone.
Status LeafReader::open() {
    opened_ = true;
    Status found = find_pages();
    if (!found) {
        pages_.clear();
        located_ = 0;
    }
    return found;
}

Status LeafReader::find_pages() {
    if (info_->type == Type::other || info_->repetition > 1) return unknown("a column of another type");
    if (chunk_->bytes <= kSmallChunk) {
        chunk_bytes_ = TRY(file_->read(chunk_->offset, chunk_->bytes));
        if (chunk_bytes_.size() != chunk_->bytes) return damaged("it is too short");
        memory_ += chunk_bytes_.size();
    }
    std::size_t at = 0, values = 0, row = 0;
    bool first = true;
    std::string held;
    while (values < chunk_->values) {
        std::int64_t type = -1, unpacked = -1, packed = -1, count = -1, encoding = -1;
        const auto head = [&](ThriftReader& in) {
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
        };
        std::size_t head_bytes = 0;
        for (const std::size_t size : {kHead, kMostHead}) {
            ThriftReader in{TRY(chunk_at(at, std::min<std::size_t>(size, chunk_->bytes - at), held))};
            head(in);
            if (!in.failed()) head_bytes = in.at();
            if (head_bytes != 0) break;
        }
        if (head_bytes == 0) return damaged("head of a page");
        if (type != 0 && type != 2) return unknown("pages of another kind");
        at += head_bytes;
        if (packed < 0 || static_cast<std::uint64_t>(packed) > chunk_->bytes - at || unpacked < 0 || unpacked > static_cast<std::int64_t>(kMostPage) || count < 0 || count > static_cast<std::int64_t>(kMostValues))
            return damaged("sizes of a page");
        Body body{.at = at, .packed = static_cast<std::size_t>(packed), .unpacked = static_cast<std::size_t>(unpacked), .values = static_cast<std::uint32_t>(count), .encoding = static_cast<std::uint32_t>(encoding)};
        at += body.packed;
        if (type == 2) {
            if (!first) return damaged("a dictionary behind the first page");
            TRY(read_distinct(body));
        } else {
            if (body.values == 0 || body.values > chunk_->values - values) return damaged("number of a page's values");
            values += body.values;
            if (info_->repetition != 0) pages_.push_back({.body = bodies_.size()});  // its rows: locate()
            for (std::size_t skip = 0; info_->repetition == 0 && skip < body.values;) {
                // Differences are added up from the first on: once for all rows.
                const bool whole = info_->definition > 1 || body.encoding == kDeltaBinaryPacked;
                const std::size_t rows = whole ? body.values : std::min(kWindow, body.values - skip);
                pages_.push_back({.body = bodies_.size(), .skip = skip, .first_row = row, .rows = rows});
                skip += rows;
                row += rows;
            }
            bodies_.push_back(std::move(body));
        }
        first = false;
    }
    if (info_->repetition == 0 && row != group_rows_) return damaged("number of a row group's rows");
    located_ = info_->repetition == 0 ? pages_.size() : 0;
    return {};
}

// Bytes of the chunk; `held` where they are not in memory.
Result<std::string_view> LeafReader::chunk_at(std::size_t at, std::size_t bytes, std::string& held) const {
    if (!chunk_bytes_.empty()) return std::string_view{chunk_bytes_}.substr(at, bytes);
    held = TRY(file_->read(chunk_->offset + at, bytes));
    if (held.size() != bytes) return damaged("it is too short");
    return std::string_view{held};
}

// Where each page begins, when all but the last have so many rows. What a page has is held against it when it is read.
void LeafReader::place_evenly(std::size_t rows_in_page) {
    if (rows_in_page == 0 || (group_rows_ + rows_in_page - 1) / rows_in_page != pages_.size()) return;
    for (; located_ < pages_.size(); ++located_) {
        Page& page = pages_[located_];
        page.first_row = located_ * rows_in_page;
        page.rows = std::min(rows_in_page, group_rows_ - page.first_row);
    }
}

// Of a list: by its own levels, or by those of the names of the same pairs.
Result<std::size_t> LeafReader::rows_in_first_page() {
    if (names_ != nullptr && names_->has_values()) return names_->rows_in_first_page();
    if (!opened_) TRY(open());
    return count_rows(bodies_.front());
}

// Counts the rows of pages of lists until one is known that goes past the row.
Status LeafReader::locate(std::size_t row) {
    if (located_ == 0 && pages_.size() > 1 && even_pages_) place_evenly(TRY(rows_in_first_page()));
    std::size_t next = located_ == 0 ? 0 : pages_[located_ - 1].first_row + pages_[located_ - 1].rows;
    for (; located_ < pages_.size() && next <= row; ++located_) {
        Page& page = pages_[located_];
        page.first_row = next;
        page.rows = located_ + 1 == pages_.size() ? group_rows_ - std::min(group_rows_, next) : TRY(count_rows(bodies_[page.body]));
        next += page.rows;
    }
    return {};
}

// The first `at_most` bytes, or all.
Status LeafReader::unpack(const Body& body, char* into, std::size_t at_most) const {
    std::string held;
    const std::string_view packed = TRY(chunk_at(body.at, body.packed, held));
    if (!chunk_->packed) {
        if (body.packed != body.unpacked) return damaged("sizes of a page");
        std::copy_n(packed.data(), std::min(at_most, packed.size()), into);
        return {};
    }
    if (at_most >= body.unpacked) {
        thread_local const std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> context{ZSTD_createDCtx(), ZSTD_freeDCtx};
        if (!context) return fail(Code::unavailable, "there is no memory");
        const std::size_t size = ZSTD_decompressDCtx(context.get(), into, body.unpacked, packed.data(), packed.size());
        if (ZSTD_isError(size) != 0 || size != body.unpacked) return damaged("a page that cannot be unpacked");
        return {};
    }
    const std::unique_ptr<ZSTD_DStream, std::size_t (*)(ZSTD_DStream*)> stream{ZSTD_createDStream(), ZSTD_freeDStream};
    if (!stream) return fail(Code::unavailable, "there is no memory");
    ZSTD_inBuffer in{packed.data(), packed.size(), 0};
    ZSTD_outBuffer out{into, at_most, 0};
    while (out.pos < out.size) {
        const std::size_t before = out.pos, taken = in.pos;
        const std::size_t left = ZSTD_decompressStream(stream.get(), &out, &in);
        if (ZSTD_isError(left) != 0 || (out.pos == before && in.pos == taken) || (left == 0 && out.pos < out.size)) return damaged("a page that cannot be unpacked");
    }
    return {};
}

Result<std::string_view> LeafReader::bytes_of(Body& body) {
    if (!body.bytes) {
        auto made = std::make_unique_for_overwrite<char[]>(body.unpacked);
        TRY(unpack(body, made.get(), body.unpacked));
        memory_ += body.unpacked;
        body.bytes = std::move(made);
    }
    return std::string_view{body.bytes.get(), body.unpacked};
}

// Of a page of lists, by its levels alone: they stand at its beginning. A small page is unpacked as a whole.
Result<std::size_t> LeafReader::count_rows(Body& page) {
    std::string bytes(4, '\0');
    if (page.unpacked < bytes.size()) return damaged("levels of a page");
    if (page.unpacked <= kSmallPage) {
        bytes = TRY(bytes_of(page));
    } else {
        TRY(unpack(page, bytes.data(), bytes.size()));
    }
    const std::size_t length = pick<std::uint32_t>(bytes, 0);
    if (length > page.unpacked - 4) return damaged("levels of a page");
    bytes.resize(4 + length);
    if (page.unpacked > kSmallPage) TRY(unpack(page, bytes.data(), bytes.size()));
    std::size_t rows = 0;  // a row begins where the level is 0
    const auto run = [&rows](std::uint32_t level, std::size_t times) { rows += level == 0 ? times : 0; };
    const auto packed = [&rows](std::string_view bits, std::size_t count) {
        rows += count;
        for (std::size_t at = 0; at < count; at += 64) {
            const std::uint64_t word = up_to_8(bits, at / 8);
            rows -= static_cast<std::size_t>(std::popcount(count - at >= 64 ? word : word & ((std::uint64_t{1} << (count - at)) - 1)));
        }
    };
    if (!each_run(std::string_view{bytes}.substr(4), width_of(info_->repetition), page.values, run, packed)) return damaged("levels of a page");
    return rows;
}

Status LeafReader::read_distinct(const Body& body) {
    if (body.encoding != kPlain && body.encoding != kPlainDictionary) return unknown("a dictionary of another form");
    distinct_.bytes = std::make_unique_for_overwrite<char[]>(body.unpacked);
    TRY(unpack(body, distinct_.bytes.get(), body.unpacked));
    const std::string_view bytes{distinct_.bytes.get(), body.unpacked};
    const bool well = info_->type == Type::byte_array ? plain_texts(bytes, body.values, distinct_.texts)
                      : info_->type == Type::int64    ? plain_numbers(bytes, body.values, distinct_.numbers)
                                                      : false;
    if (!well) return damaged("a dictionary");
    has_distinct_ = true;
    memory_ += bytes.size() + 16 * distinct_.texts.size() + 8 * distinct_.numbers.size();
    return {};
}

// Texts as themselves, of which the first `before` are walked over, from where the last walk ended if that is not behind.
Status LeafReader::read_texts(Body& body, std::string_view bytes, std::size_t before, std::size_t count, std::vector<std::string_view>& into) const {
    const bool further = body.walked <= before;
    std::string_view rest = bytes.substr(further ? body.walked_bytes : 0);
    for (std::size_t at = further ? body.walked : 0; at < before; ++at)
        if (!take_measured(rest)) return damaged("values of a page");
    if (!plain_texts(rest, count, into)) return damaged("values of a page");
    const char* const end = into.empty() ? rest.data() : into.back().data() + into.back().size();
    body.walked = before + count;
    body.walked_bytes = static_cast<std::size_t>(end - bytes.data());
    return {};
}

// The `count` values behind the first presence.before of the presence.all in `bytes`.
Status LeafReader::read_values(Body& body, std::string_view bytes, const Presence& presence, std::size_t count, Values& into) const {
    const std::size_t before = presence.before;
    std::uint32_t next = 0;
    if (body.encoding == kPlainDictionary || body.encoding == kRleDictionary) {
        if (!has_distinct_) return damaged("a dictionary is missing");
        into.distinct = &distinct_;
        const std::size_t distinct = info_->type == Type::byte_array ? distinct_.texts.size() : distinct_.numbers.size();
        if (count == 0) return {};
        if (bytes.empty()) return damaged("values of a page");
        auto numbers = numbers_of<std::uint32_t>(bytes.substr(1), static_cast<std::uint8_t>(bytes[0]), before, count);
        if (!numbers || std::any_of(numbers->begin(), numbers->end(), [&](std::uint32_t one) { return one >= distinct; })) return damaged("values of a page");
        for (std::uint32_t& place : into.places)
            if (place != Values::kNull) place = (*numbers)[next++];
        return {};
    }
    bool well = false;
    if (info_->type == Type::boolean && body.encoding == kPlain) {
        well = bytes.size() >= (before + count + 7) / 8;
        for (std::size_t i = 0; well && i < count; ++i) into.numbers.push_back(static_cast<std::int64_t>(packed_at(bytes, before + i, 1)));
    } else if (info_->type == Type::int64 && body.encoding == kPlain) {
        well = bytes.size() / 8 >= before && plain_numbers(bytes.substr(before * 8), count, into.numbers);
    } else if (info_->type == Type::int64 && body.encoding == kDeltaBinaryPacked) {
        well = deltas(bytes, presence.all, before + count, into.numbers);
        if (well) into.numbers.erase(into.numbers.begin(), into.numbers.begin() + static_cast<std::ptrdiff_t>(before));
    } else if (info_->type == Type::byte_array && body.encoding == kPlain) {
        TRY(read_texts(body, bytes, before, count, into.texts));
        well = true;
    } else {
        return unknown("values of another form");
    }
    if (!well) return damaged("values of a page");
    for (std::uint32_t& place : into.places)
        if (place != Values::kNull) place = next++;
    return {};
}

Status LeafReader::read(Page& page) {
    Body& body = bodies_[page.body];
    std::string_view bytes = TRY(bytes_of(body));
    auto made = std::make_unique<Values>();
    made->first_row = page.first_row;
    made->rows = page.rows;
    Presence presence{.has = true, .before = page.skip, .all = body.values};
    std::size_t there = 0;
    if (info_->repetition == 0 && info_->definition <= 1) {
        made->places.resize(page.rows);
        there = page.rows;
        if (info_->definition == 1) {
            const auto levels = take_measured(bytes);
            const auto known = levels ? presence_of(*levels, page.skip, body.values) : std::nullopt;
            const auto has = levels ? numbers_of<std::uint8_t>(*levels, 1, page.skip, page.rows) : std::nullopt;
            if (!known || !has) return damaged("levels of a page");
            presence = *known;
            there = 0;
            for (std::size_t i = 0; i < page.rows; ++i) {
                if ((*has)[i] == 0) made->places[i] = Values::kNull;
                there += (*has)[i];
            }
        }
    } else {
        auto levels = levels_of(bytes, *info_, body.values);
        if (!levels) return damaged("levels of a page");
        bytes = levels->rest;
        if (info_->repetition != 0 && (levels->repetition.empty() || levels->repetition[0] != 0)) return damaged("levels of a page");
        made->begins.reserve(page.rows + 1);
        made->places.reserve(body.values);
        for (std::size_t i = 0; i < body.values; ++i) {
            if (info_->repetition != 0) {
                if (levels->repetition[i] == 0) made->begins.push_back(static_cast<std::uint32_t>(made->places.size()));
                if (levels->definition[i] < info_->element) continue;  // no list, or an empty one
            }
            const bool has = levels->definition[i] == info_->definition;
            made->places.push_back(has ? 0 : Values::kNull);
            there += has ? 1 : 0;
        }
        if (info_->repetition != 0) {
            if (made->begins.size() != page.rows) return damaged("number of a page's rows");
            made->begins.push_back(static_cast<std::uint32_t>(made->places.size()));
        }
        presence.all = there;
    }
    TRY(read_values(body, bytes, presence, there, *made));
    memory_ += made->memory_bytes();
    page.read = std::move(made);
    return {};
}

Result<LeafReader::Page*> LeafReader::page_with(std::size_t row) {
    if (!opened_) TRY(open());
    if (last_ >= located_ || row < pages_[last_].first_row || row >= pages_[last_].first_row + pages_[last_].rows) {
        TRY(locate(row));
        const auto known = pages_.begin() + static_cast<std::ptrdiff_t>(located_);
        const auto found = std::upper_bound(pages_.begin(), known, row, [](std::size_t wanted, const Page& page) { return wanted < page.first_row; });
        if (found == pages_.begin()) return damaged("number of a row group's rows");
        last_ = static_cast<std::size_t>(found - pages_.begin()) - 1;
        if (row >= pages_[last_].first_row + pages_[last_].rows) return damaged("number of a row group's rows");
    }
    return &pages_[last_];
}

Result<std::reference_wrapper<const Values>> LeafReader::page_of(std::size_t row) {
    if (chunk_ == nullptr) return std::cref(none_);
    Page& page = *TRY(page_with(row));
    if (!page.read) TRY(read(page));
    return std::cref(static_cast<const Values&>(*page.read));
}

Result<const Distinct*> LeafReader::distinct() {
    if (chunk_ == nullptr) return nullptr;
    if (!opened_) TRY(open());
    const bool all = has_distinct_ && std::all_of(bodies_.begin(), bodies_.end(), [](const Body& body) { return body.encoding == kPlainDictionary || body.encoding == kRleDictionary; });
    return all ? &distinct_ : nullptr;
}

Result<One> LeafReader::one_of(std::size_t row) {
    if (chunk_ == nullptr) return One{};
    Page& page = *TRY(page_with(row));
    if (!page.read && page.looked_up < kLookUps && info_->repetition == 0 && info_->definition <= 1) {
        ++page.looked_up;
        return look_up(page, page.skip + row - page.first_row);
    }
    const Values& values = TRY(page_of(row));
    const std::uint32_t place = values.place(row - values.first_row);
    One one{.has = place != Values::kNull};
    if (!one.has) return one;
    if (info_->type == Type::byte_array) one.text = values.text_at(place);
    else one.number = values.number_at(place);
    return one;
}

Result<std::vector<std::optional<std::string_view>>> LeafReader::list_of(std::size_t row) {
    std::vector<std::optional<std::string_view>> list;
    if (chunk_ == nullptr) return list;
    Page& page = *TRY(page_with(row));
    if (!page.read && page.looked_up < kLookUps && info_->repetition == 1) {
        ++page.looked_up;
        return look_up_list(page, row - page.first_row);
    }
    const Values& values = TRY(page_of(row));
    const std::size_t at = row - values.first_row;
    if (values.begins.size() < at + 2) return damaged("number of a page's rows");
    for (std::size_t i = values.begins[at]; i < values.begins[at + 1]; ++i) {
        const std::uint32_t place = values.places[i];
        list.push_back(place == Values::kNull ? std::nullopt : std::optional{values.text_at(place)});
    }
    return list;
}

Result<std::vector<std::optional<std::string_view>>> LeafReader::look_up_list(const Page& page, std::size_t row) {
    Body& body = bodies_[page.body];
    const std::string_view bytes = TRY(bytes_of(body));
    const auto levels = levels_of(bytes, *info_, body.values);
    if (!levels || levels->repetition.empty() || levels->repetition[0] != 0) return damaged("levels of a page");
    const auto begin_of_row = [&](std::size_t from, std::size_t rows) {  // of the one that many rows behind that at `from`
        for (; from < levels->repetition.size(); ++from)
            if (levels->repetition[from] == 0 && rows-- == 0) break;
        return from;
    };
    const std::size_t begin = begin_of_row(0, row), end = begin_of_row(begin, 1);
    if (begin == levels->repetition.size()) return damaged("number of a page's rows");
    const auto first = levels->definition.begin() + static_cast<std::ptrdiff_t>(begin), last = levels->definition.begin() + static_cast<std::ptrdiff_t>(end);
    const auto before = static_cast<std::size_t>(std::count(levels->definition.begin(), first, info_->definition));
    const auto count = static_cast<std::size_t>(std::count(first, last, info_->definition));
    const std::vector<std::string_view> texts = TRY(texts_from(body, levels->rest, before, count));
    std::vector<std::optional<std::string_view>> list;
    std::size_t next = 0;
    for (auto level = first; level != last; ++level)
        if (*level >= info_->element) list.push_back(*level == info_->definition ? std::optional{texts[next++]} : std::nullopt);
    return list;
}

// The `count` texts behind the first `before` of a page's.
Result<std::vector<std::string_view>> LeafReader::texts_from(Body& body, std::string_view bytes, std::size_t before, std::size_t count) const {
    std::vector<std::string_view> texts;
    if (count == 0) return texts;
    if (body.encoding == kPlain) {
        TRY(read_texts(body, bytes, before, count, texts));
        return texts;
    }
    if (body.encoding != kPlainDictionary && body.encoding != kRleDictionary) return unknown("values of another form");
    if (!has_distinct_) return damaged("a dictionary is missing");
    const auto places = bytes.empty() ? std::nullopt : numbers_of<std::uint32_t>(bytes.substr(1), static_cast<std::uint8_t>(bytes[0]), before, count);
    if (!places) return damaged("values of a page");
    for (const std::uint32_t place : *places) {
        if (place >= distinct_.texts.size()) return damaged("values of a page");
        texts.push_back(distinct_.texts[place]);
    }
    return texts;
}

Result<One> LeafReader::look_up(const Page& page, std::size_t row) {
    Body& body = bodies_[page.body];
    std::string_view bytes = TRY(bytes_of(body));
    Presence presence{.has = true, .before = row, .all = body.values};
    if (info_->definition == 1) {
        const auto levels = take_measured(bytes);
        const auto known = levels ? presence_of(*levels, row, body.values) : std::nullopt;
        if (!known) return damaged("levels of a page");
        presence = *known;
    }
    One one{.has = presence.has};
    if (!one.has) return one;
    if (body.encoding == kPlainDictionary || body.encoding == kRleDictionary) {
        if (!has_distinct_) return damaged("a dictionary is missing");
        if (bytes.empty()) return damaged("values of a page");
        std::uint64_t place = 0;  // the last of those up to the row
        const int width = static_cast<std::uint8_t>(bytes[0]);
        const auto run = [&](std::uint32_t value, std::size_t) { place = value; };
        const auto packed = [&](std::string_view some, std::size_t count) { place = packed_at(some, count - 1, width); };
        const bool text = info_->type == Type::byte_array;
        if (!each_run(bytes.substr(1), width, presence.before + 1, run, packed) || place >= (text ? distinct_.texts.size() : distinct_.numbers.size())) return damaged("values of a page");
        if (text) one.text = distinct_.texts[place];
        else one.number = distinct_.numbers[place];
        return one;
    }
    const std::size_t at = presence.before;
    if (info_->type == Type::boolean && body.encoding == kPlain) {
        if (bytes.size() <= at / 8) return damaged("values of a page");
        one.number = static_cast<std::int64_t>(packed_at(bytes, at, 1));
    } else if (info_->type == Type::int64 && body.encoding == kPlain) {
        if (bytes.size() / 8 <= at) return damaged("values of a page");
        one.number = load<std::int64_t>(bytes.data() + at * 8);
    } else if (info_->type == Type::int64 && body.encoding == kDeltaBinaryPacked) {
        std::vector<std::int64_t> numbers;
        if (!deltas(bytes, presence.all, at + 1, numbers)) return damaged("values of a page");
        one.number = numbers.back();
    } else if (info_->type == Type::byte_array && body.encoding == kPlain) {
        std::vector<std::string_view> texts;
        TRY(read_texts(body, bytes, at, 1, texts));
        one.text = texts.front();
    } else {
        return unknown("values of another form");
    }
    return one;
}

}  // namespace vg::store::archive::parquet
