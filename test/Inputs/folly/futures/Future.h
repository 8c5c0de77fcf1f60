// folly/futures/Future.h: see folly/fake.h.
#include <folly/fake.h>
