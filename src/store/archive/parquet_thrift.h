// Thrift's compact protocol, read: what the heads of Parquet's pages and its footer are written in. Bytes may be hostile:
// nothing is read beyond their end, depth is bounded, and after an error everything is empty.
//
//   ThriftReader in{bytes};
//   in.each_field([&](int field) { if (field == 1) rows = in.integer(); else in.skip(); });
//   if (in.failed()) ...
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vg::store::archive::parquet {

// Of a footer, a page or what they hold.
inline tl::unexpected<Error> damaged(std::string_view why) { return vg::fail(Code::corrupt, "the Parquet file is damaged: " + std::string{why}); }

class ThriftReader {
public:
    explicit ThriftReader(std::string_view bytes) : bytes_(bytes) {}

    // take(number) for each field of the struct that begins here; it reads or skips the value.
    template <class Take>
    void each_field(const Take& take) {
        if (++depth_ > kMostDepth) return fail();
        int number = 0;
        while (!failed_) {
            const int head = byte();
            if (failed_ || head == 0) break;
            type_ = head & 0x0f;
            number = head >> 4 != 0 ? number + (head >> 4) : static_cast<int>(zigzag());
            take(number);
        }
        --depth_;
    }
    // take() for each element of the list that begins here.
    template <class Take>
    void each_element(const Take& take) {
        const int head = byte();
        const std::uint64_t size = head >> 4 == 15 ? varint() : static_cast<std::uint64_t>(head >> 4);
        const int type = head & 0x0f;
        if (size > bytes_.size() - at_) return fail();  // each takes a byte at least
        for (std::uint64_t i = 0; i < size && !failed_; ++i) {
            type_ = type;
            take();
        }
    }
    std::int64_t integer() {
        if (type_ < 4 || type_ > 6) return fail(), 0;
        return zigzag();
    }
    std::string_view text() {
        const std::uint64_t length = type_ == kBinary ? varint() : UINT64_MAX;
        if (length > bytes_.size() - at_) return fail(), std::string_view{};
        at_ += static_cast<std::size_t>(length);
        return bytes_.substr(at_ - static_cast<std::size_t>(length), static_cast<std::size_t>(length));
    }
    // The value of the field or element in hand.
    void skip() {
        switch (type_) {
            case 1:
            case 2: break;
            case 3: (void)byte(); break;
            case 4:
            case 5:
            case 6: (void)varint(); break;
            case 7: jump(8); break;
            case kBinary: (void)text(); break;
            case 9:
            case 10: {
                if (++depth_ > kMostDepth) return fail();
                each_element([this] {
                    if (type_ == 1 || type_ == 2) (void)byte();  // booleans take a byte in a list
                    else skip();
                });
                --depth_;
                break;
            }
            case 12: each_field([this](int) { skip(); }); break;
            default: fail();
        }
    }
    [[nodiscard]] bool failed() const { return failed_; }
    // How many bytes were read.
    [[nodiscard]] std::size_t at() const { return at_; }

private:
    static constexpr int kBinary = 8, kMostDepth = 32;
    void fail() {
        failed_ = true;
        at_ = bytes_.size();
    }
    int byte() {
        if (at_ >= bytes_.size()) return fail(), 0;
        return static_cast<std::uint8_t>(bytes_[at_++]);
    }
    void jump(std::size_t length) {
        if (length > bytes_.size() - at_) return fail();
        at_ += length;
    }
    std::uint64_t varint() {
        std::uint64_t value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            const int one = byte();
            value |= static_cast<std::uint64_t>(one & 0x7f) << shift;
            if ((one & 0x80) == 0) return value;
        }
        return fail(), 0;
    }
    std::int64_t zigzag() {
        const std::uint64_t value = varint();
        return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
    }

    std::string_view bytes_;
    std::size_t at_ = 0;
    int type_ = 0, depth_ = 0;
    bool failed_ = false;
};

}  // namespace vg::store::archive::parquet
