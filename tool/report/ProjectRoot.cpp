//===- ProjectRoot.cpp - the folder that reports' paths begin at ----------===//

#include "ProjectRoot.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using llvm::StringRef;

namespace nostall {

ProjectRoot::ProjectRoot(StringRef Folder) : Folder(Folder.rtrim('/')) {
  llvm::SmallString<256> Path;
  Real = llvm::sys::fs::real_path(Folder, Path) ? this->Folder
                                                : Path.str().rtrim('/').str();
}

std::string ProjectRoot::pathOf(StringRef File) const {
  for (StringRef Root : {StringRef(Folder), StringRef(Real)}) {
    StringRef Rest = File;
    if (Rest.consume_front(Root) && Rest.consume_front("/"))
      return llvm::sys::path::convert_to_slash(Rest);
  }
  return llvm::sys::path::convert_to_slash(File);
}

std::string ProjectRoot::fileOf(StringRef Path) const {
  return llvm::sys::path::is_absolute(Path) ? Path.str()
                                            : Folder + "/" + Path.str();
}

} // namespace nostall
