// What cannot cross to another process or thread, each refused with a sentence.

#include <nostall/nostall.h>
#include <nostall/processes.h>

#include <future>
#include <mutex>
#include <span>
#include <string_view>

using namespace nostall;

void by_reference(int&);
void by_pointer(const char*);
void by_view(std::string_view);
void by_span(std::span<int>);
void a_future(std::future<int>);
void a_lock(std::unique_lock<std::mutex>);
void a_handle(task_handle<int>);
struct opaque { int n; };
void no_serialisation(opaque);
struct no_default {
  explicit no_default(int);
  template <class A> void serialize(A&) {}
};
void not_default_constructible(no_default);
void two(int, int);
int& gives_reference();
const long* gives_pointer();
task<int> gives_task();
long gives_long();
void plain(int);

void mistakes(process_pool_executor& pool, int n, int* p, std::string s,
              std::vector<int> v, std::future<int> f, std::unique_lock<std::mutex> l,
              task_handle<int> h) {
  (void)pool.run<plain>(n); // nothing wrong
  // refused: a reference cannot cross to another process
  (void)pool.run<by_reference>(n);
  // refused: a pointer cannot cross to another process
  (void)pool.run<by_pointer>(s.c_str());
  // refused: a view (string_view, span) cannot cross
  (void)pool.run<by_view>(s);
  // refused: a view (string_view, span) cannot cross
  (void)pool.run<by_span>(v);
  // refused: it belongs to the threads of this one
  (void)pool.run<a_future>(f);
  // refused: it belongs to the threads of this one
  (void)pool.run<a_lock>(l);
  // refused: it belongs to the threads of this one
  (void)pool.run<a_handle>(h);
  // refused: this type has no serialisation
  (void)pool.run<no_serialisation>(opaque{n});
  // refused: give it a default constructor
  (void)pool.run<not_default_constructible>(no_default(n));
  // refused: the callable takes another number of arguments
  (void)pool.run<two>(n);
  // refused: an argument cannot be converted to what the callable takes
  (void)pool.run<plain>("text");
  // refused: an argument cannot be converted to what the callable takes
  (void)pool.map<plain>(std::vector<std::string>{s});
  // refused: map takes a range of items
  (void)pool.map<plain>(n);
  // refused: a callable with captures or state cannot cross
  (void)pool.run([n] { return n; });
  // refused: name the function as a template argument
  (void)pool.run(plain, n);
  // refused: a reference cannot come back from another process
  (void)pool.run<gives_reference>();
  // refused: a pointer cannot cross to another process
  (void)pool.run<gives_pointer>();
  // refused: a worker process runs plain functions
  (void)pool.run<gives_task>();
  // refused: the function of a process returns nothing, or its exit code
  (void)process::start<gives_long>();
  // refused: only plain data can be shared between processes
  shared_value<std::string> text(s);
  // refused: a thread runs plain functions
  (void)to_thread(gives_task);
  ipc_queue<int*> pointers;
  // refused: a pointer cannot cross to another process
  (void)pointers.put(p);
}
