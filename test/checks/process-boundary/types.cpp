// RUN: %nostall-verify %s
// What cannot cross to another process, by an API that checks nothing itself.
#include <nostall/annotations.h>
#include <array>
#include <fcntl.h>
#include <functional>
#include <fstream>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <thread>
#include <vector>

struct pool {
  template <auto F, class... A> NOSTALL_RUNS_ON(process) void run(A &&...) {}
  template <class F, class... A> void call(NOSTALL_RUNS_ON(process) F f, A &&...) {}
};

struct cache { int *data; };
struct config { int n; cache kept; };
struct job { std::string name; config settings; };
struct with_lock { std::mutex m; int n = 0; };
struct heir : with_lock { int k = 0; };
struct node { std::vector<node> children; std::string text; };
struct linked { linked *next; };
struct chosen {
  std::string name;
  cache *kept = nullptr;
  template <class A> void serialize(A &archive) { archive(name); }
};
struct badly_chosen {
  std::string name;
  cache *kept = nullptr;
  template <class A> void save(A &archive) const { archive(name, kept); }
  template <class A> void load(A &archive) { archive(name); }
};
struct outside { int n; void *p; };
template <class A> void serialize(A &archive, outside &o) { archive(o.n); }
template <class T> struct generic {
  T value;
  T *cached;
  template <class A> void serialize(A &archive) { archive & value; }
};

int number(int);
void text(const std::string &);
void view(std::string_view);
void pointer(const char *);
void changes(std::vector<int> &);
void takes_job(job);
void takes_lock(const heir &);
void takes_node(const node &);
void takes_linked(linked);
void takes_chosen(chosen);
void takes_badly_chosen(badly_chosen);
void takes_outside(outside);
void takes_generic(generic<int>);
void takes_many(std::map<std::string, std::vector<job>>);
void takes_maybe(std::optional<int>);
void takes_pointers(std::array<int *, 2>);
void takes_owned(std::unique_ptr<job>);
void takes_function(std::function<void()>);
void takes_future(std::future<int>);
void takes_file(std::ofstream);
void takes_callback(void (*)(int));
void takes_member(int config::*);
void takes_handle(unsigned long);
std::string_view gives_view(int);
const std::string &gives_reference(int);
job gives_job(int);
std::string gives_text(int);
void nothing();

void all(pool &p, std::string s, std::vector<int> &v, job j, int n, heir &h, std::span<int> numbers) {
  p.run<number>(1);
  p.run<&number>(n);
  p.run<text>(s);
  p.run<text>("literal");
  p.run<view>(s); // warning: 's' cannot cross to another process: it is a view; keep it here
  p.run<pointer>("literal"); // warning: it is a pointer; pass the value, or put it into shared memory
  p.run<changes>(v); // warning: 'v' cannot cross to another process: it is taken by reference, and the other process would change a copy; take it by value, and return what has changed
  p.run<takes_job>(j); // warning: 'j' cannot cross to another process: 'j.settings.kept.data' is a pointer
  p.run<takes_lock>(h); // warning: 'h.m' is a mutex of this process; keep it here, and pass the value that is needed of it
  p.run<takes_node>(node());
  p.run<takes_linked>(linked()); // warning: 'linked().next' is a pointer
  p.run<takes_chosen>(chosen());
  p.run<takes_badly_chosen>(badly_chosen()); // warning: 'badly_chosen().kept' is a pointer
  p.run<takes_outside>(outside());
  p.run<takes_generic>(generic<int>());
  std::map<std::string, std::vector<job>> many;
  p.run<takes_many>(many); // warning: 'many[][].settings.kept.data' is a pointer
  p.run<takes_maybe>(n);
  p.run<takes_pointers>(std::array<int *, 2>()); // warning: 2>()[]' is a pointer
  p.run<takes_owned>(std::make_unique<job>()); // warning: [].settings.kept.data' is a pointer
  p.run<takes_function>([] {}); // warning: a callable
  p.run<takes_future>(std::future<int>()); // warning: one end of a future
  p.run<takes_file>(std::ofstream()); // warning: an open file
  p.run<takes_callback>([](int) {}); // warning: it is a pointer to a function; name the function where the call is made
  p.run<takes_member>(&config::n); // warning: a pointer to a member
}

void values(pool &p, std::string &s) {
  int fd = open("/dev/null", O_RDONLY);
  p.run<number>(fd); // warning: 'fd' cannot cross to another process: it is a file descriptor; open it there, or pass what is read from it
  p.run<number>(socket(AF_INET, SOCK_STREAM, 0)); // warning: a file descriptor
  const int same = fd, event = eventfd(0, 0);
  p.run<number>(same);  // warning: 'same' cannot cross to another process: it is a file descriptor
  p.run<number>(event); // warning: 'event' cannot cross to another process: it is a file descriptor
  auto handle = reinterpret_cast<unsigned long>(&s);
  p.run<takes_handle>(handle); // warning: 'handle' cannot cross to another process: it is an address
  const int ok = number(fd);
  p.run<number>(ok);
}

void results(pool &p) {
  p.run<gives_view>(1); // warning: what 'gives_view' returns cannot come back from another process: it is a view; return the value
  p.run<gives_reference>(1); // warning: it is a reference
  p.run<gives_job>(1); // warning: 'settings.kept.data' in it is a pointer
  p.run<gives_text>(1);
  p.run<nothing>();
}

struct owner {
  int n = 0;
  void lambdas(pool &p, int a, std::string s, std::vector<int> &v) {
    p.call([](int) {}, 1);
    p.call([](auto) {}, 1);
    p.call([a] { return a; });
    p.call([s] { return s; });
    p.call([&] { return a; }); // warning: lambda cannot cross to another process: it captures 'a', a reference; pass what it needs as an argument, by value
    p.call([this] { return n; }); // warning: captures 'this', a pointer
    p.call([w = std::string_view(s)] { return w.size(); }); // warning: captures 'w', a view
    p.call([](const std::string &) {}, s);
    p.call([](auto) {}, s.c_str()); // warning: 's.c_str()' cannot cross to another process: it is a pointer
    p.call([](auto &&...) {}, v, &a); // warning: '&a' cannot cross
    p.run<[](int *) {}>(&a); // warning: '&a' cannot cross
    p.run<[](int) {}>(a);
    p.run<changes>(v); // NOLINT(nostall-process-boundary)
  }
};

// Threads share what processes do not.
void threads(std::vector<int> &v) {
  std::thread([&] { v.clear(); }).join();
}
