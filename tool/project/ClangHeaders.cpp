//===- ClangHeaders.cpp - where Clang's own headers lie -------------------===//

#include "ClangHeaders.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

namespace nostall {

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

static bool hasHeaders(llvm::StringRef Folder) {
  return fs::exists(Folder + "/include/stddef.h");
}

/// Where a package has them.
static std::string besideProgram() {
  llvm::SmallString<256> Real;
  if (fs::real_path(fs::getMainExecutable(nullptr, nullptr), Real))
    return "";
  llvm::SmallString<256> Folder(path::parent_path(path::parent_path(Real)));
  path::append(Folder, "lib", "nostall", "clang",
               std::to_string(LLVM_VERSION_MAJOR));
  return std::string(Folder);
}

const std::string &clangResourceDir() {
  static const std::string Folder = [] {
    std::string Packaged = besideProgram();
    return hasHeaders(Packaged) ? Packaged : CLANG_RESOURCE_DIR;
  }();
  return Folder;
}

bool hasClangHeaders() { return hasHeaders(clangResourceDir()); }

std::string clangHeadersRemedy() {
  return "Clang's own headers are neither in " + besideProgram() + " nor in " +
         CLANG_RESOURCE_DIR +
         "; install nostall's package again, or apt-get install "
         "libclang-common-22-dev";
}

} // namespace nostall
