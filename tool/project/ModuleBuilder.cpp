//===- ModuleBuilder.cpp - the modules that one unit imports --------------===//

#include "ModuleBuilder.h"
#include "Precompiled.h"
#include "clang/Basic/Diagnostic.h"
#include "clang/Basic/FileManager.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendActions.h"
#include "clang/Lex/HeaderSearchOptions.h"
#include "clang/Tooling/Tooling.h"
#include "llvm/Support/FileSystem.h"

using namespace clang;

namespace nostall {

static constexpr char InMemory[] = "/nostall-modules/";

ModuleBuilder::ModuleBuilder(
    NamedModules &Program, llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> From,
    std::function<CommandLine(tooling::CompileCommand)> ArgsOf)
    : Program(Program), Disk(std::move(From)),
      Memory(llvm::makeIntrusiveRefCnt<llvm::vfs::InMemoryFileSystem>()),
      Files(llvm::makeIntrusiveRefCnt<llvm::vfs::OverlayFileSystem>(Disk)),
      ArgsOf(std::move(ArgsOf)) {
  Files->pushOverlay(Memory);
}

void ModuleBuilder::provide(llvm::ArrayRef<std::string> Modules,
                            CompilerInvocation &Invocation, FileManager &Seen,
                            const Containers &PCHs) {
  auto &Compiled = Invocation.getHeaderSearchOpts().PrebuiltModuleFiles;
  for (const std::string &Module : Modules) {
    // A partition can be imported by its own module alone, and so not be tried.
    const bool IsPartition = llvm::StringRef(Module).contains(':');
    if (IsPartition ||
        !compiles("import " + Module + ";\n", Invocation, Seen, PCHs))
      add(Module);
  }
  for (const auto &[Module, Path] : Made)
    Compiled[Module] = Path;
}

void ModuleBuilder::add(const std::string &Module) {
  if (!Begun.insert(Module).second)
    return;
  const NamedModules::Compiled *Form = Program.find(Module);
  if (!Form)
    Form = build(Module);
  if (!Form)
    return; // Clang says that there is no such module
  for (const std::string &Import : Form->Imports)
    add(Import);
  for (const std::string &File : Form->FilesRead)
    (void)Disk->openFileForRead(File); // as if the unit had included it
  const std::string Path = InMemory + std::to_string(Made.size()) + ".pcm";
  Memory->addFile(
      Path, /*ModificationTime=*/0,
      llvm::MemoryBuffer::getMemBuffer(Form->Bytes->getBuffer(), Path, false));
  Made[Module] = Path;
}

namespace {
/// Compiles the interface of a module into a file.
class CompileInterface : public tooling::FrontendActionFactory {
public:
  CompileInterface(ModuleBuilder &Builder, const ModuleLines &Says,
                   llvm::StringRef Output)
      : Builder(Builder), Says(Says), Output(Output) {}

  std::unique_ptr<FrontendAction> create() override {
    return std::make_unique<GenerateModuleInterfaceAction>();
  }
  bool runInvocation(std::shared_ptr<CompilerInvocation> Invocation,
                     FileManager *Files, ModuleBuilder::Containers PCHs,
                     DiagnosticConsumer *Diagnostics) override {
    Invocation->getFrontendOpts().OutputFile = Output.str();
    Invocation->getFrontendOpts().DisableFree = false;
    Invocation->getCodeGenOpts().DisableFree = false;
    // Or the front end prints "1 error generated." of what is then left out.
    Invocation->getDiagnosticOpts().ShowCarets = false;
    readHeadersInstead(*Invocation, *Files, PCHs);
    Builder.provide(Says.Imports, *Invocation, *Files, PCHs);
    return FrontendActionFactory::runInvocation(std::move(Invocation), Files,
                                                PCHs, Diagnostics);
  }

private:
  ModuleBuilder &Builder;
  const ModuleLines &Says;
  llvm::StringRef Output;
};
} // namespace

const NamedModules::Compiled *ModuleBuilder::build(const std::string &Module) {
  auto Command = Program.source(Module);
  auto Before = Disk->getCurrentWorkingDirectory();
  if (!Command || !Before ||
      Files->setCurrentWorkingDirectory(Command->Directory))
    return nullptr;
  llvm::SmallString<128> Output;
  NamedModules::Compiled Form;
  auto Noting = llvm::makeIntrusiveRefCnt<NotingFiles>(Files);
  auto Source = Noting->getBufferForFile(Command->Filename);
  if (Source && !llvm::sys::fs::createTemporaryFile("nostall", "pcm", Output)) {
    const ModuleLines Says = ModuleLines::in((*Source)->getBuffer());
    Form.Imports = Says.Imports;
    auto Seen =
        llvm::makeIntrusiveRefCnt<FileManager>(FileSystemOptions(), Noting);
    CompileInterface Factory(*this, Says, Output);
    // Its own lint says what is wrong with it.
    DiagnosticConsumer Silent;
    tooling::ToolInvocation Invocation(
        ArgsOf(std::move(*Command)), &Factory, Seen.get(),
        std::make_shared<PCHContainerOperations>());
    Invocation.setDiagnosticConsumer(&Silent);
    if (Invocation.run())
      if (auto Bytes = llvm::MemoryBuffer::getFile(Output, /*IsText=*/false,
                                                   /*RequiresNull=*/false,
                                                   /*IsVolatile=*/true);
          Bytes && (*Bytes)->getBufferSize())
        Form.Bytes = std::move(*Bytes);
    (void)llvm::sys::fs::remove(Output);
  }
  (void)Files->setCurrentWorkingDirectory(*Before);
  if (!Form.Bytes)
    return nullptr;
  for (std::string &File : Noting->Read)
    if (!llvm::StringRef(File).starts_with(InMemory))
      Form.FilesRead.push_back(std::move(File));
  return Program.keep(Module, std::move(Form));
}

} // namespace nostall
