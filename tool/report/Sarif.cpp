//===- Sarif.cpp - SARIF 2.1.0 --------------------------------------------===//
//
//   finding               result
//   its place             locations
//   the way to its cause  codeFlows: one thread, in run-time order
//   its notes             relatedLocations
//   its fixes             fixes: the safe one first, then those offered
//   its fingerprint       partialFingerprints
//   its check             a rule, with the check's page as help
//   a compiler's error    a notification of the invocation, not a result
//
// Paths are relative to the base PROJECT, the root of the source tree. Columns
// count UTF-16 units, as SARIF's default has it.
//
//===----------------------------------------------------------------------===//

#include "Catalogue.h"
#include "Chain.h"
#include "JsonText.h"
#include "Reports.h"
#include "tool/project/Version.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ConvertUTF.h"

using namespace llvm;

namespace nostall {

static constexpr StringLiteral Base = "PROJECT";

static std::string uriPath(StringRef Path) {
  std::string Result;
  for (char C : Path)
    if (isAlnum(C) || StringRef("/-._~").contains(C)) {
      Result += C;
    } else {
      auto Byte = static_cast<unsigned char>(C);
      Result += {'%', hexdigit(Byte >> 4), hexdigit(Byte & 0xF)};
    }
  return Result;
}

/// The column, from 1, of byte \p Column of \p Line in UTF-16 units; bytes are
/// counted where the line is no UTF-8.
static unsigned utf16Column(StringRef Line, unsigned Column) {
  StringRef Before = Line.take_front(Column - 1);
  SmallVector<UTF16, 256> Units;
  if (all_of(Before, [](char C) { return isASCII(C); }) ||
      !convertUTF8ToUTF16String(Before, Units))
    return Column;
  return Units.size() + 1;
}

namespace {

class SarifWriter {
public:
  SarifWriter(const ReportData &Data, raw_ostream &Out) : Data(Data), J(Out) {
    for (const CheckInfo &Check : catalogue())
      addRule(Check.Name);
    for (const Finding &F : Data.Findings)
      addRule(F.Check);
  }

  void write() {
    J.object([&] {
      J.attribute("$schema",
                  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/"
                  "schemas/sarif-schema-2.1.0.json");
      J.attribute("version", "2.1.0");
      J.attributeArray("runs", [&] { J.object([&] { writeRun(); }); });
    });
    J.flush();
  }

private:
  void addRule(StringRef Check) {
    if (RuleIndex.try_emplace(Check, Rules.size()).second)
      Rules.push_back(Check);
  }

  void writeRun() {
    J.attributeObject("tool", [&] {
      J.attributeObject("driver", [&] {
        J.attribute("name", "nostall");
        J.attribute("version", Version);
        J.attribute("semanticVersion", Version);
        J.attributeArray("rules", [&] {
          for (StringRef Check : Rules)
            J.object([&] { writeRule(Check); });
        });
      });
    });
    J.attribute("columnKind", "utf16CodeUnits");
    J.attributeObject("originalUriBaseIds", [&] {
      J.attributeObject(Base, [&] {
        if (Data.Root.isTold())
          J.attribute("uri", "file://" + uriPath(Data.Root.folder()) + "/");
        text("description", "the root of the source tree");
      });
    });
    J.attributeArray("invocations", [&] { J.object([&] { invocation(); }); });
    J.attributeArray("results", [&] {
      for (auto [F, Fingerprint] : zip_equal(Data.Findings, Data.Fingerprints))
        J.object([&] { writeResult(F, Fingerprint); });
    });
  }

  void writeRule(StringRef Check) {
    const CheckInfo *Info = findCheck(Check);
    J.attribute("id", jsonText(Check));
    if (!Info)
      return;
    J.attribute("name", convertToCamelFromSnakeCase(
                            join(split(Check, '-'), "_"), true));
    text("shortDescription", Info->Summary);
    J.attributeObject("help", [&] {
      J.attribute("text", jsonText(Info->Page));
      J.attribute("markdown", jsonText(Info->Page));
    });
    J.attributeObject("defaultConfiguration",
                      [&] { J.attribute("level", "warning"); });
    J.attributeObject("properties", [&] {
      J.attributeArray("tags", [&] {
        J.value("coroutines");
        J.value("event-loop");
        J.value("performance");
      });
      J.attribute("precision", "high");
      J.attribute("problem.severity", "warning");
    });
  }

  void invocation() {
    const Tally &T = Data.Totals;
    J.attribute("executionSuccessful",
                !T.NotCompiling && !T.GivenUp && !T.WrongUse);
    J.attribute("exitCode", T.exitCode());
    J.attributeArray("toolExecutionNotifications", [&] {
      for (const Finding &F : Data.Failures)
        J.object([&] {
          J.attribute("level", "error");
          text("message", F.Main.Text);
          if (!F.Main.File.empty())
            J.attributeArray("locations",
                             [&] { J.object([&] { place(F.Main); }); });
        });
    });
  }

  void writeResult(const Finding &F, StringRef Fingerprint) {
    J.attribute("ruleId", jsonText(F.Check));
    J.attribute("ruleIndex", RuleIndex.lookup(F.Check));
    StringRef Severity = F.severityName();
    J.attribute("level", Severity == "remark" ? "note" : Severity);
    text("message", F.Main.Text);
    if (!F.Main.File.empty())
      J.attributeArray("locations", [&] { J.object([&] { place(F.Main); }); });
    // The first is the name that GitHub looks for.
    J.attributeObject("partialFingerprints", [&] {
      J.attribute("primaryLocationLineHash", Fingerprint);
      J.attribute("nostall/v1", Fingerprint);
    });
    if (auto Way = wayOf(F); Way.size() > 1)
      codeFlow(Way);
    relatedLocations(F);
    fixes(F);
    if (auto Cause = rootCauseOf(F))
      J.attributeObject("properties", [&] {
        J.attribute("cause", jsonText(Cause->Name));
        J.attribute("category", jsonText(Cause->Category));
        J.attribute("source", jsonText(Cause->Source));
      });
  }

  void codeFlow(ArrayRef<const FindingMessage *> Way) {
    auto Locations = [&] {
      for (const FindingMessage *Step : Way)
        if (!Step->File.empty())
          J.object([&] {
            J.attributeObject("location", [&] {
              place(*Step);
              text("message", Step->Text);
            });
            J.attribute("importance", "essential");
          });
    };
    J.attributeArray("codeFlows", [&] {
      J.object([&] {
        J.attributeArray("threadFlows", [&] {
          J.object([&] { J.attributeArray("locations", Locations); });
        });
      });
    });
  }

  void relatedLocations(const Finding &F) {
    if (F.Notes.empty())
      return;
    unsigned Id = 0;
    J.attributeArray("relatedLocations", [&] {
      for (const FindingMessage &Note : F.Notes)
        if (!Note.File.empty())
          J.object([&] {
            J.attribute("id", ++Id);
            place(Note);
            text("message", Note.Text);
          });
    });
  }

  void fixes(const Finding &F) {
    if (F.Main.Edits.empty() && all_of(F.Notes, [](const FindingMessage &N) {
          return N.Edits.empty();
        }))
      return;
    StringRef Remedy = splitRemedy(F.Main.Text).second;
    auto All = [&] {
      if (!F.Main.Edits.empty())
        fix(Remedy.empty() ? "apply the fix" : Remedy, F.Main.Edits);
      for (const FindingMessage &Note : F.Notes)
        if (!Note.Edits.empty())
          fix(Note.Text, Note.Edits);
    };
    J.attributeArray("fixes", All);
  }

  void fix(StringRef Description, ArrayRef<Edit> Edits) {
    // The file is another one by now: nobody knows where the edit would go.
    if (any_of(Edits, [&](const Edit &E) {
          const Span &S = E.Where;
          return !Data.Sources.position(S.File, S.Offset + S.Length).first;
        }))
      return;
    J.object([&] {
      text("description", Description);
      J.attributeArray("artifactChanges", [&] {
        for (ArrayRef<Edit> OfFile : editsByFile(Edits))
          J.object([&] {
            artifact(OfFile.front().Where.File);
            J.attributeArray("replacements", [&] {
              for (const Edit &E : OfFile)
                J.object([&] { replacement(E); });
            });
          });
      });
    });
  }

  void replacement(const Edit &E) {
    const Span &S = E.Where;
    J.attributeObject("deletedRegion", [&] {
      point("start", S.File, Data.Sources.position(S.File, S.Offset));
      point("end", S.File, Data.Sources.position(S.File, S.Offset + S.Length));
    });
    J.attributeObject("insertedContent",
                      [&] { J.attribute("text", jsonText(E.Text)); });
  }

  void point(StringRef Which, StringRef File,
             std::pair<unsigned, unsigned> At) {
    J.attribute((Which + "Line").str(), At.first);
    J.attribute((Which + "Column").str(),
                utf16Column(Data.Sources.line(File, At.first), At.second));
  }

  void place(const FindingMessage &M) {
    J.attributeObject("physicalLocation", [&] {
      artifact(M.File);
      if (!M.Line)
        return;
      J.attributeObject("region", [&] {
        point("start", M.File, {M.Line, M.Column});
        if (M.EndLine)
          point("end", M.File, {M.EndLine, M.EndColumn});
        else
          text("snippet", Data.Sources.line(M.File, M.Line));
      });
    });
  }

  void artifact(StringRef File) {
    std::string Path = Data.path(File);
    bool IsInside = !StringRef(Path).starts_with("/");
    J.attributeObject("artifactLocation", [&] {
      J.attribute("uri", (IsInside ? "" : "file://") + uriPath(Path));
      if (IsInside)
        J.attribute("uriBaseId", Base);
    });
  }

  void text(StringRef Key, StringRef Text) {
    J.attributeObject(Key, [&] { J.attribute("text", jsonText(Text)); });
  }

  const ReportData &Data;
  json::OStream J;
  std::vector<StringRef> Rules;
  StringMap<unsigned> RuleIndex;
};

} // namespace

void writeSarif(const ReportData &Data, raw_ostream &Out) {
  SarifWriter(Data, Out).write();
  Out << '\n';
}

} // namespace nostall
