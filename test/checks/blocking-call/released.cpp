// RUN: %nostall-verify %s
// What a member function leaves in its object: a guard that was told to let go has nothing to wait for.
#include "co.h"
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unistd.h>
#include <utility>

struct TempFile {
  std::string path;
  explicit TempFile(std::string p) : path(std::move(p)) {}
  ~TempFile() {
    if (!path.empty())
      ::unlink(path.c_str());
  }
  std::string release() { return std::exchange(path, {}); }
};
struct Descriptor {
  int fd;
  explicit Descriptor(int f) : fd(f) {}
  ~Descriptor() {
    if (fd >= 0)
      ::fsync(fd);
  }
  int release() { return std::exchange(fd, -1); }
  void forget() {
    if (fd < 0)
      return;
    fd = -1;
  }
  void stop() { forget(); }
  void forget_if(bool now) {
    if (now)
      fd = -1;
  }
};
struct Finally {
  std::function<void()> f;
  explicit Finally(std::function<void()> x) : f(std::move(x)) {}
  ~Finally() {
    if (f)
      f();
  }
  void dismiss() { f = nullptr; }
  void cancel() { f = {}; }
  void off() { std::function<void()>().swap(f); }
};
struct Armed {
  bool on = true;
  ~Armed() {
    if (on)
      ::sync();
  }
  void dismiss(bool really = true) noexcept { on = !really; }
};
struct Owner {
  std::unique_ptr<int> p;
  explicit Owner(int n) : p(new int(n)) {}
  ~Owner() {
    if (p)
      ::sync();
  }
  void clear() { p.reset(); }
  int *take() { return p.release(); }
};
struct Maybe {
  std::optional<int> v;
  explicit Maybe(int n) : v(n) {}
  ~Maybe() {
    if (v)
      ::sync();
  }
  void clear() { v = std::nullopt; }
};
Descriptor open_one();
co::task<> other();

co::task<> released() {
  TempFile a("x");
  a.release();
  Descriptor b(3);
  b.release();
  Descriptor c(3);
  c.forget();
  Descriptor d(3);
  d.stop();
  Finally e([] { ::sync(); });
  e.dismiss();
  Finally f([] { ::sync(); });
  f.cancel();
  Finally g([] { ::sync(); });
  g.off();
  Armed h;
  h.dismiss();
  Owner i(1);
  i.clear();
  Owner j(1);
  delete j.take();
  Maybe k(1);
  k.clear();
  auto l = open_one();
  l.release();
  co_await other();
}

co::task<> not_released(bool ok) {
  TempFile a("x"); // warning: destruction of 'a' blocks
  Armed b; // warning: destruction of 'b' blocks
  b.dismiss(false);
  Descriptor c(3); // warning: destruction of 'c' blocks
  if (ok)
    c.release();
  Descriptor d(3); // warning: destruction of 'd' blocks
  d.forget_if(ok);
  co_return;
}
