//===- context.h - counted tables of context variables --------------------===//

#ifndef NOSTALL_SRC_CONTEXT_H
#define NOSTALL_SRC_CONTEXT_H

namespace nostall::detail {

struct context_data;

/// The calling task's or callback's table; null if nothing is set. Borrowed.
context_data* current_context() noexcept;
context_data* retain_context(context_data* c) noexcept; ///< null is fine
void release_context(context_data* c) noexcept;         ///< null is fine

} // namespace nostall::detail

#endif
