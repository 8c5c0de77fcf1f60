//===- plain.cpp - a program without a coroutine --------------------------===//
//
// What nostall costs where it has nothing to say: two heavy headers, a little
// code. Prints the lines of its input that have a date in them.
//
//===----------------------------------------------------------------------===//

#include <iostream>
#include <regex>
#include <string>

int main() {
  const std::regex Date("([0-9]{4})-([0-9]{2})-([0-9]{2})");
  for (std::string Line; std::getline(std::cin, Line);)
    if (std::smatch Match; std::regex_search(Line, Match, Date))
      std::cout << Match[0] << ": " << Line << '\n';
}
