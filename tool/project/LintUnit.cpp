//===- LintUnit.cpp - one compile command, linted -------------------------===//

#include "LintUnit.h"
#include "Catalogue.h"
#include "NostallCheck.h"
#include "analysis/link/Summariser.h"
#include "analysis/words/Wording.h"
#include "tool/report/TidyFindings.h"
#include "clang/AST/ASTContext.h"
#include "clang/Basic/DiagnosticOptions.h"
#include "clang/Frontend/CompilerInstance.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/VirtualFileSystem.h"

using namespace clang;
using namespace clang::tidy;

namespace nostall {

/// Whether the user asked for compiler warnings. If not, the front end need
/// not look for them.
static bool wantsCompilerWarnings(const ClangTidyContext &Context) {
  return Context.isCheckEnabled("clang-diagnostic-") ||
         StringRef(Context.getOptions().Checks.value_or(""))
             .contains(",clang-diagnostic-");
}

/// Tells \p Context about the unit, as clang-tidy does.
static void enterUnit(ClangTidyContext &Context, CompilerInstance &Compiler,
                      StringRef File) {
  Context.setSourceManager(&Compiler.getSourceManager());
  Context.setASTContext(&Compiler.getASTContext());
  // The configuration is looked for above the file, and not above the folder
  // that this process is in.
  llvm::SmallString<256> Absolute(File);
  if (auto Directory =
          Compiler.getVirtualFileSystem().getCurrentWorkingDirectory()) {
    Context.setCurrentBuildDirectory(*Directory);
    llvm::sys::path::make_absolute(*Directory, Absolute);
  }
  Context.setCurrentFile(Absolute);
  if (!wantsCompilerWarnings(Context))
    Compiler.getDiagnostics().setIgnoreAllWarnings(true);
}

static std::vector<std::string> unknownOptions(const ClangTidyContext &Context,
                                               const llvm::StringSet<> &Read) {
  std::vector<std::string> Unknown;
  for (const auto &Option : Context.getOptions().CheckOptions) {
    StringRef Check = Option.getKey().split('.').first;
    // An option of a check that is off was not read, and may be right.
    if (const CheckInfo *Info = findCheck(Check);
        Check.starts_with("nostall-") && !Read.contains(Option.getKey()) &&
        (!Info || Context.isCheckEnabled(Info->Name)))
      Unknown.push_back(Option.getKey().str());
  }
  llvm::sort(Unknown);
  return Unknown;
}

namespace {
/// Remembers what the checks warned of before NOLINT and filters take it away.
class UnitConsumer : public ClangTidyDiagnosticConsumer {
public:
  UnitConsumer(ClangTidyContext &Context, bool WantFixesFromNotes)
      : ClangTidyDiagnosticConsumer(Context, /*ExternalDiagEngine=*/nullptr,
                                    /*RemoveIncompatibleErrors=*/true,
                                    WantFixesFromNotes),
        Context(Context) {}

  void HandleDiagnostic(DiagnosticsEngine::Level Level,
                        const Diagnostic &Info) override {
    bool IsOpen = false;
    if (Level != DiagnosticsEngine::Note && Info.getLocation().isValid())
      if (std::string Check = Context.getCheckName(Info.getID());
          StringRef(Check).starts_with("nostall-")) {
        llvm::SmallString<128> Text;
        Info.FormatDiagnostic(Text);
        // clang-tidy has put the check's name behind it.
        StringRef Said = Text.str().rsplit(" [").first;
        Raised.push_back(
            {Info.getLocation(), std::move(Check), openCallIn(Said)});
        IsOpen = Raised.back().OpenCall.has_value();
      }
    const unsigned Before = suppressed();
    ClangTidyDiagnosticConsumer::HandleDiagnostic(Level, Info);
    if (IsOpen)
      SuppressedOpen += suppressed() - Before;
  }

  /// By NOLINT, since the context was made.
  unsigned suppressed() const { return Context.getStats().ErrorsIgnoredNOLINT; }

  std::vector<RaisedWarning> Raised;
  unsigned SuppressedOpen = 0; ///< open calls, which are no findings yet

private:
  ClangTidyContext &Context;
};
} // namespace

/// Takes the findings out of \p All that stand for open calls. Of one that a
/// filter or NOLINT has hidden, an empty finding is left.
static void sortOut(std::vector<Finding> All, UnitReport &Into) {
  Into.Open.resize(Into.Calls.Open.size());
  for (Finding &F : All)
    if (auto Number = openCallIn(F.Main.Text))
      Into.Open[*Number] = std::move(F);
    else
      Into.Findings.push_back(std::move(F));
}

/// Gives files of \p Calls the names that findings have.
static void nameFiles(CallGraph &Calls, StringRef Directory) {
  llvm::DenseMap<CallGraph::Text, CallGraph::Text> Named;
  auto Rename = [&](CallGraph::Place &At) {
    auto [It, IsNew] = Named.try_emplace(At.File, At.File);
    if (IsNew && At.File) {
      std::string Name = fullFileName(Calls.text(At.File), Directory);
      if (Name != Calls.text(At.File)) {
        It->second = Calls.Strings.size();
        Calls.Strings.push_back(std::move(Name));
      }
    }
    At.File = It->second;
  };
  for (CallGraph::Primitive &P : Calls.Primitives)
    Rename(P.At);
  for (CallGraph::Node &N : Calls.Nodes)
    for (CallGraph::Edge &E : N.Edges)
      Rename(E.At);
  for (CallGraph::Assumption &A : Calls.Assumptions)
    Rename(A.At);
}

UnitReport lintUnit(tooling::CompileCommand Command, const LintOptions &Options,
                    ClangTidyContext &Context,
                    llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Files,
                    SourceTexts &Sources) {
  UnitReport Report;
  UnitConsumer Consumer(Context, Options.FixesFromNotes);
  auto DiagOptions = std::make_unique<DiagnosticOptions>();
  // The context remembers which check an id belongs to, so the ids live as long
  // as it does: of one unit as of the next.
  thread_local const llvm::IntrusiveRefCntPtr<DiagnosticIDs> Ids =
      DiagnosticIDs::create();
  DiagnosticsEngine Engine(Ids, *DiagOptions, &Consumer,
                           /*ShouldOwnClient=*/false);
  Context.setDiagnosticsEngine(std::move(DiagOptions), &Engine);
  const unsigned SuppressedBefore = Consumer.suppressed();

  std::vector<std::unique_ptr<NostallCheck>> Checks;
  auto OnStart = [&](CompilerInstance &Compiler, StringRef File) {
    enterUnit(Context, Compiler, File);
    Checks.clear(); // those of a parse that has to be done again
    Report.IsCxx = Compiler.getLangOpts().CPlusPlus;
    llvm::StringSet<> Read;
    Context.setOptionsCollector(&Read);
    for (const CheckInfo &Info : catalogue()) {
      if (!Context.isCheckEnabled(Info.Name))
        continue;
      Report.AnyCheckOn = true;
      auto Check = Info.Make(Info.Name, &Context);
      if (Check->isLanguageVersionSupported(Compiler.getLangOpts()))
        Checks.push_back(std::move(Check));
    }
    Context.setOptionsCollector(nullptr);
    Report.UnknownOptions = unknownOptions(Context, Read);
  };
  auto OnAST = [&](ASTContext &AST) {
    auto Shared = Unit::of(AST); // keeps the analysis from check to check
    if (Options.Summarise)
      Shared->summarise();
    for (auto &Check : Checks)
      Check->runOn(AST);
    if (Summariser *Summary = Shared->summariser())
      Report.Calls = Summary->finish();
    Checks.clear();
    if (Options.NamedSuppressions)
      Report.Suppressions =
          namedSuppressions(*Shared, Context, Consumer.Raised);
  };
  const std::string Directory = Command.Directory;
  Report.Parse = parseUnit(std::move(Command), Options.Parse, std::move(Files),
                           Consumer, OnStart, OnAST);
  nameFiles(Report.Calls, Directory);
  std::vector<ClangTidyError> Errors = Consumer.take();
  // An error about a flag: the front end goes on with another value, and what
  // it parses then is not what the user compiles.
  if (Report.Parse.Outcome == ParseResult::Parsed &&
      llvm::any_of(Errors, [](const ClangTidyError &E) {
        return E.DiagnosticName == "clang-diagnostic-error";
      }))
    Report.Parse.Outcome = ParseResult::BadCommand;
  sortOut(toFindings(Errors, Sources), Report);
  Report.Suppressed =
      Consumer.suppressed() - SuppressedBefore - Consumer.SuppressedOpen;
  return Report;
}

} // namespace nostall
