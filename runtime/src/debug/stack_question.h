//===- stack_question.h - asking a thread where it is ---------------------===//
//
// The loop's thread answers in a signal handler: it walks its own stack, up to the
// frame of the loop, into a slot that the watcher has lent it. One question at a time
// in a process; the handler touches nothing but the slot.
//
// The signal is a real-time one that nobody had a handler for when it was chosen. It is
// looked at before each question: if the program has taken it meanwhile, that is the
// program's right, and another is chosen.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_SRC_DEBUG_STACK_QUESTION_H
#define NOSTALL_SRC_DEBUG_STACK_QUESTION_H

#include "loop/loop_impl.h"

#include <cstddef>
#include <cstdint>
#include <semaphore.h>
#include <source_location>

namespace nostall::detail {

/// What the loop's thread is asked, and what it answers.
struct stack_answer {
  static constexpr std::size_t most_frames = 64;
  const loop_impl* loop;
  std::uint64_t beat;
  bool held = false; ///< it was that loop's thread, in that step
  std::uintptr_t interrupted = 0;
  std::uintptr_t frames[most_frames];
  std::uintptr_t functions[most_frames];
  std::size_t count = 0;
  std::source_location where;
  char name[64] = "";
  sem_t given;
};

/// Chooses the signal, if that has not been done.
void prepare_question() noexcept;
/// False if the step has ended, the thread does not answer in ten seconds, or no signal
/// is free.
bool ask(const loop_impl& l, stack_answer& a);

} // namespace nostall::detail

#endif
