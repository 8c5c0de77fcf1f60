//===- MissingHeaders.cpp - what a machine lacks to read a file -----------===//

#include "MissingHeaders.h"
#include "clang/Basic/FileManager.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Lex/HeaderSearch.h"
#include "clang/Lex/PPCallbacks.h"
#include "clang/Lex/Preprocessor.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"
#include <algorithm>

using namespace clang;
using llvm::StringRef;
using llvm::Triple;

namespace nostall {

static bool hasHeader(CompilerInstance &Compiler, StringRef Name) {
  HeaderSearch &Headers = Compiler.getPreprocessor().getHeaderSearchInfo();
  return llvm::any_of(
      Headers.search_dir_range(), [&](const DirectoryLookup &Folder) {
        llvm::SmallString<256> File(Folder.getName());
        llvm::sys::path::append(File, Name);
        return Compiler.getFileManager().getOptionalFileRef(File).has_value();
      });
}

/// Whether \p Target is the machine's other word size, whose headers come with
/// the machine's own compiler.
static bool isOtherWordSize(const Triple &Target, const Triple &Host) {
  return Target.isX86() && Host.isX86() && Target.getArch() != Host.getArch() &&
         Target.isOSLinux();
}

/// What to install for \p Target, with the names of packages where there are
/// such.
static std::string compilerFor(const Triple &Target) {
  const Triple Host(llvm::sys::getDefaultTargetTriple());
  if (isOtherWordSize(Target, Host))
    return "its part of the compiler (apt-get install g++-multilib, dnf "
           "install libstdc++-devel.i686)";
  if (Target.getArch() == Host.getArch() && Target.getOS() == Host.getOS())
    return "a C++ compiler (apt-get install g++, dnf install gcc-c++)";
  if (!Target.isOSLinux() || !Target.isGNUEnvironment())
    return "a compiler for it";
  std::string Name =
      (Target.getArchName() + "-" + Target.getOSAndEnvironmentName()).str();
  std::replace(Name.begin(), Name.end(), '_', '-');
  return "a compiler for it (apt-get install g++-" + Name + ")";
}

namespace {
class Watch : public PPCallbacks {
public:
  explicit Watch(bool &Missed) : Missed(Missed) {}
  bool FileNotFound(StringRef) override {
    Missed = true;
    return false;
  }

private:
  bool &Missed;
};
} // namespace

void watchForMissing(CompilerInstance &Compiler, bool &Missed) {
  Compiler.getPreprocessor().addPPCallbacks(std::make_unique<Watch>(Missed));
}

std::string missingHeaders(CompilerInstance &Compiler, bool WantsLibcxx) {
  const HeaderSearchOptions &Options = Compiler.getHeaderSearchOpts();
  if (!llvm::sys::fs::is_directory(Options.Sysroot))
    return "'" + Options.Sysroot +
           "', in which the command has headers looked for (--sysroot), is not "
           "on this machine; lint where you build, or name another folder by "
           "--extra-arg=--sysroot=DIR";

  const Triple &Target = Compiler.getTarget().getTriple();
  const std::string For = " for " + Target.getTriple() + " on this machine";
  const std::string OrName =
      ", or name the library's folders by --extra-arg=-isystemDIR";
  if (Compiler.getLangOpts().CPlusPlus) {
    // Headers that every C++ library has, and nothing else.
    if (!hasHeader(Compiler, "cstddef"))
      return WantsLibcxx
                 ? "there is no libc++" + For +
                       ", for which -stdlib=libc++ asks; install it (apt-get "
                       "install libc++-dev, dnf install libcxx-devel)" +
                       OrName
                 : "there is no C++ library" + For + "; install " +
                       compilerFor(Target) + OrName;
    // Of GCC's, most headers serve all targets, and this one a single target.
    if (hasHeader(Compiler, "bits/stl_algobase.h") &&
        !hasHeader(Compiler, "bits/c++config.h"))
      return "the C++ library lacks what it has" + For + "; install " +
             compilerFor(Target) + OrName;
  }
  if (!hasHeader(Compiler, "stdlib.h"))
    return "there is no C library" + For +
           "; install its headers (apt-get install libc6-dev, dnf install "
           "glibc-devel)" +
           OrName;
  return "";
}

} // namespace nostall
