// net: a request is read the same however its bytes are cut into pieces, and what is refused stays refused.
#include <string>

#include "base/check.h"
#include "net/http.h"
#include "net/request_reader.h"

namespace {

std::string read(std::string_view bytes, std::size_t step) {
    using vg::net::RequestReader;
    RequestReader reader{{.head_bytes = 2048, .header_count = 16, .body_bytes = 4096, .chunk_line_bytes = 128}};
    std::string body;
    std::string held;
    for (std::size_t i = 0; i < bytes.size() && reader.phase() != RequestReader::Phase::done && reader.phase() != RequestReader::Phase::refused; i += step) {
        held += bytes.substr(i, step);
        while (!held.empty()) {
            const std::size_t used = reader.feed(held, body);
            CHECK(used <= held.size(), "no more is used than was given");
            held.erase(0, used);
            if (used == 0 || reader.phase() == RequestReader::Phase::done || reader.phase() == RequestReader::Phase::refused) break;
        }
        CHECK(held.size() <= 4096 + step, "what is held back is bounded");
    }
    CHECK(body.size() <= 4096, "the body keeps its bound");
    if (reader.phase() == RequestReader::Phase::refused) return "refused " + std::to_string(reader.status());
    return std::to_string(static_cast<int>(reader.phase())) + body;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 8192) return 0;
    const std::string_view bytes{reinterpret_cast<const char*>(data), size};
    CHECK(read(bytes, 8192) == read(bytes, 1), "pieces do not matter");
    const std::string decoded = vg::net::percent_decode(bytes, true);
    CHECK(decoded.size() <= size, "decoding does not grow");
    CHECK(vg::net::percent_decode(vg::net::percent_encode(bytes), false) == bytes, "encoding and back");
    return 0;
}
