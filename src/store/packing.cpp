#include "store/packing.h"

#include <zstd.h>

namespace vg::store {

namespace {
constexpr int kLevel = 3;
}

Result<std::string> zstd_packed(std::string_view bytes) {
    std::string out(ZSTD_compressBound(bytes.size()), '\0');
    const std::size_t size = ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), kLevel);
    if (ZSTD_isError(size) != 0) return fail(Code::internal, ZSTD_getErrorName(size));
    out.resize(size);
    return out;
}

Result<std::string> zstd_unpacked(std::string_view packed, std::size_t most) {
    const unsigned long long size = ZSTD_getFrameContentSize(packed.data(), packed.size());
    if (size > most) return fail(Code::corrupt, "no zstd frame of the size that is allowed");  // what is no frame counts as greater
    std::string out(static_cast<std::size_t>(size), '\0');
    if (ZSTD_decompress(out.data(), out.size(), packed.data(), packed.size()) != out.size()) return fail(Code::corrupt, "the zstd frame is damaged");
    return out;
}

}  // namespace vg::store
