// RUN: %nostall-verify %s
// Names of files, and streams, that a helper is given.
#include "co.h"
#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

//===--- files that the kernel makes up --------------------------------------------

std::string read_all(const std::string &path) {
  std::ifstream in(path);
  std::string text;
  std::getline(in, text);
  return text;
}
long number(const char *path) {
  long n = 0;
  FILE *f = std::fopen(path, "r");
  if (!f)
    return 0;
  (void)std::fscanf(f, "%ld", &n);
  std::fclose(f);
  return n;
}
static const char *const load_average = "/proc/loadavg";
static const std::string memory = "/proc/meminfo";
constexpr const char *settings = "/etc/app.conf";

co::task<> files(int pid, std::string where) {
  read_all("/sys/class/net/eth0/mtu");
  read_all(load_average);
  read_all(memory);
  read_all("/proc/" + std::to_string(pid) + "/status");
  number("/sys/class/thermal/thermal_zone0/temp");
  read_all("/etc/hostname"); // warning: call to 'read_all' blocks
  read_all(settings); // warning: call to 'read_all' blocks
  read_all(where); // warning: call to 'read_all' blocks
  number("/var/lib/app/count"); // warning: call to 'number' blocks
  co_return;
}

//===--- streams of a person -------------------------------------------------------

std::string read_line(std::istream &in) {
  std::string line;
  std::getline(in, line);
  return line;
}
bool confirm(std::istream &in) {
  char c = 0;
  in >> c;
  return c == 'y';
}
std::string word(std::istream &in = std::cin) {
  std::string s;
  in >> s;
  return s;
}
class Reader {
  std::istream &in_;

public:
  explicit Reader(std::istream &in) : in_(in) {}
  std::string next() { return read_line(in_); }
};
co::task<> console() {
  read_line(std::cin); // warning: it reaches 'std::getline' (input)
  confirm(std::cin); // warning: (input)
  word(); // warning: (input)
  Reader r(std::cin);
  r.next(); // warning: (input)
  co_return;
}
co::task<> texts(std::istream &any) {
  std::istringstream text("hello");
  read_line(text);
  confirm(text);
  word(text);
  Reader r(text);
  r.next();
  read_line(any);
  std::getline(any, *new std::string);
  co_return;
}
