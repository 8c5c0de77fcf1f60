//===- Wording.cpp - names and phrases for messages -----------------------===//

#include "Wording.h"
#include "Annotations.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/DeclTemplate.h"

using namespace clang;

namespace nostall {

static std::string typeName(QualType T, const ASTContext &Ctx) {
  PrintingPolicy Policy(Ctx.getLangOpts());
  Policy.SuppressTagKeyword = true;
  return T.getUnqualifiedType().getAsString(Policy);
}

std::string displayName(const FunctionDecl *F) {
  const auto *Method = dyn_cast<CXXMethodDecl>(F);
  if (Method && Method->getParent()->isLambda())
    return "lambda";
  if (isa<CXXConstructorDecl>(F))
    return modelName(Method->getParent());
  return modelName(F);
}

std::string quotedName(llvm::StringRef Name) {
  return Name == "lambda" ? "the lambda" : ("'" + Name + "'").str();
}

static std::string quoted(const FunctionDecl *F) {
  return quotedName(displayName(F));
}

std::string displayCall(const CallFact &Call) {
  const ASTContext &Ctx = Call.Callee->getASTContext();
  switch (Call.K) {
  case CallFact::Kind::Constructor:
    if (const auto *E = dyn_cast_or_null<Expr>(Call.Site))
      return "construction of '" + typeName(E->getType(), Ctx) + "'";
    return "construction of " + quoted(Call.Callee);
  case CallFact::Kind::Destructor:
    if (Call.Through)
      return "destruction of '" + Call.Through->getNameAsString() + "'";
    return "destruction of a temporary, by " + quoted(Call.Callee) + ",";
  case CallFact::Kind::Conversion:
    return "conversion by " + quoted(Call.Callee);
  case CallFact::Kind::DefaultArg:
    return "default argument, which calls " + quoted(Call.Callee) + ",";
  case CallFact::Kind::RangeFor:
    return "range-based for, which calls " + quoted(Call.Callee) + ",";
  case CallFact::Kind::Await:
    return "suspension, which calls " + quoted(Call.Callee) + ",";
  case CallFact::Kind::Operator:
  case CallFact::Kind::Direct:
  case CallFact::Kind::Virtual:
  case CallFact::Kind::Indirect:
    return "call to " + quoted(Call.Callee);
  }
  llvm_unreachable("covered switch");
}

std::string displayCall(const LoopCall &L) {
  return L.Handed ? "callback " + quoted(L.Handed->Body) + ", given to " +
                        quoted(L.Call->Callee) + ","
                  : displayCall(*L.Call);
}

std::string hopText(Hop H, llvm::StringRef Callee, llvm::StringRef Next) {
  std::string Called = quotedName(Callee);
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

std::string displayHop(const Witness &W) {
  return hopText(W.kind(), displayName(W.Callee),
                 W.Next ? displayName(W.Next) : "");
}

std::string blockingText(llvm::StringRef Call, Category Cat,
                         llvm::StringRef Reached, llvm::StringRef Remedy) {
  std::string Text = Call.str();
  Text += Cat == Category::SyncRun ? " deadlocks" : " blocks";
  Text += " the event loop";
  if (!Reached.empty())
    Text += (": it reaches '" + Reached + "'").str();
  Text += (" (" + categoryName(Cat) + "); " + Remedy).str();
  return Text;
}

std::string affinityText(llvm::StringRef Call, llvm::StringRef Reached,
                         llvm::StringRef Remedy) {
  std::string Text = Call.str() + " is off the event loop's thread";
  if (Reached.empty())
    Text += ", to which it belongs";
  else
    Text += (", and reaches '" + Reached + "', which belongs to it").str();
  return Text + "; " + Remedy.str();
}

std::string knownText(llvm::StringRef Function, Category Cat,
                      llvm::StringRef Source) {
  return ("'" + Function + "' is known to " +
          (Cat == Category::LoopOnly ? "belong to the loop's thread"
                                     : "block") +
          " by " + Source)
      .str();
}

std::string handedText(const FunctionDecl *F, const Placement &P) {
  const char *Where = P.C == Context::Loop      ? "on the event loop"
                      : P.C == Context::Process ? "in another process"
                                                : "on a worker thread";
  return "'" + displayName(F) + "' runs " + Where + ": it is handed to '" +
         displayName(P.To) + "' here";
}

bool canOffload(Category Cat) {
  return Cat != Category::SyncRun && Cat != Category::Lock &&
         Cat != Category::LoopOnly;
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
    return D.Callee ? What + (" returned by " + quotedName(displayName(D.Callee)))
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
  case Drop::Kind::RangeElement:
    return What + (" in loop variable '" + D.Named->getNameAsString() + "'");
  }
  llvm_unreachable("covered switch");
}

llvm::StringRef consequenceOf(const AwaitableType &Type) {
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

/// What to do about a call of this category.
static std::string generalAdvice(Category Cat) {
  switch (Cat) {
  case Category::Sleep:
    return "await an asynchronous sleep";
  case Category::Lock:
    return "use an asynchronous mutex";
  case Category::CPU:
    return "run it on a thread or process pool";
  case Category::SyncRun:
    return "await the task instead";
  case Category::Wait:
    return "await an asynchronous equivalent, or wait on another thread";
  case Category::Process:
  case Category::NetIO:
  case Category::DNS:
  case Category::FileIO:
  case Category::ConsoleIO:
  case Category::DB:
  case Category::GPU:
    return "await the asynchronous equivalent, or run it on a thread pool";
  case Category::LoopOnly:
    return "hand it to the loop instead";
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
      P.Cat == Category::LoopOnly ? loopOnlyTwin(P) : std::string();
  if (Twin.empty())
    return generalAdvice(P.Cat);
  return (twinBeside(P.Callee, Twin) ? "use '" : "hand it to the loop with '") +
         Twin + "'";
}

} // namespace nostall
