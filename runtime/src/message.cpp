//===- message.cpp - bytes and descriptors between two processes ----------===//

#include "nostall/detail/message.h"

#include <algorithm>
#include <cerrno>
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

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

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
  unique_fd copy(fcntl(fd, F_DUPFD_CLOEXEC, 0));
  if (!copy)
    fail("nostall: duplicating a descriptor for another process");
  return copy;
}

mapping::mapping(int fd, std::size_t size, bool writable, bool populate)
    : size_(size) {
  void* p = mmap(nullptr, size, writable ? PROT_READ | PROT_WRITE : PROT_READ,
                 MAP_SHARED | (populate ? MAP_POPULATE : 0), fd, 0);
  if (p == MAP_FAILED)
    fail("nostall: mapping shared memory");
  data_ = static_cast<char*>(p);
}

mapping::~mapping() {
  if (data_)
    munmap(data_, size_);
}

void mapping::resize(std::size_t size) {
  void* p = mremap(data_, size_, size, MREMAP_MAYMOVE);
  if (p == MAP_FAILED)
    fail("nostall: mapping more shared memory");
  data_ = static_cast<char*>(p);
  size_ = size;
}

unique_fd make_shared_memory(const char* name, std::size_t size) {
  unique_fd fd(memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd || ftruncate(fd.get(), static_cast<off_t>(size)) != 0)
    fail("nostall: making shared memory");
  return fd;
}

// Small on the heap; what outgrows a packet moves to shared memory, once.
void out_message::grow(std::size_t n) {
  const std::size_t least = size_ + n;
  if (least <= inline_bytes) {
    const std::size_t capacity =
        std::min(inline_bytes, std::max<std::size_t>(least, 2 * capacity_ + 200));
    auto bigger = std::make_unique_for_overwrite<char[]>(capacity);
    if (size_)
      std::memcpy(bigger.get(), data_, size_);
    heap_ = std::move(bigger);
    data_ = heap_.get();
    capacity_ = capacity;
    return;
  }
  const std::size_t capacity =
      (std::max(least, 2 * capacity_) + 4095) / 4096 * 4096;
  if (!memory_) {
    unique_fd memory = make_shared_memory("nostall message", capacity);
    mapping map(memory.get(), capacity, true, false);
    if (size_)
      std::memcpy(map.data(), data_, size_);
    memory_ = std::move(memory);
    map_ = std::move(map);
    heap_.reset();
  } else {
    if (ftruncate(memory_.get(), static_cast<off_t>(capacity)) != 0)
      fail("nostall: making shared memory");
    map_.resize(capacity);
  }
  data_ = map_.data();
  capacity_ = capacity;
}

std::uint32_t out_message::attach(int fd) {
  if (attached_.size() == most_descriptors)
    throw std::length_error("nostall: one message carries at most 200 handles to "
                            "another process");
  attached_.push_back(duplicate(fd));
  return static_cast<std::uint32_t>(attached_.size() - 1);
}

// The receiver maps what it was sent: nobody may cut it shorter meanwhile.
void out_message::seal() {
  if (!memory_ || capacity_ == size_)
    return;
  capacity_ = size_;
  if (ftruncate(memory_.get(), static_cast<off_t>(size_)) != 0)
    fail("nostall: shared memory");
  fcntl(memory_.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW);
}

bool out_message::send(int socket, int flags) {
  seal();
  header.size = size_;
  header.shared = memory_ ? 1 : 0;
  header.descriptors = static_cast<std::uint32_t>(attached_.size());
  iovec parts[2] = {{&header, sizeof header}, {data_, memory_ ? 0 : size_}};
  msghdr m{};
  m.msg_iov = parts;
  m.msg_iovlen = memory_ || size_ == 0 ? 1 : 2;
  control_buffer control;
  const std::size_t count = attached_.size() + header.shared;
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
    if (errno != EINTR)
      fail("nostall: sending to another process");
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
    fail("nostall: receiving from another process");
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
  damaged_ = static_cast<std::size_t>(n) < sizeof header ||
             all.size() != header.descriptors + header.shared;
  if (damaged_)
    return got::message;
  if (header.shared) {
    memory_ = std::move(all.front());
    all.erase(all.begin());
  } else {
    size_ = static_cast<std::size_t>(n) - sizeof header;
    if (size_ != 0) {
      heap_ = std::make_unique_for_overwrite<char[]>(size_);
      std::memcpy(heap_.get(), scratch.get(), size_);
      data_ = heap_.get();
    }
  }
  attached_ = std::move(all);
  return got::message;
}

void in_message::open() {
  if (!memory_)
    return;
  struct stat s {};
  if (fstat(memory_.get(), &s) != 0 ||
      static_cast<std::uint64_t>(s.st_size) < header.size)
    too_short();
  map_ = mapping(memory_.get(), header.size, false, true);
  memory_.reset();
  data_ = map_.data();
  size_ = header.size;
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
