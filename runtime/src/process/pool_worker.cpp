//===- pool_worker.cpp - what a worker says, and how it ends --------------===//

#include "nostall/error.h"
#include "process/crossing_error.h"
#include "process/process_pool.h"

#include <csignal>
#include <sys/epoll.h>
#include <sys/socket.h>

namespace nostall::detail {

namespace {

// A worker that cannot even start would be replaced for ever.
constexpr int most_failed_starts = 3;

std::string describe_death(const pool_worker& w, exit_status s, std::string_view job) {
  std::string text = "nostall: worker " + std::to_string(w.process.pid);
  text += w.why.empty() ? " ended with " : " " + w.why + "; it ended with ";
  text += to_string(s);
  if (!job.empty())
    text += " while it ran '" + std::string(job) + "'";
  if (s.signal == SIGKILL && w.why.empty())
    text += "; the kernel sends this signal when memory runs out";
  return text;
}

std::exception_ptr broken(const pool_worker& w, exit_status s, std::string_view job) {
  return std::make_exception_ptr(broken_process_pool(
      describe_death(w, s, job), w.process.pid, s, std::string(job)));
}

} // namespace

pool_worker::pool_worker(process_pool& p)
    : pool(p), memory(make_shared_memory("nostall slots", sizeof(slot_page))),
      page(memory.get(), sizeof(slot_page), true, true) {
  on_socket.worker = this;
  on_death.worker = this;
}

void pool_worker::socket_source::on_events(std::uint32_t events) noexcept {
  if (worker->at == phase::ended)
    return;
  if (events & EPOLLOUT)
    worker->full = false;
  worker->read();
  worker->pool.dispatch();
}

void pool_worker::death_source::on_events(std::uint32_t) noexcept {
  if (worker->at == phase::ended)
    return;
  process_pool& pool = worker->pool;
  const auto status = pool.starter_->look(worker->process);
  if (!status)
    return; // it has only begun, see fork_server.cpp
  worker->read(); // what it had sent before
  pool.ended(*worker, *status);
  pool.dispatch();
}

void pool_worker::read() noexcept {
  try {
    for (;;) {
      auto m = std::make_unique<in_message>();
      switch (m->receive(process.socket.get(), MSG_DONTWAIT)) {
      case in_message::got::nothing:
        return;
      case in_message::got::message:
        pool.received(*this, std::move(m));
        continue;
      case in_message::got::end:
        // It cannot give results any more, and if it is not dying, it would never
        // tell. One that was sent home may take its time.
        if (at == phase::ready && why.empty() && process.pid > 0 &&
            !is_exiting(process.pid)) {
          why = "closed its connection";
          kill_process(process, SIGKILL);
        }
        return;
      }
    }
  } catch (const std::exception& e) {
    if (why.empty())
      why = "cannot be read from (" + std::string(e.what()) + ")";
    kill_process(process, SIGKILL);
  }
}

void process_pool::received(pool_worker& w, std::unique_ptr<in_message> m) noexcept {
  if (w.at == pool_worker::phase::starting) {
    if (m->header.kind == message_kind::ready) {
      w.at = pool_worker::phase::ready;
      failed_starts_ = 0;
      return;
    }
    try {
      w.start_error = read_exception(*m);
    } catch (...) {
      w.start_error = std::current_exception();
    }
    return;
  }
  if (m->header.kind == message_kind::ready) {
    w.full = false; // it has passed over a call that was taken back
    return;
  }
  const std::uint32_t slot = m->header.slot;
  const message_kind kind = m->header.kind;
  if ((kind != message_kind::value && kind != message_kind::error) ||
      slot >= slot_page::count || m->header.number == 0 ||
      m->header.number != w.numbers[slot] ||
      w.slots().state[slot].now.load() != slot_state::begun)
    return; // nobody waits for this
  w.slots().state[slot].now.store(slot_state::free);
  w.numbers[slot] = 0;
  --w.given;
  w.full = false;
  if (process_call* c = std::exchange(w.calls[slot], nullptr))
    c->end(std::move(m));
}

void process_pool::ended(pool_worker& w, exit_status s) noexcept {
  const bool had_started = w.at != pool_worker::phase::starting;
  w.at = pool_worker::phase::ended;
  // Backwards, so that what goes back into the queue keeps its order.
  for (std::uint32_t i = 1; i <= slot_page::count; ++i) {
    const std::uint32_t slot = (w.next + slot_page::count - i) % slot_page::count;
    process_call* c = std::exchange(w.calls[slot], nullptr);
    if (!c)
      continue;
    c->at = nullptr;
    if (w.slots().state[slot].now.load() == slot_state::given && (!closed_ || draining_))
      queue_front(*c);
    else
      c->end(broken(w, s, c->call.name));
  }
  if (!had_started) {
    if (w.process.failed != 0) {
      // The others serve it, if there are others.
      if (workers_.size() == 1)
        refuse_queue(std::make_exception_ptr(
            std::system_error(w.process.failed, std::generic_category(),
                              "nostall: starting a worker process")));
    } else if (w.start_error) {
      refuse_queue(std::make_exception_ptr(broken_process_pool(
          "nostall: worker " + std::to_string(w.process.pid) +
              " could not start: the initializer threw: " + describe(w.start_error),
          w.process.pid, s, {})));
    } else if (++failed_starts_ == most_failed_starts) {
      failed_starts_ = 0;
      w.why = "ended before it was ready, as did those before it";
      refuse_queue(broken(w, s, {}));
    }
  }
  forget(w);
}

} // namespace nostall::detail
