// RUN: %nostall-verify %s
// Files that lie in memory are no wait for a disk.
#include "co.h"
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

namespace { // other tests have such names, too

co::task<> streams(int pid, const std::string &name) {
  std::ifstream status("/proc/self/status");
  std::string line;
  std::getline(status, line);
  status >> line;
  std::ifstream of("/proc/" + std::to_string(pid) + "/stat");
  const std::string path = "/sys/class/net/" + name + "/mtu";
  std::ifstream mtu(path);
  std::ifstream block(std::string("/sys/block/") + name);
  std::filesystem::exists(std::filesystem::path("/sys/class/net") / name);
  std::ifstream other("/etc/" + name); // warning: construction of 'std::ifstream' blocks
  std::getline(other, line); // warning: blocks
  std::ifstream any(name); // warning: construction of 'std::ifstream' blocks
  co_return;
}

co::task<> descriptors(char *to) {
  int fd = open("/proc/meminfo", O_RDONLY);
  read(fd, to, 1);
  close(fd);
  FILE *file = fopen("/sys/power/state", "r");
  fgets(to, 1, file);
  fclose(file);
  int random = open("/dev/urandom", O_RDONLY);
  char seed[8];
  read(random, seed, sizeof(seed));
  std::ifstream also("/dev/random");
  int disk = open("/var/process", O_RDONLY); // warning: call to 'open' blocks
  read(disk, to, 1); // warning: call to 'read' blocks
  close(disk);
  std::filesystem::exists("/proc/1");
  co_return;
}

co::task<> set_again(const std::string &disk, std::istream &in) {
  std::string path = "/proc/stat";
  path = disk;
  std::ifstream a(path); // warning: construction of 'std::ifstream' blocks
  std::string read = "/proc/";
  std::getline(in, read);
  std::ifstream b(read); // warning: construction of 'std::ifstream' blocks
  std::string longer = "/proc/";
  longer += "stat";
  std::ifstream c(longer);
  const char *text = "/sys/class";
  text = disk.c_str();
  std::ifstream d(text); // warning: construction of 'std::ifstream' blocks
  co_return;
}

} // namespace
