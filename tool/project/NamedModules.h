//===- NamedModules.h - C++20 modules, built from their sources -*- C++ -*-===//
//
//   `import shop;` ──▶ -fmodule-file=shop=shop.pcm, if Clang can read that
//                 └──▶ the source that says `export module shop;`, among those
//                      that the database lists ──▶ a compiled form, in memory
//
// The compiled form of a module that a build leaves behind is read by the
// compiler that wrote it alone, and not there before the first build. Its
// source is always there. It is compiled once a run, with the command that the
// database has for it; what a unit reads in that way counts as read by the
// unit, so that the index knows when to ask again.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_PROJECT_NAMEDMODULES_H
#define NOSTALL_TOOL_PROJECT_NAMEDMODULES_H

#include "clang/Tooling/CompilationDatabase.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/VirtualFileSystem.h"
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace nostall {

/// What a source says of modules, by its lines alone.
struct ModuleLines {
  std::string Provides;             ///< "shop", "shop:part"; empty: nothing
  std::vector<std::string> Imports; ///< the same names; what it implements, too

  static ModuleLines in(llvm::StringRef Text);
};

/// The modules of a program. Shared by all threads of a run.
class NamedModules {
public:
  /// \p List gives all commands of the program; asked once, if at all.
  explicit NamedModules(
      std::function<std::vector<clang::tooling::CompileCommand>()> List)
      : List(std::move(List)) {}

  struct Compiled {
    std::unique_ptr<llvm::MemoryBuffer> Bytes;
    std::vector<std::string> FilesRead;
    std::vector<std::string> Imports; ///< those of its source
  };

  /// The command of the source that provides \p Module.
  std::optional<clang::tooling::CompileCommand> source(llvm::StringRef Module);
  /// What was kept under \p Module; null: nothing yet.
  const Compiled *find(llvm::StringRef Module);
  const Compiled *keep(llvm::StringRef Module, Compiled Made);

private:
  std::function<std::vector<clang::tooling::CompileCommand>()> List;
  std::mutex Lock;
  bool IsListed = false;
  llvm::StringMap<clang::tooling::CompileCommand> Sources;
  llvm::StringMap<std::unique_ptr<Compiled>> Kept;
};

/// Notes the names of files that are read through it.
class NotingFiles : public llvm::vfs::ProxyFileSystem {
public:
  using ProxyFileSystem::ProxyFileSystem;
  llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>>
  openFileForRead(const llvm::Twine &Path) override;

  std::vector<std::string> Read;
};

} // namespace nostall

#endif
