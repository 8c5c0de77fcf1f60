//===- WhyNotCommand.cpp - nostall why-not FILE:LINE ----------------------===//
//
// For each call in a line, what stopped a finding of nostall-blocking-call: the
// place it runs in, what it does, or what the configuration and the comments
// say. The analysis explains itself (checks/analysis/Explain.h); this asks it,
// and then the link and the filters.
//
//===----------------------------------------------------------------------===//

#include "ProgramGraphs.h"
#include "analysis/Explain.h"
#include "analysis/Linker.h"
#include "analysis/Summariser.h"
#include "analysis/Wording.h"
#include "clang-tidy/GlobList.h"
#include "tool/report/Generated.h"
#include "clang/AST/ASTContext.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Regex.h"

using namespace llvm;
using namespace clang::tidy;

namespace nostall {

cl::SubCommand WhyNotCommand("why-not",
                             "Tell what stopped a finding in a line");

static cl::opt<std::string> PlaceName(cl::Positional, cl::Required,
                                      cl::desc("FILE:LINE"),
                                      cl::cat(NostallCategory),
                                      cl::sub(WhyNotCommand));

static cl::list<std::string> Names(cl::Positional,
                                   cl::desc("[FILE|DIR|GLOB...]"),
                                   cl::cat(NostallCategory),
                                   cl::sub(WhyNotCommand));

static constexpr StringLiteral Check = "nostall-blocking-call";

namespace {
class Question {
public:
  Question(ProgramGraphs &Program, const Job &Of, std::string File,
           unsigned Line)
      : Program(Program), Of(Of), File(std::move(File)), Line(Line),
        Options(Program.configurationOf(Of.File)) {}

  int answer() {
    bool Found = true;
    if (!ProgramGraphs::inspect(Of, [&](Unit &U) { Found = ask(U); }))
      return ExitNotParsed;
    if (!Found) {
      complain("no call that is run stands in '" + File + "', line " +
               Twine(Line));
      return ExitWrongUse;
    }
    return ExitClean;
  }

private:
  bool ask(Unit &U) {
    const clang::SourceManager &SM = U.context().getSourceManager();
    clang::FileID In = SM.getMainFileID();
    if (File != Of.File) {
      auto Entry = SM.getFileManager().getOptionalFileRef(File);
      In = Entry ? SM.translateFile(*Entry) : clang::FileID();
    }
    std::vector<ExplainedCall> Calls = callsInLine(U, In, Line);
    for (const ExplainedCall &E : Calls) {
      outs() << File << ':' << Line << ':'
             << SM.getExpansionColumnNumber(E.Call.Call->Loc) << ": " << E.Name
             << ": ";
      if (!E.Because.empty())
        outs() << "no finding: " << E.Because << '\n';
      else if (E.Call.isConditional())
        settle(U, E);
      else
        report(U, E);
    }
    return !Calls.empty();
  }

  /// What the configuration and comments have against a finding of \p Cat.
  std::string against(Unit &U, const ExplainedCall &E, Category Cat) {
    if (!GlobList(Options.Checks.value_or("")).contains(Check))
      return ("the check " + Check + " is off").str();
    if (U.effects().isSuppressed(E.Call.Call->Loc))
      return "a NOLINT comment in its line says that this is meant";
    std::string Exclude = Options.ExcludeHeaderFilterRegex.value_or("");
    if (isHeader() &&
        (!Regex(Options.HeaderFilterRegex.value_or("")).match(File) ||
         (!Exclude.empty() && Regex(Exclude).match(File))))
      return "the header filter leaves this file out";
    if (saysItIsGenerated(Texts.text(File)))
      return "the file says that it is generated (--include-generated)";
    if (!isEnabled(E, Cat))
      return "the category '" + categoryName(Cat).str() +
             "' is off (nostall-blocking-call.Categories, Strict)";
    return "";
  }

  /// Asked about as a source of its own, but no lint takes it for one.
  bool isHeader() const {
    return is_contained({".h", ".hh", ".hpp", ".hxx", ".ipp", ".inl", ".tcc"},
                        sys::path::extension(File));
  }

  /// Whether a lint finds \p E, or leaves it to the link, with \p Cat.
  bool isEnabled(const ExplainedCall &E, Category Cat) {
    if (!Linted)
      Linted = Program.reportOf(Of);
    for (const ProgramReport::Unit &Unit : Linted->Units) {
      const UnitReport &R = Unit.Report;
      auto Fits = [&](const Finding &F) {
        return F.Check == Check && F.Main.File == File && F.Main.Line == Line;
      };
      if (any_of(R.Findings, [&](const Finding &F) {
            return Fits(F) && StringRef(F.Main.Text).starts_with(E.Name);
          }))
        return true;
      for (unsigned I = 0; I != R.Open.size(); ++I) {
        const CallGraph::OpenCall &Call = R.Calls.Open[I];
        if (Fits(R.Open[I]) && R.Calls.text(Call.Call) == E.Name &&
            E.Call.isConditional())
          return Call.Enabled >> static_cast<unsigned>(Cat) & 1;
      }
    }
    return false;
  }

  void report(Unit &U, const ExplainedCall &E) {
    // One that is reported, if any is.
    auto First =
        E.Call.Effect.first([&](Category C) { return isEnabled(E, C); });
    if (!First)
      First = E.Call.Effect.first([](Category) { return true; });
    auto [Cat, Witness] = *First;
    const auto Hops = U.effects().chain(Cat, Witness);
    const Primitive &P = U.effects().primitive(Hops.back().Prim);
    say(against(U, E, Cat), Cat, displayName(P.Callee));
  }

  void say(const std::string &Against, Category Cat, StringRef Reached) {
    if (Against.empty())
      outs() << "it is a finding: it reaches '" << Reached << "' ("
             << categoryName(Cat) << ")\n";
    else
      outs() << "no finding, though it reaches '" << Reached << "' ("
             << categoryName(Cat) << "): " << Against << '\n';
  }

  /// The other units decide.
  void settle(Unit &U, const ExplainedCall &E) {
    readProgram();
    Summariser One(U);
    const unsigned Number = One.open(E.Call, [](Category) { return true; });
    const CallGraph G = One.finish();
    const Linker Linked(Program.graphs(&G));
    if (auto V = Linked.settle(0, Number))
      return say(against(U, E, V->Cat), V->Cat, V->Unit->text(V->Blocks->Name));
    outs() << "no finding: ";
    const char *Between = "";
    for (const clang::FunctionDecl *F : E.Call.Effect.Externals) {
      outs() << Between << "'" << displayName(F)
             << (Linked.hasBody(Summariser::symbolOf(F))
                     ? "' has its body in another unit, and is not known to "
                       "block"
                     : "' has no body that may block in the units that were "
                       "read, and nothing is assumed of it");
      Between = "; ";
    }
    if (E.Call.Effect.Externals.empty())
      outs() << "no override that is known blocks";
    outs() << '\n';
  }

  void readProgram() {
    if (std::exchange(HasRead, true))
      return;
    if (Names.empty())
      Names.push_back(".");
    Program.read(Program.jobs(Names));
  }

  ProgramGraphs &Program;
  const Job &Of;
  std::string File;
  unsigned Line;
  ClangTidyOptions Options;
  SourceTexts Texts;
  std::optional<ProgramReport> Linted;
  bool HasRead = false;
};
} // namespace

int runWhyNot(FlagsAfterDashes Flags) {
  auto WrongUse = [](const Twine &Text) {
    complain(Text);
    return ExitWrongUse;
  };
  auto [Name, LineText] = StringRef(PlaceName).rsplit(':');
  unsigned Line = 0;
  if (LineText.getAsInteger(10, Line) || !Line)
    return WrongUse("'" + PlaceName + "' is not of the form FILE:LINE");
  auto Program = ProgramGraphs::fromOptions(std::move(Flags));
  if (!Program)
    return WrongUse(toString(Program.takeError()));
  Jobs Work = Program->jobs({Name.str()});
  if (Work.List.size() != 1)
    return Work.List.empty() ? int(ExitWrongUse)
                             : WrongUse("'" + Name + "' is more than one file");
  return Question(*Program, Work.List.front(), Work.List.front().File, Line)
      .answer();
}

} // namespace nostall
