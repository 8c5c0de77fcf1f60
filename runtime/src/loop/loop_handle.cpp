//===- loop_handle.cpp - a way to a loop that may be gone -----------------===//

#include "nostall/loop_handle.h"
#include "loop/loop_impl.h"

namespace nostall {

loop_handle::loop_handle(event_loop& l) noexcept
    : mail_(detail::impl_of(l.core()).mail), loop_(&l.core()) {
  mail_->ref();
}
loop_handle::loop_handle(const loop_handle& o) noexcept
    : mail_(o.mail_), loop_(o.loop_) {
  if (mail_)
    mail_->ref();
}
loop_handle::~loop_handle() {
  if (mail_)
    mail_->unref();
}

bool loop_handle::closed() const noexcept { return !mail_ || mail_->closed(); }

bool loop_handle::send(detail::callback_node* n) const noexcept {
  n->queued = true;
  if (mail_->push(*n))
    return true;
  n->perform(n, detail::op::drop);
  return false;
}

} // namespace nostall
