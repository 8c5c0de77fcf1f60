//===- Inputs.cpp - options about what to parse and how -------------------===//

#include "Inputs.h"
#include "analysis/models/Models.h"
#include "tool/project/ClangHeaders.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace nostall {

static cl::list<std::string> BuildPaths(
    "p", cl::value_desc("dir"),
    cl::desc("Build folder with a compile_commands.json; may be "
             "given several times: of those that list a file, the "
             "first counts"),
    OptionOf{lintCommand, dumpCommand, mapCommand, whyCommand, whyNotCommand});

static cl::list<std::string> ExtraArgs(
    "extra-arg", cl::value_desc("flag"),
    cl::desc("Compiler flag to add to the end of every command"),
    OptionOf{lintCommand, dumpCommand, mapCommand, whyCommand, whyNotCommand});

static cl::list<std::string> ExtraArgsBefore(
    "extra-arg-before", cl::value_desc("flag"),
    cl::desc("Compiler flag to add to the beginning of every command"),
    OptionOf{lintCommand, dumpCommand, mapCommand, whyCommand, whyNotCommand});

static cl::opt<unsigned>
    UnitTimeout("unit-timeout", cl::value_desc("seconds"), cl::init(300),
                cl::desc("Give up on a file that takes more CPU time "
                         "(default: 300; 0: never)"),
                OptionOf{lintCommand, mapCommand, whyCommand, whyNotCommand});

static cl::opt<unsigned> UnitMemory(
    "unit-memory", cl::value_desc("MiB"), cl::init(0),
    cl::desc("Give up on a file that takes more memory (default: 0: never)"),
    OptionOf{lintCommand, mapCommand, whyCommand, whyNotCommand});

static cl::opt<bool> AskCompilers(
    "ask-compilers", cl::init(true),
    cl::desc("Ask the compiler that a compile command names where its headers "
             "are, if Clang may not find them (default: true)"),
    OptionOf{lintCommand, dumpCommand, mapCommand, whyCommand, whyNotCommand});

UnitLimits chosenLimits() {
  return {UnitTimeout, static_cast<uint64_t>(UnitMemory) << 20};
}

Expected<Compilations> chosenCompilations(FlagsAfterDashes Flags) {
  if (Flags)
    return Compilations::fromFlags(std::move(Flags));
  if (!BuildPaths.empty())
    return Compilations::fromDirectories(BuildPaths, AskCompilers);
  return Compilations(AskCompilers);
}

bool hasBuildPaths() { return !BuildPaths.empty(); }

ParseOptions chosenParseOptions() {
  ParseOptions Options;
  Options.ExtraArgs = ExtraArgs;
  Options.ExtraArgsBefore = ExtraArgsBefore;
  return Options;
}

std::shared_ptr<NamedModules> modulesOf(const std::vector<Job> &Work,
                                        Compilations &From) {
  return std::make_shared<NamedModules>([&Work, &From] {
    std::vector<clang::tooling::CompileCommand> All;
    for (const Job &J : Work)
      append_range(All, J.Commands);
    for (const Job &J : otherJobs(Work, From))
      append_range(All, J.Commands);
    return All;
  });
}

/// The limit that was gone over, where it was this command's and not map's.
static std::string than(unsigned Limit, const char *Unit) {
  return linkCommand() ? "" : " than " + std::to_string(Limit) + Unit;
}

/// Flags like -mcpu=cortex-a72 are errors where Clang takes the machine's own
/// processor to be meant.
static std::string ofAnotherProcessor(const Job &J) {
  for (const clang::tooling::CompileCommand &Command : J.Commands)
    for (StringRef Flag : Command.CommandLine)
      if (any_of(ArrayRef(
                     {"-mcpu=", "-march=", "-mabi=", "-mfpu=", "-mfloat-abi="}),
                 [&](StringRef Start) { return Flag.starts_with(Start); }))
        return ("; if '" + Flag +
                "' is for another processor, say which by "
                "--extra-arg=--target=TRIPLE")
            .str();
  return "";
}

std::string whyNotChecked(const Job &J, const ParseResult &Parse) {
  std::string Clang = "clang " + std::to_string(LLVM_VERSION_MAJOR);
  if (!hasClangHeaders())
    return clangHeadersRemedy();
  if (Parse.Outcome == ParseResult::DoesNotCompile && !Parse.Problem.empty())
    return "it does not compile: " + Parse.Problem;
  if (Parse.Outcome == ParseResult::DoesNotCompile && !J.GivenFlags &&
      J.Origin.empty())
    return "it does not compile with " + Clang + " and " + FallbackStandard +
           " alone; give -p BUILD_DIR, or the flags after --";
  switch (Parse.Outcome) {
  case ParseResult::Crashed:
    return (Parse.InChecks ? "a check of nostall crashed on it, which is a bug "
                             "of nostall"
                           : Clang + " crashed on it; clang++-" +
                                 std::to_string(LLVM_VERSION_MAJOR) +
                                 " -fsyntax-only tells where") +
           "; other files were checked all the same";
  case ParseResult::OutOfTime:
    return "it takes longer than --unit-timeout allows; allow more seconds" +
           than(UnitTimeout, "") + ", or 0 for any time";
  case ParseResult::OutOfMemory:
    return "it takes more memory than --unit-memory allows; allow more" +
           than(UnitMemory, " MiB") + ", or 0 for any amount";
  case ParseResult::Changed:
    return "'" + Parse.Problem +
           "' was changed while it was read; run nostall again";
  case ParseResult::Interrupted:
    return "the run was interrupted";
  default:
    break;
  }
  if (Parse.Outcome == ParseResult::DoesNotCompile)
    return "it does not compile with " + Clang;
  if (!Parse.Problem.empty())
    return Parse.Problem;
  return (J.GivenFlags ? "the flags after --"
                       : "the command from " + J.Origin) +
         " cannot be followed by " + Clang + " (its error is above)" +
         ofAnotherProcessor(J);
}

std::string notCheckedText(const Job &J, const ParseResult &Parse) {
  return "'" + J.File + "' was not checked: " + whyNotChecked(J, Parse);
}

void complainNotChecked(const Job &J, const ParseResult &Parse) {
  complain(notCheckedText(J, Parse));
}

std::vector<std::string> modelProblems(const Job &J) {
  std::vector<ModelError> Errors;
  modelsFor(J.File, Errors);
  std::vector<std::string> Problems;
  for (const ModelError &E : Errors)
    raw_string_ostream(Problems.emplace_back()) << E;
  return Problems;
}

} // namespace nostall
