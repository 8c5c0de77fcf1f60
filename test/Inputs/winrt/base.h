// What C++/WinRT declares, as far as its model speaks of it.
#pragma once
#include <chrono>
#include <coroutine>

namespace winrt {
namespace impl {
struct awaiter {
  bool await_ready() const noexcept;
  void await_suspend(std::coroutine_handle<>) const;
  void await_resume() const;
};
} // namespace impl
namespace Windows::Foundation {
struct IAsyncAction : impl::awaiter {
  struct promise_type {
    IAsyncAction get_return_object() noexcept;
    std::suspend_never initial_suspend() noexcept;
    std::suspend_never final_suspend() noexcept;
    void return_void() noexcept;
    void unhandled_exception() noexcept;
  };
  void get() const;
  int wait_for(std::chrono::nanoseconds) const;
};
template <class T> struct IAsyncOperation : impl::awaiter {
  T get() const;
  int wait_for(std::chrono::nanoseconds) const;
};
} // namespace Windows::Foundation
struct DispatcherQueue {};
impl::awaiter resume_background() noexcept;
impl::awaiter resume_foreground(const DispatcherQueue &) noexcept;
impl::awaiter resume_after(std::chrono::nanoseconds) noexcept;
impl::awaiter resume_on_signal(void *) noexcept;
} // namespace winrt
