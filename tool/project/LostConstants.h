//===- LostConstants.h - what is no constant any more -----------*- C++ -*-===//
//
// Where the language wants a constant, Clang says so if a plain library
// (PlainLibrary.h) has none. Where it does not, nobody would notice:
//
//   if (std::count(ports, ports + 3, 80) == 0)     a check takes it for unknown
//     slow();
//
// So this looks for expressions of the program that are numbers, that are made
// of constants, and that call a function of the library that was made plain,
// be it through constexpr functions.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_PROJECT_LOSTCONSTANTS_H
#define NOSTALL_TOOL_PROJECT_LOSTCONSTANTS_H

namespace nostall {

class Unit;

/// Whether \p U, of a plain library, has such an expression.
bool losesConstants(Unit &U);

} // namespace nostall

#endif
