#include "co.h"
#include "retries.h"
#include <unistd.h>

co::task<> serve() {
  for (int i = 0; i < RETRIES; ++i)
    usleep(100);
  co_return;
}
