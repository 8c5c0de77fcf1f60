// RUN: %nostall-verify %s
// Constructors that a library runs for its caller.
#include "co.h"
#include <chrono>
#include <deque>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <thread>
#include <unistd.h>
#include <variant>
#include <vector>

using namespace std::chrono_literals;

struct Slow {
  Slow() = default;
  explicit Slow(int) { std::this_thread::sleep_for(1s); }
  Slow(int, const std::string &) {}
  bool operator<(const Slow &) const;
};
struct SlowDefault {
  SlowDefault() { std::this_thread::sleep_for(1s); }
  explicit SlowDefault(int) {}
};
struct Loads {
  explicit Loads(const std::string &path) : file(path) {}
  std::ifstream file;
};

co::task<> makes(std::string path) {
  auto a = std::make_unique<Slow>(1); // warning: construction of 'Slow' blocks the event loop: it reaches 'std::this_thread::sleep_for' (sleep)
  auto b = std::make_shared<Slow>(1); // warning: construction of 'Slow' blocks
  auto c = std::make_unique<Slow>();
  auto d = std::make_unique<Slow>(1, "x");
  auto e = std::make_shared<SlowDefault>(); // warning: construction of 'SlowDefault' blocks
  auto f = std::make_unique<SlowDefault>(1);
  auto g = std::make_optional<Slow>(1); // warning: construction of 'Slow' blocks
  auto h = std::make_shared<Loads>(path); // warning: construction of 'Loads' blocks
  auto elements = std::make_unique<SlowDefault[]>(3); // warning: construction of 'SlowDefault' blocks
  auto quick = std::make_unique<Slow[]>(3);
  auto i = std::make_unique<std::ofstream>("log"); // warning: construction of 'std::basic_ofstream<char>' blocks
  co_return;
}
struct Cache {
  std::optional<Slow> current;
  std::vector<Slow> all;
  std::map<int, Slow> by_number;
  std::map<int, SlowDefault> defaults;
  std::queue<Slow> waiting;
  std::variant<int, Slow> either;
  co::task<> fill(Slow *room, Slow &old) {
    current.emplace(1);           // warning: construction of 'Slow' blocks
    all.emplace_back(1);          // warning: construction of 'Slow' blocks
    all.emplace(all.begin(), 1);  // warning: construction of 'Slow' blocks
    by_number.try_emplace(1, 1);  // warning: construction of 'Slow' blocks
    waiting.emplace(1);           // warning: construction of 'Slow' blocks
    either.emplace<Slow>(1);      // warning: construction of 'Slow' blocks
    std::construct_at(room, 1);   // warning: construction of 'Slow' blocks
    defaults[1] = SlowDefault(1); // warning: construction of 'SlowDefault' blocks
    by_number[1] = old;
    all.emplace_back(old);
    all.emplace_back();
    all.push_back(old);
    by_number.try_emplace(1);
    co_return;
  }
};

// In a helper, and with its arguments.
struct Journal {
  explicit Journal(bool wait) {
    if (wait)
      std::this_thread::sleep_for(1s);
  }
};
std::unique_ptr<Journal> journal() { return std::make_unique<Journal>(true); }
std::unique_ptr<Journal> quick_journal() { return std::make_unique<Journal>(false); }
co::task<> by_helper() {
  journal(); // warning: call to 'journal' blocks
  quick_journal();
  auto own = std::make_shared<Journal>(false);
  co_return;
}

// As many as a container is told to have; what a base's constructor is passed.
struct Start {
  Start() { std::this_thread::sleep_for(1s); }
};
struct Inherits : Journal {
  using Journal::Journal;
};
co::task<> counted(std::vector<Start> &more) {
  std::vector<Start> three(3); // warning: blocks
  std::deque<Start> none;
  more.resize(7); // warning: blocks
  Inherits slow(true); // warning: construction of 'Inherits' blocks
  Inherits quick(false);
  co_return;
}

// A literal converts to the one, and not to the other.
struct Key {
  std::string text;
  explicit Key(const std::string &path) { usleep(path.size()); }
  explicit Key(int) {}
};
co::task<> converted(std::map<std::string, Key> &keys) {
  auto a = std::make_unique<Key>("/k"); // warning: blocks
  auto b = std::make_unique<Key>(3);
  auto c = std::make_unique<Key>('x');
  keys.try_emplace("a", "/k"); // warning: blocks
  co_return;
}
