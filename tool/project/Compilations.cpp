//===- Compilations.cpp - how each source is compiled ---------------------===//

#include "Compilations.h"
#include "FindDatabase.h"
#include "clang/Tooling/JSONCompilationDatabase.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <algorithm>

using namespace clang::tooling;
using llvm::Expected;
using llvm::StringRef;

namespace nostall {

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

static Expected<std::unique_ptr<CompilationDatabase>>
readDatabase(StringRef File) {
  std::string Error;
  std::unique_ptr<CompilationDatabase> Read;
  if (path::filename(File) == JsonDatabase) {
    Read = JSONCompilationDatabase::loadFromFile(
        File, Error, JSONCommandLineSyntax::AutoDetect);
    if (Read)
      Read = inferTargetAndDriverMode(
          inferMissingCompileCommands(expandResponseFiles(
              std::move(Read), llvm::vfs::getRealFileSystem())));
  } else {
    Read = FixedCompilationDatabase::loadFromFile(File, Error);
  }
  if (Read)
    return Read;
  return llvm::createStringError("cannot read the compilation database '" +
                                 File + "': " + StringRef(Error).rtrim() +
                                 "; make it again with your build system");
}

Compilations Compilations::fromFlags(std::unique_ptr<Database> Flags) {
  Compilations Result;
  Result.Given.push_back(std::make_unique<Source>());
  Result.Given.back()->Commands = std::move(Flags);
  return Result;
}

llvm::Error Compilations::add(StringRef Directory) {
  // People name the file itself as often as its folder.
  if (path::filename(Directory) == JsonDatabase &&
      fs::is_regular_file(Directory))
    Directory = path::has_parent_path(Directory) ? path::parent_path(Directory)
                                                 : StringRef(".");
  if (!fs::is_directory(Directory))
    return llvm::createStringError("there is no folder '" + Directory +
                                   "' to read a compilation database from; "
                                   "-p wants the build folder");
  llvm::SmallString<256> Absolute(Directory);
  if (std::error_code EC = fs::make_absolute(Absolute))
    return llvm::createStringError(EC, "cannot find the current folder");
  std::string File = databaseIn(Absolute);
  if (File.empty())
    return llvm::createStringError(
        "there is no compile_commands.json in '" + Directory +
        "'; with CMake, configure with -DCMAKE_EXPORT_COMPILE_COMMANDS=ON");
  auto Read = readDatabase(File);
  if (!Read)
    return Read.takeError();
  Given.push_back(std::make_unique<Source>());
  Given.back()->Commands = std::move(*Read);
  Given.back()->Path = File;
  return llvm::Error::success();
}

Expected<Compilations>
Compilations::fromDirectories(llvm::ArrayRef<std::string> Directories) {
  Compilations Result;
  for (const std::string &Directory : Directories)
    if (llvm::Error E = Result.add(Directory))
      return E;
  if (Directories.size() > 1)
    for (const auto &Source : Result.Given)
      for (const std::string &File : Source->Commands->getAllFiles()) {
        llvm::SmallString<256> Name(File);
        path::remove_dots(Name, /*remove_dot_dot=*/true);
        Result.FirstListing.try_emplace(Name, Source.get());
      }
  return Result;
}

Expected<const Compilations::Source *>
Compilations::readOnce(const std::string &File) {
  auto [It, IsNew] = ByFile.try_emplace(File);
  if (IsNew) {
    auto Read = readDatabase(File);
    if (!Read) {
      ByFile.erase(It);
      return Read.takeError();
    }
    It->second.Commands = std::move(*Read);
    It->second.Path = File;
  }
  return &It->second;
}

Expected<const Compilations::Source *>
Compilations::findFrom(StringRef Directory) {
  if (auto It = ByDirectory.find(Directory); It != ByDirectory.end())
    return It->second;
  const Source *Found = nullptr;
  if (std::string File = databaseNear(Directory); !File.empty()) {
    auto Read = readOnce(File);
    if (!Read)
      return Read.takeError();
    Found = *Read;
  } else if (path::has_parent_path(Directory) &&
             path::parent_path(Directory) != Directory) {
    auto Above = findFrom(path::parent_path(Directory));
    if (!Above)
      return Above.takeError();
    Found = *Above;
  }
  ByDirectory[Directory] = Found;
  return Found;
}

Expected<const Compilations::Source *> Compilations::find(StringRef File) {
  if (Given.empty())
    return findFrom(path::parent_path(File));
  if (auto It = FirstListing.find(File); It != FirstListing.end())
    return It->second;
  // People type through symbolic links.
  llvm::SmallString<256> Real;
  if (!FirstListing.empty() && !fs::real_path(File, Real))
    if (auto It = FirstListing.find(Real); It != FirstListing.end())
      return It->second;
  return Given.front().get();
}

Expected<llvm::SmallVector<const Compilations::Source *, 1>>
Compilations::below(StringRef Directory) {
  llvm::SmallVector<const Source *, 1> Result;
  for (const auto &Source : Given)
    Result.push_back(Source.get());
  if (!Given.empty())
    return Result;
  auto Found = findFrom(Directory);
  if (!Found)
    return Found.takeError();
  if (*Found)
    Result.push_back(*Found);
  return Result;
}

llvm::SmallVector<const Compilations::Source *, 1> Compilations::all() const {
  llvm::SmallVector<const Source *, 1> Result;
  for (const auto &Source : Given)
    Result.push_back(Source.get());
  for (const auto &Read : ByFile)
    Result.push_back(&Read.second);
  llvm::sort(Result, [](const Source *A, const Source *B) {
    return A->Path < B->Path;
  });
  return Result;
}

} // namespace nostall
