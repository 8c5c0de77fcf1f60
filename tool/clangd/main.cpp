//===- main.cpp - nostall-clangd ------------------------------------------===//
//
// clangd itself, with the checks of nostall linked in: linking registers
// them. clangd takes the checks from .clang-tidy or .clangd, and runs those
// whose cost it does not know only with FastCheckFilter None or Loose;
// `nostall init` writes both files.
//
//===----------------------------------------------------------------------===//

namespace clang::clangd {
// libclangdMain.a has no installed header.
int clangdMain(int argc, char *argv[]);
} // namespace clang::clangd

int main(int argc, char *argv[]) {
  return clang::clangd::clangdMain(argc, argv);
}
