//===- Compilations.h - how each source is compiled -------------*- C++ -*-===//
//
// Answers with which commands a source file is compiled. Where that is known
// from, in order:
//
//   flags after `--`            the same for every file
//   -p DIR, -p DIR, ...         DIR/compile_commands.json, compile_flags.txt;
//                               of several, the first that lists the source
//   found by itself             upwards from the source: each folder, its
//                               build/, and the folders in build/
//   nothing                     FallbackStandard alone, and the caller says so
//
// A file that the database does not list gets the command of its likeliest
// neighbour, as in clang-tidy and clangd.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_PROJECT_COMPILATIONS_H
#define NOSTALL_TOOL_PROJECT_COMPILATIONS_H

#include "AskCompiler.h"
#include "clang/Tooling/CompilationDatabase.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <string>
#include <vector>

namespace nostall {

/// The flag that a file without any known command is parsed with.
inline constexpr char FallbackStandard[] = "-std=c++20";

class Compilations {
public:
  using Database = clang::tooling::CompilationDatabase;

  /// A database and the file that it was read from.
  struct Source {
    std::unique_ptr<Database> Commands;
    std::string Path; ///< empty: flags from the command line
  };

  /// Looks for a database near each source.
  explicit Compilations(bool AskCompilers = false) : Asked(AskCompilers) {}
  /// The same flags for every source.
  static Compilations fromFlags(std::unique_ptr<Database> Flags);
  /// The databases in \p Directories, for every source.
  static llvm::Expected<Compilations>
  fromDirectories(llvm::ArrayRef<std::string> Directories, bool AskCompilers);

  /// The database that governs \p File, which is absolute. Null: there is none.
  /// An error: there is one that cannot be read.
  llvm::Expected<const Source *> find(llvm::StringRef File);
  /// Those that may list files below \p Directory, which is absolute.
  llvm::Expected<llvm::SmallVector<const Source *, 1>>
  below(llvm::StringRef Directory);
  /// How \p From says that \p File is compiled, with the headers that the
  /// compiler finds. Nothing, if it cannot tell.
  std::vector<clang::tooling::CompileCommand> commands(const Source &From,
                                                       llvm::StringRef File);
  /// What commands() had to leave open, a sentence each.
  std::vector<std::string> takeRemarks() { return Asked.takeRemarks(); }
  /// The databases were named, and make one program.
  bool areGiven() const { return !Given.empty(); }
  /// All that were read.
  llvm::SmallVector<const Source *, 1> all() const;

private:
  llvm::Error add(llvm::StringRef Directory);
  llvm::Expected<const Source *> readOnce(const std::string &File);
  llvm::Expected<const Source *> findFrom(llvm::StringRef Directory);

  Compilers Asked;
  std::vector<std::unique_ptr<Source>> Given;
  llvm::StringMap<const Source *> FirstListing; ///< by file, if several are
  llvm::StringMap<Source> ByFile;               ///< every database read
  llvm::StringMap<const Source *> ByDirectory;  ///< what findFrom answered
};

} // namespace nostall

#endif
