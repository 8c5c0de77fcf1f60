//===- Compilations.cpp - how each source is compiled ---------------------===//

#include "Compilations.h"
#include "FindDatabase.h"
#include "clang/Tooling/JSONCompilationDatabase.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include <algorithm>

using namespace clang::tooling;
using llvm::Expected;
using llvm::StringRef;

namespace nostall {

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

static constexpr StringRef FolderKey = "directory";

/// Whether an entry of the database \p Text may name its folder from somewhere.
static bool mayNameRelativeFolder(StringRef Text) {
  const std::string Key = ("\"" + FolderKey + "\"").str();
  for (size_t At = Text.find(Key); At != StringRef::npos;
       At = Text.find(Key, At + 1)) {
    StringRef Rest = Text.drop_front(At + Key.size()).ltrim();
    if (Rest.consume_front(":") && !Rest.ltrim().starts_with("\"/"))
      return true;
  }
  return false;
}

/// Says from where: the folder of the database. The format leaves that open,
/// and it must not hang on the folder that somebody happens to be in.
static std::string withAbsoluteFolders(StringRef Text, StringRef Base) {
  auto Entries = llvm::json::parse(Text);
  if (!Entries) {
    llvm::consumeError(Entries.takeError()); // the reader says it
    return Text.str();
  }
  if (llvm::json::Array *List = Entries->getAsArray())
    for (llvm::json::Value &Entry : *List)
      if (llvm::json::Object *Members = Entry.getAsObject())
        if (auto Folder = Members->getString(FolderKey)) {
          llvm::SmallString<256> Full(*Folder);
          path::make_absolute(Base, Full);
          path::remove_dots(Full, /*remove_dot_dot=*/true);
          (*Members)[FolderKey] = std::string(Full);
        }
  return llvm::formatv("{0}", *Entries);
}

static std::unique_ptr<CompilationDatabase> readJson(StringRef File,
                                                     std::string &Error) {
  auto Text = llvm::MemoryBuffer::getFile(File);
  if (!Text) {
    Error = Text.getError().message();
    return nullptr;
  }
  StringRef Json = (*Text)->getBuffer();
  std::string Changed;
  if (mayNameRelativeFolder(Json))
    Json = Changed = withAbsoluteFolders(Json, path::parent_path(File));
  return JSONCompilationDatabase::loadFromBuffer(
      Json, Error, JSONCommandLineSyntax::AutoDetect);
}

static Expected<std::unique_ptr<CompilationDatabase>>
readDatabase(StringRef File) {
  std::string Error;
  std::unique_ptr<CompilationDatabase> Read;
  if (path::filename(File) == JsonDatabase) {
    Read = readJson(File, Error);
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
  // Flags name no compiler.
  Compilations Result(/*AskCompilers=*/false);
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
Compilations::fromDirectories(llvm::ArrayRef<std::string> Directories,
                              bool AskCompilers) {
  Compilations Result(AskCompilers);
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

std::vector<CompileCommand> Compilations::commands(const Source &From,
                                                   StringRef File) {
  std::vector<CompileCommand> All = From.Commands->getCompileCommands(File);
  for (CompileCommand &Command : All)
    Asked.complete(Command);
  return All;
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
