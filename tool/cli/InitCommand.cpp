//===- InitCommand.cpp - nostall init -------------------------------------===//
//
// Writes the two files that other tools need to run the checks: .clang-tidy
// (`clang-tidy -load`, nostall-clangd and `nostall` read it) and .clangd
// (clangd runs checks that it does not know the cost of only when told to).
// A file that exists is never touched: what to add to it is printed.
//
//===----------------------------------------------------------------------===//

#include "Commands.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace nostall {

cl::SubCommand &initCommand() {
  static cl::SubCommand Made("init", "Write .clang-tidy and .clangd in this "
                                     "folder, for editors and clang-tidy");
  return Made;
}

namespace {
struct Template {
  StringLiteral Name, Text;
};
} // namespace

static constexpr Template Templates[] = {
    {".clang-tidy", "# 'nostall --list-checks' tells what this turns on.\n"
                    "Checks: 'nostall-*'\n"},
    {".clangd", "# nostall-clangd: clangd with the checks of nostall.\n"
                "Diagnostics:\n"
                "  ClangTidy:\n"
                "    Add: [nostall-*]\n"
                "    FastCheckFilter: None\n"}};

int runInit() {
  int Exit = ExitClean;
  for (const Template &T : Templates) {
    std::error_code EC;
    raw_fd_ostream File(T.Name, EC, sys::fs::CD_CreateNew);
    if (EC == std::errc::file_exists) {
      outs() << T.Name << " exists and is left as it is; it needs:\n" << T.Text;
      continue;
    }
    if (!EC) {
      File << T.Text;
      File.close();
      EC = File.error();
      File.clear_error();
    }
    if (EC) {
      complain("cannot write '" + T.Name + "': " + EC.message());
      Exit = ExitWrongUse;
      continue;
    }
    outs() << "wrote " << T.Name << '\n';
  }
  return Exit;
}

} // namespace nostall
