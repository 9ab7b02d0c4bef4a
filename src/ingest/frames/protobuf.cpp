#include "ingest/frames/protobuf.h"

namespace vg::ingest {

bool ProtobufFields::fail() {
    failed_ = true;
    rest_ = {};
    return false;
}

bool ProtobufFields::read_varint(std::uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 70 && !rest_.empty(); shift += 7) {
        const auto byte = static_cast<std::uint8_t>(rest_.front());
        rest_.remove_prefix(1);
        if (shift == 63 && byte > 1) return false;  // beyond 64 bits
        value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
        if (byte < 0x80) return true;
    }
    return false;
}

bool ProtobufFields::read_fixed(std::size_t size) {
    if (rest_.size() < size) return false;
    value_ = 0;
    for (std::size_t i = 0; i < size; ++i) value_ |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(rest_[i])) << (8 * i);
    rest_.remove_prefix(size);
    return true;
}

bool ProtobufFields::next() {
    if (rest_.empty() || failed_) return false;
    std::uint64_t key = 0;
    if (!read_varint(key) || key >> 3 == 0 || key >> 3 > 0x1fffffff) return fail();
    number_ = static_cast<std::uint32_t>(key >> 3);
    type_ = static_cast<unsigned>(key & 7);
    bytes_ = {};
    if (is_varint()) return read_varint(value_) || fail();
    if (is_fixed64()) return read_fixed(8) || fail();
    if (is_fixed32()) return read_fixed(4) || fail();
    if (!is_bytes()) return fail();
    std::uint64_t length = 0;
    if (!read_varint(length) || length > rest_.size()) return fail();
    bytes_ = rest_.substr(0, static_cast<std::size_t>(length));
    rest_.remove_prefix(static_cast<std::size_t>(length));
    return true;
}

}  // namespace vg::ingest
