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
// clangd looks for Clang's own headers beside its executable, where ours has
// none: it is told where they are, unless the user tells it.
//
//===----------------------------------------------------------------------===//

#include "OtherUnits.h"
#include "tool/project/IndexedCalls.h"
#include <algorithm>
#include <string_view>
#include <vector>

namespace clang::clangd {
// libclangdMain.a has no installed header.
int clangdMain(int argc, char *argv[]);
} // namespace clang::clangd

int main(int argc, char *argv[]) {
  nostall::setOtherUnits(nostall::indexedCalls);
  static char ResourceDir[] = "--resource-dir=" CLANG_RESOURCE_DIR;
  std::vector<char *> Args(argv, argv + argc);
  bool Given = std::any_of(argv, argv + argc, [](std::string_view Arg) {
    return Arg.find("-resource-dir") < 2;
  });
  if (!Given && !Args.empty())
    Args.insert(Args.begin() + 1, ResourceDir);
  int Count = static_cast<int>(Args.size());
  Args.push_back(nullptr);
  return clang::clangd::clangdMain(Count, Args.data());
}
