//===- LinkCommand.cpp - nostall link FILE... -----------------------------===//
//
//   files of `map` ──linkReports──▶ UnitReports ──LintRun──▶ you
//
// The other half of a lint: chains are followed through all units, and the
// findings come out as `nostall` itself would print them. Sources are read for
// what reports quote of them, and for nothing else.
//
//===----------------------------------------------------------------------===//

#include "Commands.h"
#include "LintRun.h"
#include "TidyOptions.h"
#include "tool/project/LinkReports.h"
#include "tool/project/MappedUnit.h"
#include "llvm/Support/Regex.h"

using namespace llvm;
using namespace clang::tidy;

namespace nostall {

cl::SubCommand &linkCommand() {
  static cl::SubCommand Made(
      "link", "Link what `map` has written, and report findings");
  return Made;
}

static cl::list<std::string> Files(cl::Positional, cl::desc("FILE..."),
                                   OptionOf{linkCommand});

namespace {

/// Answers with what the sources were read with.
class Recorded : public ClangTidyOptionsProvider {
public:
  explicit Recorded(ClangTidyOptions Defaults)
      : Defaults(std::move(Defaults)) {}

  void add(const MappedUnit &Unit) {
    ClangTidyOptions Options = Defaults;
    Options.Checks = Unit.Checks;
    Options.FormatStyle = Unit.FormatStyle;
    Of[Unit.File] = std::move(Options);
  }

  const ClangTidyGlobalOptions &getGlobalOptions() override { return Global; }
  std::vector<OptionsSource> getRawOptions(StringRef File) override {
    auto It = Of.find(File);
    return {{It == Of.end() ? Defaults : It->second, "nostall map"}};
  }

private:
  ClangTidyGlobalOptions Global;
  ClangTidyOptions Defaults;
  StringMap<ClangTidyOptions> Of;
};

/// --header-filter and --exclude-header-filter, on what is left of the headers
/// after the configuration that a source was read with.
class HeaderFilter {
public:
  explicit HeaderFilter(const ClangTidyOptions &Options)
      : Wanted(Options.HeaderFilterRegex.value_or("")),
        ExcludeAny(!Options.ExcludeHeaderFilterRegex.value_or("").empty()),
        Unwanted(Options.ExcludeHeaderFilterRegex.value_or("")) {}

  void apply(const MappedUnit &Of, UnitReport &Report) const {
    erase_if(Report.Findings,
             [&](const Finding &F) { return !isShown(Of, F); });
    for (Finding &F : Report.Open)
      if (!F.Check.empty() && !isShown(Of, F))
        F = Finding();
    erase_if(Report.Suppressions, [&](const NamedSuppression &S) {
      return !isShown(Of, S.File, "");
    });
  }

private:
  bool isShown(const MappedUnit &Of, const Finding &F) const {
    return F.isFailure() || isShown(Of, F.Main.File, F.BuildDirectory) ||
           any_of(F.Notes, [&](const FindingMessage &Note) {
             return isShown(Of, Note.File, F.BuildDirectory);
           });
  }

  /// Names are judged as they are, and as they are from \p Directory: compilers
  /// are told of folders in either way.
  bool isShown(const MappedUnit &Of, StringRef File,
               StringRef Directory) const {
    if (File.empty() || File == Of.File)
      return true;
    StringRef Short = File;
    if (!Short.consume_front(Directory) || !Short.consume_front("/"))
      Short = File;
    return (Wanted.match(File) || Wanted.match(Short)) &&
           !(ExcludeAny && (Unwanted.match(File) || Unwanted.match(Short)));
  }

  Regex Wanted;
  bool ExcludeAny;
  Regex Unwanted;
};

} // namespace

static Expected<MappedUnit> readUnit(const std::string &File,
                                     const ProjectRoot &Root) {
  auto Bytes = MemoryBuffer::getFile(File, /*IsText=*/false,
                                     /*RequiresNullTerminator=*/false);
  if (!Bytes)
    return createStringError("cannot read '" + File +
                             "': " + Bytes.getError().message());
  return readMappedUnit((*Bytes)->getBuffer(), File, Root);
}

int runLink() {
  if (Files.empty())
    return wrongUse("no files are given; nostall map -o FILE writes them");
  auto Root = chosenRoot();
  if (!Root)
    return wrongUse(toString(Root.takeError()));
  auto Options = optionsWithoutFiles();
  if (!Options)
    return wrongUse(toString(Options.takeError()));
  auto Reports = Reporting::fromOptions(chosenFixes() != FB_NoFix);
  if (!Reports)
    return wrongUse(toString(Reports.takeError()));

  HeaderFilter Filter(*Options);
  auto Provider = std::make_unique<Recorded>(std::move(*Options));
  std::vector<MappedUnit> Units;
  for (const std::string &File : Files) {
    auto Unit = readUnit(File, *Root);
    // Without one of them, the answer would be another program's.
    if (!Unit)
      return wrongUse(toString(Unit.takeError()));
    for (UnitReport &Report : Unit->Reports)
      Filter.apply(*Unit, Report);
    if (!wantsUnusedSuppressions())
      for (UnitReport &Report : Unit->Reports)
        Report.Suppressions.clear();
    Provider->add(*Unit);
    Units.push_back(std::move(*Unit));
  }
  std::vector<UnitReport *> All;
  for (MappedUnit &Unit : Units)
    for (UnitReport &Report : Unit.Reports)
      All.push_back(&Report);
  linkReports(All);

  LintRun Run(std::move(Provider), std::move(*Reports));
  StringSet<> Said;
  for (const MappedUnit &Unit : Units)
    for (const std::string &Problem : Unit.Problems)
      if (Said.insert(Problem).second)
        Run.wrongUse(Problem);
  for (MappedUnit &Unit : Units) {
    Job J;
    J.File = Unit.File;
    J.Origin = Unit.Origin;
    J.GivenFlags = Unit.GivenFlags;
    for (UnitReport &Report : Unit.Reports)
      Run.take(J, std::move(Report));
  }
  return Run.finish();
}

} // namespace nostall
