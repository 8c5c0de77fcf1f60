#include "co.h"
#include "helpers.h"
#include <mutex>
co::task<> done();
const char *markup = R"(</pre><script>document.title = "injected"</script>
&amp; more)"; co::task<> tidy(std::mutex &m) { doze();
  done();
  std::lock_guard lock(m);
  co_await done();
}
