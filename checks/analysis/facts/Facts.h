//===- Facts.h - what one function body does --------------------*- C++ -*-===//
//
// The first arrow of the pipeline: AST --buildFacts--> FunctionFacts.
//
// One walk over a body records all that any check asks about: calls of every
// kind (implicit ones too), awaits, values that are dropped, and how local
// variables of class type are used. Facts are plain values that point into the
// AST; they draw no conclusions and know no effect, context or model.
//
// Left out on purpose: unevaluated operands, branches that a constant condition
// of this translation unit rules out, and the bodies of nested lambdas (they
// are functions of their own; `Lambdas` lists them).
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_FACTS_FACTS_H
#define NOSTALL_CHECKS_ANALYSIS_FACTS_FACTS_H

#include "Conditions.h"
#include "analysis/source/Callables.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallBitVector.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/SmallVector.h"
#include <vector>

namespace nostall {

class Unit;

struct CallFact {
  /// What is called.
  enum class Kind : unsigned char {
    Function,    ///< f(), x.f(), X::f()
    Constructor, ///
    Destructor,  ///< of a local, a temporary, or by delete
    Operator,    ///< a + b, *p, f()
    Conversion,  ///
  };
  /// How the body that runs is found.
  enum class Dispatch : unsigned char {
    Static,
    Virtual,  ///< an override may be called instead
    Indirect, ///< through a pointer, std::function or parameter
  };
  /// What has the call made, where nobody wrote it at its place.
  enum class ImpliedBy : unsigned char {
    Nothing,
    DefaultArg, ///< any call within a default argument
    RangeFor,   ///< begin, end, ++, !=, * of a range-based for
    Await,      ///< await_ready & co of a user's awaiter, operator co_await
    Library,    ///< a constructor that the callee runs: make_unique<T>(...)
  };
  Kind K = Kind::Function;
  Dispatch By = Dispatch::Static;
  ImpliedBy Implied = ImpliedBy::Nothing;
  /// The expression; for the destructor of a local, its DeclStmt.
  const clang::Stmt *Site = nullptr;
  clang::SourceLocation Loc;
  /// Null where the callee is not known (Indirect, dependent).
  const clang::FunctionDecl *Callee = nullptr;
  /// The variable that is called (Indirect; or the function that returned what
  /// is called) or destroyed (Destructor).
  const clang::ValueDecl *Through = nullptr;
  /// The implied object argument as written, or null.
  const clang::Expr *Object = nullptr;
  /// Arguments; an overloaded operator's operands count as arguments.
  llvm::SmallVector<const clang::Expr *, 4> Args;
  llvm::SmallVector<CallableArgument, 1> Callables;
  /// What the enclosing function's parameters are where it is made.
  Condition When;
  /// The value is dropped by the expression around it.
  bool Discarded = false;
  /// Directly the operand of co_await.
  bool Awaited = false;
  /// Under an annotation or scope that allows blocking.
  bool Allowed = false;
  /// In a catch handler, where no co_await can be written.
  bool InHandler = false;
  /// In a block that ends the program.
  bool BeforeExit = false;
  /// In the initialiser of a static variable: once in the program's life.
  bool Once = false;
};

/// The variable or member at whose end \p Call is made, or null.
inline const clang::ValueDecl *dies(const CallFact &Call) {
  return Call.K == CallFact::Kind::Destructor ? Call.Through : nullptr;
}

struct AwaitFact {
  const clang::Expr *Site = nullptr; ///< co_await or co_yield
  const clang::Expr *Operand = nullptr;
  clang::SourceLocation Loc;
  bool IsYield = false;
};

/// A value that the expression or statement around it drops.
struct DiscardFact {
  enum class How : unsigned char {
    Statement, ///< f();  also as the body of an if or loop
    Comma,     ///< f(), g()
    Branch,    ///< c ? f() : g();
    VoidCast,  ///< (void)f();
    Ignored,   ///< std::ignore = f();
    ForInit,
    ForIncrement,
    Tested, ///< if (f()): by its operator bool
  };
  How H = How::Statement;
  const clang::Expr *Value = nullptr; ///< without casts and parentheses
  /// Within a catch handler, where co_await is not allowed.
  bool InHandler = false;
  /// Of a branch, the whole ?:.
  const clang::ConditionalOperator *Choice = nullptr;
  /// In the try block that a macro makes of its argument, which is followed by
  /// a handler for an exception that another argument names.
  bool InThrowTest = false;
};

/// One use of a local variable of class type.
struct VariableUse {
  enum class How : unsigned char {
    Awaited,     ///< operand of co_await, moved or not
    ConstMethod, ///< a const member that returns a scalar: a question
    Method,      ///< any other member
    Moved,       ///< std::move(v), but for awaiting
    Returned,
    Captured,  ///< by a lambda
    Discarded, ///< v;  or  std::move(v);
    Replaced,  ///< v = f();  what it held before is gone
    Other,     ///< passed, assigned, address taken, ...
  };
  How H = How::Other;
  bool Reads = false; ///< and leaves the variable as it is
  const clang::DeclRefExpr *Ref = nullptr;
  const clang::CXXMethodDecl *Method = nullptr;
  /// Only this member of it is meant: `options.tries = 3`.
  const clang::FieldDecl *Member = nullptr;
  /// Replaced: the assignment.
  const clang::CXXOperatorCallExpr *Assignment = nullptr;
  /// What it leads to is meant: `v->close()`, `v->level = 3`, `f(*v)`; or, with
  /// none of these, `v.get()`.
  struct Behind {
    const clang::CXXMethodDecl *Method = nullptr;
    const clang::FieldDecl *Member = nullptr;
    std::optional<GivenFor> Given = {};
  };
  std::optional<Behind> To;
  /// It, or its address, is given to this function, for that parameter.
  std::optional<GivenFor> Given;
};

struct VariableFact {
  const clang::VarDecl *Var = nullptr;
  const clang::DeclStmt *Decl =
      nullptr; ///< null for a parameter, and the variable of a range-for
  bool IsRangeForElement = false;
  const clang::CXXForRangeStmt *Range = nullptr;
  bool InHandler = false;
  llvm::SmallVector<VariableUse, 2> Uses;
};

/// What a variable, parameter or member (or what the function returns) holds,
/// as far as it may be a descriptor or a callable: what From gives, or, without
/// it, a descriptor that is non-blocking, because a call that makes it or is
/// given it mentions O_NONBLOCK & co.
struct StoreFact {
  const clang::ValueDecl *Of = nullptr; ///< null: what the function returns
  const clang::Expr *From = nullptr;
  Condition When;
  clang::SourceLocation Loc = {}; ///< where a descriptor is made so
};

struct FunctionFacts {
  const clang::FunctionDecl *Function = nullptr;
  const clang::CoroutineBodyStmt *Coroutine = nullptr; ///< null: no coroutine
  std::vector<CallFact> Calls;
  std::vector<AwaitFact> Awaits;
  std::vector<DiscardFact> Discards;
  std::vector<VariableFact> Variables;
  llvm::SmallVector<const clang::LambdaExpr *, 2> Lambdas;
  /// Has a loop, a goto, an array made at run time, or assembly.
  bool Repeats = false;
  /// Mentions a thread_local variable.
  bool NamesThreadLocal = false;
  /// Has a co_return of its own.
  bool Returns = false;
  /// Mentions EAGAIN & co (by the models' names).
  bool TestsWouldBlock = false;
  /// What is kept where.
  std::vector<StoreFact> Stores;

  /// How deep its statements and expressions nest, about.
  unsigned Depth = 0;

  /// By number: parameters that do not keep the value that was passed; and
  /// members of objects that the function was given, where only they change.
  llvm::SmallBitVector ChangedParams;
  llvm::SmallVector<uint32_t, 2> ChangedMembers;
  /// Where the function's own object gets about, or a member of it another
  /// value, under a condition: that.
  llvm::DenseMap<const clang::Expr *, Condition> ChangedUnder;
  /// Parameters by value that were moved from, or returned.
  llvm::SmallPtrSet<const clang::ValueDecl *, 2> LeftParams;
  /// Whether parameter or member number \p Of may get another value.
  bool changes(uint32_t Of) const {
    if (Of >= FirstMember) {
      if (objectIn(Of) == OwnObject)
        return false; // whoever knows a value asks that of all bodies
      const uint32_t Param = objectIn(Of) - objectOf(0);
      return changesWhole(Param) ||
             (isAllMembers(Of) ? changesMember(Param)
                               : llvm::is_contained(ChangedMembers, Of));
    }
    return changesWhole(Of) || changesMember(Of);
  }
  bool changesWhole(uint32_t Param) const {
    return Param < ChangedParams.size() && ChangedParams.test(Param);
  }
  bool changesMember(uint32_t Param) const {
    return llvm::any_of(ChangedMembers, [&](uint32_t Member) {
      return objectIn(Member) == objectOf(Param);
    });
  }

  /// What is known of the local variable \p V, or null.
  const VariableFact *variable(const clang::ValueDecl *V) const;
  llvm::DenseMap<const clang::VarDecl *, unsigned> VariableIndex;

  /// Parameters of class type that are passed by value and have a name.
  std::vector<VariableFact> Parameters;
  /// The parts of structured bindings that are named anywhere.
  llvm::SmallPtrSet<const clang::BindingDecl *, 2> NamedBindings;
};

/// Walks the body of \p F once (a defaulted special member's members count as
/// its body). Of a function without a body, which somebody hands on, the only
/// fact is that it is called.
FunctionFacts buildFacts(Unit &U, const clang::FunctionDecl *F);
/// What the initialisers in the class of \p Method do.
FunctionFacts buildInitialiserFacts(Unit &U,
                                    const clang::CXXMethodDecl *Method);

} // namespace nostall

#endif
