//===- Text.cpp - findings, printed as clang-tidy prints them -------------===//

#include "Text.h"
#include "TidyFindings.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/VirtualFileSystem.h"
#include "llvm/Support/raw_ostream.h"
#include <cstdio>
#include <optional>
#include <set>
#include <unistd.h>

using namespace clang::tidy;

namespace nostall {

static bool addsInclude(const Edit &E) {
  return llvm::StringRef(E.Text).ltrim().starts_with("#include");
}

/// Clang numbers the line that it shows after the first that a fix touches:
/// with the #include that a fix adds, line 40 would be called 10. What stands
/// above is not shown anyway.
static void leaveOutIncludes(Finding &F) {
  auto LeaveOut = [](FindingMessage &M) {
    llvm::erase_if(M.Edits, addsInclude);
  };
  LeaveOut(F.Main);
  llvm::for_each(F.Notes, LeaveOut);
}

/// What is included for a file, and was for an earlier fix in it.
using Included = std::set<std::pair<std::string, std::string>>;

/// Each fix has what it needs; where several are made, an #include is added
/// once. What \p Fix takes is that of the finding or, with notes, of these.
static void includeOnce(Finding &F, FixBehaviour Fix, Included &Seen) {
  auto KeepNew = [&](FindingMessage &M) {
    llvm::erase_if(M.Edits, [&](const Edit &E) {
      return addsInclude(E) && !Seen.emplace(E.Where.File, E.Text).second;
    });
  };
  if (!F.Main.Edits.empty())
    KeepNew(F.Main);
  else if (Fix == FB_FixNotes)
    llvm::for_each(F.Notes, KeepNew);
}

namespace {

/// clang-tidy's code tells on standard error, in clang-tidy's name and between
/// findings that are not written yet, how much it has fixed. This holds back
/// what is written there, and lets it out after the findings.
class HeldErrors {
public:
  HeldErrors() : Held(std::tmpfile()) {
    if (!Held)
      return;
    Kept = dup(STDERR_FILENO);
    dup2(fileno(Held), STDERR_FILENO);
  }
  ~HeldErrors() {
    llvm::outs().flush();
    if (!Held)
      return;
    dup2(Kept, STDERR_FILENO);
    close(Kept);
    std::rewind(Held);
    std::string Text;
    char Buffer[4096];
    while (size_t Read = std::fread(Buffer, 1, sizeof(Buffer), Held))
      Text.append(Buffer, Read);
    std::fclose(Held);
    constexpr llvm::StringLiteral Theirs = "clang-tidy applied";
    if (size_t At = Text.find(Theirs.str()); At != std::string::npos)
      Text.replace(At, Theirs.size(), "nostall applied");
    llvm::errs() << Text;
  }
  HeldErrors(const HeldErrors &) = delete;

private:
  std::FILE *Held;
  int Kept = -1;
};

} // namespace

void printText(llvm::ArrayRef<Finding> Findings, ClangTidyContext &Context,
               FixBehaviour Fix) {
  if (Findings.empty())
    return;
  std::vector<ClangTidyError> Errors;
  Included Seen;
  for (Finding F : Findings) {
    if (Fix == FB_NoFix)
      leaveOutIncludes(F);
    else
      includeOnce(F, Fix, Seen);
    Errors.push_back(toTidyError(F));
  }
  unsigned WarningsAsErrors = 0; // every finding counts the same here
  std::optional<HeldErrors> Holding;
  if (Fix != FB_NoFix)
    Holding.emplace();
  handleErrors(Errors, Context, Fix, WarningsAsErrors,
               llvm::vfs::getRealFileSystem());
  llvm::outs().flush();
}

static std::string count(unsigned N, const llvm::Twine &What) {
  return (llvm::Twine(N) + " " + What + (N == 1 ? "" : "s")).str();
}

static std::string doesNotCompile(unsigned Files) {
  return Files == 1 ? " does not compile" : " do not compile";
}

/// Why a run has looked at nothing: its answer is none, and is not to be taken
/// for a clean one.
static std::string nothingChecked(const Tally &T) {
  std::vector<std::string> Why;
  if (T.NoCheckOn)
    Why.push_back(T.WhyNoCheckOn);
  if (T.NotCompiling)
    Why.push_back(count(T.NotCompiling, "file") +
                  doesNotCompile(T.NotCompiling));
  if (T.GivenUp)
    Why.push_back(count(T.GivenUp, "file") + " given up");
  if (T.NotCxx)
    Why.push_back(count(T.NotCxx, "file") +
                  (T.NotCxx == 1 ? " is not C++" : " are not C++"));
  return std::string("nothing was checked") + (Why.empty() ? "" : ": ") +
         llvm::join(Why, ", ");
}

std::string summaryLine(const Tally &T) {
  if (T.Files && !T.Checked && !T.Findings)
    return nothingChecked(T);
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
  if (T.NoCheckOn)
    Line += ", " + count(T.NoCheckOn, "file") + " without any check on";
  if (T.CompilerWarnings)
    Line += ", besides " + count(T.CompilerWarnings, "compiler warning");
  return Line;
}

} // namespace nostall
