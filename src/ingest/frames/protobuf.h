// Protocol Buffers, the wire format: walks the fields of one message. No schema, no allocation, hostile input. Pure.
//
//   ProtobufFields fields{bytes};
//   while (fields.next())
//       if (fields.number() == 1 && fields.is_bytes()) use(fields.bytes());
//   if (fields.failed()) ...                        // what was walked before the error was well-formed
#pragma once

#include <cstdint>
#include <string_view>

namespace vg::ingest {

class ProtobufFields {
public:
    explicit ProtobufFields(std::string_view message) : rest_(message) {}

    // Goes to the next field; false at the end or at the first error. Groups (deprecated since 2008) are an error.
    bool next();
    [[nodiscard]] bool failed() const { return failed_; }

    [[nodiscard]] std::uint32_t number() const { return number_; }
    [[nodiscard]] bool is_varint() const { return type_ == 0; }
    [[nodiscard]] bool is_fixed64() const { return type_ == 1; }
    [[nodiscard]] bool is_bytes() const { return type_ == 2; }   // text, bytes, a message
    [[nodiscard]] bool is_fixed32() const { return type_ == 5; }
    [[nodiscard]] std::uint64_t value() const { return value_; }  // of a varint or fixed field
    [[nodiscard]] std::string_view bytes() const { return bytes_; }

private:
    bool read_varint(std::uint64_t& value);
    bool read_fixed(std::size_t size);
    bool fail();

    std::string_view rest_;
    std::string_view bytes_;
    std::uint64_t value_ = 0;
    std::uint32_t number_ = 0;
    unsigned type_ = 0;
    bool failed_ = false;
};

}  // namespace vg::ingest
