//===- handler.h - the program's exception handler, kept by a loop --------===//

#ifndef NOSTALL_DETAIL_LOOP_HANDLER_H
#define NOSTALL_DETAIL_LOOP_HANDLER_H

#include "nostall/report.h"

#include <utility>

namespace nostall::detail {

struct handler_base {
  virtual ~handler_base() = default;
  virtual void handle(const exception_context&) = 0;
};
template <class F> struct handler_of final : handler_base {
  F f;
  explicit handler_of(F g) : f(std::move(g)) {}
  ~handler_of() noexcept override {}
  void handle(const exception_context& c) override { f(c); }
};

} // namespace nostall::detail

#endif
