//===- ModuleBuilder.h - the modules that one unit imports ------*- C++ -*-===//
//
// Gives a unit what it imports: the compiled forms that its command names, as
// far as Clang can read them, and else those that are made here from source
// (NamedModules.h). These are files in memory, which only this unit sees.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_PROJECT_MODULEBUILDER_H
#define NOSTALL_TOOL_PROJECT_MODULEBUILDER_H

#include "NamedModules.h"
#include "llvm/ADT/StringSet.h"
#include <map>

namespace clang {
class CompilerInvocation;
class FileManager;
class PCHContainerOperations;
} // namespace clang

namespace nostall {

class ModuleBuilder {
public:
  using CommandLine = std::vector<std::string>;
  using Containers = std::shared_ptr<clang::PCHContainerOperations>;

  /// \p Disk is what the unit reads through; \p ArgsOf makes of a command what
  /// the front end is to be called with.
  ModuleBuilder(
      NamedModules &Program,
      llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Disk,
      std::function<CommandLine(clang::tooling::CompileCommand)> ArgsOf);

  /// The disk, and the modules that were made.
  llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> files() const {
    return Files;
  }
  /// Lets \p Invocation import \p Modules, as far as they can be had.
  void provide(llvm::ArrayRef<std::string> Modules,
               clang::CompilerInvocation &Invocation, clang::FileManager &Seen,
               const Containers &PCHs);

private:
  void add(const std::string &Module);
  const NamedModules::Compiled *build(const std::string &Module);

  NamedModules &Program;
  llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Disk;
  llvm::IntrusiveRefCntPtr<llvm::vfs::InMemoryFileSystem> Memory;
  llvm::IntrusiveRefCntPtr<llvm::vfs::OverlayFileSystem> Files;
  std::function<CommandLine(clang::tooling::CompileCommand)> ArgsOf;
  std::map<std::string, std::string> Made; ///< paths in memory, by name
  llvm::StringSet<> Begun;                 ///< also those that came to nothing
};

} // namespace nostall

#endif
