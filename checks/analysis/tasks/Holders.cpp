//===- Holders.cpp - tasks in objects of the standard library -------------===//

#include "Holders.h"
#include "TaskValues.h"
#include "analysis/Unit.h"
#include "analysis/source/Awaitables.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Emptiness.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/StringSwitch.h"

using namespace clang;

namespace nostall {

/// Whether a \p T is a number, a class of the standard library that is no
/// template, or made of these: a std::unique_lock<std::mutex>.
static bool isMadeOfPlain(QualType T, unsigned Depth) {
  constexpr unsigned MaxDepth = 4;
  if (T->isScalarType())
    return T->isArithmeticType();
  const CXXRecordDecl *R = T->getAsCXXRecordDecl();
  if (!R || !R->isInStdNamespace() || Depth == MaxDepth)
    return false;
  const auto *Spec = dyn_cast<ClassTemplateSpecializationDecl>(R);
  return Spec ? llvm::all_of(Spec->getTemplateArgs().asArray(),
                             [&](const TemplateArgument &Arg) {
                               return Arg.getKind() == TemplateArgument::Type &&
                                      isMadeOfPlain(Arg.getAsType(), Depth + 1);
                             })
              : Depth > 0;
}

bool mayHoldTasks(Unit &U, QualType T) {
  T = T.getNonReferenceType();
  const CXXRecordDecl *R = T->getAsCXXRecordDecl();
  return T->isArrayType() ||
         (R && R->isInStdNamespace() && !isMadeOfPlain(T, 0) &&
          !U.awaitables().classify(T).isAwaitable());
}

/// By a model or a trait, what is in it may be shared, or only referred to.
QualType lazyTaskIn(Unit &U, QualType T) {
  constexpr unsigned MaxTypes = 16;
  llvm::SmallVector<QualType, 4> Open{T.getNonReferenceType()};
  for (unsigned I = 0; I != Open.size() && I != MaxTypes; ++I) {
    if (const ArrayType *Array = Open[I]->getAsArrayTypeUnsafe()) {
      Open.push_back(Array->getElementType());
      continue;
    }
    const AwaitableType &Type = U.awaitables().classify(Open[I]);
    if (I && Type.K == AwaitableType::Kind::Task)
      return Type.S == Start::Lazy ? Open[I] : QualType();
    const auto *Spec = dyn_cast_or_null<ClassTemplateSpecializationDecl>(
        Open[I]->getAsCXXRecordDecl());
    if (!Spec || !Spec->getIdentifier() || !mayHoldTasks(U, Open[I]) ||
        !llvm::StringSwitch<bool>(Spec->getName())
             .Cases({"vector", "array", "list", "deque"}, true)
             .Cases({"forward_list", "optional", "pair", "tuple"}, true)
             .Cases({"map", "unordered_map"}, true)
             .Default(false))
      continue;
    for (const TemplateArgument &Arg : Spec->getTemplateArgs().asArray())
      if (Arg.getKind() == TemplateArgument::Type)
        Open.push_back(Arg.getAsType());
      else if (Arg.getKind() == TemplateArgument::Pack)
        for (const TemplateArgument &Part : Arg.pack_elements())
          if (Part.getKind() == TemplateArgument::Type)
            Open.push_back(Part.getAsType());
  }
  return QualType();
}

namespace {

/// Adds to a container, or makes room in it.
bool fills(const CXXMethodDecl *Method) {
  return Method->getIdentifier() &&
         llvm::StringSwitch<bool>(Method->getName())
             .Cases({"push_back", "push_front", "push", "emplace_back"}, true)
             .Cases({"emplace_front", "emplace", "emplace_hint"}, true)
             .Cases({"try_emplace", "insert", "insert_or_assign"}, true)
             .Cases({"assign", "reserve", "resize", "shrink_to_fit"}, true)
             .Default(false);
}

/// Goes through a body, and looks at what is done with one variable.
class Holder {
public:
  Holder(Unit &U, const FunctionFacts &Facts, const VarDecl *V)
      : U(U), Facts(Facts), V(V), Task(taskIn(V->getInit())) {}

  /// The task that is left in it.
  const Expr *left() {
    forEachStatement(writtenBody(Facts.Function),
                     [&](const Stmt *S, llvm::ArrayRef<const Stmt *> Path) {
                       const auto *Ref = dyn_cast<DeclRefExpr>(S);
                       if (!Ref || Ref->getDecl() != V)
                         return;
                       IsNamed = true;
                       IsCaredFor |= !isIdle(Ref, Path);
                     });
    // What runs anyway may be kept while it does.
    const bool IsKept =
        Task && IsNamed &&
        U.awaitables().classify(Task->getType().getNonReferenceType()).S !=
            Start::Lazy;
    return IsCaredFor || IsKept ? nullptr : Task;
  }

private:
  /// What \p E, which makes an object, puts into it: a task that nothing else
  /// has.
  const Expr *taskIn(const Expr *E) {
    if (!E)
      return nullptr;
    const Expr *Stripped = stripForwarding(U, E);
    if (madeValue(U, Facts, E) &&
        U.awaitables().classify(Stripped->getType()).K ==
            AwaitableType::Kind::Task)
      return Stripped;
    const auto *Call = dyn_cast<CallExpr>(Stripped);
    if (!isa<CXXConstructExpr, InitListExpr, CXXFunctionalCastExpr,
             CXXStdInitializerListExpr>(Stripped) &&
        !(Call && Call->getDirectCallee() &&
          Call->getDirectCallee()->isInStdNamespace()))
      return nullptr;
    for (const Stmt *Child : Stripped->children())
      if (const Expr *Found = taskIn(dyn_cast_or_null<Expr>(Child)))
        return Found;
    return nullptr;
  }

  void put(const Expr *E) {
    if (!Task)
      Task = taskIn(E);
  }

  bool holdsNoTask(QualType T) {
    T = T.getNonReferenceType();
    if (T->isPointerType()) // owner->start()
      T = T->getPointeeType();
    return T->isVoidType() || T->isScalarType() ||
           !(U.awaitables().classify(T).isAwaitable() || mayHoldTasks(U, T));
  }

  bool isDiscarded(const CallExpr *Call) const {
    return llvm::any_of(Facts.Calls, [&](const CallFact &C) {
      return C.Site == Call && C.Discarded;
    });
  }

  /// Whether the use of it that \p Path leads to takes nothing out.
  bool isIdle(const Stmt *Child, llvm::ArrayRef<const Stmt *> Path) {
    while (!Path.empty() && isa<ImplicitCastExpr, ParenExpr>(Path.back())) {
      Child = Path.back();
      Path = Path.drop_back();
    }
    if (Path.empty())
      return false;
    const Stmt *Up = Path.back();
    if (const auto *Member = dyn_cast<MemberExpr>(Up))
      return isIdleMember(Member, Path.drop_back());
    const auto *Op = dyn_cast<CXXOperatorCallExpr>(Up);
    if (Op && Op->getOperator() == OO_Equal && Op->getArg(0) == Child) {
      put(Op->getArg(1));
      return isDiscarded(Op);
    }
    // jobs[key] = f();
    if (Op && Op->getOperator() == OO_Subscript && Path.size() > 1) {
      const auto *Given = dyn_cast<CXXOperatorCallExpr>(Path[Path.size() - 2]);
      if (!Given || Given->getOperator() != OO_Equal || Given->getArg(0) != Op)
        return false;
      put(Given->getArg(1));
      return true;
    }
    // o == std::nullopt, std::get<1>(p)
    const auto *Call = dyn_cast<CallExpr>(Up);
    const FunctionDecl *Callee = Call ? Call->getDirectCallee() : nullptr;
    return Callee && Callee->isInStdNamespace() &&
           holdsNoTask(Call->getType()) &&
           (Op || (Callee->getIdentifier() && Callee->getName() == "get"));
  }

  bool isIdleMember(const MemberExpr *Member,
                    llvm::ArrayRef<const Stmt *> Path) {
    const auto *Call =
        Path.empty() ? nullptr : dyn_cast<CXXMemberCallExpr>(Path.back());
    const auto *Method = dyn_cast<CXXMethodDecl>(Member->getMemberDecl());
    if (!Method || !Call)
      return isa<FieldDecl>(Member->getMemberDecl()) &&
             holdsNoTask(Member->getType());
    if (Method->isConst())
      return Method->getReturnType()->isBooleanType() ||
             Method->getReturnType()->isIntegerType();
    if (fills(Method))
      for (const Expr *Arg : Call->arguments())
        put(Arg);
    else if (!empties(Method))
      return false;
    return isDiscarded(Call);
  }

  Unit &U;
  const FunctionFacts &Facts;
  const VarDecl *V;
  const Expr *Task;
  bool IsNamed = false, IsCaredFor = false;
};

} // namespace

QualType taskLeftIn(Unit &U, const FunctionFacts &Facts,
                    const VariableFact &V) {
  const Expr *Left = Holder(U, Facts, V.Var).left();
  if (Left || !V.Uses.empty() || !V.Var->getInit())
    return Left ? Left->getType() : QualType();
  // auto all = make_all(3);
  const auto *Call = dyn_cast<CallExpr>(stripForwarding(U, V.Var->getInit()));
  return Call && Call->isPRValue() && Call->getDirectCallee() &&
                 !Call->getDirectCallee()->isInStdNamespace()
             ? lazyTaskIn(U, V.Var->getType())
             : QualType();
}

} // namespace nostall
