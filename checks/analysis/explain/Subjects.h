//===- Subjects.h - what each check asks about ------------------*- C++ -*-===//
//
// The inside of Explain: for a line, and pair of checks, what they ask about
// there and what was decided. One file for what is a call, what is awaited or
// ought to be, and what is handed to threads and processes.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_EXPLAIN_SUBJECTS_H
#define NOSTALL_CHECKS_ANALYSIS_EXPLAIN_SUBJECTS_H

#include "Explain.h"

namespace nostall {

class SubjectsInLine {
public:
  SubjectsInLine(Unit &U, clang::FileID File, unsigned Line)
      : U(U), File(File), Line(Line) {}

  void addCalls();      // SubjectCalls.cpp: blocking-call, loop-affinity
  void addAwaitables(); // SubjectAwaits.cpp: forgotten-co-await
  void addAwaits();     //                    await-holding-lock
  void addHandedOn();   // SubjectWork.cpp: needless-offload, process-boundary

  std::vector<Subject> take() { return std::move(Found); }

private:
  bool isInLine(clang::SourceLocation Loc) const;
  void add(Subject S) { Found.push_back(std::move(S)); }
  void addHanded(const FunctionFacts &Facts);
  void addBlocking(const FunctionFacts &Facts, const CallFact &Call);
  void addAffinity(const FunctionFacts &Facts, const CallFact &Call);
  void addDiscard(const FunctionFacts &Facts, const DiscardFact &Discard);
  void addVariable(const FunctionFacts &Facts, const VariableFact &V);
  void addKept(const FunctionFacts &Facts, const CallFact &Call);
  void addLocks(const FunctionFacts &Facts, const AwaitFact &Await);
  void addProcess(const CallFact &Call);

  Unit &U;
  clang::FileID File;
  unsigned Line;
  std::vector<Subject> Found;
};

/// "call to 'f'", also where nobody knows what is called.
std::string subjectName(const CallFact &Call);
/// "in line 3"
std::string lineOf(Unit &U, clang::SourceLocation Loc);
/// Why \p Call by itself blocks nobody; empty where its body or other units
/// decide, or where it does block.
std::string whyHarmless(Unit &U, const FunctionFacts &Facts,
                        const CallFact &Call);

} // namespace nostall

#endif
