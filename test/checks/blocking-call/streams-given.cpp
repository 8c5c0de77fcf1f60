// RUN: %nostall-verify %s
// Streams that a function has by their base class: what they are, its callers know.
#include "co.h"
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <string>

namespace { // other tests have such names, too

struct Record {
  int id;
};
std::ostream &operator<<(std::ostream &out, const Record &r) { return out << r.id; }
std::istream &operator>>(std::istream &in, Record &r) { return in >> r.id; }
void dump(std::ostream &out, int n) { out << n << std::endl; }
void dump_all(std::ostream &out) { dump(out, 3); }
std::string first_line(std::istream &in) {
  std::string line;
  std::getline(in, line);
  return line;
}
std::istream &console() { return std::cin; }

class Table {
  std::ostream &out_;

public:
  explicit Table(std::ostream &out) : out_(out) {}
  void row(int n) { out_ << n; }
};

co::task<> writes(std::ofstream &file, std::fstream &both) {
  dump(file, 3); // warning: it reaches 'std::basic_ostream::operator<<' (file-io)
  dump_all(both); // warning: (file-io)
  file << Record{3}; // warning: (file-io)
  std::ostream &alias = file;
  alias << 3; // warning: (file-io)
  Table table(file);
  table.row(3); // warning: (file-io)
  std::ostringstream memory;
  dump(memory, 3);
  dump_all(memory);
  memory << Record{3};
  Table in_memory(memory);
  in_memory.row(3);
  co_return;
}
co::task<> reads(std::ifstream &file) {
  first_line(file); // warning: (file-io)
  Record r;
  file >> r; // warning: (file-io)
  std::istringstream memory("3");
  first_line(memory);
  memory >> r;
  first_line(std::cin); // warning: (input)
  first_line(console()); // warning: (input)
  std::string line;
  std::getline(console(), line); // warning: (input)
  std::istreambuf_iterator<char> all(std::cin); // warning: (input)
  co_return;
}
co::task<> not_known(std::ostream &out, std::istream &in) {
  dump(out, 3);
  out << Record{3};
  first_line(in);
  co_return;
}

} // namespace
