//===- WhyNotCommand.cpp - nostall why-not FILE:LINE ----------------------===//
//
// For all in a line that a check asks about, what stopped a finding: what the
// analysis has decided, or what the configuration and the comments say. The
// checks answer (WhyNot.cpp in their folders); this asks them, and then the
// link and the filters.
//
//===----------------------------------------------------------------------===//

#include "Catalogue.h"
#include "NeededUnits.h"
#include "ProgramGraphs.h"
#include "analysis/link/Linker.h"
#include "analysis/link/Summariser.h"
#include "analysis/words/Wording.h"
#include "clang-tidy/GlobList.h"
#include "tool/report/Generated.h"
#include "clang/AST/ASTContext.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Regex.h"

using namespace llvm;
using namespace clang::tidy;

namespace nostall {

cl::SubCommand &whyNotCommand() {
  static cl::SubCommand Made("why-not",
                             "Tell what stopped a finding in a line");
  return Made;
}

static cl::opt<std::string> PlaceName(cl::Positional, cl::Required,
                                      cl::desc("FILE:LINE"),
                                      OptionOf{whyNotCommand});

static cl::list<std::string> Names(cl::Positional,
                                   cl::desc("[FILE|DIR|GLOB...]"),
                                   OptionOf{whyNotCommand});

static cl::opt<std::string> OnlyCheck("check", cl::value_desc("check"),
                                      cl::desc("Ask about this check only"),
                                      OptionOf{whyNotCommand});

namespace {
class Question {
public:
  /// \p Only: the check that is asked about; null: all.
  Question(ProgramGraphs &Program, const Job &Of, unsigned Line,
           const CheckInfo *Only)
      : Program(Program), Of(Of), File(Of.File), Line(Line), Only(Only),
        Options(Program.configurationOf(File)) {}

  int answer() {
    if (Line > Texts.lineCount(File))
      return wrongUse("'" + File + "' has " + Twine(Texts.lineCount(File)) +
                      " lines");
    return Program.inspect(Of, [&](Unit &U) { ask(U); }) ? ExitClean
                                                         : ExitNotParsed;
  }

private:
  void ask(Unit &U) {
    const clang::SourceManager &SM = U.context().getSourceManager();
    std::vector<Subject> Found = subjectsIn(U, {U, SM.getMainFileID(), Line});
    erase_if(Found,
             [&](const Subject &S) { return Only && S.Check != Only->Name; });
    StringSet<> Said; // by another instantiation of a template
    for (const Subject &S : Found) {
      const clang::SourceLocation At = SM.getFileLoc(S.Loc);
      std::string Text = (File + ":" + Twine(Line) + ":" +
                          Twine(SM.getSpellingColumnNumber(At)) + ": " +
                          StringRef(S.Name).rtrim(',') + ": " + answerTo(U, S) +
                          " [" + S.Check + "]\n")
                             .str();
      if (Said.insert(Text).second)
        outs() << Text;
    }
    if (Found.empty())
      outs() << File << ':' << Line << ": " << nothing() << '\n';
  }

  std::string nothing() const {
    if (!Only)
      return "nothing that is run here is anything that a check asks about";
    return (Only->Name + " asks about " + Only->Asks + ", and none stands here")
        .str();
  }

  std::string answerTo(Unit &U, const Subject &S) {
    if (!S.Because.empty())
      return "no finding: " + S.Because;
    if (!S.Call) {
      std::string Against = against(U, S, std::nullopt);
      return Against.empty() ? "it is a finding" : "no finding: " + Against;
    }
    return mayReach(*S.Call, S) ? reached(U, S) : settled(U, S);
  }

  /// Whether \p S asks about calls of category \p Kind.
  static bool asksFor(const Subject &S, Effect Kind) {
    return S.Check == traitsOf(Kind).Check;
  }

  static bool mayReach(const LoopCall &Call, const Subject &S) {
    return Call.Does.first([&](Effect C) { return asksFor(S, C); }).has_value();
  }

  /// What the configuration and comments have against a finding about \p S,
  /// which is one of \p Kind if it is one about a call.
  std::string against(Unit &U, const Subject &S, std::optional<Effect> Kind) {
    if (!GlobList(Options.Checks.value_or("")).contains(S.Check))
      return ("the check " + S.Check + " is off").str();
    if (U.effects().resolver().isSuppressed(S.Loc, S.Check))
      return "a NOLINT comment in its line says that this is meant";
    std::string Exclude = Options.ExcludeHeaderFilterRegex.value_or("");
    if (isHeader() &&
        (!Regex(Options.HeaderFilterRegex.value_or("")).match(File) ||
         (!Exclude.empty() && Regex(Exclude).match(File))))
      return "the header filter leaves this file out";
    if (saysItIsGenerated(Texts.text(File)))
      return "the file says that it is generated (--include-generated)";
    if (isReported(U, S, Kind))
      return "";
    if (!S.Option.empty())
      return ("the option " + S.Check + "." + S.Option + " allows it").str();
    if (Kind && traitsOf(*Kind).Waits)
      return "the category '" + traitsOf(*Kind).Name.str() +
             "' is off (nostall-blocking-call.Categories, Strict)";
    return "another finding at this place stands for it";
  }

  /// Asked about as a source of its own, but no lint takes it for one.
  bool isHeader() const {
    return is_contained({".h", ".hh", ".hpp", ".hxx", ".ipp", ".inl", ".tcc"},
                        sys::path::extension(File));
  }

  /// Whether a lint finds \p S, or leaves it to the link, with \p Kind.
  bool isReported(Unit &U, const Subject &S, std::optional<Effect> Kind) {
    if (!Linted)
      Linted = Program.reportOf(Of);
    const clang::SourceManager &SM = U.context().getSourceManager();
    const unsigned Offset = SM.getFileOffset(SM.getFileLoc(S.Loc));
    auto Fits = [&](const Finding &F) {
      return F.Check == S.Check && F.Main.File == File &&
             F.Main.Offset == Offset;
    };
    for (const ProgramReport::Unit &Unit : Linted->Units) {
      const UnitReport &R = Unit.Report;
      if (any_of(R.Findings, [&](const Finding &F) {
            // Several calls may share a place; the first is told.
            return Fits(F) &&
                   (!Kind || StringRef(F.Main.Text).starts_with(S.Name));
          }))
        return true;
      for (unsigned I = 0; Kind && I != R.Open.size(); ++I)
        if (const CallGraph::OpenCall &Call = R.Calls.Open[I];
            Fits(R.Open[I]) && R.Calls.text(Call.Call) == S.Name &&
            !mayReach(*S.Call, S))
          return Call.Enabled >> static_cast<unsigned>(*Kind) & 1;
    }
    return false;
  }

  std::string reached(Unit &U, const Subject &S) {
    // One that is reported, if any is.
    auto First = S.Call->Does.first(
        [&](Effect C) { return asksFor(S, C) && isReported(U, S, C); });
    if (!First)
      First = S.Call->Does.first([&](Effect C) { return asksFor(S, C); });
    auto [Kind, Witness] = *First;
    const auto Hops = U.effects().chain(Witness);
    const std::string Reached =
        displayName(U.effects().primitive(Hops.back().Prim).Callee);
    std::string Against = against(U, S, Kind);
    if (Against.empty())
      Against = placedElsewhere(U, S);
    return verdict(Against, Kind, Reached);
  }

  /// What the program does with the coroutine that \p S stands in.
  std::string placedElsewhere(Unit &U, const Subject &S) {
    const CallGraph::Premise Of = Summariser::premiseOf(U, *S.Call);
    if (Of.isEmpty() || asksFor(S, Effect::LoopOnly))
      return "";
    readProgram(CallGraph(), displayName(S.Call->Facts->Function));
    for (const clang::FunctionDecl *By :
         U.contexts().cameThrough(*S.Call->Facts, *S.Call->Call))
      readProgram(CallGraph(), displayName(By));
    for (const clang::FunctionDecl *By :
         U.contexts().wasKeptBy(*S.Call->Facts, *S.Call->Call))
      readProgram(CallGraph(), displayName(By));
    const CallGraph G = Summariser(U).finish();
    const Linker Linked(Program.graphs(&G));
    if (!Linked.refutes(Of))
      return "";
    if (Of.Coroutine && Linked.runsOffLoop(Of.Coroutine))
      return "all that the program does with " +
             quotedName(displayName(S.Call->Facts->Function)) +
             " is to have workers run it";
    CallGraph::Premise ButKept = Of;
    ButKept.Kept.clear();
    if (!Linked.refutes(ButKept))
      return "a co_await before it gives the coroutine's handle to " +
             quotedName(
                 displayName(U.contexts()
                                 .wasKeptBy(*S.Call->Facts, *S.Call->Call)
                                 .back())) +
             ", and no file that is known says that it stays on its loop";
    return "a co_await before it makes the coroutine go on elsewhere: the body "
           "of its await_suspend, in another file, says so";
  }

  static std::string verdict(const std::string &Against, Effect Kind,
                             StringRef Reached) {
    std::string What = ("it reaches '" + Reached + "'").str();
    What += Kind == Effect::LoopOnly
                ? ", which belongs to the event loop's thread"
                : " (" + traitsOf(Kind).Name.str() + ")";
    return Against.empty() ? "it is a finding: " + What
                           : "no finding, though " + What + ": " + Against;
  }

  /// The other units decide.
  std::string settled(Unit &U, const Subject &S) {
    Summariser One(U);
    const unsigned Number =
        One.open(*S.Call, [&](Effect C) { return asksFor(S, C); });
    const CallGraph G = One.finish();
    readProgram(G, displayName(S.Call->Facts->Function));
    const Linker Linked(Program.graphs(&G));
    if (auto V = Linked.settle(0, Number))
      return verdict(against(U, S, V->What), V->What,
                     V->Unit->text(V->Blocks->Name));
    const StringRef What = S.Check == "nostall-loop-affinity"
                               ? "need the event loop's thread"
                               : "block";
    std::vector<std::string> Unknown;
    for (const clang::FunctionDecl *F : S.Call->Does.Externals)
      Unknown.push_back(
          ("'" + displayName(F) +
           (Linked.hasBody(Summariser::symbolOf(F))
                ? "' has its body in another file, and is not known to " +
                      What + unknownBelow(G, displayName(F))
                : "' has no body that may " + What +
                      " in the files that were read, and nothing is assumed "
                      "of it"))
              .str());
    if (Unknown.empty())
      Unknown.push_back(nothingStored(U, S));
    return "no finding: " +
           (Unknown.front().empty()
                ? ("no override that is known may " + What).str()
                : join(Unknown, "; "));
  }

  /// Of a call that is not virtual and depends on what the program stores: what
  /// its own unit says, because nothing is stored that matters.
  static std::string nothingStored(Unit &U, const Subject &S) {
    const CallFact &Call = *S.Call->Call;
    return S.Check != "nostall-blocking-call" || S.Call->Handed ||
                   Call.By == CallFact::Dispatch::Virtual
               ? ""
               : whyHarmless(U, *S.Call->Facts, Call);
  }

  /// What is not known of all that the function \p Known leads to.
  std::string unknownBelow(const CallGraph &G, StringRef Known) const {
    std::vector<std::string> Open = openFunctions(G, Program.graphs(&G));
    auto First = find_if(Open, [&](StringRef Name) { return Name != Known; });
    return First == Open.end() ? ""
                               : ": it leads to " + quotedName(*First) +
                                     ", of which nothing is known";
  }

  /// Those that the user has named; or what the calls in \p From and the
  /// coroutine \p Of lead to.
  void readProgram(const CallGraph &From, const std::string &Function) {
    if (!Names.empty()) {
      if (!std::exchange(HasRead, true))
        Program.read(Program.jobs(Names));
      return;
    }
    if (!Needed)
      Needed.emplace(Program, Of);
    Needed->read(From, Function);
  }

  ProgramGraphs &Program;
  const Job &Of;
  const std::string &File;
  unsigned Line;
  const CheckInfo *Only;
  ClangTidyOptions Options;
  SourceTexts Texts;
  std::optional<ProgramReport> Linted;
  bool HasRead = false;
  std::optional<NeededUnits> Needed;
};
} // namespace

int runWhyNot(FlagsAfterDashes Flags) {
  auto [Name, LineText] = StringRef(PlaceName).rsplit(':');
  unsigned Line = 0;
  if (LineText.getAsInteger(10, Line) || !Line)
    return wrongUse("'" + PlaceName + "' is not of the form FILE:LINE");
  const CheckInfo *Only = OnlyCheck.empty() ? nullptr : findCheck(OnlyCheck);
  if (!OnlyCheck.empty() && !Only)
    return wrongUse("no check is called '" + OnlyCheck +
                    "'; nostall list-checks prints them");
  auto Program = ProgramGraphs::fromOptions(std::move(Flags));
  if (!Program)
    return wrongUse(toString(Program.takeError()));
  Jobs Work = Program->jobs({Name.str()});
  if (Work.List.size() != 1)
    return Work.List.empty() ? int(ExitWrongUse)
                             : wrongUse("'" + Name + "' is more than one file");
  return Question(*Program, Work.List.front(), Line, Only).answer();
}

} // namespace nostall
