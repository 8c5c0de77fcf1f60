//===- CodeClimate.cpp - issues as Code Climate's engines print them ------===//
//
// One JSON array, of the keys that GitLab's code quality reports want. A
// stalled loop is "major"; what the configuration calls an error is "critical".
//
//===----------------------------------------------------------------------===//

#include "Chain.h"
#include "Fingerprints.h"
#include "JsonText.h"
#include "Reports.h"

using namespace llvm;

namespace nostall {

static json::Object location(const FindingMessage &M, const ReportData &Data) {
  return json::Object{{"path", jsonText(Data.path(M.File))},
                      {"lines", json::Object{{"begin", M.Line ? M.Line : 1}}}};
}

static json::Object issue(const Finding &F, const ReportData &Data) {
  StringRef Severity = F.severityName();
  json::Object Issue{
      {"type", "issue"},
      {"check_name", jsonText(F.Check)},
      {"description", jsonText(F.Main.Text)},
      {"categories", json::Array{F.isFailure() ? "Bug Risk" : "Performance"}},
      {"severity", F.isFailure()          ? "blocker"
                   : Severity == "error"  ? "critical"
                   : Severity == "remark" ? "info"
                                          : "major"},
      {"location", location(F.Main, Data)}};
  json::Array Others;
  for (const FindingMessage *Step : wayOf(F))
    if (Step != &F.Main && !Step->File.empty())
      Others.push_back(location(*Step, Data));
  if (!Others.empty())
    Issue["other_locations"] = std::move(Others);
  return Issue;
}

void writeCodeClimate(const ReportData &Data, raw_ostream &Out) {
  json::Array Issues;
  for (auto [F, Fingerprint] : zip_equal(Data.Findings, Data.Fingerprints)) {
    json::Object Issue = issue(F, Data);
    Issue["fingerprint"] = Fingerprint;
    Issues.push_back(std::move(Issue));
  }
  // GitLab takes issues of one fingerprint for one.
  for (auto [F, Fingerprint] :
       zip_equal(Data.Failures,
                 fingerprints(Data.Failures, Data.Sources, Data.Root))) {
    json::Object Issue = issue(F, Data);
    Issue["fingerprint"] = Fingerprint;
    Issues.push_back(std::move(Issue));
  }
  Out << formatv("{0:2}", json::Value(std::move(Issues))) << '\n';
}

} // namespace nostall
