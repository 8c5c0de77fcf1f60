//===- FindDatabase.h - where a database is looked for ----------*- C++ -*-===//
//
// Finds files, and reads none of them.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_PROJECT_FINDDATABASE_H
#define NOSTALL_TOOL_PROJECT_FINDDATABASE_H

#include "llvm/ADT/StringRef.h"
#include <string>

namespace nostall {

inline constexpr llvm::StringLiteral JsonDatabase = "compile_commands.json",
                                     FlagsDatabase = "compile_flags.txt";

/// The database file in \p Directory itself; empty: there is none.
std::string databaseIn(llvm::StringRef Directory);
/// The database in \p Directory, in its build/, or in a folder of its build/;
/// of several there (a folder a preset) the one that was written last.
std::string databaseNear(llvm::StringRef Directory);
/// The nearest above \p File, an absolute path.
std::string databaseAbove(llvm::StringRef File);
/// Where the index of a database's program lies by default.
std::string indexBeside(llvm::StringRef Database);

} // namespace nostall

#endif
