// folly/coro/Sleep.h: see folly/fake.h.
#include <folly/fake.h>
