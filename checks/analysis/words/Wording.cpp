//===- Wording.cpp - names and phrases for messages -----------------------===//

#include "Wording.h"
#include "Notes.h"
#include "analysis/source/Annotations.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/ExprCXX.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/StringExtras.h"

using namespace clang;

namespace nostall {

std::string oneLine(llvm::StringRef Text, size_t AtMost) {
  std::string Line;
  llvm::SmallVector<llvm::StringRef> Words;
  llvm::SplitString(Text, Words);
  for (llvm::StringRef Word : Words)
    Line += (Line.empty() ? "" : " ") + Word.str();
  if (Line.size() <= AtMost)
    return Line;
  Line.resize(AtMost - 3);
  // Not in the middle of a character.
  while (!Line.empty() && (Line.back() & 0xC0) == 0x80)
    Line.pop_back();
  if (!Line.empty() && (Line.back() & 0x80))
    Line.pop_back();
  return Line + "...";
}

/// Of a type that is spelled out.
static constexpr size_t LongestName = 80;

std::string displayType(QualType T, const ASTContext &Ctx) {
  PrintingPolicy Policy(Ctx.getLangOpts());
  Policy.SuppressTagKeyword = true;
  return oneLine(T.getUnqualifiedType().getAsString(Policy), LongestName);
}

/// Nobody but a library's author writes such names.
static bool isReserved(llvm::StringRef Name) {
  return Name.starts_with("__") ||
         (Name.size() > 1 && Name[0] == '_' && llvm::isUpper(Name[1]));
}

/// The variable of type \p R in \p Space, if there is one.
static const VarDecl *objectIn(const NamespaceDecl *Space,
                               const CXXRecordDecl *R) {
  for (const NamespaceDecl *Part : Space->redecls())
    for (const Decl *D : Part->decls()) {
      const auto *V = dyn_cast<VarDecl>(D);
      if (V && !V->getType()->isDependentType() &&
          V->getType()->getAsCXXRecordDecl() == R->getCanonicalDecl())
        return V;
      if (const auto *Inner = dyn_cast<NamespaceDecl>(D);
          Inner && Inner->isInline() && Inner->isFirstDecl())
        if (const VarDecl *Found = objectIn(Inner, R))
          return Found;
    }
  return nullptr;
}

/// `inline constexpr sync_wait_fn sync_wait;`: who calls it knows the object,
/// and not its type.
static const VarDecl *functionObject(const FunctionDecl *F) {
  const auto *Method = dyn_cast<CXXMethodDecl>(F);
  if (!Method || Method->getOverloadedOperator() != OO_Call ||
      Method->getParent()->isLambda() ||
      isa<ClassTemplateSpecializationDecl>(Method->getParent()))
    return nullptr;
  const CXXRecordDecl *R = Method->getParent();
  for (const DeclContext *DC = R->getDeclContext(); DC; DC = DC->getParent())
    if (const auto *Space = dyn_cast<NamespaceDecl>(DC))
      if (const VarDecl *Found = objectIn(Space->getCanonicalDecl(), R))
        return Found;
  return nullptr;
}

static bool isReserved(const CXXRecordDecl *R) {
  return R->getIdentifier() && isReserved(R->getName());
}

/// The class that people use of \p R, which is a base class of a library's own:
/// `std::future` of `std::__basic_future`. The first, if there are several.
static const CXXRecordDecl *knownAs(const CXXRecordDecl *R) {
  const auto *Spec = dyn_cast<ClassTemplateSpecializationDecl>(R);
  const ClassTemplateDecl *T =
      Spec ? Spec->getSpecializedTemplate()->getCanonicalDecl()
           : R->getDescribedClassTemplate();
  auto IsR = [&](const CXXBaseSpecifier &Base) {
    const auto *Of = Base.getType()->getAs<TemplateSpecializationType>();
    const TemplateDecl *Named =
        Of ? Of->getTemplateName().getAsTemplateDecl() : nullptr;
    return T ? Named && Named->getCanonicalDecl() == T
             : Base.getType()->getAsCXXRecordDecl() == R;
  };
  auto FirstIn = [&](const DeclContext *Around) -> const CXXRecordDecl * {
    for (const Decl *D : Around->decls()) {
      const auto *Template = dyn_cast<ClassTemplateDecl>(D);
      const auto *Derived =
          Template ? Template->getTemplatedDecl() : dyn_cast<CXXRecordDecl>(D);
      if (Derived && Derived->isThisDeclarationADefinition() &&
          Derived->getIdentifier() && !isReserved(Derived) &&
          llvm::any_of(Derived->bases(), IsR))
        return Derived;
    }
    return nullptr;
  };
  const DeclContext *Beside =
      T ? T->getLexicalDeclContext() : R->getLexicalDeclContext();
  const CXXRecordDecl *Found = FirstIn(Beside);
  // std::atomic<int> stands in another header than its base class.
  if (const auto *Space = dyn_cast<NamespaceDecl>(Beside))
    for (const NamespaceDecl *Part : Space->redecls())
      Found = Found ? Found : FirstIn(Part);
  return Found;
}

std::string displayName(const NamedDecl *D) {
  if (const auto *F = dyn_cast<FunctionDecl>(D))
    return displayName(F);
  const auto *Class = dyn_cast<RecordDecl>(D->getDeclContext());
  return (Class ? Class->getNameAsString() + "::" : "") + D->getNameAsString();
}

std::string displayName(const FunctionDecl *F) {
  const auto *Method = dyn_cast<CXXMethodDecl>(F);
  if (Method && Method->getParent()->isLambda())
    return "lambda";
  if (isa<CXXConstructorDecl>(F))
    return modelName(Method->getParent());
  if (const VarDecl *Object = functionObject(F))
    return modelName(Object);
  if (Method && isReserved(Method->getParent()))
    if (const CXXRecordDecl *R = knownAs(Method->getParent()))
      return modelName(R) + "::" + Method->getNameAsString();
  return modelName(F);
}

/// The variable or member whose `operator()` \p Call calls, or null.
static const ValueDecl *calledObject(const CallFact &Call) {
  const auto *Op = dyn_cast_or_null<CXXOperatorCallExpr>(Call.Site);
  if (!Op || Op->getOperator() != OO_Call || !Op->getNumArgs())
    return nullptr;
  const Expr *Object = Op->getArg(0)->IgnoreParenImpCasts();
  if (const auto *Ref = dyn_cast<DeclRefExpr>(Object))
    return Ref->getDecl();
  const auto *Member = dyn_cast<MemberExpr>(Object);
  return Member ? Member->getMemberDecl() : nullptr;
}

/// What \p Call calls, as its author has written it: a function object by its
/// own name; of a member that a base class of the library's own has, with the
/// class of the object.
static std::string calledName(const CallFact &Call) {
  if (const ValueDecl *Object = calledObject(Call);
      Object && Object->getIdentifier())
    return "'" +
           (isa<VarDecl>(Object) && cast<VarDecl>(Object)->hasGlobalStorage()
                ? modelName(Object)
                : Object->getNameAsString()) +
           "'";
  const auto *Member = dyn_cast_or_null<CXXMemberCallExpr>(Call.Site);
  const auto *Method = dyn_cast<CXXMethodDecl>(Call.Callee);
  if (!Member || !Method || !isReserved(Method->getParent()))
    return quotedName(displayName(Call.Callee));
  QualType Object =
      Member->getImplicitObjectArgument()->IgnoreParenImpCasts()->getType();
  if (Object->isPointerType())
    Object = Object->getPointeeType();
  const CXXRecordDecl *R = Object->getAsCXXRecordDecl();
  if (!R || !R->getIdentifier() || isReserved(R))
    return quotedName(displayName(Call.Callee));
  return "'" + modelName(R) + "::" + Method->getNameAsString() + "'";
}

/// What dies: `x`, `[a, b]`, the range of a loop.
static std::string destroyedName(const ValueDecl *D) {
  if (const auto *Bound = dyn_cast<DecompositionDecl>(D)) {
    std::string Names;
    for (const BindingDecl *B : Bound->bindings())
      Names += (Names.empty() ? "" : ", ") + B->getNameAsString();
    return "'[" + Names + "]'";
  }
  if (D->isImplicit() && isReserved(D->getNameAsString()))
    return "the range of this loop";
  return "'" + D->getNameAsString() + "'";
}

std::string quotedName(llvm::StringRef Name) {
  return Name == "lambda" ? "the lambda" : ("'" + Name + "'").str();
}

static std::string quoted(const FunctionDecl *F) {
  return quotedName(displayName(F));
}

std::string displayCall(const CallFact &Call) {
  // What holds the callable is known to its author by that name.
  const bool IsStored =
      !Call.Callee ||
      (Call.Callee->getOverloadedOperator() == OO_Call &&
       Call.Callee->getASTContext().getSourceManager().isInSystemHeader(
           Call.Callee->getLocation()));
  if (IsStored && Call.Through && Call.Implied == CallFact::ImpliedBy::Nothing)
    return "call through '" + Call.Through->getNameAsString() + "'";
  const ASTContext &Ctx = Call.Callee->getASTContext();
  switch (Call.Implied) {
  case CallFact::ImpliedBy::DefaultArg:
    return "this default argument, which calls " + quoted(Call.Callee) + ",";
  case CallFact::ImpliedBy::RangeFor:
    if (Call.K == CallFact::Kind::Destructor && Call.Through &&
        !Call.Through->isImplicit())
      break;
    return "this range-based for, which calls " + quoted(Call.Callee) + ",";
  case CallFact::ImpliedBy::Await:
    return (isa<CoyieldExpr>(Call.Site) ? "this co_yield, which calls "
                                        : "this co_await, which calls ") +
           quoted(Call.Callee) + ",";
  case CallFact::ImpliedBy::Library:
    if (Call.K != CallFact::Kind::Constructor)
      return "this construction, which calls " + quoted(Call.Callee) + ",";
    return "construction of '" +
           displayType(Ctx.getCanonicalTagType(
                           cast<CXXConstructorDecl>(Call.Callee)->getParent()),
                       Ctx) +
           "'";
  case CallFact::ImpliedBy::Nothing:
    break;
  }
  switch (Call.K) {
  case CallFact::Kind::Constructor:
    if (const auto *E = dyn_cast_or_null<Expr>(Call.Site))
      return "construction of '" + displayType(E->getType(), Ctx) + "'";
    return "construction of " + quoted(Call.Callee);
  case CallFact::Kind::Destructor:
    if (Call.Through)
      return "destruction of " + destroyedName(Call.Through);
    return (isa_and_nonnull<CXXDeleteExpr>(Call.Site)
                ? "deletion of this '"
                : "destruction of the temporary '") +
           modelName(cast<CXXDestructorDecl>(Call.Callee)->getParent()) + "'";
  case CallFact::Kind::Conversion:
    return "conversion by " + quoted(Call.Callee);
  case CallFact::Kind::Operator:
  case CallFact::Kind::Function:
    return "call to " + calledName(Call);
  }
  llvm_unreachable("covered switch");
}

std::string displayCall(const LoopCall &L) {
  return L.Handed ? "callback " + quoted(L.Handed->Body) + ", given to " +
                        quoted(L.Call->Callee) + ","
                  : displayCall(*L.Call);
}

std::string hopText(Hop H, llvm::StringRef Callee, llvm::StringRef Next) {
  // A pointer has no name of its own here.
  std::string Called =
      Callee.empty() ? "a stored callable" : quotedName(Callee);
  switch (H) {
  case Hop::Calls:
    return "calls " + Called;
  case Hop::Constructs:
    return "constructs " + Called;
  case Hop::RunsCallable:
    return "calls " + Called + ", which runs " + quotedName(Next);
  case Hop::MayDispatch:
    return "calls " + Called + ", which " + quotedName(Next) + " overrides";
  case Hop::Destroys:
    return "runs the destructor " + Called;
  case Hop::DropsResult:
    return "drops the result of " + Called + ", whose destructor waits";
  }
  llvm_unreachable("covered switch");
}

std::string displayHop(const Witness &W, const Primitive &Last) {
  const FunctionDecl *Next = W.Next ? W.Next : Last.Callee;
  return hopText(W.kind(), W.Callee ? displayName(W.Callee) : "",
                 displayName(Next));
}

llvm::StringRef stalledName(bool IsEventLoop) {
  return IsEventLoop ? "the event loop" : "a thread that runs coroutines";
}

std::string blockingText(llvm::StringRef Call, bool IsEventLoop, Effect Kind,
                         llvm::StringRef Reached, llvm::StringRef Remedy) {
  std::string Text = Call.str();
  Text += (" " + traitsOf(Kind).Verb + " " + stalledName(IsEventLoop)).str();
  if (!Reached.empty())
    Text += (": it reaches '" + Reached + "'").str();
  Text += (" (" + traitsOf(Kind).Name + "); " + oneLine(Remedy)).str();
  return Text;
}

std::string affinityText(llvm::StringRef Call, llvm::StringRef Reached,
                         llvm::StringRef Remedy) {
  std::string Text = Call.str() + " runs off the event loop's thread";
  if (Reached.empty())
    Text += ", on which alone it may be called";
  else
    Text += (": it reaches '" + Reached +
             "', which may only be called on that thread")
                .str();
  return Text + "; " + oneLine(Remedy);
}

std::string knownText(llvm::StringRef Function, Effect Kind,
                      llvm::StringRef Source) {
  return ("'" + Function +
          (Kind == Effect::LoopOnly ? notes::LoopOnly : notes::Blocks) +
          oneLine(Source))
      .str();
}

std::string handedText(const FunctionDecl *F, const Placement &P) {
  const char *Where = P.C == Context::Loop      ? "on the event loop"
                      : P.C == Context::Process ? "in another process"
                                                : "on a worker thread";
  const std::string Runs = quoted(F) + " runs " + Where;
  if (P.W == Placement::Why::Called)
    return (Runs + ": '" + displayName(P.To) + notes::CallsIt + notes::Here)
        .str();
  return (Runs + notes::HandedTo + displayName(P.To) + "'" + notes::Here).str();
}

static constexpr llvm::StringLiteral OpenCallPrefix = "open call #";

std::string openCallText(unsigned Number) {
  return (OpenCallPrefix + llvm::Twine(Number)).str();
}

std::optional<unsigned> openCallIn(llvm::StringRef Text) {
  unsigned Number = 0;
  if (!Text.consume_front(OpenCallPrefix) || Text.getAsInteger(10, Number))
    return std::nullopt;
  return Number;
}

std::string moreText(unsigned Count) {
  return std::to_string(Count) + " more blocking " +
         (Count == 1 ? "call is" : "calls are") + " reached from here";
}

std::string displayDrop(const Drop &D) {
  const char *What =
      D.Type->K == AwaitableType::Kind::Task ? "task" : "awaitable";
  switch (D.K) {
  case Drop::Kind::Value:
    if (D.IsInside)
      return D.Callee ? What + (" in what " + quoted(D.Callee) + " returned")
                      : What + std::string(" in what was made here");
    return D.Callee ? What + (" returned by " + quoted(D.Callee))
                    : What + std::string(" made here");
  case Drop::Kind::NamedValue:
    return D.Named ? What + (" '" + D.Named->getNameAsString() + "'")
                   : "this " + std::string(What);
  case Drop::Kind::Parameter:
    return What + (" in parameter '" + D.Named->getNameAsString() + "'");
  case Drop::Kind::Captured:
    return What + (" captured as '" + D.Named->getNameAsString() + "'");
  case Drop::Kind::Held:
  case Drop::Kind::Replaced:
  case Drop::Kind::Variable:
    return What + (" in variable '" + D.Named->getNameAsString() + "'");
  case Drop::Kind::Assigned:
    return What + (" assigned to '" + D.Named->getNameAsString() + "'");
  case Drop::Kind::Given:
    return What +
           (" that " + quoted(D.Callee) + " returns to " + quoted(D.GivenTo));
  case Drop::Kind::RangeElement:
    return What + (" in loop variable '" + D.Named->getNameAsString() + "'");
  }
  llvm_unreachable("covered switch");
}

llvm::StringRef consequenceOf(const Drop &D) {
  const AwaitableType &Type = *D.Type;
  if (D.EndsUnfinished)
    return "so it is destroyed before it has finished";
  if (Type.K != AwaitableType::Kind::Task)
    return "so nothing waits for its operation, which may never start";
  switch (Type.S) {
  case Start::Lazy:
    return "so the coroutine never runs";
  case Start::Eager:
    return "so it runs, but its result and its exceptions are lost, and "
           "nothing waits for it";
  case Start::Unknown:
    return "so nothing waits for it, and its result and its exceptions are "
           "lost";
  }
  llvm_unreachable("covered switch");
}

std::string loopOnlyTwin(const Primitive &P) {
  if (auto Twin = annotation(P.Callee, "loop_only"); Twin && !Twin->empty())
    return Twin->str();
  return P.Model ? P.Model->LoopOnlyTwin : "";
}

/// What \p F was instantiated from, whose types are spelled as written.
static const FunctionDecl *asWritten(const FunctionDecl *F) {
  const FunctionDecl *Pattern = F->getTemplateInstantiationPattern();
  return Pattern ? Pattern : F;
}

static bool haveSameParameters(const FunctionDecl *A, const FunctionDecl *B) {
  return llvm::equal(A->parameters(), B->parameters(),
                     [](const ParmVarDecl *P, const ParmVarDecl *Q) {
                       return P->getType().getAsString() ==
                              Q->getType().getAsString();
                     });
}

const FunctionDecl *twinBeside(const FunctionDecl *Callee,
                               llvm::StringRef Name) {
  const ASTContext &Ctx = Callee->getASTContext();
  for (const NamedDecl *D :
       Callee->getDeclContext()->lookup(&Ctx.Idents.get(Name))) {
    const auto *T = dyn_cast<FunctionTemplateDecl>(D);
    const auto *F = T ? T->getTemplatedDecl() : dyn_cast<FunctionDecl>(D);
    if (F && haveSameParameters(asWritten(F), asWritten(Callee)))
      return F;
  }
  return nullptr;
}

std::string adviceOn(const Primitive &P) {
  if (P.Model && !P.Model->Advice.empty())
    return P.Model->Advice;
  std::string Twin =
      P.What == Effect::LoopOnly ? loopOnlyTwin(P) : std::string();
  if (Twin.empty())
    return traitsOf(P.What).Advice.str();
  return (twinBeside(P.Callee, Twin) ? "use '" : "post it to the loop with '") +
         Twin + "'";
}

} // namespace nostall
