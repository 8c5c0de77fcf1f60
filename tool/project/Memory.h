//===- Memory.h - a heap that suits a compiler front end --------*- C++ -*-===//
//
// A parse fills some hundred megabytes once, from front to back. In pages of
// 4 KiB that is tens of thousands of page faults and as many misses of the
// processor's address cache: a tenth of the run. In pages of 2 MiB it is
// nothing. Systems give those to who asks (madvise); this asks for the heap.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_PROJECT_MEMORY_H
#define NOSTALL_TOOL_PROJECT_MEMORY_H

namespace nostall {

/// Lets the heap of this process grow in one piece that is backed by huge
/// pages. To be called once, before threads are started. Where the system or
/// its limits do not allow it, nothing changes.
void preferHugePages();

/// Lets threads that are started from now on share that heap, and not have one
/// each: for as many as do not get into each other's way.
void shareOneHeap();

} // namespace nostall

#endif
