//===- Rewrite.cpp - the code that a fix-it writes ------------------------===//

#include "Rewrite.h"
#include "analysis/Unit.h"
#include "analysis/facts/CallArguments.h"
#include "analysis/locks/LockFlow.h"
#include "analysis/source/Awaitables.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Emptiness.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Lex/Lexer.h"

using namespace clang;

namespace nostall {

std::optional<CharSourceRange> fileRange(Unit &U, SourceRange Range) {
  if (Range.isInvalid() || Range.getBegin().isMacroID() ||
      Range.getEnd().isMacroID())
    return std::nullopt;
  CharSourceRange R = Lexer::makeFileCharRange(
      CharSourceRange::getTokenRange(Range), U.context().getSourceManager(),
      U.context().getLangOpts());
  if (R.isInvalid())
    return std::nullopt;
  return R;
}

std::optional<std::string> sourceText(Unit &U, SourceRange Range) {
  auto R = fileRange(U, Range);
  if (!R)
    return std::nullopt;
  return Lexer::getSourceText(*R, U.context().getSourceManager(),
                              U.context().getLangOpts())
      .str();
}

namespace {

/// Values for {placeholders}. Nothing comes out where one has no value for the
/// call at hand.
class Template {
public:
  void set(llvm::StringRef Name, std::optional<std::string> Value) {
    if (Value)
      Values[Name] = std::move(*Value);
  }

  std::optional<std::string> fill(llvm::StringRef Text) const {
    bool Complete = true;
    std::string Out = expandCode(Text, [&](llvm::StringRef Name) {
      auto It = Values.find(Name);
      Complete &= It != Values.end();
      return It == Values.end() ? std::string() : It->second;
    });
    return Complete ? std::optional(Out) : std::nullopt;
  }

private:
  llvm::StringMap<std::string> Values;
};

/// The object expression with the `.` or `->` that follows it.
std::optional<std::string> receiverText(Unit &U, const CallFact &Call) {
  const auto *E = dyn_cast_or_null<CXXMemberCallExpr>(Call.Site);
  const auto *Member =
      E ? dyn_cast<MemberExpr>(E->getCallee()->IgnoreParens()) : nullptr;
  if (!Member)
    return std::nullopt;
  if (Member->isImplicitAccess())
    return std::string();
  const Expr *Base = Member->getBase()->IgnoreImplicit();
  if (const auto *Arrow = dyn_cast<CXXOperatorCallExpr>(Base);
      Arrow && Arrow->getOperator() == OO_Arrow)
    Base = Arrow->getArg(0); // whose range ends with the arrow
  auto Text = sourceText(U, Base->getSourceRange());
  if (Text)
    *Text += Member->isArrow() ? "->" : ".";
  return Text;
}

/// \p T as any place can write it. A name that a header gave it ("std::string")
/// is kept where it stands in a namespace; other sugar, which may name things
/// that only the declaration sees, is not.
std::optional<std::string> spelledType(Unit &U, QualType T) {
  if (const auto *Typedef = T->getAs<TypedefType>();
      Typedef && Typedef->getDecl()->getDeclContext()->isFileContext())
    return Typedef->getDecl()->getQualifiedNameAsString();
  PrintingPolicy Policy(U.context().getLangOpts());
  Policy.SuppressTagKeyword = true;
  std::string Text =
      T.getCanonicalType().getUnqualifiedType().getAsString(Policy);
  for (llvm::StringRef Nameless : {"(lambda", "(unnamed", "(anonymous"})
    if (llvm::StringRef(Text).contains(Nameless))
      return std::nullopt;
  return Text;
}

/// Whether a \p T can be made of nothing, as who reports an exception in place
/// of a result does.
bool hasDefault(QualType T) {
  const CXXRecordDecl *R = T->getAsCXXRecordDecl();
  if (!R || !R->hasDefinition())
    return !R;
  return R->needsImplicitDefaultConstructor() ||
         llvm::any_of(R->ctors(), [](const CXXConstructorDecl *Ctor) {
           return Ctor->isDefaultConstructor() && !Ctor->isDeleted() &&
                  Ctor->getAccess() == AS_public;
         });
}

bool isOfStatic(const Stmt *S) {
  const auto *Declares = dyn_cast<DeclStmt>(S);
  return Declares && llvm::any_of(Declares->decls(), [](const Decl *D) {
           const auto *V = dyn_cast<VarDecl>(D);
           return V && V->isStaticLocal();
         });
}

/// Whether a co_await may be written where \p Call stands: under a lock it
/// would be the next finding, and a static variable is not made by one
/// ([expr.await]).
bool mayAwaitAt(Unit &U, const FunctionFacts &Facts, const CallFact &Call) {
  bool IsStatic = false;
  forEachStatement(writtenBody(Facts.Function),
                   [&](const Stmt *S, llvm::ArrayRef<const Stmt *> Path) {
                     if (S == Call.Site)
                       IsStatic = llvm::any_of(Path, isOfStatic);
                   });
  return !IsStatic && !isLockHeldAt(U, Facts, Call);
}

/// A std::chrono::duration that counts in a floating-point number.
static bool isFractional(QualType T) {
  const auto *Spec = dyn_cast_or_null<ClassTemplateSpecializationDecl>(
      T.getNonReferenceType()->getAsCXXRecordDecl());
  return Spec && isDuration(T.getNonReferenceType()) &&
         Spec->getTemplateArgs()[0].getAsType()->isFloatingType();
}

std::optional<Template> templateFor(Unit &U, const FunctionFacts &Facts,
                                    const CallFact &Call,
                                    const DialectModel &Dialect) {
  const auto *E = dyn_cast_or_null<CallExpr>(Call.Site);
  if (!Facts.Coroutine || Call.InHandler || !E || isa<CXXOperatorCallExpr>(E) ||
      Call.Implied != CallFact::ImpliedBy::Nothing ||
      Call.K == CallFact::Kind::Destructor || !mayAwaitAt(U, Facts, Call))
    return std::nullopt;
  Template T;
  T.set("ns", Dialect.Namespace);
  T.set("call", sourceText(U, E->getSourceRange()));
  T.set("receiver", receiverText(U, Call));
  if (Call.Callee && Call.Callee->getIdentifier())
    T.set("name", Call.Callee->getName().str());
  // {head} is all arguments but the last, which is {last}.
  std::string All, Head;
  bool Known = true;
  for (unsigned I = 0; I != Call.Args.size(); ++I) {
    if (isa<CXXDefaultArgExpr>(Call.Args[I]))
      break;
    auto Text = sourceText(U, Call.Args[I]->getSourceRange());
    Known &= Text.has_value();
    if (!Text)
      continue;
    // A timer takes whole ticks of its clock.
    if (isFractional(Call.Args[I]->getType()))
      Text =
          "std::chrono::duration_cast<std::chrono::nanoseconds>(" + *Text + ")";
    Head = All;
    All += (I ? ", " : "") + *Text;
    T.set("arg" + std::to_string(I), Text);
    T.set("last", Text);
  }
  if (Known) {
    T.set("args", All);
    T.set("head", Head);
  }
  if (E->isPRValue() && hasDefault(E->getType()))
    T.set("result", spelledType(U, E->getType()));
  return T;
}

/// `(co_await x).y`: what follows the call binds closer than co_await does.
bool isFollowedByPostfix(Unit &U, CharSourceRange Range) {
  const SourceManager &SM = U.context().getSourceManager();
  auto Next = Lexer::findNextToken(Range.getEnd().getLocWithOffset(-1), SM,
                                   U.context().getLangOpts());
  return Next && Next->isOneOf(tok::period, tok::arrow, tok::l_square,
                               tok::l_paren, tok::plusplus, tok::minusminus);
}

/// Whether the task that \p F returns has its template's default arguments: of
/// another executor, say, other code would be the right one.
bool isUsualTask(const FunctionDecl *F) {
  const auto *Task = dyn_cast_or_null<ClassTemplateSpecializationDecl>(
      F->getReturnType()->getAsCXXRecordDecl());
  if (!Task)
    return true;
  const TemplateParameterList &Params =
      *Task->getSpecializedTemplate()->getTemplateParameters();
  const TemplateArgumentList &Args = Task->getTemplateArgs();
  for (unsigned I = 0; I != std::min<unsigned>(Params.size(), Args.size());
       ++I) {
    const auto *Param = dyn_cast<TemplateTypeParmDecl>(Params.getParam(I));
    if (!Param || !Param->hasDefaultArgument() ||
        Args[I].getKind() != TemplateArgument::Type)
      continue;
    const QualType Usual =
        Param->getDefaultArgument().getArgument().getAsType();
    if (!Usual->isDependentType() &&
        !F->getASTContext().hasSameType(Usual, Args[I].getAsType()))
      return false;
  }
  return true;
}

std::optional<Rewrite> render(Unit &U, const FunctionFacts &Facts,
                              const CallFact &Call, const DialectModel &Dialect,
                              llvm::StringRef Text,
                              llvm::ArrayRef<std::string> Includes) {
  if (!isUsualTask(Facts.Function))
    return std::nullopt;
  auto T = templateFor(U, Facts, Call, Dialect);
  auto Range =
      fileRange(U, Call.Site ? Call.Site->getSourceRange() : SourceRange());
  auto Filled = T && Range ? T->fill(Text) : std::nullopt;
  if (!Filled)
    return std::nullopt;
  if (isFollowedByPostfix(U, *Range))
    *Filled = "(" + *Filled + ")";
  Rewrite Result{*Range, *Filled, {}};
  for (llvm::StringRef Header : Includes)
    Result.Includes.push_back(expandInclude(Header, Dialect.Namespace));
  return Result;
}

} // namespace

std::optional<Rewrite> asyncEquivalent(Unit &U, const FunctionFacts &Facts,
                                       const CallFact &Call,
                                       const FunctionModel &Model,
                                       const DialectModel &Dialect) {
  const auto *E = dyn_cast_or_null<CallExpr>(Call.Site);
  // An asynchronous sleep has no "time left" to return.
  if (!E || (Model.What == Effect::Sleep && !E->getType()->isVoidType() &&
             !Call.Discarded))
    return std::nullopt;
  for (const Replacement &R : Model.Replacements)
    if (R.Dialect == Dialect.Name && holdAll(U, R.When, Call))
      return render(U, Facts, Call, Dialect, R.Text, R.Includes);
  return std::nullopt;
}

std::optional<Rewrite> offloaded(Unit &U, const FunctionFacts &Facts,
                                 const CallFact &Call,
                                 const DialectModel &Dialect) {
  const auto *E = dyn_cast_or_null<CallExpr>(Call.Site);
  // Of an operation, the thread would do no more than begin it.
  if (Dialect.Offload.empty() || !E || !E->isPRValue() ||
      U.awaitables().classify(E->getType()).isAwaitable())
    return std::nullopt;
  return render(U, Facts, Call, Dialect, Dialect.Offload,
                Dialect.OffloadIncludes);
}

std::optional<std::string> spawned(Unit &U, llvm::StringRef CallText,
                                   const DialectModel &Dialect) {
  if (Dialect.Spawn.empty())
    return std::nullopt;
  Template T;
  T.set("call", CallText.str());
  T.set("ns", Dialect.Namespace);
  return T.fill(Dialect.Spawn);
}

/// Whether the unit has read a file called \p Path.
static bool isIncluded(const SourceManager &SM, llvm::StringRef Path) {
  std::string Suffix = ("/" + Path).str();
  for (auto It = SM.fileinfo_begin(); It != SM.fileinfo_end(); ++It)
    if (It->first.getName().ends_with(Suffix))
      return true;
  // What clangd has read as a part of its preamble.
  for (unsigned I = 0, E = SM.loaded_sloc_entry_size(); I != E; ++I) {
    const SrcMgr::SLocEntry &Entry = SM.getLoadedSLocEntry(I);
    if (!Entry.isFile())
      continue;
    OptionalFileEntryRef File = Entry.getFile().getContentCache().OrigEntry;
    if (File && File->getName().ends_with(Suffix))
      return true;
  }
  return false;
}

std::optional<FixItHint> Includer::include(Unit &U, llvm::StringRef Header,
                                           SourceLocation Near) {
  const SourceManager &SM = U.context().getSourceManager();
  FileID File = SM.getFileID(SM.getExpansionLoc(Near));
  if (isIncluded(SM, Header.trim("<>\"")))
    return std::nullopt;
  std::optional<llvm::StringRef> Text = SM.getBufferDataOrNone(File);
  if (!Text || !Added.insert({File, Header.str()}).second)
    return std::nullopt;
  // After the last #include; else at the top. The next header goes after the
  // one before: two insertions at one place would be taken for a conflict.
  llvm::SmallVector<size_t, 16> Places{0};
  for (size_t Line = 0; Line < Text->size();) {
    size_t End = std::min(Text->find('\n', Line), Text->size());
    llvm::StringRef Word = Text->slice(Line, End).ltrim();
    if (Word.consume_front("#") && Word.ltrim().starts_with("include"))
      Places.push_back(std::min(End + 1, Text->size()));
    Line = End + 1;
  }
  size_t Before = llvm::count_if(
      Added, [&](const auto &Entry) { return Entry.first == File; });
  size_t At = Places[Places.size() - std::min(Before, Places.size())];
  return FixItHint::CreateInsertion(
      SM.getLocForStartOfFile(File).getLocWithOffset(At),
      ("#include " + Header + "\n").str());
}

} // namespace nostall
