// RUN: %nostall-verify %s --checks=-*,nostall-blocking-call
// checks/models/winrt.yaml against declarations like C++/WinRT's.
#include <unistd.h>
#include <winrt/base.h>

using namespace winrt;
using Windows::Foundation::IAsyncAction;

IAsyncAction background() {
  sleep(1); // warning: (sleep)
  co_await resume_background();
  sleep(1);
}
IAsyncAction there_and_back(const DispatcherQueue &queue, void *handle) {
  co_await resume_after(std::chrono::seconds(1));
  sleep(1);
  co_await resume_foreground(queue);
  sleep(1); // warning: (sleep)
  co_await resume_on_signal(handle);
  sleep(1);
}
IAsyncAction waits(IAsyncAction a, Windows::Foundation::IAsyncOperation<int> b) {
  a.get();                             // warning: (wait)
  b.get();                             // warning: (wait)
  a.wait_for(std::chrono::seconds(1)); // warning: (wait)
  b.wait_for(std::chrono::seconds(1)); // warning: (wait)
  a.wait_for(std::chrono::seconds(0));
  co_return;
}

// It has ended where the coroutine goes on.
struct when_done {
  const IAsyncAction &of;
  bool await_ready() const noexcept;
  void await_suspend(std::coroutine_handle<> handle) const;
  void await_resume() const { of.get(); }
};
IAsyncAction awaits(IAsyncAction a) {
  co_await when_done{a};
}
