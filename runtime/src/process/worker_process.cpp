//===- worker_process.cpp - the life of a worker --------------------------===//
//
//   exec ─▶ constructors of static objects ─▶ start ─▶ call, call, ... ─▶ exit
//                        │
//                        └ one of them is ours: it sees the mark on the command line,
//                          runs those that were still to come, and serves
//
// So a worker has all static objects of the program, in the usual order, and never
// reaches main: no argument is parsed twice, nothing is printed twice.
//
// Whoever can start the program can give it the mark and a descriptor. So a worker takes
// calls from its parent alone, of the same user; runs only what was offered to a pool
// (code.h); and a program that has more rights than whoever started it is never one.
//
// The limit: where this library is a shared one, and another shared library uses it
// too, that other library's static objects are not constructed in a worker.
//
//===----------------------------------------------------------------------===//

#include "ipc/damage.h"
#include "process/code.h"
#include "process/crossing_error.h"
#include "process/slots.h"
#include "process/start_process.h"
#include "nostall/error.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <fcntl.h>
#include <link.h>
#include <span>
#include <stdexcept>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

namespace nostall::detail {

void link_worker_entry() noexcept {}

void fill_standard_streams() noexcept {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd)
    if (fcntl(fd, F_GETFD) < 0) // the lowest that is free is this one
      [[maybe_unused]] const int opened = open("/dev/null", O_RDWR);
}

namespace {

pid_t parent_process;

// The kernel tells of the end of the *thread* that started this process. Only if the
// parent's process has ended, too, is it somebody else's child now.
void parent_thread_ended(int) noexcept {
  if (getppid() != parent_process)
    kill(getpid(), SIGKILL);
}

// A handler, and not "ignored": a program that a worker starts gets the default back.
void handle(int signal, void (*handler)(int)) noexcept {
  struct sigaction a{};
  a.sa_handler = handler;
  a.sa_flags = SA_RESTART;
  sigaction(signal, &a, nullptr);
}

} // namespace

void become_worker(pid_t parent) noexcept {
  parent_process = parent;
  handle(SIGRTMAX, parent_thread_ended);
  prctl(PR_SET_PDEATHSIG, SIGRTMAX);
  if (getppid() != parent)
    _exit(0); // it ended before the line above
  handle(SIGINT, [](int) {});
}

namespace {

void check(const in_message& m) { require_whole(m, "nostall: receiving a call"); }

void call(in_message& in, out_message& out) {
  const code_place place{in.header.module, in.header.offset};
  const entry_function f = function_at(place);
  if (!f)
    throw std::runtime_error(
        "nostall: the worker is not of the same build as its parent, or lacks a "
        "library that the parent has loaded; load it in the initializer");
  out.answered = &in;
  f(in, out);
  out.answered = nullptr;
}

/// Runs what `work` does, and sends its result or its exception.
template <class Work> bool answer(int socket, message_kind kind, std::uint32_t slot,
                                  std::uint64_t number, Work work) {
  try {
    out_message out;
    work(out);
    out.header.kind = kind;
    out.header.slot = slot;
    out.header.number = number;
    out.send(socket, 0);
    return true;
  } catch (...) {
    out_message error;
    write_current_exception(error);
    error.header.kind = message_kind::error;
    error.header.slot = slot;
    error.header.number = number;
    error.send(socket, 0);
    return false;
  }
}

// A process of its own, not a worker: its one call is all that it is for.
int run_process(in_message& m) {
  try {
    check(m);
    out_message out;
    call(m, out);
    int code = 0;
    if (out.size() != 0)
      std::memcpy(&code, out.data(), sizeof code);
    return code;
  } catch (...) {
    std::fprintf(stderr, "nostall: process %d: %s\n", static_cast<int>(getpid()),
                 describe(std::current_exception()).c_str());
  }
  return 1;
}

int serve(int socket) {
  in_message first;
  if (first.receive(socket, 0) != in_message::got::message)
    return 0;
  if (first.header.kind == message_kind::user)
    return run_process(first);
  mapping page;
  if (!answer(socket, message_kind::ready, 0, 0, [&](out_message&) {
        check(first);
        unique_fd memory = first.take_descriptor(0);
        page = mapping(memory.get(), sizeof(slot_page), true, true);
        if (first.header.slot == 0)
          return;
        in_message setup;
        out_message nothing;
        if (setup.receive(socket, 0) == in_message::got::message) {
          check(setup);
          call(setup, nothing);
        }
      }))
    return 1;
  auto& slots = *reinterpret_cast<slot_page*>(page.data());
  for (;;) {
    in_message m;
    if (m.receive(socket, 0) != in_message::got::message)
      return 0;
    const std::uint32_t slot = m.header.slot % slot_page::count;
    if (!slots.change(slot, slot_state::given, slot_state::begun)) {
      slots.state[slot].now.store(slot_state::free);
      answer(socket, message_kind::ready, slot, m.header.number,
             [](out_message&) {}); // room again
      continue;
    }
    answer(socket, message_kind::value, slot, m.header.number, [&](out_message& out) {
      check(m);
      call(m, out);
    });
  }
}

} // namespace

int serve_calls(int socket) noexcept {
  try {
    return serve(socket);
  } catch (const std::system_error& e) {
    if (e.code().value() == EPIPE)
      return 0; // whoever wanted it is gone
    std::fprintf(stderr, "nostall: worker %d: %s\n", static_cast<int>(getpid()),
                 e.what());
    return 70;
  } catch (const std::exception& e) {
    // Nobody is there to be told but stderr.
    std::fprintf(stderr, "nostall: worker %d: %s\n", static_cast<int>(getpid()),
                 e.what());
    return 70;
  }
}

namespace {

using constructor = void (*)(int, char**, char**);

std::span<constructor> constructors_of_program() {
  std::span<constructor> found;
  dl_iterate_phdr(
      [](dl_phdr_info* m, std::size_t, void* out) {
        for (int i = 0; i < m->dlpi_phnum; ++i) {
          if (m->dlpi_phdr[i].p_type != PT_DYNAMIC)
            continue;
          const auto* d = reinterpret_cast<const ElfW(Dyn)*>(
              m->dlpi_addr + m->dlpi_phdr[i].p_vaddr);
          std::uintptr_t begin = 0, bytes = 0;
          for (; d->d_tag != DT_NULL; ++d) {
            if (d->d_tag == DT_INIT_ARRAY)
              begin = m->dlpi_addr + d->d_un.d_ptr;
            else if (d->d_tag == DT_INIT_ARRAYSZ)
              bytes = d->d_un.d_val;
          }
          *static_cast<std::span<constructor>*>(out) = {
              reinterpret_cast<constructor*>(begin), bytes / sizeof(constructor)};
        }
        return 1; // the program itself comes first
      },
      &found);
  return found;
}

constexpr char mark[] = "--nostall-worker=";
bool under_construction = false;

bool is_marked(int argc, char** argv) noexcept {
  return argc == 2 && std::strncmp(argv[1], mark, sizeof mark - 1) == 0;
}
// Before any static object of the program; `enter` comes when its turn is.
[[gnu::constructor(101)]] void begin(int argc, char** argv, char**) {
  under_construction = is_marked(argc, argv);
}

// Whether the socket's other end was made by that process, of our own user.
bool comes_from(pid_t parent) noexcept {
  ucred peer{};
  socklen_t size = sizeof peer;
  return getsockopt(worker_socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
         peer.pid == parent && peer.uid == getuid() && peer.gid == getgid();
}

[[gnu::constructor]] void enter(int argc, char** argv, char** environment) {
  if (!is_marked(argc, argv))
    return;
  const auto parent = static_cast<pid_t>(std::atol(argv[1] + sizeof mark - 1));
  // Not an ordinary start, either: main would make workers of its own.
  if (getauxval(AT_SECURE) != 0 || !comes_from(parent)) {
    std::fputs("nostall: this program was started as a worker, but not by itself\n",
               stderr);
    _exit(70);
  }
  fcntl(worker_socket, F_SETFD, FD_CLOEXEC);
  fill_standard_streams();
  become_worker(parent);
  // Those before ours have run. As part of a shared library ours is not among
  // them, and comes before all.
  bool to_come = true;
  const auto all = constructors_of_program();
  for (const constructor c : all)
    to_come = to_come && c != &enter;
  for (const constructor c : all) {
    if (to_come)
      c(argc, argv, environment);
    to_come = to_come || c == &enter;
  }
  under_construction = false;
  std::exit(serve_calls(worker_socket));
}

} // namespace

bool is_under_construction() noexcept { return under_construction; }

} // namespace nostall::detail
