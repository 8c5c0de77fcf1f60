//===- Expressions.h - small questions to the AST ---------------*- C++ -*-===//
//
// What the walk and the analyses ask of single expressions and declarations:
// what stands behind implicit nodes and std::move, which entity is named, which
// body a callable has, whether a virtual call is dispatched. Each answer is a
// function of its arguments and the models; nothing is remembered.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_SOURCE_EXPRESSIONS_H
#define NOSTALL_CHECKS_ANALYSIS_SOURCE_EXPRESSIONS_H

#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/SmallPtrSet.h"
#include <optional>

namespace nostall {

class Unit;

/// A node that changes how a value is held, not which value it is.
bool isTransparent(const clang::Stmt *S);
bool isCopyOrMove(const clang::CXXConstructExpr *E);
/// static_cast<T &&>(t), for a \c t of that class: std::move, written out.
bool isForwardingCast(const clang::Stmt *S);
/// T(x), written as a cast: what it makes is made by the constructor below it.
bool isConstructorCast(const clang::Stmt *S);
/// The destructor that the end of a \p T runs, or null if that does nothing.
const clang::CXXDestructorDecl *destructorOf(clang::QualType T);
/// Holds an object, or keeps a temporary alive by a reference.
bool ownsValue(const clang::VarDecl *V);

/// Whether an override of the method that \p E names may be called instead.
bool isDispatched(const clang::CallExpr *E);
/// In a template, the one function that a dependent call can mean, or null.
const clang::FunctionDecl *onlyCandidate(const clang::Expr *Callee);

/// \p E without parentheses, implicit nodes, materialisations, and calls that
/// only forward their argument (std::move, by the models); a default argument
/// is what the parameter's declaration gives.
const clang::Expr *stripForwarding(Unit &U, const clang::Expr *E);
/// The variable or member that \p E names after stripping, or null.
const clang::ValueDecl *namedEntity(Unit &U, const clang::Expr *E);
/// What a call of a function of the program stands for, if more is to be known
/// of it than that it returns a member.
enum class AccessorIs : unsigned char {
  Object, ///< the object that it is called on: socket.fd()
  Itself, ///< the function, which gives what it returns
};
/// The variable or member that holds the descriptor \p E, or null: of an
/// element, of what a loop goes through, and of what an accessor returns, that
/// which holds it.
const clang::ValueDecl *descriptorEntity(Unit &U, const clang::Expr *E,
                                         AccessorIs Calls = AccessorIs::Object);

/// What gets a new value where \p E is assigned to: a variable that holds one
/// itself, or descriptorEntity.
const clang::ValueDecl *assignedEntity(Unit &U, const clang::Expr *E);

/// As what a function is given something.
struct GivenFor {
  const clang::FunctionDecl *F = nullptr;
  unsigned Param = 0;
};
/// As what \p E, to which \p Path leads, or its address, is given to a function
/// that is named.
std::optional<GivenFor> givenFor(const clang::Expr *E,
                                 llvm::ArrayRef<const clang::Stmt *> Path);

/// A name, or what a name leads to by operators that do nothing: evaluating
/// it has no effect, so a statement of it was meant to be more.
bool isPureGlvalue(const clang::Expr *E);

/// What the text that \p E is, or the stream or file that it opened, is made of
/// first: of `"/proc/" + pid` the literal, of a local variable what it was made
/// with. Null if that is not seen.
const clang::Expr *nextInText(Unit &U, const clang::Expr *E);
inline constexpr unsigned MaxTextSteps = 16;
/// How the text that \p E is, or is made of, begins, as far as a literal says
/// so: "/proc/" + pid, or a stream that was opened with it.
std::optional<llvm::StringRef> textBegins(Unit &U, const clang::Expr *E);

/// `std::exchange(place, value)`, or null.
const clang::CallExpr *asExchange(const clang::Stmt *S);

/// For walks along children. A co_await has its operand twice, as it is written
/// and in what is done with it: whoever enters both comes to the innermost of n
/// nested ones 2^n times.
class AwaitsOnce {
public:
  /// Whether \p S is to be entered: not a co_await that was.
  bool enter(const clang::Stmt *S) {
    return !llvm::isa<clang::CoroutineSuspendExpr>(S) ||
           Entered.insert(S).second;
  }

private:
  llvm::SmallPtrSet<const clang::Stmt *, 4> Entered;
};

/// Calls \p Visit with each statement and expression of \p Root and the way
/// that leads to it. Without recursion: expressions may be ten thousand deep.
void forEachStatement(
    const clang::Stmt *Root,
    llvm::function_ref<void(const clang::Stmt *,
                            llvm::ArrayRef<const clang::Stmt *>)>
        Visit);

/// What stands in \p S is never run.
bool isUnevaluated(const clang::Stmt *S);

/// A goto may lead into \p S, past the condition that it stands under.
bool hasLabel(const clang::Stmt *S);

/// May take long by itself, without any call.
bool repeats(const clang::Stmt *S);

} // namespace nostall

#endif
