//===- fork_server.h - workers that begin with what is loaded already -----===//
//
//     int main() {
//       load_tables();                 // what all workers shall share
//       nostall::fork_server server;   // before there are threads
//       nostall::run(amain(server));   // process_pool_executor({.server = &server})
//     }
//
// A process that is forked where this object is made, and forks again for each
// worker: those share the memory of that moment (copy on write), and start faster
// than a spawned one, whatever static objects the program has. Since it was forked
// before there were threads, no lock is held in it for ever.
//
// The constructor throws usage_error if there is more than one thread,
// std::system_error if it cannot fork. The server ends with this object, or with the
// program. What was open is /dev/null in it, so that nobody's end is kept open.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_FORK_SERVER_H
#define NOSTALL_FORK_SERVER_H

#include "nostall/annotations.h"
#include "nostall/detail/task/access.h"

#include <memory>

namespace nostall {

namespace detail {
class process_starter;
class fork_starter;
} // namespace detail

class fork_server {
public:
  fork_server();
  fork_server(const fork_server&) = delete;
  ~fork_server();

private:
  friend struct detail::access;
  detail::process_starter& core() const noexcept;
  std::unique_ptr<detail::fork_starter> core_;
};

} // namespace nostall

#endif
