// RUN: %nostall-verify %s
// What is held by value is of exactly its class; while an object is made, or destroyed, it is of the class whose turn it is.
#include "co.h"
#include <array>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <tuple>
#include <unistd.h>
#include <variant>
#include <vector>

namespace { // other tests have such names, too

struct Widget {
  virtual ~Widget() = default;
  virtual void paint() {}
};
struct Label : Widget {
  void paint() override {}
};
struct Chart : Label {
  void paint() override { fsync(1); }
};
void paint_any(Widget &w) { w.paint(); }

struct Window {
  Label title;
  std::vector<Label> labels;
  std::optional<Label> status;
};

co::task<> by_value(Window &w, std::map<int, Label> &by_id, std::variant<int, Label> &either,
                    std::tuple<int, Label> &both, std::list<std::pair<int, Label>> &pairs) {
  w.title.paint();
  w.labels[0].paint();
  w.labels.back().paint();
  for (auto &l : w.labels)
    l.paint();
  for (auto it = w.labels.begin(); it != w.labels.end(); ++it) {
    it->paint();
    (*it).paint();
  }
  w.status->paint();
  w.status.value().paint();
  by_id.at(3).paint();
  for (auto &[id, l] : by_id)
    l.paint();
  std::get<Label>(either).paint();
  if (auto *l = std::get_if<Label>(&either))
    l->paint();
  std::get<1>(both).paint();
  pairs.front().second.paint();
  Label local[2];
  local[1].paint();
  paint_any(local[0]);
  paint_any(w.labels[0]);
  co_return;
}

co::task<> not_known(Label &any, std::vector<std::unique_ptr<Label>> &owners, std::vector<Label *> &pointers,
                     std::array<std::shared_ptr<Label>, 2> &shared, std::map<int, Label *> &by_id, Label *array) {
  any.paint(); // warning: it reaches 'fsync'
  owners[0]->paint(); // warning: it reaches 'fsync'
  (*owners.front()).paint(); // warning: it reaches 'fsync'
  pointers[0]->paint(); // warning: it reaches 'fsync'
  for (Label *l : pointers)
    l->paint(); // warning: it reaches 'fsync'
  (*pointers.begin())->paint(); // warning: it reaches 'fsync'
  shared[1]->paint(); // warning: it reaches 'fsync'
  by_id[1]->paint(); // warning: it reaches 'fsync'
  for (auto &[id, l] : by_id)
    l->paint(); // warning: it reaches 'fsync'
  array[1].paint(); // warning: it reaches 'fsync'
  co_return;
}
co::task<> of_charts(std::vector<Chart> &charts) {
  charts[0].paint(); // warning: it reaches 'fsync'
  for (auto &c : charts)
    paint_any(c); // warning: it reaches 'fsync'
  co_return;
}

//===--- virtual operators ---------------------------------------------------------

struct Policy {
  virtual ~Policy() = default;
  virtual void operator()() const = 0;
  virtual int operator[](int) = 0;
};
struct Patient : Policy {
  void operator()() const override { fsync(2); }
  int operator[](int) override { return fsync(3); }
};
struct Hasty : Policy {
  void operator()() const override {}
  int operator[](int) override { return 0; }
};
void apply(const Policy &p) { p(); }
void apply_at(const Policy *p) { (*p)(); }
int look(Policy &p) { return p[1]; }
void apply_owned(const std::unique_ptr<Policy> &p) { (*p)(); }
void apply_taken(std::shared_ptr<Policy> p) { apply(*p); }

co::task<> operators() {
  Hasty h;
  apply(h);
  apply_at(&h);
  look(h);
  Patient p;
  apply(p); // warning: it reaches 'fsync'
  apply_at(&p); // warning: it reaches 'fsync'
  look(p); // warning: it reaches 'fsync'
  apply_owned(std::make_unique<Hasty>());
  apply_owned(std::make_unique<Patient>()); // warning: it reaches 'fsync'
  auto shared = std::make_shared<Hasty>();
  apply_taken(shared);
  apply_taken(std::make_shared<Patient>()); // warning: it reaches 'fsync'
  co_return;
}

//===--- what a member leads to ----------------------------------------------------

class Job {
  std::unique_ptr<Policy> policy_;
  Policy &other_;

public:
  Job(std::unique_ptr<Policy> p, Policy &other) : policy_(std::move(p)), other_(other) {}
  void run() const { (*policy_)(); }
  void run_other() { other_(); }
  void pass() { apply(*policy_); }
  void change(std::unique_ptr<Policy> p) { policy_ = std::move(p); }
};
struct Plain {
  std::shared_ptr<Policy> policy;
  void run() { (*policy)(); }
};
co::task<> members() {
  Hasty h;
  Patient p;
  Job quick(std::make_unique<Hasty>(), h);
  quick.run();
  quick.run_other();
  quick.pass();
  Job slow(std::make_unique<Patient>(), p);
  slow.run(); // warning: it reaches 'fsync'
  slow.run_other(); // warning: it reaches 'fsync'
  slow.pass(); // warning: it reaches 'fsync'
  Job changed(std::make_unique<Hasty>(), h);
  changed.change(std::make_unique<Patient>());
  changed.run(); // warning: it reaches 'fsync'
  changed.run_other();
  Plain light{std::make_shared<Hasty>()};
  light.run();
  Plain heavy{std::make_shared<Patient>()};
  heavy.run(); // warning: it reaches 'fsync'
  co_return;
}
struct ByPointer {
  Policy *policy;
  void run() { (*policy)(); }
};
class MadeOf {
  Policy *policy_;

public:
  explicit MadeOf(Policy *p) : policy_(p) {}
  void run() { (*policy_)(); }
};
struct Concrete {
  Patient *policy = nullptr;
  void run() {
    if (policy)
      (*policy)();
  }
};
co::task<> by_pointer(Policy &any) {
  Patient p;
  Hasty h;
  ByPointer slow{&p};
  slow.run(); // warning: it reaches 'fsync'
  ByPointer quick{&h};
  quick.run();
  MadeOf made(&p);
  made.run(); // warning: it reaches 'fsync'
  MadeOf made_quick(&h);
  made_quick.run();
  Concrete concrete{&p};
  concrete.run(); // warning: it reaches 'fsync'
  Concrete empty;
  empty.run();
  ByPointer of_any{&any};
  of_any.run(); // warning: it reaches 'fsync'
  co_return;
}
co::task<> given(Job &any) {
  any.run(); // warning: it reaches 'fsync'
  co_return;
}

//===--- objects that are being made, or destroyed -----------------------------------

struct Stream {
  Stream() { open(); }
  virtual ~Stream() { close(); }
  virtual void open() {}
  virtual void close() {}
};
struct File : Stream {
  void open() override { fsync(4); }
  void close() override { fsync(5); }
};
struct Loud {
  virtual ~Loud() { end(); }
  virtual void end() { fsync(6); }
};
struct Hushed : Loud {
  void end() override {}
};
co::task<> made_and_destroyed() {
  File f;
  auto owned = std::make_unique<File>();
  f.close(); // warning: it reaches 'fsync'
  Hushed h; // warning: destruction of 'h' blocks
  h.end();
  co_return;
}

} // namespace
