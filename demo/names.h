//===- names.h - who may sign the guestbook -------------------------------===//
//
// The names that are turned away stand in a file, one on each line, so that the
// owner can edit them while the server runs.
//
//===----------------------------------------------------------------------===//

#ifndef GUESTBOOK_NAMES_H
#define GUESTBOOK_NAMES_H

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

namespace guestbook {

inline std::vector<std::string> read_lines(const std::string &path) {
  std::vector<std::string> lines;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);)
    lines.push_back(line);
  return lines;
}

inline bool is_banned(const std::string &name) {
  std::vector<std::string> banned = read_lines("banned.txt");
  return std::find(banned.begin(), banned.end(), name) != banned.end();
}

} // namespace guestbook

#endif
