//===- seastar/fake.hh - declarations like Seastar's -----------------------===//
//
// No Debian package has Seastar. These are written after its documentation, as
// far as the models speak of it; Seastar's own headers declare the same names.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TEST_SEASTAR_H
#define NOSTALL_TEST_SEASTAR_H

#include "co.h"
#include <chrono>

namespace seastar {

template <class T = void> class [[nodiscard]] future {
public:
  struct promise_type : co::eager<T>::promise_type {
    future get_return_object() { return {}; }
  };
  T get();
  bool available() const;
  template <class F> future<> then(F) { return {}; }
  bool await_ready() const noexcept { return true; }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  T await_resume() const { return T(); }
};

template <class T = void, class... A> future<T> make_ready_future(A &&...) { return {}; }
template <class R, class P> future<> sleep(std::chrono::duration<R, P> time);
template <class F> future<> async(F) { return {}; }
template <class I, class F> future<> parallel_for_each(I, I, F) { return {}; }
class thread {
public:
  template <class F> explicit thread(F) {}
};
class reactor {
public:
  int run() noexcept;
};

} // namespace seastar

#endif
