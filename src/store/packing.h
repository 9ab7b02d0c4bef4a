// Texts that are kept whole and small: zstd, one frame that says its size. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace vg::store {

Result<std::string> zstd_packed(std::string_view bytes);
// Code::corrupt: no such frame, damaged, or of more than `most` bytes.
Result<std::string> zstd_unpacked(std::string_view packed, std::size_t most);

}  // namespace vg::store
