//===- TidyOptions.cpp - which checks, with which options -----------------===//

#include "TidyOptions.h"
#include "Catalogue.h"
#include "Commands.h"
#include "clang-tidy/GlobList.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/SourceMgr.h"

using namespace llvm;
using namespace clang::tidy;

namespace nostall {

static cl::opt<std::string>
    Checks("checks", cl::value_desc("globs"),
           cl::desc("Comma-separated globs of checks, with - to leave out; "
                    "added to what .clang-tidy says (default: nostall-*)"),
           OptionOf{lintCommand, listChecksCommand, mapCommand, whyCommand,
                    whyNotCommand});

static cl::opt<std::string>
    Config("config", cl::value_desc("yaml"),
           cl::desc("Configuration in .clang-tidy's format, instead of the "
                    "files"),
           OptionOf{lintCommand, listChecksCommand, mapCommand, whyCommand,
                    whyNotCommand});

static cl::opt<std::string>
    ConfigFile("config-file", cl::value_desc("file"),
               cl::desc("Read the configuration from this file"),
               OptionOf{lintCommand, listChecksCommand, mapCommand, whyCommand,
                        whyNotCommand});

static cl::opt<std::string> HeaderFilter(
    "header-filter", cl::value_desc("regex"),
    cl::desc("Headers to report findings from (default: all but the system's)"),
    OptionOf{lintCommand, mapCommand, whyCommand, whyNotCommand, linkCommand});

static cl::opt<std::string> ExcludeHeaderFilter(
    "exclude-header-filter", cl::value_desc("regex"),
    cl::desc("Headers not to report findings from (default: those in folders "
             "named third_party, vendor, external and the like)"),
    OptionOf{lintCommand, mapCommand, whyCommand, whyNotCommand, linkCommand});

static cl::opt<std::string>
    LineFilter("line-filter", cl::value_desc("json"),
               cl::desc("Report only findings on these lines: "
                        "[{\"name\":\"a.cpp\",\"lines\":[[1,3],[5,7]]}]"),
               OptionOf{lintCommand, mapCommand, whyCommand, whyNotCommand});

static cl::opt<bool> UseColor("use-color",
                              cl::desc("Colours (default: on a terminal)"),
                              OptionOf{lintCommand, linkCommand});

std::string chosenChecks() { return Checks; }

std::string chosenLineFilter() { return LineFilter; }

std::vector<std::string> globsWithoutCheck(StringRef List) {
  std::vector<std::string> Lost;
  SmallVector<StringRef> Globs;
  List.split(Globs, ',', -1, /*KeepEmpty=*/false);
  for (StringRef Glob : Globs) {
    Glob = Glob.trim();
    Glob.consume_front("-");
    // Other names are those of clang-tidy's checks, and not ours to judge.
    if (!Glob.starts_with("nostall"))
      continue;
    GlobList Fits(Glob);
    if (none_of(catalogue(), [&](const CheckInfo &Check) {
          return Fits.contains(Check.Name);
        }))
      Lost.push_back(Glob.str());
  }
  return Lost;
}

/// The names that a list of checks is made of.
static SmallVector<StringRef> globsIn(StringRef List) {
  SmallVector<StringRef> Globs;
  SplitString(List, Globs, ",\n");
  for (StringRef &Glob : Globs)
    Glob = Glob.trim();
  erase_if(Globs, [](StringRef Glob) { return Glob.empty(); });
  return Globs;
}

/// A configuration that names none of our checks was written for clang-tidy,
/// which has them only where they are loaded. Its `-*` is about clang-tidy's
/// checks, and must not switch ours off.
static void keepOwnChecksOn(ClangTidyOptions &Options) {
  if (!Options.Checks)
    return;
  const SmallVector<StringRef> Globs = globsIn(*Options.Checks);
  if (any_of(Globs, [](StringRef Glob) {
        Glob.consume_front("-");
        return Glob.ltrim().starts_with("nostall");
      }))
    return;
  std::vector<std::string> Kept;
  for (StringRef Glob : Globs) {
    StringRef Off = Glob;
    if (!Off.consume_front("-") || none_of(catalogue(), [&](const auto &Check) {
          return GlobList(Off.ltrim()).contains(Check.Name);
        }))
      Kept.push_back(Glob.str());
    else if (GlobList(Off.ltrim()).contains("clang-diagnostic-"))
      Kept.push_back("-clang-diagnostic-*");
  }
  Options.Checks = join(Kept, ",");
}

/// Parses one configuration and adds what is wrong in it to \p Problems.
static ErrorOr<ClangTidyOptions>
parseConfig(MemoryBufferRef Buffer, std::vector<std::string> &Problems) {
  size_t Before = Problems.size();
  auto OnProblem = [&](const SMDiagnostic &D) {
    Problems.push_back((D.getFilename() + ":" + Twine(D.getLineNo()) + ":" +
                        Twine(D.getColumnNo() + 1) + ": " + D.getMessage())
                           .str());
  };
  ErrorOr<ClangTidyOptions> Parsed =
      parseConfigurationWithDiags(Buffer, OnProblem);
  if (Parsed) {
    keepOwnChecksOn(*Parsed);
    return Parsed;
  }
  if (Problems.size() == Before)
    Problems.push_back(
        (Buffer.getBufferIdentifier() + ": " + Parsed.getError().message())
            .str());
  // The run goes on with what the other sources say.
  return ClangTidyOptions();
}

namespace {
/// Clang-tidy's own search for .clang-tidy files, with our account of what is
/// wrong in them.
class TidyFiles : public FileOptionsProvider {
public:
  TidyFiles(ClangTidyGlobalOptions Global, ClangTidyOptions Defaults,
            ClangTidyOptions Override, std::vector<std::string> &Problems)
      : FileOptionsProvider(std::move(Global), std::move(Defaults),
                            std::move(Override)) {
    // The constructor that takes handlers would leave the file system null.
    ConfigHandlers = {{".clang-tidy", [&Problems](MemoryBufferRef Buffer) {
                         return parseConfig(Buffer, Problems);
                       }}};
  }
};
} // namespace

/// Fits the headers that a project has from others: what is found there is for
/// their authors. The folders are named as package managers, CMake, Meson and
/// Bazel, and those who copy by hand name them. Where nostall runs in such a
/// folder itself, those above do not count.
static std::string headersOfOthers() {
  const std::string Folder =
      "(third[-_]?party|3rd[-_]?party|vendor(ed)?|extern(al|als)?|_deps|deps|"
      "subprojects|submodules|vcpkg_installed|node_modules|[.]conan2?)/";
  SmallString<128> Here;
  if (sys::fs::current_path(Here) ||
      !Regex("/" + Folder).match((Here + "/").str()))
    return "(^|/)" + Folder;
  return "^(" + Regex::escape((Here + "/").str()) + ")(.*/)?" + Folder;
}

static ClangTidyOptions defaultOptions() {
  ClangTidyOptions Defaults = ClangTidyOptions::getDefaults();
  Defaults.Checks = "nostall-*";
  Defaults.WarningsAsErrors = "";
  Defaults.HeaderFilterRegex = ".*";
  Defaults.ExcludeHeaderFilterRegex = headersOfOthers();
  Defaults.SystemHeaders = false;
  Defaults.FormatStyle = "none";
  Defaults.UseColor = sys::Process::StandardOutHasColors();
  return Defaults;
}

/// What the command line says.
static Expected<ClangTidyOptions> overridingOptions() {
  ClangTidyOptions Override;
  if (Checks.getNumOccurrences())
    Override.Checks = Checks;
  if (HeaderFilter.getNumOccurrences())
    Override.HeaderFilterRegex = HeaderFilter;
  if (ExcludeHeaderFilter.getNumOccurrences())
    Override.ExcludeHeaderFilterRegex = ExcludeHeaderFilter;
  if (UseColor.getNumOccurrences())
    Override.UseColor = UseColor;

  for (const auto *Option : {&HeaderFilter, &ExcludeHeaderFilter}) {
    std::string Why;
    if (Option->getNumOccurrences() && !Regex(*Option).isValid(Why))
      return createStringError("--" + Option->ArgStr + "='" +
                               Option->getValue() +
                               "' is not a regular expression: " + Why);
  }
  return Override;
}

Expected<ClangTidyOptions> optionsWithoutFiles() {
  auto Override = overridingOptions();
  if (!Override)
    return Override.takeError();
  return defaultOptions().merge(*Override, /*Order=*/1);
}

Expected<std::unique_ptr<ClangTidyOptionsProvider>>
makeOptionsProvider(std::vector<std::string> &Problems) {
  ClangTidyGlobalOptions Global;
  if (parseLineFilter(LineFilter, Global))
    return createStringError("--line-filter is not the JSON that is expected: "
                             "[{\"name\":\"a.cpp\",\"lines\":[[1,3]]}]");

  ClangTidyOptions Defaults = defaultOptions(), Override;
  if (Error E = overridingOptions().moveInto(Override))
    return E;
  if (Config.getNumOccurrences() && ConfigFile.getNumOccurrences())
    return createStringError("--config and --config-file are the same option "
                             "in two forms: give one of them");
  if (Config.getNumOccurrences() || ConfigFile.getNumOccurrences()) {
    std::string Text = Config, Name = "--config";
    if (ConfigFile.getNumOccurrences()) {
      auto File = MemoryBuffer::getFile(ConfigFile);
      if (!File)
        return createStringError("cannot read --config-file '" +
                                 ConfigFile.getValue() +
                                 "': " + File.getError().message());
      Text = (*File)->getBuffer().str();
      Name = ConfigFile;
    }
    size_t Before = Problems.size();
    ErrorOr<ClangTidyOptions> Parsed =
        parseConfig(MemoryBufferRef(Text, Name), Problems);
    // Without the one configuration that was asked for there is no run.
    if (Problems.size() != Before) {
      std::string Why =
          join(make_range(Problems.begin() + Before, Problems.end()), "\n");
      return createStringError(Why);
    }
    return std::make_unique<ConfigOptionsProvider>(
        std::move(Global), std::move(Defaults), std::move(*Parsed),
        std::move(Override));
  }

  return std::make_unique<TidyFiles>(std::move(Global), std::move(Defaults),
                                     std::move(Override), Problems);
}

} // namespace nostall
