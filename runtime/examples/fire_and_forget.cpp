// Fire and forget, so that nothing is forgotten: the loop owns the task, `detach`
// says that nobody waits for it, and an error still reaches the exception handler.
// What has to be finished before the program ends goes into a task_group.

#include <nostall/nostall.h>

#include <cstdio>
#include <stdexcept>
#include <string>

using namespace std::chrono_literals;

nostall::task<void> log_visit(std::string page) {
  co_await nostall::sleep(2ms);
  if (page.empty())
    throw std::invalid_argument("no page");
  std::printf("logged %s\n", page.c_str());
}

nostall::task<void> amain() {
  nostall::get_running_loop().set_exception_handler(
      [](const nostall::exception_context& c) {
        std::printf("handler: %s: %s\n", c.task_name.c_str(),
                    nostall::describe(c.exception).c_str());
      });
  nostall::create_task(log_visit("/start")).detach();
  nostall::create_task(log_visit(""), "a bad one").detach();
  co_await nostall::sleep(10ms);

  co_await nostall::with_task_group(
      [](nostall::task_group& g) -> nostall::task<void> {
        g.start(log_visit("/a"));
        g.start(log_visit("/b"));
        co_return;
      });
  std::printf("both of the group are done\n");
}

int main() { nostall::run(amain()); }
