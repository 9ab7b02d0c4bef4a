#include "store/archive/parquet_encodings.h"

#include "base/bytes.h"

namespace vg::store::archive::parquet {

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

bool deltas(std::string_view bytes, std::size_t count, std::size_t wanted, std::vector<std::int64_t>& into) {
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
    if (wanted == 0) return true;
    into.reserve(wanted);
    std::uint64_t value = *first;  // differences may turn over
    into.push_back(static_cast<std::int64_t>(value));
    while (into.size() < wanted) {
        const auto least = zigzag();
        if (!least || bytes.size() < *minis) return false;
        const std::string_view widths = bytes.substr(0, static_cast<std::size_t>(*minis));
        bytes.remove_prefix(widths.size());
        for (std::size_t mini = 0; mini < widths.size() && into.size() < wanted; ++mini) {
            const int width = static_cast<std::uint8_t>(widths[mini]);
            if (width > 64 || bytes.size() < in_mini * static_cast<std::size_t>(width) / 8) return false;
            for (std::size_t i = 0; i < in_mini && into.size() < wanted; ++i) {
                value += *least + packed_at(bytes, i, width);
                into.push_back(static_cast<std::int64_t>(value));
            }
            bytes.remove_prefix(in_mini * static_cast<std::size_t>(width) / 8);
        }
    }
    return true;
}

std::optional<Presence> presence_of(std::string_view levels, std::size_t row, std::size_t count) {
    Presence presence;
    std::size_t at = 0;
    const auto ones = [](std::string_view bits, std::size_t many) {
        std::size_t sum = 0;
        for (std::size_t bit = 0; bit < many; bit += 64) {
            const std::uint64_t word = up_to_8(bits, bit / 8);
            sum += static_cast<std::size_t>(std::popcount(many - bit >= 64 ? word : word & ((std::uint64_t{1} << (many - bit)) - 1)));
        }
        return sum;
    };
    const auto run = [&](std::uint32_t level, std::size_t times) {
        if (row >= at && row < at + times) {
            presence.has = level == 1;
            presence.before = presence.all + (presence.has ? row - at : 0);
        }
        presence.all += level == 1 ? times : 0;
        at += times;
    };
    const auto packed = [&](std::string_view bits, std::size_t many) {
        if (row >= at && row < at + many) {
            presence.has = packed_at(bits, row - at, 1) == 1;
            presence.before = presence.all + ones(bits, row - at);
        }
        presence.all += ones(bits, many);
        at += many;
    };
    if (!each_run(levels, 1, count, run, packed)) return std::nullopt;
    return presence;
}

}  // namespace vg::store::archive::parquet
