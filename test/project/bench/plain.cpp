// The benchmark's file without a coroutine: large standard headers, a little code.
#include <iostream>
#include <map>
#include <regex>
#include <string>

int main() {
  std::map<std::string, int> count;
  const std::regex word("[[:alpha:]]+");
  for (std::string line; std::getline(std::cin, line);)
    for (std::sregex_iterator at(line.begin(), line.end(), word), end; at != end; ++at)
      ++count[at->str()];
  for (const auto &[text, times] : count)
    std::cout << text << ' ' << times << '\n';
}
