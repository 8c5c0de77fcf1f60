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
#include "analysis/Contexts.h"
#include "analysis/Crossing.h"
#include "analysis/Rewrite.h"
#include "analysis/Wording.h"

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
        for (const CallableArgument &Work : Call.Callables)
          if (Call.Callee && !Work.IsTask && Work.Body &&
              U.contexts().useOf(Call, Work) == CallableUse::Process &&
              Reported.insert(Call.Loc).second)
            checkCall(U, Call, Work);
  }

private:
  void checkCall(Unit &U, const CallFact &Call, const CallableArgument &Work) {
    const bool InTemplate = Work.Arg == CallableArgument::InTemplate;
    checkCallable(U, Call, Work);
    const unsigned First = InTemplate ? 0 : Work.Arg + 1;
    const unsigned Given = Call.Args.size() - First;
    // What the callable takes is sent: arguments are converted before.
    const bool Known =
        !Work.Body->isDependentContext() && Work.Body->getNumParams() == Given;
    for (unsigned I = 0; I != Given; ++I) {
      const Expr *Arg = Call.Args[First + I];
      if (isa<CXXDefaultArgExpr>(Arg))
        continue;
      checkArgument(U, Call, *Arg,
                    Known ? Work.Body->getParamDecl(I)->getType()
                          : U.context().getAdjustedParameterType(
                                Arg->IgnoreImplicit()->getType()));
    }
    checkResult(U, Call, Work);
  }

  void checkCallable(Unit &U, const CallFact &Call,
                     const CallableArgument &Work) {
    const auto *Method = dyn_cast<CXXMethodDecl>(Work.Body);
    if (!Method || !Method->getParent()->isLambda())
      return;
    if (auto Part = unfitCapture(U, Method->getParent()))
      diag(Call.Loc, "lambda cannot cross to another process: it captures "
                     "'%0', %1; %2")
          << StringRef(Part->Path).drop_front() << Part->What << Part->Remedy;
  }

  void checkArgument(Unit &U, const CallFact &Call, const Expr &Arg,
                     QualType Sent) {
    std::string Name =
        sourceText(U, Arg.IgnoreImplicit()->getSourceRange()).value_or("");
    if (Sent->isLValueReferenceType() &&
        !Sent.getNonReferenceType().isConstQualified())
      return report(Arg.getBeginLoc(), Name,
                    {"",
                     "taken by reference, and the other process would "
                     "change a copy",
                     "take it by value, and return what has changed"});
    auto Part = unfitPart(U, Sent);
    if (!Part)
      Part = unfitValue(U, &Arg);
    if (Part)
      report(Arg.getBeginLoc(), Name, *Part);
  }

  void report(SourceLocation At, StringRef Name, const Unfit &Part) {
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

  void checkResult(Unit &U, const CallFact &Call,
                   const CallableArgument &Work) {
    QualType T = Work.Body->getReturnType();
    if (T->isUndeducedType() || T->isDependentType())
      return;
    auto Part = T->isReferenceType()
                    ? Unfit{"", "a reference", "return the value"}
                    : unfitPart(U, T);
    if (Part)
      diag(Call.Loc, "what %0 returns cannot come back from another process: "
                     "%1 is %2; return the value")
          << quotedName(displayName(Work.Body))
          << (Part->Path.empty()
                  ? std::string("it")
                  : ("'" + StringRef(Part->Path).ltrim('.') + "' in it").str())
          << Part->What;
  }
};

} // namespace

std::unique_ptr<NostallCheck>
makeProcessBoundaryCheck(StringRef Name, tidy::ClangTidyContext *Context) {
  return std::make_unique<ProcessBoundaryCheck>(Name, Context);
}

} // namespace nostall
