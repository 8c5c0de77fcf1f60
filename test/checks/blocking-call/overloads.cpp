// RUN: %nostall-verify %s
// Of a callable with several operator(), or a generic one, what the call that is
// given it has for it says which is meant.
#include "co.h"
#include <unistd.h>
#include <utility>

namespace { // other tests have such names, too

struct in_memory {
  void next() {}
};
struct on_disk {
  void next() { fsync(1); }
};
struct writes {
  template <class Handler, class Body> void operator()(Handler handler, Body *body) {
    body->next();
    handler();
  }
};
struct tells_apart {
  void operator()(in_memory *) {}
  void operator()(on_disk *body) { body->next(); }
};
template <class Operation, class Handler, class Body> void begin(Operation &&operation, Handler handler, Body *body) {
  std::forward<Operation>(operation)(handler, body);
}
template <class Operation, class Body> void begin(Operation &&operation, Body *body) {
  std::forward<Operation>(operation)(body);
}
struct ignores {
  void operator()() {}
};

co::task<> writers(in_memory &text, on_disk &file) {
  begin(writes{}, ignores{}, &text);
  begin(writes{}, ignores{}, &file); // warning: it reaches 'fsync'
  begin(tells_apart{}, &text);
  begin(tells_apart{}, &file); // warning: it reaches 'fsync'
  auto generic = [](auto *body) { body->next(); };
  begin(generic, &text);
  begin(generic, &file); // warning: it reaches 'fsync'
  co_return;
}

} // namespace
