//===- Crossing.h - what cannot cross to another process --------*- C++ -*-===//
//
// Reads off a type whether an object of it means anything in another process,
// and names the part that does not: a pointer in a member of a member. Types of
// closed libraries are judged by their models (`stays-as`, `owns`), a class
// that says itself what is sent of it (`serialises`) by that alone.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_OFFLOAD_CROSSING_H
#define NOSTALL_CHECKS_ANALYSIS_OFFLOAD_CROSSING_H

#include "analysis/facts/Facts.h"
#include <optional>
#include <string>

namespace nostall {

class Unit;

/// What cannot cross, and why.
struct Unfit {
  std::string Path;   ///< ".config.cache"; empty: the whole
  std::string What;   ///< "a pointer"
  std::string Remedy; ///< "pass the value, or put it into shared memory"
};

/// The first part of a \p T that is of no use in another process.
std::optional<Unfit> unfitPart(Unit &U, clang::QualType T);
/// The same of a value: a number may be a descriptor or an address.
std::optional<Unfit> unfitValue(Unit &U, const clang::Expr *E);
/// The same of what a lambda has captured.
std::optional<Unfit> unfitCapture(Unit &U, const clang::CXXRecordDecl *Closure);

/// One thing that a call sends to another process, or gets back from there.
struct Crossing {
  enum class Kind : unsigned char { Callable, Argument, Result };
  Kind K = Kind::Callable;
  const clang::Expr *Arg = nullptr;
  std::optional<Unfit> Against; ///< none: it can cross
};

/// The callable of \p Call that another process runs, or null.
const CallableArgument *workForProcess(Unit &U, const CallFact &Call);
/// All that crosses with \p Work of \p Call, as far as the types are known.
std::vector<Crossing> crossingsOf(Unit &U, const CallFact &Call,
                                  const CallableArgument &Work);

} // namespace nostall

#endif
