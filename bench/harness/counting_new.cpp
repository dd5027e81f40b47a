// SPDX-License-Identifier: Apache-2.0
//
// Replaces the global allocation functions of the program that it is linked into by ones that count. What counts is
// what malloc really set aside (malloc_usable_size), its rounding included.

#include "counting_new.hpp"

#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <new>

namespace {

std::size_t live = 0;
std::size_t peak = 0;

void* counted(void* memory) {
    if (memory == nullptr) throw std::bad_alloc();
    live += malloc_usable_size(memory);
    peak = std::max(peak, live);
    return memory;
}

void forget(void* memory) noexcept {
    live -= malloc_usable_size(memory);
    std::free(memory);
}

}  // namespace

namespace bench {

std::size_t live_bytes() noexcept { return live; }
std::size_t peak_bytes() noexcept { return peak; }
void reset_peak() noexcept { peak = live; }

}  // namespace bench

void* operator new(std::size_t size) { return counted(std::malloc(std::max<std::size_t>(size, 1))); }
void* operator new[](std::size_t size) { return counted(std::malloc(std::max<std::size_t>(size, 1))); }
void* operator new(std::size_t size, std::align_val_t alignment) {
    auto const boundary = static_cast<std::size_t>(alignment);
    return counted(std::aligned_alloc(boundary, (size + boundary - 1) / boundary * boundary));
}
void* operator new[](std::size_t size, std::align_val_t alignment) { return operator new(size, alignment); }
void operator delete(void* memory) noexcept { forget(memory); }
void operator delete[](void* memory) noexcept { forget(memory); }
void operator delete(void* memory, std::size_t) noexcept { forget(memory); }
void operator delete[](void* memory, std::size_t) noexcept { forget(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { forget(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { forget(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { forget(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { forget(memory); }
