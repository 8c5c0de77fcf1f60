//===- message.cpp - bytes and descriptors between two processes ----------===//

#include "nostall/detail/ipc/message.h"
#include "io/throw_errno.h"
#include "ipc/shortage.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace nostall::detail {

namespace {

union control_buffer {
  cmsghdr align;
  char bytes[CMSG_SPACE((most_descriptors + 1) * sizeof(int))];
};

} // namespace

void unique_fd::reset() noexcept {
  if (fd_ >= 0)
    close(std::exchange(fd_, -1));
}

unique_fd duplicate(int fd) {
  unique_fd copy(fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  if (!copy)
    throw_errno("nostall: duplicating a descriptor for another process");
  return copy;
}

unique_fd beyond_standard(unique_fd fd) {
  if (!fd || fd.get() > STDERR_FILENO)
    return fd;
  return duplicate(fd.get());
}

mapping::mapping(int fd, std::size_t size, bool writable, bool populate)
    : size_(size) {
  if (size == 0)
    return; // nothing to map
  void* p = mmap(nullptr, size, writable ? PROT_READ | PROT_WRITE : PROT_READ,
                 MAP_SHARED | (populate ? MAP_POPULATE : 0), fd, 0);
  if (p == MAP_FAILED)
    throw_errno("nostall: mapping shared memory");
  data_ = static_cast<char*>(p);
}

mapping::~mapping() {
  if (data_)
    munmap(data_, size_);
}

namespace {
// Where memfd_create is refused: a file without a name, in memory if there is a file
// system for that. It cannot be sealed.
unique_fd unnamed_file() {
  const char* temporary = std::getenv("TMPDIR");
  for (const char* folder : {"/dev/shm", temporary ? temporary : "/tmp", "/tmp"}) {
    unique_fd fd(open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600));
    if (fd)
      return fd;
    if (is_shortage(errno))
      break;
  }
  return unique_fd();
}
} // namespace

unique_fd make_shared_memory(const char* name, std::size_t size) {
  unique_fd fd(memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd && !is_shortage(errno)) // containers refuse by any error
    fd = unnamed_file();
  if (!fd)
    throw_errno("nostall: making shared memory");
  fd = beyond_standard(std::move(fd));
  while (ftruncate(fd.get(), static_cast<off_t>(size)) != 0)
    if (errno != EINTR)
      throw_errno("nostall: making shared memory");
  return fd;
}

// Collects small pieces, also on their way to shared memory.
void out_message::append_more(const void* bytes, std::size_t n) {
  const std::size_t least = size_ + n;
  if (!memory_ && least <= inline_bytes) {
    const std::size_t capacity =
        std::min(inline_bytes, std::max<std::size_t>(least, 2 * capacity_ + 200));
    auto bigger = std::make_unique_for_overwrite<char[]>(capacity);
    if (size_)
      std::memcpy(bigger.get(), buffer_.get(), size_);
    buffer_ = std::move(bigger);
    capacity_ = capacity;
    return append(bytes, n);
  }
  to_memory();
  if (n < inline_bytes / 2) {
    if (capacity_ < inline_bytes) {
      buffer_ = std::make_unique_for_overwrite<char[]>(inline_bytes);
      capacity_ = inline_bytes;
    }
    return append(bytes, n);
  }
  for (const char* from = static_cast<const char*>(bytes); n > 0;) {
    const ssize_t w =
        pwrite(memory_.get(), from, n, static_cast<off_t>(written_));
    if (w < 0 && errno == EINTR)
      continue;
    if (w <= 0)
      throw_errno("nostall: writing to shared memory");
    from += w;
    n -= static_cast<std::size_t>(w);
    written_ += static_cast<std::size_t>(w);
  }
}

void out_message::to_memory() {
  if (!memory_ && spare)
    memory_ = std::move(*spare);
  if (!memory_ && answered)
    memory_ = answered->reusable_memory();
  if (!memory_)
    memory_ = make_shared_memory("nostall message", 0);
  flush();
}

void out_message::flush() {
  for (std::size_t done = 0; done < size_;) {
    const ssize_t w = pwrite(memory_.get(), buffer_.get() + done, size_ - done,
                             static_cast<off_t>(written_));
    if (w < 0 && errno == EINTR)
      continue;
    if (w <= 0)
      throw_errno("nostall: writing to shared memory");
    done += static_cast<std::size_t>(w);
    written_ += static_cast<std::size_t>(w);
  }
  size_ = 0;
}

std::uint32_t out_message::attach(int fd) {
  if (attached_.size() == most_descriptors)
    throw std::length_error("nostall: one message carries at most 200 handles to "
                            "another process");
  attached_.push_back(duplicate(fd));
  return static_cast<std::uint32_t>(attached_.size() - 1);
}

bool out_message::send(int socket, int flags) {
  if (memory_ && !header.shared) {
    flush();
    fcntl(memory_.get(), F_ADD_SEALS, F_SEAL_SHRINK); // whoever reads finds it there
  }
  header.size = size();
  header.shared = !memory_ ? 0 : for_many ? 2 : 1;
  header.descriptors = static_cast<std::uint32_t>(attached_.size());
  iovec parts[2] = {{&header, sizeof header}, {buffer_.get(), size_}};
  msghdr m{};
  m.msg_iov = parts;
  m.msg_iovlen = size_ == 0 ? 1 : 2;
  control_buffer control;
  const std::size_t count = attached_.size() + (memory_ ? 1 : 0);
  if (count != 0) {
    m.msg_control = control.bytes;
    m.msg_controllen = CMSG_SPACE(count * sizeof(int));
    std::memset(control.bytes, 0, m.msg_controllen);
    cmsghdr* c = CMSG_FIRSTHDR(&m);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(count * sizeof(int));
    unsigned char* to = CMSG_DATA(c);
    const auto put = [&to](int fd) {
      std::memcpy(to, &fd, sizeof fd);
      to += sizeof fd;
    };
    if (memory_)
      put(memory_.get());
    for (const unique_fd& fd : attached_)
      put(fd.get());
  }
  for (;;) {
    if (sendmsg(socket, &m, flags | MSG_NOSIGNAL) >= 0)
      return true;
    if (errno == EAGAIN || errno == EWOULDBLOCK)
      return false;
    if (errno == EMSGSIZE && !memory_) { // the system allows small packets only
      to_memory();
      return send(socket, flags);
    }
    if (errno != EINTR) // reset: nobody is there any more, and has not read everything
      throw_errno("nostall: sending to another process", errno == ECONNRESET ? EPIPE : errno);
  }
}

in_message::got in_message::receive(int socket, int flags) {
  static thread_local std::unique_ptr<char[]> scratch;
  if (!scratch)
    scratch = std::make_unique_for_overwrite<char[]>(inline_bytes);
  iovec parts[2] = {{&header, sizeof header}, {scratch.get(), inline_bytes}};
  control_buffer control;
  msghdr m{};
  m.msg_iov = parts;
  m.msg_iovlen = 2;
  m.msg_control = control.bytes;
  m.msg_controllen = sizeof control.bytes;
  ssize_t n;
  do
    n = recvmsg(socket, &m, flags | MSG_CMSG_CLOEXEC);
  while (n < 0 && errno == EINTR);
  if (n < 0) {
    if (errno == EAGAIN || errno == EWOULDBLOCK)
      return got::nothing;
    if (errno == ECONNRESET)
      return got::end;
    throw_errno("nostall: receiving from another process");
  }
  if (n == 0)
    return got::end;
  std::vector<unique_fd> all;
  for (cmsghdr* c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c))
    if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
      for (std::size_t at = 0; CMSG_LEN(at) < c->cmsg_len; at += sizeof(int)) {
        int fd;
        std::memcpy(&fd, CMSG_DATA(c) + at, sizeof fd);
        all.emplace_back(fd);
      }
  damage_ = 0;
  if (static_cast<std::size_t>(n) < sizeof header ||
      all.size() != header.descriptors + (header.shared ? 1 : 0))
    damage_ = (m.msg_flags & MSG_CTRUNC) ? EMFILE : EBADMSG;
  if (static_cast<std::size_t>(n) < sizeof header)
    header = {};
  if (damage_ != 0)
    return got::message;
  if (header.shared) {
    memory_ = std::move(all.front());
    all.erase(all.begin());
    struct stat s;
    if (fstat(memory_.get(), &s) != 0 ||
        static_cast<std::uint64_t>(s.st_size) < header.size) {
      damage_ = EBADMSG;
      memory_.reset();
      return got::message;
    }
  } else {
    size_ = static_cast<std::size_t>(n) - sizeof header;
    if (size_ != 0) {
      buffer_ = std::make_unique_for_overwrite<char[]>(size_);
      std::memcpy(buffer_.get(), scratch.get(), size_);
    }
  }
  attached_ = std::move(all);
  return got::message;
}

void in_message::read_memory(void* to, std::size_t n) {
  for (char* at = static_cast<char*>(to); n > 0;) {
    const ssize_t r = pread(memory_.get(), at, n, static_cast<off_t>(read_));
    if (r < 0 && errno == EINTR)
      continue;
    if (r < 0)
      throw_errno("nostall: reading shared memory");
    if (r == 0)
      too_short();
    at += r;
    n -= static_cast<std::size_t>(r);
    read_ += static_cast<std::size_t>(r);
  }
}

void in_message::take_more(void* to, std::size_t n) {
  if (n > remaining())
    too_short();
  const std::size_t here = size_ - at_;
  if (here != 0)
    std::memcpy(to, buffer_.get() + at_, here);
  at_ = size_;
  char* const rest = static_cast<char*>(to) + here;
  n -= here;
  if (n >= inline_bytes / 2)
    return read_memory(rest, n);
  const std::size_t piece = std::min(inline_bytes, header.size - read_);
  if (!buffer_)
    buffer_ = std::make_unique_for_overwrite<char[]>(inline_bytes);
  read_memory(buffer_.get(), piece);
  size_ = piece;
  at_ = 0;
  take(rest, n);
}

unique_fd in_message::reusable_memory() noexcept {
  constexpr std::uint64_t most = 4 << 20;
  if (header.shared != 1 || read_ != header.size || header.size > most)
    return unique_fd();
  return std::move(memory_);
}

unique_fd in_message::take_descriptor(std::uint32_t number) {
  if (number >= attached_.size())
    too_short();
  return std::move(attached_[number]);
}

void in_message::too_short() {
  throw std::runtime_error("nostall: a message from another process is not what "
                           "was expected: does the type's load() read what its "
                           "save() writes?");
}

} // namespace nostall::detail
