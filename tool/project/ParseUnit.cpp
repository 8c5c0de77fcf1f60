//===- ParseUnit.cpp - one compile command, parsed ------------------------===//

#include "ParseUnit.h"
#include "ClangHeaders.h"
#include "Instances.h"
#include "Limits.h"
#include "LostConstants.h"
#include "MissingHeaders.h"
#include "ModuleBuilder.h"
#include "PlainLibrary.h"
#include "Precompiled.h"
#include "WarningPragmas.h"
#include "analysis/Unit.h"
#include "analysis/source/MissingInstances.h"
#include "analysis/source/NeededBodies.h"
#include "clang/AST/ASTContext.h"
#include "clang/Basic/FileManager.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendAction.h"
#include "clang/Lex/Preprocessor.h"
#include "clang/Lex/PreprocessorOptions.h"
#include "clang/Options/Options.h"
#include "clang/Sema/SemaConsumer.h"
#include "clang/Tooling/ArgumentsAdjusters.h"
#include "clang/Tooling/Tooling.h"
#include "llvm/Option/Arg.h"
#include "llvm/Option/ArgList.h"
#include "llvm/Option/OptTable.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/VirtualFileSystem.h"

using namespace clang;

namespace nostall {

namespace {

using StartCallback = llvm::function_ref<void(CompilerInstance &, StringRef)>;
using ASTCallback = llvm::function_ref<void(ASTContext &)>;

/// How much of the libraries a unit is parsed with. What turns out to be too
/// little is followed by the next.
enum class Extent {
  Plain,  ///< needed bodies, of a plain standard library
  Needed, ///< needed bodies (NeededBodies.h), and those that are constexpr
  Whole,
};

/// One parse of a unit.
struct Attempt {
  Extent Reads;
  PlainLibrary Library;        ///< of Extent::Plain
  bool LacksInstances = false; ///< MissingInstances.h
  bool LosesConstants = false; ///< LostConstants.h

  /// A plain library is not enough.
  bool isInVain() const { return Library.isAtFault() || LosesConstants; }
  /// What it is to be parsed with instead, if it has to be parsed again.
  std::optional<Extent> next() const {
    if (LacksInstances)
      return Extent::Whole;
    if (isInVain())
      return Extent::Needed;
    return std::nullopt;
  }
};

class UnitConsumer : public SemaConsumer {
public:
  UnitConsumer(LimitGuard *Guard, std::optional<NeededBodies> Needed,
               ASTCallback OnAST, ParseResult &Result, Attempt &This)
      : Guard(Guard), Needed(std::move(Needed)), OnAST(OnAST), Result(Result),
        This(This) {}

  void InitializeSema(Sema &S) override {
    if (Guard)
      Guard->watch(S);
    if (Needed)
      instantiateMissing(S, Skipped);
  }
  bool HandleTopLevelDecl(DeclGroupRef Group) override {
    // What is instantiated comes here one by one.
    if (Group.isSingleDecl())
      if (const auto *F = dyn_cast<FunctionDecl>(Group.getSingleDecl());
          F && F->hasSkippedBody() && F->isTemplateInstantiation())
        Skipped.push_back(F);
    return !This.Library.isAtFault() && (!Guard || Guard->mayGoOn());
  }
  bool shouldSkipFunctionBody(Decl *D) override {
    return Needed && !Needed->isNeeded(D);
  }
  void HandleTranslationUnit(ASTContext &Context) override {
    // A unit with errors has holes where the checks expect declarations, and
    // what they would say of it is guesswork.
    if (Context.getDiagnostics().hasUncompilableErrorOccurred())
      return;
    Result.Outcome = ParseResult::Parsed;
    if (Guard)
      Guard->InChecks = true;
    auto Shared = Unit::of(Context);
    This.LacksInstances = Needed && lacksInstances(*Shared, Skipped);
    This.LosesConstants = This.Library.isPlain() && losesConstants(*Shared);
    if (!This.next())
      OnAST(Context);
    else if (Guard)
      Guard->InChecks = false;
  }

private:
  LimitGuard *Guard;
  std::optional<NeededBodies> Needed;
  ASTCallback OnAST;
  ParseResult &Result;
  Attempt &This;
  std::vector<const FunctionDecl *> Skipped;
};

class UnitAction : public ASTFrontendAction {
public:
  UnitAction(const ParseOptions &Options, StartCallback OnStart,
             ASTCallback OnAST, ParseResult &Result, Attempt &This,
             bool WantsLibcxx)
      : Options(Options), OnStart(OnStart), OnAST(OnAST), Result(Result),
        This(This), WantsLibcxx(WantsLibcxx) {}

  std::unique_ptr<ASTConsumer> CreateASTConsumer(CompilerInstance &Compiler,
                                                 StringRef File) override {
    Result.Outcome = ParseResult::DoesNotCompile;
    if (Options.Guard)
      Options.Guard->watch(Compiler);
    watchForMissing(Compiler, MissedHeader);
    OnStart(Compiler, File);
    if (Compiler.getDiagnostics().getIgnoreAllWarnings())
      leaveOutWarningPragmas(Compiler.getPreprocessor());
    std::optional<NeededBodies> Needed;
    if (This.Reads != Extent::Whole &&
        Compiler.getDiagnostics().getIgnoreAllWarnings()) {
      Needed.emplace(Compiler.getASTContext());
      if (This.Reads == Extent::Plain)
        This.Library.provide(Compiler);
    }
    return std::make_unique<UnitConsumer>(Options.Guard, std::move(Needed),
                                          OnAST, Result, This);
  }

  void EndSourceFileAction() override {
    if (MissedHeader)
      Result.Problem = missingHeaders(getCompilerInstance(), WantsLibcxx);
  }

private:
  const ParseOptions &Options;
  StartCallback OnStart;
  ASTCallback OnAST;
  ParseResult &Result;
  Attempt &This;
  bool WantsLibcxx, MissedHeader = false;
};

class UnitActionFactory : public tooling::FrontendActionFactory {
public:
  UnitActionFactory(const ParseOptions &Options, StartCallback OnStart,
                    ASTCallback OnAST, ParseResult &Result, Attempt &This)
      : Options(Options), OnStart(OnStart), OnAST(OnAST), Result(Result),
        This(This) {}

  ModuleBuilder *Modules = nullptr; ///< null: nothing is imported
  std::vector<std::string> Imports;
  bool WantsLibcxx = false;

  std::unique_ptr<FrontendAction> create() override {
    return std::make_unique<UnitAction>(Options, OnStart, OnAST, Result, This,
                                        WantsLibcxx);
  }

  bool runInvocation(std::shared_ptr<CompilerInvocation> Invocation,
                     FileManager *Files,
                     std::shared_ptr<PCHContainerOperations> PCHs,
                     DiagnosticConsumer *Diagnostics) override {
    Invocation->getFrontendOpts().DisableFree = Options.LeaveMemory;
    Invocation->getFrontendOpts().SkipFunctionBodies =
        This.Reads != Extent::Whole;
    Invocation->getCodeGenOpts().DisableFree = Options.LeaveMemory;
    // Or the front end prints "2 warnings generated." on its own.
    Invocation->getDiagnosticOpts().ShowCarets = false;
    readHeadersInstead(*Invocation, *Files, PCHs);
    if (Modules)
      Modules->provide(Imports, *Invocation, *Files, PCHs);
    return FrontendActionFactory::runInvocation(std::move(Invocation), Files,
                                                std::move(PCHs), Diagnostics);
  }

private:
  const ParseOptions &Options;
  StartCallback OnStart;
  ASTCallback OnAST;
  ParseResult &Result;
  Attempt &This;
};

} // namespace

/// Takes the flags out of \p Args that Clang's driver does not know: most
/// compile commands were written for g++.
static std::vector<std::string>
dropUnknownFlags(std::vector<std::string> &Args) {
  std::vector<const char *> Raw;
  for (const std::string &Arg : llvm::drop_begin(Args))
    Raw.push_back(Arg.c_str());
  unsigned MissingIndex = 0, MissingCount = 0;
  llvm::opt::InputArgList Parsed = getDriverOptTable().ParseArgs(
      Raw, MissingIndex, MissingCount,
      llvm::opt::Visibility(options::ClangOption));

  std::vector<std::string> Unknown;
  for (const llvm::opt::Arg *A : Parsed.filtered(options::OPT_UNKNOWN))
    Unknown.push_back(A->getSpelling().str());
  if (!Unknown.empty())
    llvm::erase_if(Args, [&](const std::string &Arg) {
      return llvm::is_contained(Unknown, Arg);
    });
  return Unknown;
}

/// Takes `-MJ FILE` out, by which Clang adds to a compilation database. Clang's
/// adjuster for dependency files would leave the file for a source.
static void dropDatabaseFlag(std::vector<std::string> &Args) {
  for (auto It = llvm::find(Args, "-MJ"); It != Args.end();
       It = std::find(It, Args.end(), "-MJ"))
    It = Args.erase(It, It + std::min<ptrdiff_t>(2, Args.end() - It));
}

/// Takes response files out that are not there: before the first build, those
/// in which CMake names modules.
static void dropMissingFiles(std::vector<std::string> &Args,
                             llvm::vfs::FileSystem &Disk) {
  llvm::erase_if(Args, [&](StringRef Arg) {
    return Arg.consume_front("@") && !Disk.exists(Arg);
  });
}

/// CMake says in such a file that a source is a module's interface.
static void sayInterface(std::vector<std::string> &Args) {
  if (llvm::none_of(Args, [](StringRef Arg) { return Arg.starts_with("-x"); }))
    Args.insert(Args.begin() + 1, {"-x", "c++-module"});
}

static std::string textOf(const tooling::CompileCommand &Command,
                          llvm::vfs::FileSystem &Disk) {
  auto Text = Disk.getBufferForFile(Command.Filename);
  return Text ? (*Text)->getBuffer().str() : "";
}

/// The command as `-fsyntax-only` wants it: no output, no dependency file, and
/// Clang's own headers found wherever this program was installed to.
static std::vector<std::string> frontEndArgs(tooling::CompileCommand &Command,
                                             const ParseOptions &Options) {
  using namespace tooling;
  CommandLineArguments Args = std::move(Command.CommandLine);
  dropDatabaseFlag(Args);
  Args = getInsertArgumentAdjuster(
      Options.ExtraArgsBefore, ArgumentInsertPosition::BEGIN)(Args,
                                                              Command.Filename);
  Args = getInsertArgumentAdjuster(
      Options.ExtraArgs, ArgumentInsertPosition::END)(Args, Command.Filename);
  Args = getClangStripOutputAdjuster()(Args, Command.Filename);
  Args = getClangStripDependencyFileAdjuster()(Args, Command.Filename);
  Args = getClangSyntaxOnlyAdjuster()(Args, Command.Filename);
  // With -Werror, GCC's precompiled header beside a header would be an error.
  Args = getInsertArgumentAdjuster(
      "-Wno-ignored-gch", ArgumentInsertPosition::BEGIN)(Args,
                                                         Command.Filename);
  if (llvm::none_of(
          Args, [](StringRef Arg) { return Arg.starts_with("-resource-dir"); }))
    Args.insert(Args.begin() + 1, "-resource-dir=" + clangResourceDir());
  return Args;
}

ParseResult parseUnit(tooling::CompileCommand Command,
                      const ParseOptions &Options,
                      llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Disk,
                      DiagnosticConsumer &Diagnostics, StartCallback OnStart,
                      ASTCallback OnAST) {
  ParseResult Result;
  if (std::error_code EC =
          Disk->setCurrentWorkingDirectory(Command.Directory)) {
    Result.Problem = "cannot enter the compile command's directory '" +
                     Command.Directory + "': " + EC.message();
    return Result;
  }

  std::optional<ModuleBuilder> Modules;
  const ModuleLines Says =
      Options.Modules ? ModuleLines::in(textOf(Command, *Disk)) : ModuleLines();
  auto ArgsOf = [&](tooling::CompileCommand Of, bool IsInterface) {
    std::vector<std::string> Args = frontEndArgs(Of, Options);
    dropMissingFiles(Args, *Disk);
    if (IsInterface)
      sayInterface(Args);
    return Args;
  };
  std::vector<std::string> Args =
      ArgsOf(std::move(Command), !Says.Provides.empty());
  Result.IgnoredFlags = dropUnknownFlags(Args);

  if (!Says.Imports.empty())
    Modules.emplace(*Options.Modules, Disk, [&](tooling::CompileCommand Of) {
      std::vector<std::string> Args = ArgsOf(std::move(Of), true);
      dropUnknownFlags(Args);
      return Args;
    });
  auto Parse = [&](Extent Reads) {
    Attempt This{Reads, PlainLibrary(Diagnostics)};
    UnitActionFactory Factory(Options, OnStart, OnAST, Result, This);
    Factory.WantsLibcxx = llvm::is_contained(Args, "-stdlib=libc++");
    if (Modules) {
      Factory.Modules = &*Modules;
      Factory.Imports = Says.Imports;
    }
    auto Files = llvm::makeIntrusiveRefCnt<FileManager>(
        FileSystemOptions(), Modules ? Modules->files() : Disk);
    tooling::ToolInvocation Invocation(
        Args, &Factory, Files.get(),
        std::make_shared<PCHContainerOperations>());
    Invocation.setDiagnosticConsumer(&This.Library);
    Invocation.run();
    if (This.Library.isPlain())
      Options.Plain->add(This.isInVain());
    return This.next();
  };
  std::optional<Extent> Next =
      Options.Plain->isGood() ? Extent::Plain : Extent::Needed;
  while (Next)
    Next = Parse(*Next);
  return Result;
}

} // namespace nostall
