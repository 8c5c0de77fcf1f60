//===- ProcessBoundaryCheck.cpp - nostall-process-boundary ----------------===//
//
//   pool.run<count>(&table)          pool.run<count>(table)
//   pool.run<send_all>(socket_fd)    open it there
//
// Reports what is given to another process and means nothing there: arguments,
// captures and results, down to the member of a member that is the cause.
// Complements the static_asserts of the runtime's own API, and is all that
// other APIs have which say NOSTALL_RUNS_ON(process).
//
//===----------------------------------------------------------------------===//

#include "NostallCheck.h"
#include "analysis/fixes/Rewrite.h"
#include "analysis/offload/Crossing.h"
#include "analysis/words/Wording.h"

using namespace clang;

namespace nostall {
namespace {

class ProcessBoundaryCheck : public NostallCheck {
public:
  using NostallCheck::NostallCheck;

protected:
  void checkUnit(Unit &U) override {
    llvm::DenseSet<SourceLocation> Reported; // by another instantiation
    for (const FunctionDecl *F : U.functions())
      for (const CallFact &Call : U.facts(F).Calls)
        if (const CallableArgument *Work = workForProcess(U, Call);
            Work && Reported.insert(Call.Loc).second)
          for (const Crossing &C : crossingsOf(U, Call, *Work))
            if (C.Against)
              report(U, Call, *Work, C);
  }

private:
  void report(Unit &U, const CallFact &Call, const CallableArgument &Work,
              const Crossing &C) {
    const Unfit &Part = *C.Against;
    switch (C.K) {
    case Crossing::Kind::Callable:
      diag(Call.Loc, "lambda cannot cross to another process: it captures "
                     "'%0', %1; %2")
          << StringRef(Part.Path).drop_front() << Part.What << Part.Remedy;
      return;
    case Crossing::Kind::Argument:
      return reportArgument(
          C.Arg->getBeginLoc(),
          sourceText(U, C.Arg->IgnoreImplicit()->getSourceRange()).value_or(""),
          Part);
    case Crossing::Kind::Result:
      diag(Call.Loc, "what %0 returns cannot come back from another process: "
                     "%1 is %2; return the value")
          << quotedName(displayName(Work.Body))
          << (Part.Path.empty()
                  ? std::string("it")
                  : ("'" + StringRef(Part.Path).ltrim('.') + "' in it").str())
          << Part.What;
    }
  }

  void reportArgument(SourceLocation At, StringRef Name, const Unfit &Part) {
    // An expression is not repeated, if it is long.
    const bool Short = !Name.empty() && Name.size() <= 40;
    std::string Subject =
        Short ? ("'" + Name + "'").str() : std::string("argument");
    if (Part.Path.empty())
      diag(At, "%0 cannot cross to another process: it is %1; %2")
          << Subject << Part.What << Part.Remedy;
    else
      diag(At, "%0 cannot cross to another process: '%1' is %2; %3")
          << Subject << (Short ? Name.str() : "") + Part.Path << Part.What
          << Part.Remedy;
  }
};

} // namespace

std::unique_ptr<NostallCheck>
makeProcessBoundaryCheck(StringRef Name, tidy::ClangTidyContext *Context) {
  return std::make_unique<ProcessBoundaryCheck>(Name, Context);
}

} // namespace nostall
