//===- Html.cpp - a report to look at -------------------------------------===//
//
// One page that needs nothing else: no server, no network, no JavaScript for
// reading (html/report.js adds search, filters and grouping). On its left what
// the findings come down to: the root causes, that is the primitives that most
// chains end in, the checks and the files. On its right the findings by file,
// each with its source and its chain as a tree that unfolds.
//
// The script reads the data- attributes that this file writes.
//
//===----------------------------------------------------------------------===//

#include "Catalogue.h"
#include "Chain.h"
#include "HtmlSource.h"
#include "Reports.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace nostall {

static constexpr char Style[] =
#include "report.css.inc"
    ;
static constexpr char Script[] =
#include "report.js.inc"
    ;

/// Lines quoted before and after a finding's own.
static constexpr unsigned Around = 2;
/// Of each kind, before they are folded.
static constexpr size_t FacetsShown = 12;

static std::string count(size_t N, StringRef What) {
  return (Twine(N) + " " + What + (N == 1 ? "" : "s")).str();
}

/// \p Text, which quotes code in \p Quote signs, with the code as code.
static std::string prose(StringRef Text, char Quote) {
  std::string Result;
  while (!Text.empty()) {
    size_t Open = Text.find(Quote);
    // An opening sign stands before a name and after no letter: not in "don't".
    while (Open != StringRef::npos && Open > 0 && isAlnum(Text[Open - 1]))
      Open = Text.find(Quote, Open + 1);
    if (Open == StringRef::npos)
      break;
    // The closing one ends a word, and closes what the code has opened: f('a',
    // 'b') may be quoted.
    size_t Close = Text.find(Quote, Open + 1);
    auto Closes = [&] {
      StringRef Code = Text.slice(Open + 1, Close);
      return Code.count('(') == Code.count(')') &&
             (Close + 1 == Text.size() ||
              StringRef(" ,.;:)\n").contains(Text[Close + 1]));
    };
    while (Close != StringRef::npos && !Closes())
      Close = Text.find(Quote, Close + 1);
    if (Close == StringRef::npos)
      break;
    Result += htmlText(Text.take_front(Open)) + "<code>" +
              htmlText(Text.slice(Open + 1, Close)) + "</code>";
    Text = Text.drop_front(Close + 1);
  }
  return Result + htmlText(Text);
}

/// The section "Why it matters" of a check's page, its first paragraph.
static StringRef whyItMatters(StringRef Page) {
  StringRef Section = Page.split("## Why it matters\n").second;
  return Section.ltrim().split("\n\n").first;
}

/// \p Name, which may be broken after "::" and "/".
static std::string breakable(StringRef Name) {
  std::string Result = htmlText(Name);
  for (StringRef Sign : {"::", "/"})
    for (size_t At = Result.find(Sign); At != std::string::npos;
         At = Result.find(Sign, At + Sign.size() + 5))
      Result.insert(At + Sign.size(), "<wbr>");
  return Result;
}

namespace {

class HtmlWriter {
public:
  HtmlWriter(const ReportData &Data, raw_ostream &Out)
      : Data(Data), Out(Out), Source(Data.Sources) {
    for (const Finding &F : Data.Findings)
      Causes.push_back(rootCauseOf(F));
  }

  void write() {
    std::string Title =
        "nostall: " + sys::path::filename(Data.Root.folder()).str();
    Out << "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
           "<meta charset=\"utf-8\">\n"
           "<meta name=\"viewport\" "
           "content=\"width=device-width, initial-scale=1\">\n<title>"
        << htmlText(Title) << "</title>\n<style>\n"
        << Style << "</style>\n</head>\n<body>\n<div class=\"page\">\n";
    top();
    failures();
    if (Data.Findings.empty()) {
      if (Data.Failures.empty())
        Out << "<p class=\"nothing\">Nothing here stalls the event loop, as "
               "far as nostall can tell.</p>\n";
    } else {
      Out << "<div class=\"columns\">\n";
      facets();
      Out << "<main>\n";
      tools();
      list();
      Out << "</main>\n</div>\n";
      about();
    }
    Out << "</div>\n";
    if (!Data.Findings.empty())
      Out << "<script>\n" << Script << "</script>\n";
    Out << "</body>\n</html>\n";
  }

private:
  void top() {
    const Tally &T = Data.Totals;
    StringRef New = T.Known ? "new " : "";
    Out << "<header class=\"top\">\n<div class=\"name\">nostall</div>\n<h1>"
        << (Data.Findings.empty()
                ? ("No " + New + "findings").str()
                : count(Data.Findings.size(), (New + "finding").str()))
        << " in " << htmlText(sys::path::filename(Data.Root.folder()))
        << "</h1>\n<p>" << count(T.Files, "file") << " looked at";
    if (T.Known)
      Out << ", " << T.Known << " more in the baseline";
    if (T.Suppressed)
      Out << ", " << T.Suppressed << " suppressed by NOLINT";
    if (unsigned Count = T.NotCompiling + T.GivenUp)
      Out << ", " << Count << " not checked";
    Out << "</p>\n</header>\n";
  }

  void failures() {
    if (Data.Failures.empty())
      return;
    Out << "<section class=\"failures\">\n<h2>Not checked</h2>\n<ul>\n";
    for (const Finding &F : Data.Failures)
      Out << "<li>" << place(F.Main) << ' ' << prose(F.Main.Text, '\'')
          << "</li>\n";
    Out << "</ul>\n</section>\n";
  }

  // --- what the findings come down to ---

  struct Facet {
    std::string Value, Label, First; ///< First: the id of a finding
    size_t Count = 0;
  };

  void facetList(StringRef Title, StringRef Kind, std::vector<Facet> Facets) {
    if (Facets.empty())
      return;
    // As many first as there are; else in the order of the findings.
    stable_sort(Facets, [](const Facet &A, const Facet &B) {
      return A.Count > B.Count;
    });
    Out << "<section>\n<h2>" << Title << "</h2>\n<ol>\n";
    for (const auto &[I, F] : enumerate(Facets)) {
      if (I == FacetsShown)
        Out << "</ol>\n<details>\n<summary>" << Facets.size() - I
            << " more</summary>\n<ol>\n";
      Out << "<li><a class=\"facet\" href=\"#" << F.First << "\" data-kind=\""
          << Kind << "\" data-value=\"" << htmlText(F.Value)
          << "\" style=\"--share:" << F.Count * 100 / Facets.front().Count
          << "%\"><span class=\"label\">" << F.Label
          << "</span><span class=\"count\">" << F.Count << "</span></a></li>\n";
    }
    Out << "</ol>\n"
        << (Facets.size() > FacetsShown ? "</details>\n" : "")
        << "</section>\n";
  }

  void facets() {
    MapVector<StringRef, Facet> ByCause, ByCheck, ByFile;
    for (auto [I, F] : enumerate(Data.Findings)) {
      auto Add = [&, Index = I](MapVector<StringRef, Facet> &To, StringRef Key,
                                std::string Value, std::string Label) {
        Facet &Of = To[Key];
        if (Of.Count++ == 0) {
          Of.First = id(Index);
          Of.Value = std::move(Value);
          Of.Label = std::move(Label);
        }
      };
      if (Causes[I])
        Add(ByCause, Causes[I]->Name, Causes[I]->Name,
            breakable(Causes[I]->Name) + " <span class=\"kind\">" +
                htmlText(Causes[I]->Category) + "</span>");
      Add(ByCheck, F.Check, F.Check, htmlText(F.Check));
      Add(ByFile, F.Main.File, Data.path(F.Main.File),
          breakable(Data.path(F.Main.File)));
    }
    auto Values = [](MapVector<StringRef, Facet> &Map) {
      std::vector<Facet> List;
      for (auto &Entry : Map)
        List.push_back(std::move(Entry.second));
      return List;
    };
    Out << "<nav class=\"facets\" aria-label=\"Filters\">\n";
    facetList("Root causes", "cause", Values(ByCause));
    facetList("Checks", "check", Values(ByCheck));
    facetList("Files", "file", Values(ByFile));
    Out << "</nav>\n";
  }

  void tools() {
    Out << R"(<div class="tools js-only">
<input id="search" type="search" placeholder="Search findings, names and chains" aria-label="Search">
<label>by <select id="grouping"><option value="file">file</option><option value="check">check</option><option value="cause">root cause</option></select></label>
<button id="fold" type="button" aria-expanded="false">Unfold all</button>
<button id="reset" type="button">Clear</button>
<button id="theme" type="button" title="Light or dark">Dark</button>
<p class="shown" id="shown" aria-live="polite" hidden></p>
</div>
)";
  }

  // --- findings ---

  void list() {
    Out << "<div id=\"findings\">\n";
    for (size_t I = 0, N = Data.Findings.size(); I != N;) {
      StringRef File = Data.Findings[I].Main.File;
      size_t End = I;
      while (End != N && Data.Findings[End].Main.File == File)
        ++End;
      Out << "<section class=\"group\">\n<h2>"
          << (File.empty() ? "No file" : htmlText(Data.path(File)))
          << " <span class=\"count\">" << count(End - I, "finding")
          << "</span></h2>\n";
      for (; I != End; ++I)
        finding(Data.Findings[I], I);
      Out << "</section>\n";
    }
    Out << "</div>\n<p class=\"nothing\" id=\"nothing\" hidden>No finding is "
           "like that.</p>\n<p class=\"js-only\"><button id=\"more\" "
           "type=\"button\" hidden></button></p>\n";
  }

  void finding(const Finding &F, size_t Index) {
    StringRef Severity = F.severityName();
    auto [Message, Remedy] = splitRemedy(F.Main.Text);
    Out << "<article class=\"finding " << Severity << "\" id=\"" << id(Index)
        << "\" data-check=\"" << htmlText(F.Check) << "\" data-file=\""
        << htmlText(Data.path(F.Main.File)) << "\" data-cause=\""
        << (Causes[Index] ? htmlText(Causes[Index]->Name) : "") << "\">\n<h3>"
        << prose(Message, '\'') << "</h3>\n";
    if (!Remedy.empty())
      Out << "<p class=\"remedy\">" << prose(Remedy, '\'') << "</p>\n";
    Out << "<div class=\"where\"><a href=\"#" << id(Index) << "\">"
        << place(F.Main) << "</a><span class=\"severity\">" << Severity
        << "</span><span>" << htmlText(F.Check) << "</span></div>\n";
    Source.quote(F.Main, Around, Out);
    if (Causes[Index])
      chain(F, *Causes[Index]);
    else
      way(F);
    fixes(F);
    asides(F);
    Out << "</article>\n";
  }

  /// The hops below the finding's call, each in the one that makes it.
  void chain(const Finding &F, const RootCause &Cause) {
    std::vector<const FindingMessage *> Hops;
    for (const FindingMessage &Note : F.Notes)
      if (roleOf(Note) == NoteRole::Hop)
        Hops.push_back(&Note);
    std::string Known = "<span class=\"cause\">" + htmlText(Cause.Category) +
                        "</span> <code>" + htmlText(Cause.Name) + "</code> " +
                        htmlText(Cause.Is) + htmlText(Cause.Source);
    if (Hops.empty()) {
      Out << "<p class=\"leaf\">" << Known << "</p>\n";
      return;
    }
    Out << "<details class=\"chain\">\n<summary>" << count(Hops.size(), "call")
        << " down to <code>" << htmlText(Cause.Name) << "</code></summary>\n";
    for (const FindingMessage *Hop : Hops) {
      Out << "<ol class=\"tree\"><li><details open>\n<summary>"
          << prose(Hop->Text, '\'') << place(*Hop) << "</summary>\n";
      Source.quote(*Hop, 1, Out);
    }
    Out << "<p class=\"leaf\">" << Known << "</p>\n";
    for (size_t I = 0; I != Hops.size(); ++I)
      Out << "</details></li></ol>\n";
    Out << "</details>\n";
  }

  /// Steps that do not contain each other: a lock, branches.
  void way(const Finding &F) {
    auto Steps = wayOf(F);
    if (Steps.size() < 2)
      return;
    Out << "<details class=\"chain\">\n<summary>How it comes to this</summary>"
           "\n<ol class=\"tree\">\n";
    for (const FindingMessage *Step : Steps) {
      Out << "<li>"
          << (Step == &F.Main ? "then it comes here" : prose(Step->Text, '\''))
          << place(*Step) << '\n';
      Source.quote(*Step, 1, Out);
      Out << "</li>\n";
    }
    Out << "</ol>\n</details>\n";
  }

  void fixes(const Finding &F) {
    auto Fix = [&](StringRef Title, ArrayRef<Edit> Edits) {
      Out << "<details class=\"fix\">\n<summary>" << Title << "</summary>\n";
      for (ArrayRef<Edit> OfFile : editsByFile(Edits))
        Source.difference(OfFile, Out);
      Out << "</details>\n";
    };
    if (!F.Main.Edits.empty())
      Fix("Fix, applied by --fix", F.Main.Edits);
    for (const FindingMessage &Note : F.Notes)
      if (!Note.Edits.empty())
        Fix("Or: " + prose(Note.Text, '\''), Note.Edits);
  }

  void asides(const Finding &F) {
    std::string Items;
    for (const FindingMessage &Note : F.Notes) {
      NoteRole Role = roleOf(Note);
      bool IsShown = Role == NoteRole::Hop || Role == NoteRole::Cause ||
                     !Note.Edits.empty() ||
                     (Role == NoteRole::Before && !rootCauseOf(F));
      if (!IsShown)
        Items += "<li>" + prose(Note.Text, '\'') +
                 (Note.Line == F.Main.Line && Note.File == F.Main.File
                      ? ""
                      : place(Note)) +
                 "</li>\n";
    }
    if (!Items.empty())
      Out << "<ul class=\"notes\">\n" << Items << "</ul>\n";
  }

  void about() {
    Out << "<section class=\"about\">\n<h2>The checks</h2>\n";
    for (const CheckInfo &Check : catalogue()) {
      if (none_of(Data.Findings,
                  [&](const Finding &F) { return F.Check == Check.Name; }))
        continue;
      Out << "<h3>" << Check.Name << ": " << htmlText(Check.Summary)
          << "</h3>\n<p>" << prose(whyItMatters(Check.Page), '`')
          << "</p>\n<p>More: <code>nostall explain " << Check.Name
          << "</code></p>\n";
    }
    Out << "</section>\n";
  }

  std::string place(const FindingMessage &M) {
    if (M.File.empty())
      return "";
    std::string Text = Data.path(M.File);
    if (M.Line)
      Text += ":" + std::to_string(M.Line) + ":" + std::to_string(M.Column);
    return "<span class=\"place\">" + htmlText(Text) + "</span>";
  }

  /// Of the finding's element; stays the same while the finding does.
  std::string id(size_t Index) const {
    std::string Id = "f-" + Data.Fingerprints[Index];
    std::replace(Id.begin(), Id.end(), ':', '-');
    return Id;
  }

  const ReportData &Data;
  raw_ostream &Out;
  HtmlSource Source;
  std::vector<std::optional<RootCause>> Causes;
};

} // namespace

void writeHtml(const ReportData &Data, raw_ostream &Out) {
  HtmlWriter(Data, Out).write();
}

} // namespace nostall
