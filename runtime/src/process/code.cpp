//===- code.cpp - the same function in two processes ----------------------===//

#include "process/code.h"
#include "nostall/detail/sync/static_mutex.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <elf.h>
#include <link.h>
#include <mutex>
#include <stdexcept>
#include <utility>
#include <vector>

namespace nostall::detail {

namespace {

struct module {
  std::uintptr_t base;
  std::uintptr_t begin, end;
  std::uint64_t hash;
  /// Where its constants lie: what the program cannot write to.
  std::vector<std::pair<std::uintptr_t, std::uintptr_t>> constants;

  bool has(std::uintptr_t at, std::size_t bytes) const {
    for (const auto& [begin, end] : constants)
      if (at >= begin && at < end && end - at >= bytes)
        return true;
    return false;
  }
};

std::uint64_t hash_bytes(const void* bytes, std::size_t n) {
  // FNV-1a.
  std::uint64_t h = 0xcbf29ce484222325;
  for (const auto* p = static_cast<const unsigned char*>(bytes); n > 0; --n, ++p)
    h = (h ^ *p) * 0x100000001b3;
  return h;
}

std::uint64_t build_id(const dl_phdr_info& m) {
  for (int i = 0; i < m.dlpi_phnum; ++i) {
    const auto& segment = m.dlpi_phdr[i];
    if (segment.p_type != PT_NOTE)
      continue;
    const auto* at = reinterpret_cast<const char*>(m.dlpi_addr + segment.p_vaddr);
    const char* const end = at + segment.p_memsz;
    while (at + sizeof(ElfW(Nhdr)) <= end) {
      ElfW(Nhdr) note;
      std::memcpy(&note, at, sizeof note);
      const char* const name = at + sizeof note;
      const char* const content = name + (note.n_namesz + 3) / 4 * 4;
      if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 &&
          std::memcmp(name, "GNU", 4) == 0)
        return hash_bytes(content, note.n_descsz);
      at = content + (note.n_descsz + 3) / 4 * 4;
    }
  }
  return 0;
}

int add_module(dl_phdr_info* m, std::size_t, void* list) {
  module found{m->dlpi_addr, UINTPTR_MAX, 0, build_id(*m), {}};
  // Constants that hold addresses are written by the loader, and then protected; where
  // the linker was told not to (norelro), all that the loader has mapped is taken.
  bool protects = false;
  for (int i = 0; i < m->dlpi_phnum; ++i)
    protects = protects || m->dlpi_phdr[i].p_type == PT_GNU_RELRO;
  for (int i = 0; i < m->dlpi_phnum; ++i) {
    const auto& segment = m->dlpi_phdr[i];
    const std::uintptr_t begin = m->dlpi_addr + segment.p_vaddr;
    const bool loaded = segment.p_type == PT_LOAD;
    if (loaded) {
      found.begin = std::min(found.begin, begin);
      found.end = std::max<std::uintptr_t>(found.end, begin + segment.p_memsz);
    }
    if (loaded && (segment.p_flags & PF_X)) {
      if (found.hash == 0 && std::strncmp(m->dlpi_name, "linux-vdso", 10) != 0)
        found.hash = hash_bytes(reinterpret_cast<const void*>(begin), segment.p_memsz);
    }
    if (segment.p_type == PT_GNU_RELRO ||
        (loaded && (!(segment.p_flags & PF_W) || !protects)))
      found.constants.emplace_back(begin, begin + segment.p_memsz);
  }
  static_cast<std::vector<module>*>(list)->push_back(std::move(found));
  return 0;
}

// Asked anew when something is not found: it may have been loaded meanwhile.
template <class Matches> const module* find(Matches matches) {
  static static_mutex mutex;
  static std::vector<module> known;
  static thread_local module found;
  const std::lock_guard lock(mutex);
  for (const bool again : {false, true}) {
    if (again) {
      known.clear();
      dl_iterate_phdr(add_module, &known);
    }
    for (const module& m : known)
      if (matches(m)) {
        found = m;
        return &found;
      }
  }
  return nullptr;
}

} // namespace

code_place place_of(const void* address) {
  const auto at = reinterpret_cast<std::uintptr_t>(address);
  const module* m =
      find([at](const module& c) { return at >= c.begin && at < c.end; });
  if (!m)
    throw std::runtime_error("nostall: a callable for another process is in no "
                             "module that was loaded from a file");
  return {m->hash, at - m->base};
}

entry_function function_at(code_place p) {
  const module* m = find([p](const module& c) {
    return c.hash == p.module && c.has(c.base + p.offset, sizeof(registered_entry));
  });
  if (!m || p.offset % alignof(registered_entry) != 0)
    return nullptr;
  const auto* e = reinterpret_cast<const registered_entry*>(m->base + p.offset);
  return e->mark[0] == registered_entry::marks[0] &&
                 e->mark[1] == registered_entry::marks[1] && e->self == e
             ? e->run
             : nullptr;
}

std::uint64_t program_hash() {
  static const std::uint64_t hash = [] {
    std::vector<module> first; // the program comes first
    dl_iterate_phdr(
        [](dl_phdr_info* m, std::size_t n, void* list) {
          add_module(m, n, list);
          return static_cast<std::vector<module>*>(list)->empty() ? 0 : 1;
        },
        &first);
    return first.empty() ? 0 : first.front().hash;
  }();
  return hash;
}

} // namespace nostall::detail
