#include "co.h"
#include "helpers.h"
co::task<> other() { doze(); co_return; }
co::task<> third() {
  std::this_thread::sleep_for(std::chrono::seconds(1));
  co_return;
}
