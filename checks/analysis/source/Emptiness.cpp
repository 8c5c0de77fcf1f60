//===- Emptiness.cpp - objects that are nothing ---------------------------===//

#include "Emptiness.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/StringSwitch.h"

using namespace clang;

namespace nostall {

static bool isOfStd(const Decl *D) {
  for (const DeclContext *In = D->getDeclContext(); In; In = In->getParent())
    if (In->isStdNamespace())
      return true;
  return false;
}

static llvm::StringRef stdName(QualType T) {
  const CXXRecordDecl *R =
      T.isNull() ? nullptr : T.getNonReferenceType()->getAsCXXRecordDecl();
  return R && R->getIdentifier() && isOfStd(R) ? R->getName() : "";
}

static bool isText(QualType T) {
  return llvm::StringSwitch<bool>(stdName(T))
      .Cases({"basic_string", "basic_string_view", "path"}, true)
      .Default(false);
}

bool canBeEmpty(QualType T) {
  return isText(T) || llvm::StringSwitch<bool>(stdName(T))
                          .Cases({"any",
                                  "basic_fstream",
                                  "basic_ifstream",
                                  "basic_ofstream",
                                  "coroutine_handle",
                                  "copyable_function",
                                  "deque",
                                  "error_code",
                                  "exception_ptr",
                                  "forward_list",
                                  "function",
                                  "future",
                                  "jthread",
                                  "list",
                                  "map",
                                  "move_only_function",
                                  "multimap",
                                  "multiset",
                                  "optional",
                                  "set",
                                  "shared_future",
                                  "shared_ptr",
                                  "thread",
                                  "unique_ptr",
                                  "unordered_map",
                                  "unordered_multimap",
                                  "unordered_multiset",
                                  "unordered_set",
                                  "vector"},
                                 true)
                          .Default(false);
}

bool isMadeEmpty(QualType T) {
  if (canBeEmpty(T) || T->isScalarType())
    return true;
  const CXXRecordDecl *R = T->getAsCXXRecordDecl();
  if (!R || !R->hasDefinition() || !R->getDestructor())
    return false;
  if (R->isInStdNamespace()) {
    const auto *Of = dyn_cast<ClassTemplateSpecializationDecl>(R);
    auto IsEmpty = [](const TemplateArgument &Arg) {
      return Arg.getKind() == TemplateArgument::Type &&
             isMadeEmpty(Arg.getAsType());
    };
    if (!Of || !Of->getIdentifier() ||
        (Of->getName() != "pair" && Of->getName() != "tuple"))
      return false;
    for (const TemplateArgument &Arg : Of->getTemplateArgs().asArray())
      if (Arg.getKind() == TemplateArgument::Pack
              ? !llvm::all_of(Arg.pack_elements(), IsEmpty)
              : !IsEmpty(Arg))
        return false;
    return true;
  }
  return R->isAggregate() && !R->getNumBases() &&
         !R->getDestructor()->isUserProvided() &&
         llvm::all_of(R->fields(), [](const FieldDecl *Field) {
           return !Field->hasInClassInitializer() &&
                  isMadeEmpty(Field->getType());
         });
}

bool isDuration(QualType T) { return stdName(T) == "duration"; }

const Expr *countedBy(const Expr *E) {
  const auto *Call = dyn_cast<CXXMemberCallExpr>(E->IgnoreParenImpCasts());
  const CXXMethodDecl *Asked = Call ? Call->getMethodDecl() : nullptr;
  return Asked && Asked->getIdentifier() && Asked->getName() == "count" &&
                 isDuration(Call->getImplicitObjectArgument()->getType())
             ? Call->getImplicitObjectArgument()
             : nullptr;
}

/// \p E without temporaries, copies and casts.
static const Expr *made(const Expr *E) {
  while (true) {
    const Expr *Before = E;
    E = E->IgnoreUnlessSpelledInSource();
    // Of a template, a default may not be there yet.
    if (const auto *Default = dyn_cast<CXXDefaultArgExpr>(E);
        Default && Default->getExpr())
      E = Default->getExpr();
    else if (const auto *Cast = dyn_cast<ExplicitCastExpr>(E))
      E = Cast->getSubExpr();
    if (E == Before)
      return E;
  }
}

std::optional<bool> holdsSomething(QualType T, const Expr *From) {
  From = made(From);
  if (stdName(From->getType()) == "nullopt_t")
    return false;
  if (stdName(T) == "optional" || stdName(T) == "any")
    return std::nullopt; // a value, which may be nothing itself
  if (From->getType()->isNullPtrType())
    return false;
  const auto *Text = dyn_cast<StringLiteral>(From);
  return Text && isText(T) ? std::optional(Text->getLength() != 0)
                           : std::nullopt;
}

std::optional<bool> holdsSomething(const Expr *E) {
  const QualType T = E->getType();
  if (!canBeEmpty(T))
    return std::nullopt;
  E = made(E);
  // Not std::string() where an std::optional of it is made.
  const bool IsOne = E->getType().getCanonicalType().getUnqualifiedType() ==
                     T.getCanonicalType().getUnqualifiedType();
  const auto *Made = dyn_cast<CXXConstructExpr>(E);
  if (!Made || !IsOne)
    return holdsSomething(T, E);
  if (Made->getConstructor()->isCopyOrMoveConstructor())
    return holdsSomething(Made->getArg(0));
  llvm::SmallVector<const Expr *, 4> Written;
  for (const Expr *Arg : Made->arguments())
    if (!isa<CXXDefaultArgExpr>(Arg))
      Written.push_back(Arg);
  return Written.empty()       ? std::optional(false)
         : Written.size() == 1 ? holdsSomething(T, Written.front())
                               : std::nullopt;
}

static bool isKeyed(const CXXRecordDecl *R) {
  return R->getIdentifier() && R->getName().ends_with("map");
}

bool keepsEmptiness(const FunctionDecl *Member) {
  if (!isOfStd(Member))
    return false;
  switch (Member->getOverloadedOperator()) {
  case OO_Star:
  case OO_Arrow:
  case OO_LessLess: // of a stream
  case OO_GreaterGreater:
    return true;
  case OO_Subscript: // a map makes what it is asked for
    return Member->getNumParams() == 1 &&
           Member->getParamDecl(0)->getType()->isIntegerType() &&
           !isKeyed(cast<CXXMethodDecl>(Member)->getParent());
  default:
    break;
  }
  return Member->getIdentifier() &&
         llvm::StringSwitch<bool>(Member->getName())
             .Cases({"at", "value", "get", "front", "back", "top", "data"},
                    true)
             .Cases({"write", "flush", "put", "read", "getline", "wait",
                     "wait_for", "wait_until"},
                    true)
             .Cases({"begin", "end", "rbegin", "rend", "find", "lower_bound",
                     "upper_bound", "error"},
                    true)
             .Cases({"reserve", "rehash", "shrink_to_fit"}, true)
             .Default(false);
}

bool empties(const FunctionDecl *Method) {
  return isOfStd(Method) && Method->getIdentifier() &&
         (Method->getName() == "clear" || Method->getName() == "close" ||
          Method->getName() == "join" || Method->getName() == "detach" ||
          (Method->getName() == "reset" && !Method->getNumParams()));
}

bool empties(const CXXMemberCallExpr *Call) {
  const CXXMethodDecl *Method = Call->getMethodDecl();
  const bool Resets = Method && isOfStd(Method) && Method->getIdentifier() &&
                      Method->getName() == "reset";
  return Method &&
         (empties(Method) ||
          (Resets && llvm::all_of(Call->arguments(), [](const Expr *Arg) {
             return isa<CXXDefaultArgExpr>(Arg);
           })));
}

bool leavesEmpty(const CXXMemberCallExpr *Call) {
  const CXXMethodDecl *Method = Call->getMethodDecl();
  return empties(Call) ||
         (Method && isOfStd(Method) && Method->getIdentifier() &&
          Method->getName() == "release" &&
          canBeEmpty(Call->getImplicitObjectArgument()->getType()));
}

/// nullptr, std::nullopt and "".
static bool isNothing(const Expr *E) {
  E = made(E);
  const auto *Text = dyn_cast<StringLiteral>(E);
  return E->getType()->isNullPtrType() ||
         stdName(E->getType()) == "nullopt_t" || (Text && !Text->getLength());
}

static std::optional<EmptinessTest> comparison(BinaryOperatorKind Op,
                                               const Expr *L, const Expr *R) {
  if ((Op != BO_EQ && Op != BO_NE) || !L || !R)
    return std::nullopt;
  if (isNothing(L))
    std::swap(L, R);
  if (!canBeEmpty(L->getType()) || !isNothing(R))
    return std::nullopt;
  return EmptinessTest{L, Op == BO_NE};
}

std::optional<EmptinessTest> emptinessTest(const Expr *E) {
  if (const auto *Rewritten = dyn_cast<CXXRewrittenBinaryOperator>(E)) {
    const auto Form = Rewritten->getDecomposedForm();
    return comparison(Form.Opcode, Form.LHS, Form.RHS);
  }
  if (const auto *Op = dyn_cast<CXXOperatorCallExpr>(E)) {
    if (Op->getNumArgs() != 2 || !Op->isInfixBinaryOp())
      return std::nullopt;
    const auto Kind = BinaryOperator::getOverloadedOpcode(Op->getOperator());
    return comparison(Kind, Op->getArg(0), Op->getArg(1));
  }
  const auto *Call = dyn_cast<CXXMemberCallExpr>(E);
  const CXXMethodDecl *Asked = Call ? Call->getMethodDecl() : nullptr;
  if (!Asked || !isOfStd(Asked))
    return std::nullopt;
  const Expr *Of = Call->getImplicitObjectArgument();
  if (canBeEmpty(Of->IgnoreParenBaseCasts()->getType()))
    Of = Of->IgnoreParenBaseCasts(); // std::shared_ptr asks a base
  if (const auto *Conversion = dyn_cast<CXXConversionDecl>(Asked))
    return Conversion->getConversionType()->isBooleanType()
               ? std::optional(EmptinessTest{Of, true})
               : std::nullopt;
  if (!Asked->getIdentifier() || Asked->getNumParams())
    return std::nullopt;
  if (Asked->getName() == "empty")
    return EmptinessTest{Of, false};
  if (Asked->getName() == "has_value" || Asked->getName() == "is_open" ||
      Asked->getName() == "joinable" || Asked->getName() == "valid")
    return EmptinessTest{Of, true};
  return std::nullopt;
}

} // namespace nostall
