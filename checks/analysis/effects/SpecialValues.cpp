//===- SpecialValues.cpp - values that are no numbers ---------------------===//

#include "SpecialValues.h"
#include "MadeObjects.h"
#include "analysis/Unit.h"
#include "analysis/facts/CallArguments.h"
#include "analysis/facts/ConditionReader.h"
#include "analysis/facts/MemberPaths.h"
#include "analysis/models/Models.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/ASTContext.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/StringSet.h"

using namespace clang;

namespace nostall {

/// Whether the local variable \p V may have got another beginning at \p At than
/// that which it is made with: `path = other;`, `std::getline(in, path);`.
static bool mayBeginAnew(Unit &U, const VarDecl *V, SourceLocation At) {
  const auto *F = dyn_cast<FunctionDecl>(V->getDeclContext());
  if (!F || !V->isLocalVarDecl() || V->getType().isConstQualified())
    return false;
  static const llvm::StringSet<> Rewrites = {
      "assign", "clear", "swap", "replace", "insert", "erase", "exchange"};
  auto Names = [&](const Expr *E) {
    const auto *Ref = dyn_cast<DeclRefExpr>(E->IgnoreParenImpCasts());
    return Ref && Ref->getDecl() == V;
  };
  const SourceManager &SM = U.context().getSourceManager();
  bool May = false, MayLater = false, Repeats = false;
  forEachStatement(writtenBody(F), [&](const Stmt *S, auto) {
    Repeats |= repeats(S);
    const bool IsBefore =
        isa<Expr>(S) && SM.isBeforeInTranslationUnit(S->getEndLoc(), At);
    auto Note = [&](bool Rewrites) { (IsBefore ? May : MayLater) |= Rewrites; };
    if (const auto *Set = dyn_cast<BinaryOperator>(S)) {
      return Note(Set->getOpcode() == BO_Assign && Names(Set->getLHS()));
    }
    const auto *Call = dyn_cast<CallExpr>(S);
    const FunctionDecl *By = Call ? Call->getDirectCallee() : nullptr;
    if (!By)
      return;
    const auto *Member = dyn_cast<CXXMemberCallExpr>(Call);
    if (By->getIdentifier() && Rewrites.contains(By->getName()))
      Note((Member && Names(Member->getImplicitObjectArgument())) ||
           llvm::any_of(Call->arguments(), Names));
    else if (By->getOverloadedOperator() == OO_Equal)
      Note(Names(Call->getArg(0)));
    else if (By->getOverloadedOperator() == OO_GreaterGreater ||
             (By->getIdentifier() && By->getName() == "getline" && !Member))
      Note(Call->getNumArgs() > 1 && Names(Call->getArg(1)));
  });
  return May || (MayLater && Repeats);
}

bool namesMemoryFile(Unit &U, const Expr *E) {
  const auto Path = textBegins(U, E);
  if (!Path || llvm::none_of(U.models().stateNames().MemoryFiles,
                             [&](const std::string &Below) {
                               return Path->starts_with(Below);
                             }))
    return false;
  const SourceLocation At = E->getBeginLoc();
  for (unsigned Step = 0; E && Step != MaxTextSteps; ++Step) {
    E = stripForwarding(U, E);
    const auto *Ref = dyn_cast<DeclRefExpr>(E);
    if (const auto *V = Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
        V && mayBeginAnew(U, V, At))
      return false;
    E = isa<StringLiteral>(E) ? nullptr : nextInText(U, E);
  }
  return true;
}

/// A text, or an object of the library's, which may be a path or a stream.
static bool mayBeName(Unit &U, QualType T) {
  if (T.isNull())
    return false; // what a template gives in parentheses
  T = T.getNonReferenceType();
  if (T->isPointerType() && T->getPointeeType()->isCharType())
    return true;
  if (T->isPointerType())
    T = T->getPointeeType();
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

/// The class of a library's that \p R is, or is derived from first.
static const CXXRecordDecl *libraryClass(Unit &U, const CXXRecordDecl *R) {
  constexpr unsigned MaxDepth = 8;
  for (unsigned Depth = 0; R && Depth != MaxDepth; ++Depth) {
    R = R->getDefinition();
    if (!R || U.models().isOpaque(R))
      return R;
    R = R->getNumBases() ? R->bases_begin()->getType()->getAsCXXRecordDecl()
                         : nullptr;
  }
  return nullptr;
}

/// A reference or pointer to a stream, or another base class of a library's.
static bool isStream(Unit &U, QualType T) {
  const CXXRecordDecl *R = classOf(T);
  return R && R->isPolymorphic() && U.models().isOpaque(R) &&
         (T->isReferenceType() || T->isPointerType());
}

std::optional<int64_t> streamNamed(Unit &U, QualType T, const Expr *E) {
  const auto *V = dyn_cast_or_null<VarDecl>(referredEntity(U, E));
  if (V && V->hasGlobalStorage() && V->isInStdNamespace() &&
      V->getType()->isRecordType())
    return valueNamed(modelName(V));
  if (!isStream(U, T))
    return std::nullopt;
  const CXXRecordDecl *As = classOf(T);
  const QualType Is = V ? V->getType() : stripForwarding(U, E)->getType();
  const CXXRecordDecl *R = libraryClass(U, classOf(Is));
  return R && !declaresSameEntity(R, As) && R->isDerivedFrom(As)
             ? std::optional(valueNamed(modelName(R)))
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
    const QualType T = Call.Callee->getParamDecl(I)->getType();
    if (!Arg || !mayBeName(U, T))
      continue;
    const auto Stream = streamNamed(U, T, Arg);
    if (Stream)
      Out.push_back({I, false, *Stream});
    if (namesMemoryFile(U, Arg))
      Out.push_back({I, false, MemoryFile});
    // What is written to a stream does not make it another.
    const auto Own = Stream ? std::nullopt : nameGiven(U, Facts.Function, Arg);
    if (Own && (isStream(U, T) || !Facts.changes(*Own)))
      Out.push_back({I, true, *Own});
  }
}

} // namespace nostall
