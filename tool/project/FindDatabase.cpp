//===- FindDatabase.cpp - where a compilation database is looked for ------===//

#include "FindDatabase.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Chrono.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

namespace nostall {

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;
using llvm::StringRef;

std::string databaseIn(StringRef Directory) {
  for (StringRef Name : {JsonDatabase, FlagsDatabase}) {
    llvm::SmallString<256> File(Directory);
    path::append(File, Name);
    if (fs::exists(File))
      return std::string(File);
  }
  return "";
}

std::string databaseNear(StringRef Directory) {
  if (std::string File = databaseIn(Directory); !File.empty())
    return File;
  llvm::SmallString<256> Build(Directory);
  path::append(Build, "build");
  if (std::string File = databaseIn(Build); !File.empty())
    return File;

  std::string Newest;
  llvm::sys::TimePoint<> NewestTime;
  std::error_code EC;
  for (fs::directory_iterator It(Build, EC), End; It != End && !EC;
       It.increment(EC)) {
    llvm::SmallString<256> File(It->path());
    path::append(File, JsonDatabase);
    fs::file_status Status;
    if (fs::status(File, Status))
      continue;
    // Equal times are common after a checkout: the name decides then.
    auto Time = Status.getLastModificationTime();
    if (Newest.empty() || Time > NewestTime ||
        (Time == NewestTime && StringRef(File) < StringRef(Newest))) {
      Newest = std::string(File);
      NewestTime = Time;
    }
  }
  return Newest;
}

std::string databaseAbove(StringRef File) {
  for (StringRef Directory = path::parent_path(File); !Directory.empty();
       Directory = path::parent_path(Directory))
    if (std::string Found = databaseNear(Directory); !Found.empty())
      return Found;
  return "";
}

std::string indexBeside(StringRef Database) {
  llvm::SmallString<256> Folder(path::parent_path(Database));
  path::append(Folder, ".nostall");
  return std::string(Folder);
}

} // namespace nostall
