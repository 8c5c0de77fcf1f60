//===- SpecialValues.h - values that are no numbers -------------*- C++ -*-===//
//
//   std::string read_all(const std::string &path) { std::ifstream in(path); ...
//   read_all("/proc/meminfo");      // the kernel makes that file up
//
//   std::string ask(std::istream &in) { std::getline(in, line); ...
//   ask(std::cin);                  // waits for a person
//   ask(file);                      // waits for the disk
//
// What a call gives its callee that decides whether this waits, and is neither
// a number nor a descriptor: names of files, and streams, or the like, by their
// base class.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_EFFECTS_SPECIALVALUES_H
#define NOSTALL_CHECKS_ANALYSIS_EFFECTS_SPECIALVALUES_H

#include "analysis/facts/Facts.h"

namespace nostall {

class Unit;

/// A path, or a stream that was opened with one, that lies below /proc or the
/// like, as the models have it.
bool namesMemoryFile(Unit &U, const clang::Expr *E);

/// The number of the parameter or member (MemberPaths.h) that \p E, a name of a
/// file or a stream in \p F, is made of: `path.c_str()`.
std::optional<uint32_t> nameGiven(Unit &U, const clang::FunctionDecl *F,
                                  const clang::Expr *E);

/// What the stream, or other object of a library, that \p E names stands for
/// where it is taken for a \p T: `std::cin` for its name; a std::ofstream, as a
/// std::ostream, for that class.
std::optional<int64_t> streamNamed(Unit &U, clang::QualType T,
                                   const clang::Expr *E);

/// Adds what \p Call of \p Facts gives its callee of these.
void addSpecial(Unit &U, const FunctionFacts &Facts, const CallFact &Call,
                std::vector<PassedValue> &Out);

} // namespace nostall

#endif
