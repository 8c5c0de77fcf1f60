//===- process_call.cpp - the side of a call that waits -------------------===//

#include "loop/loop_impl.h"
#include "nostall/error.h"
#include "process/crossing_error.h"
#include "process/process_pool.h"

namespace nostall::detail {

process_call::process_call(process_pool& p, prepared_call c) noexcept
    : waiter([](waiter* w) noexcept {
        auto* self = static_cast<process_call*>(w);
        self->pool.withdraw(*self);
        return true;
      }),
      pool(p), call(std::move(c)) {}

process_call::~process_call() { pool.withdraw(*this); }

bool process_call::await_suspend(std::coroutine_handle<> h) {
  task_core& me = current_task_core("a call in a process pool");
  pool.bind(impl_of(me.loop()));
  if (!me.begin_wait(*this, h))
    return false;
  pool.submit(*this);
  return true;
}

std::unique_ptr<in_message> process_call::await_resume() {
  finish_wait(*this);
  if (error)
    std::rethrow_exception(std::move(error));
  if (reply->header.kind == message_kind::error)
    std::rethrow_exception(read_exception(*reply));
  return std::move(reply);
}

void process_call::end(std::unique_ptr<in_message> r) noexcept {
  if (r->damaged()) {
    end(std::make_exception_ptr(std::system_error(
        r->damage(), std::generic_category(),
        "nostall: receiving the result of '" + std::string(call.name) + "'")));
    return;
  }
  at = nullptr;
  reply = std::move(r);
  task->wake();
}

void process_call::end(std::exception_ptr e) noexcept {
  at = nullptr;
  error = std::move(e);
  task->wake();
}

task<std::unique_ptr<in_message>> perform(std::shared_ptr<process_pool> pool,
                                          prepared_call call) {
  process_call c(*pool, std::move(call));
  co_return co_await c;
}

unique_fd* spare_memory(process_pool& pool) noexcept { return &pool.spare; }

} // namespace nostall::detail
