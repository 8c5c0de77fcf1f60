//===- Text.cpp - findings, printed as clang-tidy prints them -------------===//

#include "Text.h"
#include "TidyFindings.h"
#include "llvm/Support/VirtualFileSystem.h"
#include "llvm/Support/raw_ostream.h"

using namespace clang::tidy;

namespace nostall {

void printText(llvm::ArrayRef<Finding> Findings, ClangTidyContext &Context,
               FixBehaviour Fix) {
  if (Findings.empty())
    return;
  std::vector<ClangTidyError> Errors;
  for (const Finding &F : Findings)
    Errors.push_back(toTidyError(F));
  unsigned WarningsAsErrors = 0; // every finding counts the same here
  handleErrors(Errors, Context, Fix, WarningsAsErrors,
               llvm::vfs::getRealFileSystem());
  llvm::outs().flush();
}

static std::string count(unsigned N, const llvm::Twine &What) {
  return (llvm::Twine(N) + " " + What + (N == 1 ? "" : "s")).str();
}

std::string summaryLine(const Tally &T) {
  std::string New = T.Known ? "new " : "";
  std::string Line = T.Findings ? count(T.Findings, New + "finding")
                                : "no " + New + "findings";
  Line += " in " + count(T.Files, "file");
  if (T.Known)
    Line += ", " + std::to_string(T.Known) + " in the baseline";
  if (T.Suppressed)
    Line += ", " + std::to_string(T.Suppressed) + " suppressed by NOLINT";
  if (T.Generated)
    Line += ", " + std::to_string(T.Generated) + " in generated files left out";
  if (T.NotCompiling)
    Line +=
        ", " + count(T.NotCompiling, "file") + " not checked: " +
        (T.NotCompiling == 1 ? "it does not compile" : "they do not compile");
  if (T.GivenUp)
    Line += ", " + count(T.GivenUp, "file") + " given up";
  return Line;
}

} // namespace nostall
