//===- message.h - bytes and descriptors between two processes ------------===//
//
//   bytes up to 64 KiB    travel in the packet itself
//   more                  are written into shared memory (a sealed memfd) and read
//                         from there; the packet carries its descriptor. By write
//                         and read, not mapped: mapping costs a fault a page
//
// One message is one packet of a SOCK_SEQPACKET socket: it arrives whole or not at
// all, whoever dies meanwhile. Descriptors that belong to the content (those of a
// shared_memory, a pipe's end) travel in the same packet.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_DETAIL_MESSAGE_H
#define NOSTALL_DETAIL_MESSAGE_H

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace nostall::detail {

/// A descriptor that is closed with its owner.
class unique_fd {
public:
  unique_fd() noexcept = default;
  explicit unique_fd(int fd) noexcept : fd_(fd) {}
  unique_fd(unique_fd&& o) noexcept : fd_(std::exchange(o.fd_, -1)) {}
  unique_fd& operator=(unique_fd&& o) noexcept {
    if (this != &o) {
      reset();
      fd_ = o.release();
    }
    return *this;
  }
  ~unique_fd() { reset(); }
  int get() const noexcept { return fd_; }
  int release() noexcept { return std::exchange(fd_, -1); }
  explicit operator bool() const noexcept { return fd_ >= 0; }
  void reset() noexcept;

private:
  int fd_ = -1;
};

/// A duplicate, closed on exec, by a number that is not that of a standard stream: where
/// the program has closed one of those, it would be printed to. Throws std::system_error.
unique_fd duplicate(int fd);
/// The descriptor itself, if it has such a number.
unique_fd beyond_standard(unique_fd fd);

/// Shared memory mapped into this process.
class mapping {
public:
  mapping() noexcept = default;
  /// Throws std::system_error. Pages are made present at once if `populate`.
  mapping(int fd, std::size_t size, bool writable, bool populate);
  mapping(mapping&& o) noexcept
      : data_(std::exchange(o.data_, nullptr)), size_(std::exchange(o.size_, 0)) {}
  mapping& operator=(mapping&& o) noexcept {
    std::swap(data_, o.data_);
    std::swap(size_, o.size_);
    return *this;
  }
  ~mapping();
  char* data() const noexcept { return data_; }
  std::size_t size() const noexcept { return size_; }

private:
  char* data_ = nullptr;
  std::size_t size_ = 0;
};

/// A new piece of shared memory, closed on exec. Throws std::system_error.
unique_fd make_shared_memory(const char* name, std::size_t size);

inline constexpr std::size_t inline_bytes = 64 * 1024;
inline constexpr std::size_t most_descriptors = 200; // the kernel's limit is 253

enum class message_kind : std::uint32_t {
  start,  ///< to a worker: what to check and to run first
  call,   ///< to a worker
  ready,  ///< from a worker: started
  value,  ///< from a worker
  error,  ///< from a worker: the call, or the start, threw
  user    ///< an item of an ipc_pipe or ipc_queue
};

struct message_header {
  message_kind kind = message_kind::user;
  std::uint32_t slot = 0;
  std::uint64_t number = 0; ///< of the call, in its worker's life; see process_pool.h
  std::uint64_t module = 0; ///< of the callable, see code.h
  std::uint64_t offset = 0;
  std::uint64_t size = 0; ///< of the content
  std::uint32_t shared = 0; ///< the first descriptor is the content; 2: not yours alone
  std::uint32_t descriptors = 0;
};

class in_message;

class out_message {
public:
  message_header header;
  /// Memory that may be written again, rather than new pages be asked for: a spare
  /// one, or that of a message that has been read to its end. Null: none.
  unique_fd* spare = nullptr;
  in_message* answered = nullptr;
  /// More than one will receive it.
  bool for_many = false;

  void append(const void* bytes, std::size_t n) {
    if (n > capacity_ - size_) [[unlikely]]
      return append_more(bytes, n);
    __builtin_memcpy(buffer_.get() + size_, bytes, n);
    size_ += n;
  }
  /// Sends a duplicate along; returns its number. Throws std::system_error,
  /// std::length_error when there are too many.
  std::uint32_t attach(int fd);
  /// The content, if it is short enough to travel in the packet.
  const char* data() const noexcept { return buffer_.get(); }
  std::size_t size() const noexcept { return written_ + size_; }

  /// False: the socket is full, and would have to be waited for. Throws
  /// std::system_error. `flags` are those of sendmsg.
  bool send(int socket, int flags);

private:
  void append_more(const void* bytes, std::size_t n);
  void to_memory();
  void flush();
  std::unique_ptr<char[]> buffer_;
  std::size_t size_ = 0; ///< in the buffer
  std::size_t capacity_ = 0;
  unique_fd memory_;
  std::size_t written_ = 0; ///< into the memory
  std::vector<unique_fd> attached_;
};

class in_message {
public:
  message_header header;

  enum class got { message, nothing, end };
  /// Takes the next packet. `nothing`: there is none now (MSG_DONTWAIT). Throws
  /// std::system_error; a message whose descriptors could not be received has
  /// `damaged` set.
  got receive(int socket, int flags);
  bool damaged() const noexcept { return damage_ != 0; }
  /// EMFILE: no descriptor was left to receive it; EBADMSG: it is no such message.
  int damage() const noexcept { return damage_; }

  /// The next n bytes. Throws std::runtime_error when there are fewer.
  void take(void* to, std::size_t n) {
    if (n > size_ - at_) [[unlikely]]
      return take_more(to, n);
    __builtin_memcpy(to, buffer_.get() + at_, n);
    at_ += n;
  }
  std::size_t remaining() const noexcept {
    return size_ - at_ + (memory_ ? header.size - read_ : 0);
  }
  /// The memory that it came in, when all of it has been read, nobody else has it,
  /// and it is not so large that it had better be given back.
  unique_fd reusable_memory() noexcept;
  /// Hands over the attached descriptor of that number.
  unique_fd take_descriptor(std::uint32_t number);

private:
  [[noreturn]] static void too_short();
  void take_more(void* to, std::size_t n);
  void read_memory(void* to, std::size_t n);
  std::unique_ptr<char[]> buffer_;
  std::size_t size_ = 0; ///< in the buffer
  std::size_t at_ = 0;
  int damage_ = 0;
  unique_fd memory_;
  std::size_t read_ = 0; ///< of the memory
  std::vector<unique_fd> attached_;
};

} // namespace nostall::detail

#endif
