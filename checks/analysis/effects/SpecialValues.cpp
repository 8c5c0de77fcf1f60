//===- SpecialValues.cpp - values that are no numbers ---------------------===//

#include "SpecialValues.h"
#include "analysis/Unit.h"
#include "analysis/facts/CallArguments.h"
#include "analysis/facts/ConditionReader.h"
#include "analysis/facts/MemberPaths.h"
#include "analysis/models/Models.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/ASTContext.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;

namespace nostall {

bool namesMemoryFile(Unit &U, const Expr *E) {
  const auto Path = textBegins(U, E);
  return Path && llvm::any_of(U.models().stateNames().MemoryFiles,
                              [&](const std::string &Below) {
                                return Path->starts_with(Below);
                              });
}

/// A text, or an object of the library's, which may be a path or a stream.
static bool mayBeName(Unit &U, QualType T) {
  T = T.getNonReferenceType();
  if (T->isPointerType())
    return T->getPointeeType()->isCharType();
  const CXXRecordDecl *R = T->getAsCXXRecordDecl();
  return R && U.models().isOpaque(R);
}

std::optional<uint32_t> nameGiven(Unit &U, const FunctionDecl *F,
                                  const Expr *E) {
  for (unsigned Step = 0; E && Step != MaxTextSteps; ++Step) {
    E = stripForwarding(U, E);
    if (const auto Number =
            mayBeName(U, E->getType()) ? ownNumber(F, E) : std::nullopt)
      return Number;
    E = nextInText(U, E);
  }
  return std::nullopt;
}

std::optional<int64_t> streamNamed(Unit &U, const Expr *E) {
  const auto *V = dyn_cast_or_null<VarDecl>(referredEntity(U, E));
  return V && V->hasGlobalStorage() && V->isInStdNamespace() &&
                 V->getType()->isRecordType()
             ? std::optional(valueNamed(modelName(V)))
             : std::nullopt;
}

void addSpecial(Unit &U, const FunctionFacts &Facts, const CallFact &Call,
                std::vector<PassedValue> &Out) {
  if (!Call.Callee || U.isInSystemHeader(Call.Callee))
    return;
  for (unsigned I = 0; I != Call.Callee->getNumParams(); ++I) {
    const Expr *Arg = argumentFor(Call, I);
    if (const auto *Default = dyn_cast_or_null<CXXDefaultArgExpr>(Arg))
      Arg = Default->getExpr();
    if (!Arg || !mayBeName(U, Call.Callee->getParamDecl(I)->getType()))
      continue;
    if (const auto Stream = streamNamed(U, Arg))
      Out.push_back({I, false, *Stream});
    else if (namesMemoryFile(U, Arg))
      Out.push_back({I, false, MemoryFile});
    else if (const auto Own = nameGiven(U, Facts.Function, Arg);
             Own && !Facts.changes(*Own))
      Out.push_back({I, true, *Own});
  }
}

} // namespace nostall
