// Content-Encoding of request bodies: gzip (RFC 1952), deflate (zlib, RFC 1950), zstd (RFC 8878), identity. Streaming:
// output comes in pieces of at most 256 KiB, so that a bomb costs time and never memory.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "base/result.h"

namespace vg::ingest {

class Decompressor {
public:
    // False stops the work.
    using OnBytes = std::function<bool(std::string_view)>;

    // `encoding` as in the header, empty for none. Code::bad_input for an unknown one. `most_bytes` bounds the output.
    static Result<std::unique_ptr<Decompressor>> make(std::string_view encoding, std::uint64_t most_bytes);
    virtual ~Decompressor() = default;
    // True: more is wanted; false: on_bytes has stopped the work.
    virtual Result<bool> feed(std::string_view bytes, const OnBytes& on_bytes) = 0;
    // The end of the input: an error when the compressed stream is not complete.
    virtual Status finish() = 0;
};

}  // namespace vg::ingest
