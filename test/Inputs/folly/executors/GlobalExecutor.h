// folly/executors/GlobalExecutor.h: see folly/fake.h.
#include <folly/fake.h>
