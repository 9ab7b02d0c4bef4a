// Large tables that are read at random places, in pages of 2 MiB where the system gives them (madvise(2), MADV_HUGEPAGE): a
// place then costs one miss of the cache and not another one of the address translation.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace vg {

// As numbers.resize(count) of an empty vector. The advice covers whole huge pages within it: it takes no more memory.
template <class Number>
void resize_in_huge_pages(std::vector<Number>& numbers, std::size_t count) {
    constexpr std::uintptr_t kHuge = std::uintptr_t{2} << 20;
    numbers.reserve(count);
    const auto begin = (reinterpret_cast<std::uintptr_t>(numbers.data()) + kHuge - 1) / kHuge * kHuge;
    const auto end = reinterpret_cast<std::uintptr_t>(numbers.data() + numbers.capacity()) / kHuge * kHuge;
    if (begin < end) static_cast<void>(::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE));
    numbers.resize(count);
}

}  // namespace vg
