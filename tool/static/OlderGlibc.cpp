//===- OlderGlibc.cpp - what glibc has from 2.35 on -----------------------===//
//
// A program needs the newest glibc that any of its symbols is of. Two are newer
// than 2.34, which the long-lived distributions have: C++'s own libraries,
// linked in, ask for them. They are defined here in the terms of an older
// glibc, and the linker takes these.
//
//===----------------------------------------------------------------------===//

#include <cerrno>
#include <cstdlib>
#include <dlfcn.h>
#include <link.h>
#include <sys/random.h>

namespace {

struct Search {
  ElfW(Addr) Address;
  dl_find_object *Found;
};

/// One loaded object: 1 ends the walk.
int holds(dl_phdr_info *Object, size_t, void *Of) {
  auto &[Address, Found] = *static_cast<Search *>(Of);
  bool IsHere = false;
  ElfW(Addr) Start = ~ElfW(Addr)(0), End = 0, Frames = 0;
  for (int I = 0; I < Object->dlpi_phnum; ++I) {
    const ElfW(Phdr) &Segment = Object->dlpi_phdr[I];
    const ElfW(Addr) At = Object->dlpi_addr + Segment.p_vaddr;
    if (Segment.p_type == PT_GNU_EH_FRAME)
      Frames = At;
    if (Segment.p_type != PT_LOAD)
      continue;
    Start = At < Start ? At : Start;
    End = At + Segment.p_memsz > End ? At + Segment.p_memsz : End;
    IsHere |= Address >= At && Address < At + Segment.p_memsz;
  }
  if (!IsHere || !Frames)
    return 0;
  *Found = {};
  Found->dlfo_map_start = reinterpret_cast<void *>(Start);
  Found->dlfo_map_end = reinterpret_cast<void *>(End);
  Found->dlfo_eh_frame = reinterpret_cast<void *>(Frames);
  return 1;
}

} // namespace

extern "C" {

/// By it, the unwinder finds the tables of the function at \p Address.
int _dl_find_object(void *Address, dl_find_object *Found) noexcept {
  Search For{reinterpret_cast<ElfW(Addr)>(Address), Found};
  return dl_iterate_phdr(holds, &For) == 1 ? 0 : -1;
}

__uint32_t arc4random() noexcept {
  __uint32_t Number;
  while (getrandom(&Number, sizeof Number, 0) != sizeof Number)
    if (errno != EINTR)
      std::abort();
  return Number;
}
}
