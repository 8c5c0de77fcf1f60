// threads_and_processes.cpp with the classic mistake: the file is read on the loop. It is
// only a file, and on a slow disk or a network drive it holds up everybody.

#include <nostall/nostall.h>

#include <cstdio>
#include <fstream>
#include <string>

std::string read_file(const std::string& path) {
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);
  return line;
}

nostall::task<void> amain() {
  const std::string line = read_file("/etc/passwd"); // warning: [nostall-blocking-call]
  std::printf("%s\n", line.c_str());
  co_return;
}

int main() { nostall::run(amain()); }
