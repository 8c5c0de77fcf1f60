//===- process_facts.cpp - what /proc says of a process -------------------===//

#include "process/process_facts.h"
#include "io/throw_errno.h"
#include "ipc/shortage.h"
#include "nostall/detail/ipc/message.h"

#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace nostall::detail {

process_facts facts_of(pid_t pid) {
  char path[32], text[1024];
  std::snprintf(path, sizeof path, "/proc/%d/stat", static_cast<int>(pid));
  const unique_fd file(open(path, O_RDONLY | O_CLOEXEC));
  if (!file && is_shortage(errno))
    throw_errno("nostall: looking at another process");
  const ssize_t n = file ? ::read(file.get(), text, sizeof text - 1) : 0;
  if (n <= 0)
    return {};
  text[n] = 0;
  process_facts f;
  const char* at = std::strrchr(text, ')'); // the name before may have any character
  char state;
  unsigned flags;
  if (at && std::sscanf(at + 1, " %c %*d %*d %*d %*d %*d %u", &state, &flags) == 2) {
    constexpr unsigned pf_exiting = 0x4; // the kernel's own flag
    f.zombie = state == 'Z' || state == 'X';
    f.exiting = f.zombie || (flags & pf_exiting) != 0;
  }
  for (int field = 0; at && field < 20; ++field)
    at = std::strchr(at + 1, ' ');
  unsigned long long started = 0;
  if (at && std::sscanf(at, "%llu", &started) == 1) {
    f.started = started & 0xffffffff;
    if (f.started == process_facts::no_start)
      --f.started;
  }
  return f;
}

} // namespace nostall::detail
