//===- Memory.cpp - a heap that suits a compiler front end ----------------===//

#include "Memory.h"
#include <climits>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#ifdef __GLIBC__
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace nostall {

#ifdef __GLIBC__
/// Address space, not memory: a page takes memory when it is first written.
static constexpr size_t Reserved = size_t(1) << 30;
static constexpr size_t HugePage = size_t(2) << 20;
/// glibc's limit; larger blocks are mapped on their own, and are rare.
static constexpr int LargestOnHeap = 32 << 20;

void preferHugePages() {
  mallopt(M_MMAP_THRESHOLD, LargestOnHeap);
  mallopt(M_TRIM_THRESHOLD, INT_MAX);
  mallopt(M_TOP_PAD, Reserved);
  const auto Before = reinterpret_cast<uintptr_t>(sbrk(0));
  // More than the heap has left, so it grows. (Volatile: or the compiler sees
  // that nobody needs the block.)
  void *volatile Block = malloc(HugePage);
  free(Block);
  const auto After = reinterpret_cast<uintptr_t>(sbrk(0));
  mallopt(M_TOP_PAD, HugePage);
  if (After - Before < Reserved)
    return; // a limit on address space: the heap stays as it was
  const uintptr_t Begin = (Before + HugePage - 1) & ~(HugePage - 1);
  madvise(reinterpret_cast<void *>(Begin), After - Begin, MADV_HUGEPAGE);
}

void shareOneHeap() { mallopt(M_ARENA_MAX, 1); }
#else
void preferHugePages() {}
void shareOneHeap() {}
#endif

} // namespace nostall
