// folly/coro/Task.h: see folly/fake.h.
#include <folly/fake.h>
