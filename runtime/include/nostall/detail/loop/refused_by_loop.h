//===- refused_by_loop.h - calls of a loop that fit nothing ----------------===//
//
// The last overloads of event_loop's functions, see anything.h.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_DETAIL_REFUSED_BY_LOOP_H
#define NOSTALL_DETAIL_REFUSED_BY_LOOP_H

#include "nostall/detail/task/anything.h"

namespace nostall::detail {

struct refused_by_loop {
  NOSTALL_REFUSE(call_soon, "call_soon takes a callable without arguments: let a lambda capture "
                            "what it needs; of a coroutine, create_task makes a task")
  NOSTALL_REFUSE(call_later, "call_later takes a std::chrono duration and a callable without "
                             "arguments")
  NOSTALL_REFUSE(call_at, "call_at takes a time of the loop and a callable without arguments")
  NOSTALL_REFUSE(call_soon_threadsafe, "call_soon_threadsafe takes a callable without arguments: "
                                       "let a lambda capture what it needs")
  NOSTALL_REFUSE(add_reader, "add_reader takes a descriptor and a callable without arguments")
  NOSTALL_REFUSE(add_writer, "add_writer takes a descriptor and a callable without arguments")
  NOSTALL_REFUSE(add_signal_handler, "add_signal_handler takes a signal's number and a callable "
                                     "without arguments")
  NOSTALL_REFUSE(run_in_executor, "run_in_executor takes an executor and a function with its "
                                  "arguments; to_thread uses the default one")
  NOSTALL_REFUSE(run_until_complete, "run_until_complete takes what can be awaited: call the function")
  NOSTALL_REFUSE(set_exception_handler, "set_exception_handler takes a callable of a "
                                        "const exception_context&")
};

} // namespace nostall::detail

#endif
