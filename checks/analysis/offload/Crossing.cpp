//===- Crossing.cpp - what cannot cross to another process ----------------===//

#include "Crossing.h"
#include "analysis/Unit.h"
#include "analysis/contexts/Contexts.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "llvm/ADT/SmallPtrSet.h"

using namespace clang;

namespace nostall {
namespace {

constexpr llvm::StringLiteral
    PassTheValue = "pass the value, or put it into shared memory",
    PassTheResult = "keep it here, and pass the value that is "
                    "needed of it",
    PassAsArgument = "pass what it needs as an argument, by value";

using Fields = llvm::SmallPtrSet<const FieldDecl *, 4>;

/// The members that a serialising function hands to a call or operator:
/// `archive(name, job)`, `archive & name`.
class Sent : public RecursiveASTVisitor<Sent> {
public:
  explicit Sent(Fields &Into) : Into(Into) {}
  bool VisitCallExpr(CallExpr *E) {
    if (const auto *Op = dyn_cast<CXXOperatorCallExpr>(E);
        Op && Op->isAssignmentOp())
      return true;
    for (const Expr *Arg : E->arguments())
      add(Arg);
    return true;
  }
  bool VisitBinaryOperator(BinaryOperator *E) {
    if (E->isAssignmentOp())
      return true;
    add(E->getLHS());
    add(E->getRHS());
    return true;
  }

private:
  void add(const Expr *E) {
    if (const auto *M = dyn_cast<MemberExpr>(E->IgnoreParenImpCasts()))
      if (const auto *Field = dyn_cast<FieldDecl>(M->getMemberDecl()))
        Into.insert(Field);
  }
  Fields &Into;
};

const FunctionDecl *functionIn(const NamedDecl *D) {
  if (const auto *T = dyn_cast<FunctionTemplateDecl>(D))
    return T->getTemplatedDecl();
  return dyn_cast<FunctionDecl>(D);
}

class Finder {
public:
  explicit Finder(Unit &U) : U(U) {}

  std::optional<Unfit> in(QualType T, const std::string &Path) {
    T = T.getNonReferenceType().getCanonicalType().getUnqualifiedType();
    if (T->isDependentType() || T->isNullPtrType())
      return std::nullopt;
    if (T->isFunctionPointerType())
      return Unfit{Path, "a pointer to a function",
                   "name the function where the call is made"};
    if (T->isPointerType())
      return Unfit{Path, "a pointer", PassTheValue.str()};
    if (T->isMemberPointerType())
      return Unfit{Path, "a pointer to a member", PassTheValue.str()};
    if (const ArrayType *Array = U.context().getAsArrayType(T))
      return in(Array->getElementType(), Path + "[]");
    const CXXRecordDecl *R = T->getAsCXXRecordDecl();
    if (!R || R->isUnion() || !Seen.insert(R).second)
      return std::nullopt;
    return inRecord(R, Path);
  }

private:
  std::optional<Unfit> inRecord(const CXXRecordDecl *R,
                                const std::string &Path) {
    const TypeModel *M = U.models().find(R);
    if (M && !M->StaysAs.empty())
      return Unfit{Path, M->StaysAs, PassTheResult.str()};
    if (R->isLambda())
      return inCaptures(R, Path);
    if (M && M->Owns)
      return inArguments(R, Path);
    R = R->getDefinition();
    if (!R || U.models().isOpaque(R))
      return std::nullopt;
    Fields SentFields;
    const bool Chooses = serialises(R, SentFields);
    for (const FieldDecl *Field : R->fields()) {
      if (Chooses && !SentFields.contains(Field))
        continue;
      std::string At = Path + "." + Field->getNameAsString();
      if (Field->getType()->isReferenceType())
        return Unfit{At, "a reference", PassTheValue.str()};
      if (auto Found = in(Field->getType(), At))
        return Found;
    }
    if (!Chooses)
      for (const CXXBaseSpecifier &Base : R->bases())
        if (auto Found = in(Base.getType(), Path))
          return Found;
    return std::nullopt;
  }

  std::optional<Unfit> inArguments(const CXXRecordDecl *R,
                                   const std::string &Path) {
    const auto *Spec = dyn_cast<ClassTemplateSpecializationDecl>(R);
    if (!Spec)
      return std::nullopt;
    std::optional<Unfit> Found;
    auto Look = [&](const TemplateArgument &Arg) {
      if (!Found && Arg.getKind() == TemplateArgument::Type)
        Found = in(Arg.getAsType(), Path + "[]");
    };
    for (const TemplateArgument &Arg : Spec->getTemplateArgs().asArray())
      if (Arg.getKind() == TemplateArgument::Pack)
        llvm::for_each(Arg.pack_elements(), Look);
      else
        Look(Arg);
    return Found;
  }

public:
  std::optional<Unfit> inCaptures(const CXXRecordDecl *Closure,
                                  const std::string &Path) {
    for (const LambdaCapture &C : Closure->captures()) {
      if (C.capturesThis())
        return Unfit{Path + ".this", "a pointer", PassAsArgument.str()};
      if (!C.capturesVariable())
        continue;
      std::string At = Path + "." + C.getCapturedVar()->getNameAsString();
      if (C.getCaptureKind() == LCK_ByRef)
        return Unfit{At, "a reference", PassAsArgument.str()};
      if (auto Found = in(C.getCapturedVar()->getType(), At))
        return Found;
    }
    return std::nullopt;
  }

private:
  /// Whether functions beside or in \p R say what is sent of it.
  bool serialises(const CXXRecordDecl *R, Fields &Into) {
    bool Any = false;
    auto Take = [&](const FunctionDecl *F) {
      const FunctionDecl *Definition = nullptr;
      Any = true;
      if (F->hasBody(Definition))
        Sent(Into).TraverseStmt(Definition->getBody());
    };
    // In an instance, members of templates have no bodies before they are used.
    const CXXRecordDecl *Pattern = R->getTemplateInstantiationPattern();
    const CXXRecordDecl *Written = Pattern ? Pattern : R;
    ASTContext &Ctx = U.context();
    for (const std::string &Name : U.models().stateNames().Serialises) {
      const IdentifierInfo *Id = &Ctx.Idents.get(Name);
      for (const NamedDecl *D : Written->lookup(Id))
        if (const FunctionDecl *F = functionIn(D))
          Take(F);
      for (const NamedDecl *D : R->getEnclosingNamespaceContext()->lookup(Id))
        if (const FunctionDecl *F = functionIn(D);
            F && llvm::any_of(F->parameters(), [&](const ParmVarDecl *P) {
              const CXXRecordDecl *Of =
                  P->getType().getNonReferenceType()->getAsCXXRecordDecl();
              return Of && Of->getCanonicalDecl() == R->getCanonicalDecl();
            }))
          Take(F);
    }
    if (Pattern && Any) { // the same members of the instance
      Fields Instance;
      for (const FieldDecl *Of : R->fields())
        for (const FieldDecl *Field : Into)
          if (Of->getFieldIndex() == Field->getFieldIndex())
            Instance.insert(Of);
      Into = std::move(Instance);
    }
    return Any;
  }

  Unit &U;
  llvm::SmallPtrSet<const CXXRecordDecl *, 8> Seen;
};

/// What a local variable was made with, from one to the next, or \p E itself.
const Expr *originOf(const Expr *E) {
  for (unsigned Depth = 0; Depth != 8; ++Depth) {
    E = E->IgnoreParenImpCasts();
    const auto *Ref = dyn_cast<DeclRefExpr>(E);
    const auto *V = Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
    if (!V || !V->isLocalVarDecl() || !V->getInit())
      break;
    E = V->getInit();
  }
  return E;
}

} // namespace

std::optional<Unfit> unfitPart(Unit &U, QualType T) {
  return Finder(U).in(T, "");
}

std::optional<Unfit> unfitCapture(Unit &U, const CXXRecordDecl *Closure) {
  return Finder(U).inCaptures(Closure, "");
}

std::optional<Unfit> unfitValue(Unit &U, const Expr *E) {
  if (!E->getType()->isIntegerType())
    return std::nullopt;
  const Expr *Origin = originOf(E);
  if (const auto *Call = dyn_cast<CallExpr>(Origin))
    if (const FunctionDecl *F = Call->getDirectCallee()) {
      const FunctionModel *M = U.model(F);
      if (M && M->GivesDescriptor)
        return Unfit{"", "a file descriptor",
                     "open it there, or pass what is read from it"};
    }
  if (const auto *Cast = dyn_cast<CXXReinterpretCastExpr>(Origin))
    if (Cast->getSubExpr()->getType()->isPointerType())
      return Unfit{"", "an address", PassTheValue.str()};
  return std::nullopt;
}

const CallableArgument *workForProcess(Unit &U, const CallFact &Call) {
  for (const CallableArgument &Arg : Call.Callables)
    if (Call.Callee && !Arg.IsTask && Arg.Body &&
        U.contexts().useOf(Call, Arg) == CallableUse::Process)
      return &Arg;
  return nullptr;
}

static std::optional<Unfit> unfitArgument(Unit &U, const Expr *Arg,
                                          QualType Sent) {
  if (Sent->isLValueReferenceType() &&
      !Sent.getNonReferenceType().isConstQualified())
    return Unfit{"",
                 "taken by reference, and the other process would change a "
                 "copy",
                 "take it by value, and return what has changed"};
  auto Part = unfitPart(U, Sent);
  return Part ? Part : unfitValue(U, Arg);
}

std::vector<Crossing> crossingsOf(Unit &U, const CallFact &Call,
                                  const CallableArgument &Work) {
  std::vector<Crossing> Result;
  const auto *Method = dyn_cast<CXXMethodDecl>(Work.Body);
  Result.push_back({Crossing::Kind::Callable, nullptr,
                    Method && Method->getParent()->isLambda()
                        ? unfitCapture(U, Method->getParent())
                        : std::nullopt});
  const bool InTemplate = Work.Arg == CallableArgument::InTemplate;
  const unsigned First = InTemplate ? 0 : Work.Arg + 1;
  const unsigned Given = Call.Args.size() - First;
  // What the callable takes is sent: arguments are converted before.
  const bool Known =
      !Work.Body->isDependentContext() && Work.Body->getNumParams() == Given;
  for (unsigned I = 0; I != Given; ++I) {
    const Expr *Arg = Call.Args[First + I];
    if (isa<CXXDefaultArgExpr>(Arg))
      continue;
    QualType Sent = Known ? Work.Body->getParamDecl(I)->getType()
                          : U.context().getAdjustedParameterType(
                                Arg->IgnoreImplicit()->getType());
    Result.push_back(
        {Crossing::Kind::Argument, Arg, unfitArgument(U, Arg, Sent)});
  }
  QualType T = Work.Body->getReturnType();
  if (!T->isUndeducedType() && !T->isDependentType())
    Result.push_back({Crossing::Kind::Result, nullptr,
                      T->isReferenceType()
                          ? Unfit{"", "a reference", "return the value"}
                          : unfitPart(U, T)});
  return Result;
}

} // namespace nostall
