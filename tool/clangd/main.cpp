//===- main.cpp - nostall-clangd ------------------------------------------===//
//
// clangd itself, with the checks of nostall linked in: linking registers
// them. clangd takes the checks from .clang-tidy or .clangd, and runs those
// whose cost it does not know only with FastCheckFilter None or Loose;
// `nostall init` writes both files.
//
// clangd leaves out the bodies of functions in headers, and sees one file at a
// time: what the others do comes from the index.
//
// clangd is told two things, unless the user tells it: where Clang's own
// headers are, and that the compilers of the system and of /opt may be asked
// for theirs, as `nostall` asks the compiler that a command names. Those of a
// project's own folder it asks only where the user says so: an editor opens any
// folder.
//
//===----------------------------------------------------------------------===//

#include "OtherUnits.h"
#include "tool/project/ClangHeaders.h"
#include "tool/project/IndexedCalls.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringRef.h"
#include <string>
#include <vector>

namespace clang::clangd {
// libclangdMain.a has no installed header.
int clangdMain(int argc, char *argv[]);
} // namespace clang::clangd

/// Compilers that an administrator has installed.
static constexpr char AskedCompilers[] =
    "--query-driver=/usr/**/*g++*,/usr/**/*gcc*,/usr/**/c++,/usr/**/cc,"
    "/opt/**/*g++*,/opt/**/*gcc*,/opt/**/c++,/opt/**/cc";

static bool isGiven(llvm::ArrayRef<char *> Args, llvm::StringRef Option) {
  return llvm::any_of(Args, [&](llvm::StringRef Arg) {
    return Arg.ltrim('-').starts_with(Option) && Arg.starts_with("-");
  });
}

int main(int argc, char *argv[]) {
  nostall::setOtherUnits(nostall::indexedCalls);
  std::vector<std::string> Told;
  const llvm::ArrayRef<char *> Given(argv, argc);
  if (!isGiven(Given, "resource-dir"))
    Told.push_back("--resource-dir=" + nostall::clangResourceDir());
  if (!isGiven(Given, "query-driver"))
    Told.push_back(AskedCompilers);
  std::vector<char *> Args(Given.begin(), Given.end());
  if (!Args.empty())
    for (std::string &Argument : Told)
      Args.insert(Args.begin() + 1, Argument.data());
  const int Count = static_cast<int>(Args.size());
  Args.push_back(nullptr);
  return clang::clangd::clangdMain(Count, Args.data());
}
