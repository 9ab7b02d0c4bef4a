#include "server/in_hand.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/text.h"

namespace vg::server {

Result<std::unique_ptr<InHand>> InHand::open(const std::string& path) {
    constexpr std::size_t bytes = kSlots * kStride * sizeof(std::uint64_t);
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return fail(Code::unavailable, format("{} cannot be opened: {}", path, std::strerror(errno)));
    // Real blocks, so that a full disk is an error here and never a SIGBUS at a store.
    if (const int error = ::posix_fallocate(file, 0, static_cast<off_t>(bytes)); error != 0) {
        ::close(file);
        return fail(Code::unavailable, format("{} cannot be made {} bytes long: {}", path, bytes, std::strerror(error)));
    }
    void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    ::close(file);
    if (memory == MAP_FAILED) return fail(Code::unavailable, format("{} cannot be mapped: {}", path, std::strerror(errno)));
    std::unique_ptr<InHand> in_hand{new InHand{static_cast<volatile std::uint64_t*>(memory)}};
    for (std::size_t slot = 0; slot < kSlots; ++slot) {
        if (in_hand->slots_[slot * kStride] != 0) in_hand->suspects_.push_back({in_hand->slots_[slot * kStride] - 1});
        in_hand->slots_[slot * kStride] = 0;
    }
    std::sort(in_hand->suspects_.begin(), in_hand->suspects_.end());
    return in_hand;
}

InHand::~InHand() { ::munmap(const_cast<std::uint64_t*>(slots_), kSlots * kStride * sizeof(std::uint64_t)); }

}  // namespace vg::server
