//===- context.cpp - tables of context variables --------------------------===//
//
// A table is immutable while it is shared: `set` copies it then. The count is
// atomic, since tables travel to other threads with the work that is sent there.
//
//===----------------------------------------------------------------------===//

#include "nostall/context_var.h"
#include "task/context.h"
#include "nostall/detail/task/task_core.h"

#include <atomic>
#include <cstdint>
#include <stdexcept>
#include <utility>
#include <vector>

namespace nostall::detail {

struct context_data {
  std::atomic<unsigned> refs{1};
  std::vector<std::pair<std::uint64_t, std::shared_ptr<const void>>> values;
};

context_data* retain_context(context_data* c) noexcept {
  if (c)
    c->refs.fetch_add(1, std::memory_order_relaxed);
  return c;
}

void release_context(context_data* c) noexcept {
  if (c && c->refs.fetch_sub(1, std::memory_order_acq_rel) == 1)
    delete c;
}

namespace {

// Keeps the table of a thread's own code; tasks keep theirs.
struct context_keeper {
  bool made = false;
  ~context_keeper() { release_context(std::exchange(this_thread.context, nullptr)); }
};
thread_local context_keeper kept_here;

context_data*& current_slot() {
  if (task_core* t = this_thread.current) {
    if (!t->extras)
      t->extras = new task_extras;
    return t->extras->context;
  }
  kept_here.made = true;
  return this_thread.context;
}

} // namespace

context_data* current_context() noexcept {
  if (const task_core* t = this_thread.current)
    return t->extras ? t->extras->context : nullptr;
  return this_thread.context;
}

std::uint64_t new_context_key() noexcept {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

const void* find_context(std::uint64_t key) noexcept {
  if (const context_data* c = current_context())
    for (const auto& [k, v] : c->values)
      if (k == key)
        return v.get();
  return nullptr;
}

std::shared_ptr<const void>
exchange_context(std::uint64_t key, std::shared_ptr<const void> value) {
  context_data*& slot = current_slot();
  if (!slot) {
    slot = new context_data;
  } else if (slot->refs.load(std::memory_order_acquire) != 1) {
    auto* copy = new context_data;
    copy->values = slot->values;
    release_context(std::exchange(slot, copy));
  }
  auto& values = slot->values;
  for (auto it = values.begin(); it != values.end(); ++it)
    if (it->first == key) {
      std::swap(it->second, value);
      if (!it->second)
        values.erase(it);
      return value;
    }
  if (value)
    values.emplace_back(key, std::move(value));
  return nullptr;
}

void throw_no_value(const std::string& variable) {
  throw std::out_of_range("nostall: context variable '" + variable +
                          "' has no value here and no fallback");
}

} // namespace nostall::detail
