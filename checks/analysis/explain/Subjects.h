//===- Subjects.h - what a check asks about in a line -----------*- C++ -*-===//
//
// `nostall why-not` asks each check what it has to ask about in a line, and
// what was decided. The answers stand in the check's folder (WhyNot.cpp); this
// is what they are made of.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_EXPLAIN_SUBJECTS_H
#define NOSTALL_CHECKS_ANALYSIS_EXPLAIN_SUBJECTS_H

#include "analysis/contexts/LoopCalls.h"
#include "clang/Basic/SourceLocation.h"

namespace nostall {

/// Something in a line that a check asks about, and what was decided.
struct Subject {
  clang::SourceLocation Loc;
  std::string Name;    ///< "call to 'f'"
  std::string Because; ///< a sentence without an end; empty: it is a finding,
                       ///< or other units decide (LoopCall::isConditional)
  /// The check's option that takes such a finding away, if it is given.
  llvm::StringRef Option = "";
  /// What the call reaches, for those checks that ask.
  std::optional<LoopCall> Call = std::nullopt;
  /// Who asks, by name. The catalogue fills it in.
  llvm::StringRef Check = "";
};

/// A line of a source.
class Line {
public:
  Line(const Unit &U, clang::FileID File, unsigned Number)
      : U(U), File(File), Number(Number) {}
  bool has(clang::SourceLocation Loc) const;

private:
  const Unit &U;
  clang::FileID File;
  unsigned Number;
};

/// "call to 'f'", also where nobody knows what is called.
std::string subjectName(const CallFact &Call);
/// "in line 3"
std::string lineOf(Unit &U, clang::SourceLocation Loc);
/// Why \p Call by itself blocks nobody; empty where its body or other units
/// decide, or where it does block.
std::string whyHarmless(Unit &U, const FunctionFacts &Facts,
                        const CallFact &Call);
/// Where the body of \p Facts runs, in words; empty: that is not known, and it
/// is not a generator.
std::string placeOf(Unit &U, const FunctionFacts &Facts);
/// The callables that \p Facts hands to the loop, or to workers, in that line.
void addHandedOn(Unit &U, const Line &Asked, const FunctionFacts &Facts,
                 bool ToLoop, std::vector<Subject> &Out);

} // namespace nostall

#endif
