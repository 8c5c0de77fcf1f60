//===- CallArguments.cpp - what a call's arguments say --------------------===//

#include "CallArguments.h"
#include "ConditionReader.h"
#include "LocalRecords.h"
#include "analysis/Unit.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclTemplate.h"

using namespace clang;

namespace nostall {
namespace {

const Expr *written(const Expr *E) {
  while (E) {
    const Expr *Before = E;
    E = E->IgnoreParenImpCasts()->IgnoreImplicit();
    if (const auto *C = dyn_cast<CXXConstructExpr>(E);
        C && C->getNumArgs() == 1 &&
        C->getConstructor()->isCopyOrMoveConstructor())
      E = C->getArg(0);
    if (E == Before)
      break;
  }
  return E;
}

std::optional<long long> integerValue(const ASTContext &Ctx, const Expr *E) {
  if (E->isValueDependent() || E->containsErrors() ||
      !E->getType()->isIntegralOrEnumerationType())
    return std::nullopt;
  Expr::EvalResult Result;
  if (!E->EvaluateAsInt(Result, Ctx) || Result.HasSideEffects)
    return std::nullopt;
  return Result.Val.getInt().tryExtValue();
}

bool isZeroValue(const ASTContext &Ctx, const Expr *E) {
  return signOfConstant(Ctx, E) == 0;
}

/// The class that a \p T is, points or refers to; or null.
const CXXRecordDecl *classBehind(QualType T) {
  T = T.getNonReferenceType();
  return T->isPointerType() ? T->getPointeeType()->getAsCXXRecordDecl()
                            : T->getAsCXXRecordDecl();
}

bool isOrDerivesFrom(QualType T, const std::vector<std::string> &Names,
                     const ModelSet &Models) {
  const CXXRecordDecl *R = classBehind(T);
  if (!R)
    return false;
  if (llvm::is_contained(Names, modelName(R)))
    return true;
  if (!R->hasDefinition())
    return false;
  for (const CXXBaseSpecifier &Base : R->bases())
    if (isOrDerivesFrom(Base.getType(), Names, Models))
      return true;
  return false;
}

/// \p T is one of \p Names, or is made of one.
bool involves(QualType T, const std::vector<std::string> &Names) {
  const CXXRecordDecl *R = classBehind(T);
  if (!R)
    return false;
  if (llvm::is_contained(Names, modelName(R)))
    return true;
  const auto *Of = dyn_cast<ClassTemplateSpecializationDecl>(R);
  return Of && llvm::any_of(Of->getTemplateArgs().asArray(),
                            [&](const TemplateArgument &Arg) {
                              return Arg.getKind() == TemplateArgument::Type &&
                                     involves(Arg.getAsType(), Names);
                            });
}

} // namespace

/// Arguments that stand in the source: default arguments come after them.
static unsigned countWritten(const CallFact &Call) {
  return llvm::count_if(
      Call.Args, [](const Expr *E) { return !isa<CXXDefaultArgExpr>(E); });
}

const Expr *modelArgument(const CallFact &Call, int Index) {
  if (Index == ObjectArgument) {
    // A member operator's object is the first of its operands.
    if (!Call.Object && isa_and_nonnull<CXXMethodDecl>(Call.Callee) &&
        Call.K == CallFact::Kind::Operator && !Call.Args.empty())
      return Call.Args.front();
    return Call.Object;
  }
  if (Index == LastArgument)
    Index = static_cast<int>(countWritten(Call)) - 1;
  return static_cast<unsigned>(Index) < Call.Args.size() ? Call.Args[Index]
                                                         : nullptr;
}

/// What the local variable that \p E names was made with, if it keeps it.
static const Expr *keptValue(Unit &U, const Expr *E) {
  const auto *Ref = dyn_cast<DeclRefExpr>(E->IgnoreParenImpCasts());
  const auto *V = Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
  const auto *F = V && V->isLocalVarDecl()
                      ? dyn_cast<FunctionDecl>(V->getDeclContext())
                      : nullptr;
  const Expr *Made = F ? U.setOnce(F).valueOf(V) : nullptr;
  return Made ? Made : E;
}

/// A point in time that has come: `clock::now()`, `time_point::min()`.
static bool hasCome(const Expr *E) {
  const auto *Call = dyn_cast<CallExpr>(E);
  const FunctionDecl *F = Call ? Call->getDirectCallee() : nullptr;
  return F && F->getIdentifier() && F->param_empty() &&
         (F->getName() == "now" || F->getName() == "min") &&
         llvm::StringRef(modelName(F)).starts_with("std::chrono::");
}

const ValueDecl *referredEntity(Unit &U, const Expr *E) {
  const ValueDecl *D = namedEntity(U, E);
  constexpr unsigned MaxAliases = 64;
  for (unsigned Step = 0; Step != MaxAliases; ++Step) {
    // std::istream &input() { return std::cin; }
    if (!D)
      if (const auto *Call = dyn_cast<CallExpr>(stripForwarding(U, E));
          Call && Call->getDirectCallee() && !isDispatched(Call) &&
          Call->getCallReturnType(U.context())->isReferenceType())
        if (const Expr *Always = returnedBy(Call->getDirectCallee())) {
          E = Always;
          D = namedEntity(U, E);
          if (!isa_and_nonnull<VarDecl>(D) ||
              !cast<VarDecl>(D)->hasGlobalStorage())
            return nullptr;
        }
    const auto *Alias = dyn_cast_or_null<VarDecl>(D);
    if (!Alias || !Alias->getType()->isReferenceType() ||
        isa<ParmVarDecl>(Alias) || !Alias->getInit())
      break;
    D = namedEntity(U, Alias->getInit());
  }
  return D;
}

bool holds(Unit &U, const ArgumentTest &Test, const CallFact &Call) {
  if (Test.ArgumentCount >= 0 &&
      countWritten(Call) != static_cast<unsigned>(Test.ArgumentCount))
    return false;
  if (!Test.testsArgument())
    return true;
  const Expr *Arg = modelArgument(Call, Test.Arg);
  if (!Arg)
    return false;
  const ASTContext &Ctx = U.context();
  const Expr *E = written(Arg);
  if (!Test.Member.empty())
    return (memberBits(U, Arg, Test.Member, Call) & *Test.HasBits) ==
           *Test.HasBits;
  if (Test.Equals && integerValue(Ctx, keptValue(U, Arg)) != Test.Equals)
    return false;
  if (Test.HasBits && (bitsOf(U, Arg, Call) & *Test.HasBits) != *Test.HasBits)
    return false;
  if (Test.IsZeroDuration && !isZeroValue(Ctx, E) && !isZeroValue(Ctx, Arg) &&
      !hasCome(E)) {
    // A duration converted to another by the callee's parameter.
    const auto *C = dyn_cast<CXXConstructExpr>(E);
    if ((!C || C->getNumArgs() < 1 ||
         !isZeroValue(Ctx, written(C->getArg(0)))) &&
        !isAddressOfZero(U, E))
      return false;
  }
  if (Test.IsNull &&
      (Arg->isValueDependent() ||
       !Arg->isNullPointerConstant(const_cast<ASTContext &>(Ctx),
                                   Expr::NPC_ValueDependentIsNotNull)) &&
      !E->isNullPointerConstant(const_cast<ASTContext &>(Ctx),
                                Expr::NPC_ValueDependentIsNotNull))
    return false;
  if (!Test.TypeIs.empty() &&
      !isOrDerivesFrom(E->getType(), Test.TypeIs, U.models())) {
    // std::ostream &out = file;
    const ValueDecl *D = referredEntity(U, E);
    if (!D || !isOrDerivesFrom(D->getType(), Test.TypeIs, U.models()))
      return false;
  }
  if (!Test.Involves.empty() && !involves(E->getType(), Test.Involves))
    return false;
  if (!Test.Names.empty()) {
    const ValueDecl *D = referredEntity(U, E);
    if (!D || !llvm::is_contained(Test.Names, modelName(D)))
      return false;
  }
  return true;
}

bool holdAll(Unit &U, const std::vector<ArgumentTest> &Tests,
             const CallFact &Call) {
  return llvm::all_of(
      Tests, [&](const ArgumentTest &Test) { return holds(U, Test, Call); });
}

bool holdAny(Unit &U, const std::vector<std::vector<ArgumentTest>> &Groups,
             const CallFact &Call) {
  return llvm::any_of(
      Groups, [&](const auto &Group) { return holdAll(U, Group, Call); });
}

const CallableModel *callableModel(Unit &U, const FunctionModel &M,
                                   const CallFact &Call,
                                   const CallableArgument &Arg) {
  const CallableModel *Found = nullptr;
  for (const CallableModel &C : M.Callables)
    if ((C.Arg == CallableModel::AnyArgument ||
         C.Arg == static_cast<int>(Arg.Arg)) &&
        holdAll(U, C.When, Call))
      Found = &C;
  return Found;
}

/// By the type, or by that of the template's first argument (a strand of it).
static Context typeContext(Unit &U, QualType T) {
  const CXXRecordDecl *R = classBehind(T);
  if (!R)
    return Context::Unknown;
  if (const TypeModel *M = U.models().find(R); M && M->Executor)
    return *M->Executor;
  if (const auto *Spec = dyn_cast<ClassTemplateSpecializationDecl>(R)) {
    const TemplateArgumentList &Args = Spec->getTemplateArgs();
    if (Args.size() && Args[0].getKind() == TemplateArgument::Type)
      return typeContext(U, Args[0].getAsType());
  }
  return Context::Unknown;
}

/// What \p Member is made with, by its class or by a constructor that is here.
static const Expr *initialiserOf(const FieldDecl *Member) {
  if (Member->hasInClassInitializer())
    return Member->getInClassInitializer();
  const auto *Class = dyn_cast<CXXRecordDecl>(Member->getParent());
  if (Class && !Class->isDependentContext())
    for (const CXXConstructorDecl *Ctor : Class->ctors())
      if (const auto *Body =
              dyn_cast_or_null<CXXConstructorDecl>(definitionOf(Ctor)))
        for (const CXXCtorInitializer *Init : Body->inits())
          if (Init->getMember() == Member)
            return Init->getInit();
  return nullptr;
}

Context executorContext(Unit &U, const Expr *E) {
  for (unsigned Depth = 0; E && Depth != 8; ++Depth) {
    E = stripForwarding(U, E);
    if (Context C = typeContext(U, E->getType()); C != Context::Unknown)
      return C;
    if (const auto *Construct = dyn_cast<CXXConstructExpr>(E);
        Construct && Construct->getNumArgs() >= 1) {
      E = Construct->getArg(0);
    } else if (const auto *Member = dyn_cast<CXXMemberCallExpr>(E)) {
      E = Member->getImplicitObjectArgument();
    } else if (isa<CoroutineSuspendExpr>(E)) {
      return Context::Loop; // co_await this_coro::executor: the coroutine's own
    } else if (const auto *Call = dyn_cast<CallExpr>(E);
               Call && Call->getNumArgs() >= 1) {
      E = Call->getArg(0); // make_strand(pool)
    } else if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
      const auto *V = dyn_cast<VarDecl>(Ref->getDecl());
      E = V && V->isLocalVarDecl() ? V->getInit() : nullptr;
    } else if (const auto *Part = dyn_cast<MemberExpr>(E)) {
      const auto *Field = dyn_cast<FieldDecl>(Part->getMemberDecl());
      E = Field ? initialiserOf(Field) : nullptr; // strand_(make_strand(pool))
    } else {
      return Context::Unknown;
    }
  }
  return Context::Unknown;
}

const Expr *descriptorOf(const CallFact &Call) {
  return Call.Object ? Call.Object : modelArgument(Call, 0);
}

const CallFact *calledOnTemporary(const FunctionFacts &Facts,
                                  const CXXBindTemporaryExpr &Temporary) {
  const Expr *Made = Temporary.getSubExpr()->IgnoreImplicit();
  auto It = llvm::find_if(Facts.Calls, [&](const CallFact &Call) {
    return Call.Object && Call.K != CallFact::Kind::Destructor &&
           Call.Object->IgnoreParens()->IgnoreImplicit() == Made;
  });
  return It == Facts.Calls.end() ? nullptr : &*It;
}

llvm::SmallVector<const CXXRecordDecl *, 1>
constructedBy(Unit &U, const FunctionDecl *Callee) {
  llvm::SmallVector<const CXXRecordDecl *, 1> Out;
  const FunctionModel *M = U.model(Callee);
  if (!M || !M->Constructs)
    return Out;
  const auto *Method = dyn_cast<CXXMethodDecl>(Callee);
  const auto *Class =
      Method ? dyn_cast<ClassTemplateSpecializationDecl>(Method->getParent())
             : nullptr;
  auto Flat = [](const TemplateArgumentList *Types) {
    llvm::ArrayRef<TemplateArgument> Args;
    if (Types)
      Args = Types->asArray();
    return Args.size() == 1 && Args[0].getKind() == TemplateArgument::Pack
               ? Args[0].pack_elements() // std::variant
               : Args;
  };
  const auto OfClass = Flat(Class ? &Class->getTemplateArgs() : nullptr);
  llvm::ArrayRef<TemplateArgument> Args =
      M->Constructs->OfClass ? OfClass
                             : Flat(Callee->getTemplateSpecializationArgs());
  if (const auto &Number = M->Constructs->TypeArg)
    Args = *Number < Args.size() ? Args.slice(*Number, 1)
                                 : llvm::ArrayRef<TemplateArgument>();
  // variant.emplace<1>(...)
  if (Args.size() == 1 && Args[0].getKind() == TemplateArgument::Integral) {
    const uint64_t Index = Args[0].getAsIntegral().getLimitedValue();
    Args = Index < OfClass.size() ? OfClass.slice(Index, 1)
                                  : llvm::ArrayRef<TemplateArgument>();
  }
  for (const TemplateArgument &Arg : Args)
    if (Arg.getKind() == TemplateArgument::Type)
      // make_unique<T[]>(3): each element
      if (const CXXRecordDecl *R = Callee->getASTContext()
                                       .getBaseElementType(Arg.getAsType())
                                       ->getAsCXXRecordDecl())
        if (R->getDefinition())
          Out.push_back(R->getDefinition());
  return Out;
}

std::pair<const Expr *, const Expr *> swappedBy(const CallFact &Call) {
  if (!Call.Callee || !Call.Callee->getIdentifier() ||
      Call.Callee->getName() != "swap" ||
      Call.Args.size() != (Call.Object ? 1u : 2u))
    return {};
  const Expr *A = Call.Object ? Call.Object : Call.Args[0];
  const Expr *B = Call.Args.back();
  auto TypeOf = [](const Expr *E) {
    return E->getType().getNonReferenceType()->getCanonicalTypeUnqualified();
  };
  if (A->getType().isNull() || B->getType().isNull() || TypeOf(A) != TypeOf(B))
    return {};
  return {A, B};
}

} // namespace nostall
