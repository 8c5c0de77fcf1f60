// RUN: %nostall-verify %s
// A static variable is made once in the program's life, by whoever comes first.
#include "co.h"
#include <fstream>
#include <string>
#include <unistd.h>

class Log {
  std::ofstream out_;

public:
  explicit Log(const std::string &file) : out_(file) {}
  void note() {}
  void flush() { fsync(1); }
};
Log &log() {
  static Log log("server.log");
  return log;
}
Log &locked() {
  static Log &log = *new Log("other.log");
  log.flush();
  return log;
}
co::task<> serve() {
  log().note();
  log().flush(); // warning: call to 'Log::flush' blocks
  locked();      // warning: call to 'locked' blocks the event loop: it reaches 'fsync'
  static Log own("own.log"); // warning: construction of 'Log' blocks
  own.note();
  co_return;
}
