// Bytes of one input of a scan: a file or standard input, decompressed when it is gzip (RFC 1952) or zstd (RFC 8878),
// found by its first bytes and never by its name. Pulled in pieces, so that memory stays bounded whatever the input
// unpacks to. Used by one thread at a time.
//
//   auto source = TRY(ByteSource::open("a.json.zst"));
//   for (std::string_view piece = TRY(source->next()); !piece.empty(); piece = TRY(source->next())) use(piece);
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace vg::cli {

class ByteSource {
public:
    // "-" is standard input. Code::not_found, Code::denied or Code::unavailable with the system's reason.
    static Result<std::unique_ptr<ByteSource>> open(const std::string& path);
    virtual ~ByteSource() = default;
    // The next bytes, at most 256 kB, valid until the next call; empty at the end. Damage of the packing is an error, after
    // all that could be unpacked was given.
    virtual Result<std::string_view> next() = 0;
    // When the file was last changed; for a pipe, when it was made.
    [[nodiscard]] virtual Time changed() const = 0;
};

}  // namespace vg::cli
