// The bytes of a Parquet file, as apache/parquet-format says it: integers and structs in Thrift's compact protocol, runs and
// packed bits, differences of integers. Pure; parquet_write.h makes a file of them.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace vg::store::archive::parquet {

inline constexpr std::string_view kMagic = "PAR1";
inline constexpr std::string_view kCreatedBy = "vonggac";

// Numbers of parquet.thrift.
enum class Physical : std::uint8_t { boolean = 0, int64 = 2, byte_array = 6 };
enum class Encoding : std::uint8_t { plain = 0, rle = 3, delta_binary_packed = 5, rle_dictionary = 8 };
enum class Codec : std::uint8_t { uncompressed = 0, zstd = 6 };
enum class Repetition : std::uint8_t { required = 0, optional = 1, repeated = 2 };
enum class Converted : std::uint8_t { utf8 = 0, map = 1, list = 3, timestamp_micros = 10, int_64 = 18 };

void put_varint(std::string& out, std::uint64_t value);
void put_zigzag(std::string& out, std::int64_t value);

// A struct of Thrift's compact protocol: fields in ascending order, then end(). Structs inside begin with begin_struct().
class Thrift {
public:
    explicit Thrift(std::string& out) : out_(&out) {}
    void i32(int field, std::int64_t value);
    void i64(int field, std::int64_t value);
    void boolean(int field, bool value);
    void text(int field, std::string_view value);
    void begin_struct(int field);
    void empty_struct(int field);
    // Elements follow: of integers by element(), of texts by element_text(), of structs by begin_element() and end().
    enum class Of : std::uint8_t { i32 = 5, text = 8, structs = 12 };
    void begin_list(int field, Of of, std::size_t size);
    void element(std::int64_t value) const;
    void element_text(std::string_view value) const;
    void begin_element();
    void end();

private:
    void field(int number, int type);
    std::string* out_;
    std::array<int, 8> before_{};  // the last field of each struct that is open
    std::size_t depth_ = 0;
};

// Runs and groups of eight packed values (RLE / bit-packed hybrid), values below 2^width.
class Hybrid {
public:
    explicit Hybrid(int width) : width_(width) {}
    void put(std::uint32_t value) {
        if (value == last_) {
            if (++repeated_ >= 8) return;
        } else {
            if (repeated_ >= 8) end_run();
            repeated_ = 1;
            last_ = value;
        }
        held_[count_++] = value;
        if (count_ == 8) pack();
    }
    void put(std::uint32_t value, std::size_t times);
    // The bytes; it begins anew.
    std::string finish();

private:
    void pack();
    void end_packed();
    void end_run();
    int width_;
    std::string out_;
    std::uint32_t last_ = 0;
    std::size_t repeated_ = 0, count_ = 0, groups_ = 0;
    std::size_t header_ = std::string::npos;  // where the head of the packed groups in hand is
    std::array<std::uint32_t, 8> held_{};
};

// Bits that numbers up to `greatest` need.
int width_of(std::uint64_t greatest);

// DELTA_BINARY_PACKED: blocks of 128 values, four miniblocks each.
void put_deltas(std::string& out, std::span<const std::int64_t> values);

}  // namespace vg::store::archive::parquet
