#include "store/archive/parquet_format.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "base/bytes.h"
#include "base/check.h"

namespace vg::store::archive::parquet {

namespace {

constexpr int kTrue = 1, kFalse = 2, kI32 = 5, kI64 = 6, kBinary = 8, kList = 9, kStruct = 12;

std::uint64_t zigzag(std::int64_t value) { return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63); }

// Numbers of `width` bits, one after another from the lowest bit.
class Packer {
public:
    explicit Packer(std::string& out) : out_(&out) {}
    void put(std::uint64_t value, int width) {
        if (width == 0) return;
        held_ |= value << bits_;
        const int room = 64 - bits_;
        if (width < room) {
            bits_ += width;
            return;
        }
        vg::put<std::uint64_t>(*out_, held_);
        held_ = room == 64 ? 0 : value >> room;
        bits_ = width - room;
    }
    void finish() {
        for (; bits_ > 0; bits_ -= 8, held_ >>= 8) out_->push_back(static_cast<char>(held_));
        bits_ = 0;
        held_ = 0;
    }

private:
    std::string* out_;
    std::uint64_t held_ = 0;
    int bits_ = 0;
};

}  // namespace

void put_varint(std::string& out, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
    out.push_back(static_cast<char>(value));
}

void put_zigzag(std::string& out, std::int64_t value) { put_varint(out, zigzag(value)); }

int width_of(std::uint64_t greatest) { return 64 - std::countl_zero(greatest); }

void Thrift::field(int number, int type) {
    const int step = number - std::exchange(before_[depth_], number);
    CHECK(step > 0 && step < 16, "fields of a struct are written in ascending order");
    out_->push_back(static_cast<char>(step << 4 | type));
}

void Thrift::i32(int number, std::int64_t value) {
    field(number, kI32);
    put_zigzag(*out_, value);
}
void Thrift::i64(int number, std::int64_t value) {
    field(number, kI64);
    put_zigzag(*out_, value);
}
void Thrift::boolean(int number, bool value) { field(number, value ? kTrue : kFalse); }
void Thrift::text(int number, std::string_view value) {
    field(number, kBinary);
    element_text(value);
}
void Thrift::begin_struct(int number) {
    field(number, kStruct);
    begin_element();
}
void Thrift::empty_struct(int number) {
    begin_struct(number);
    end();
}
void Thrift::begin_list(int number, Of of, std::size_t size) {
    field(number, kList);
    const int type = static_cast<int>(of);
    if (size < 15) {
        out_->push_back(static_cast<char>(size << 4 | static_cast<std::size_t>(type)));
        return;
    }
    out_->push_back(static_cast<char>(0xF0 | type));
    put_varint(*out_, size);
}
void Thrift::element(std::int64_t value) const { put_zigzag(*out_, value); }
void Thrift::element_text(std::string_view value) const {
    put_varint(*out_, value.size());
    *out_ += value;
}
void Thrift::begin_element() {
    CHECK(depth_ + 1 < before_.size(), "structs of Parquet are not deeper");
    before_[++depth_] = 0;
}
void Thrift::end() {
    out_->push_back('\0');
    if (depth_ > 0) --depth_;
}

void Hybrid::put(std::uint32_t value, std::size_t times) {
    for (; times > 0 && (value != last_ || repeated_ < 8); --times) put(value);
    repeated_ += times;
}

void Hybrid::pack() {
    if (groups_ == 63) end_packed();
    if (header_ == std::string::npos) {
        header_ = out_.size();
        out_.push_back('\0');
    }
    Packer packer{out_};
    for (const std::uint32_t value : held_) packer.put(value, width_);
    packer.finish();
    count_ = repeated_ = 0;
    ++groups_;
}

void Hybrid::end_packed() {
    if (header_ == std::string::npos) return;
    out_[header_] = static_cast<char>(groups_ << 1 | 1);
    header_ = std::string::npos;
    groups_ = 0;
}

void Hybrid::end_run() {
    end_packed();
    put_varint(out_, repeated_ << 1);
    for (int bits = 0; bits < width_; bits += 8) out_.push_back(static_cast<char>(last_ >> bits));
    count_ = repeated_ = 0;
}

std::string Hybrid::finish() {
    if (repeated_ >= 8) {
        end_run();
    } else if (count_ > 0) {
        std::fill(held_.begin() + static_cast<std::ptrdiff_t>(count_), held_.end(), 0);
        pack();
    }
    end_packed();
    last_ = 0;
    count_ = repeated_ = 0;
    return std::exchange(out_, {});
}

void put_deltas(std::string& out, std::span<const std::int64_t> values) {
    constexpr std::size_t kBlock = 128, kMini = 32;
    put_varint(out, kBlock);
    put_varint(out, kBlock / kMini);
    put_varint(out, values.size());
    put_zigzag(out, values.empty() ? 0 : values.front());
    std::array<std::int64_t, kBlock> deltas{};
    for (std::size_t at = 1; at < values.size(); at += kBlock) {
        const std::size_t count = std::min(kBlock, values.size() - at);
        std::int64_t least = INT64_MAX;
        for (std::size_t i = 0; i < count; ++i) {  // differences may turn over: readers add the same way
            deltas[i] = static_cast<std::int64_t>(static_cast<std::uint64_t>(values[at + i]) - static_cast<std::uint64_t>(values[at + i - 1]));
            least = std::min(least, deltas[i]);
        }
        std::fill(deltas.begin() + static_cast<std::ptrdiff_t>(count), deltas.end(), least);
        put_zigzag(out, least);
        std::array<std::uint64_t, kBlock> above{};
        std::array<int, kBlock / kMini> widths{};
        for (std::size_t i = 0; i < kBlock; ++i) {
            above[i] = static_cast<std::uint64_t>(deltas[i]) - static_cast<std::uint64_t>(least);
            widths[i / kMini] = std::max(widths[i / kMini], width_of(above[i]));
        }
        for (const int width : widths) out.push_back(static_cast<char>(width));
        for (std::size_t mini = 0; mini * kMini < count; ++mini) {
            Packer packer{out};
            for (std::size_t i = 0; i < kMini; ++i) packer.put(above[mini * kMini + i], widths[mini]);
            packer.finish();
        }
    }
}

}  // namespace vg::store::archive::parquet
