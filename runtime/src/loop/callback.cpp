//===- callback.cpp - a callable that waits for its turn ------------------===//

#include "nostall/detail/loop/callback.h"
#include "task/context.h"
#include "loop/loop_impl.h"

#include <utility>

namespace nostall::detail {

callback_node::callback_node(loop_core& l, std::source_location w) noexcept
    : loop(&l), context(retain_context(current_context())), where(w) {
  perform = [](ready_node* n, op what) noexcept {
    auto* self = static_cast<callback_node*>(n);
    if (what == op::describe) {
      this_thread.described_callback = self;
      return;
    }
    self->queued = false;
    if (what == op::drop) {
      self->loop = nullptr;
    } else if (!self->cancelled) {
      context_data* const outer =
          std::exchange(this_thread.context, retain_context(self->context));
      try {
        self->invoke();
      } catch (...) {
        impl_of(*self->loop)
            .sink->report({report_kind::callback_failed,
                           "a callback threw an exception",
                           std::current_exception(), {}, self->where});
      }
      release_context(std::exchange(this_thread.context, outer));
    }
    self->unref();
  };
  due = [](timer_node* n) noexcept {
    auto* self = static_cast<callback_node*>(n);
    self->enqueue();
    self->unref();
  };
}

callback_node::~callback_node() { release_context(context); }

void callback_node::enqueue() noexcept {
  if (queued)
    return;
  queued = true;
  ref();
  loop->ready.push(*this);
}

void callback_node::cancel() noexcept {
  cancelled = true;
  if (pending() && armed()) {
    loop->timers.erase(*this);
    unref();
  }
}

} // namespace nostall::detail
