//===- JsonLines.cpp - one JSON object a finding --------------------------===//
//
// For scripts: everything that a finding holds, one line each, so that `grep`,
// `jq` and a loop can read it. docs/formats.md lists the keys; keys may be
// added, none is ever changed.
//
//===----------------------------------------------------------------------===//

#include "Chain.h"
#include "JsonText.h"
#include "Reports.h"

using namespace llvm;

namespace nostall {

static StringRef roleName(NoteRole Role) {
  switch (Role) {
  case NoteRole::Before:
    return "before";
  case NoteRole::Hop:
    return "hop";
  case NoteRole::Cause:
    return "cause";
  case NoteRole::Aside:
    return "aside";
  case NoteRole::Offer:
    return "offer";
  }
  llvm_unreachable("covered switch");
}

static json::Object messageObject(const FindingMessage &M,
                                  const ReportData &Data) {
  json::Object Result;
  if (!M.File.empty()) {
    Result["file"] = jsonText(Data.path(M.File));
    Result["offset"] = M.Offset;
  }
  if (M.Line) {
    Result["line"] = M.Line;
    Result["column"] = M.Column;
  }
  Result["message"] = jsonText(M.Text);
  json::Array Edits;
  for (const Edit &E : M.Edits)
    Edits.push_back(json::Object{{"file", jsonText(Data.path(E.Where.File))},
                                 {"offset", E.Where.Offset},
                                 {"length", E.Where.Length},
                                 {"text", jsonText(E.Text)}});
  if (!Edits.empty())
    Result["edits"] = std::move(Edits);
  return Result;
}

static json::Object findingObject(const Finding &F, const ReportData &Data) {
  json::Object Result = messageObject(F.Main, Data);
  Result["check"] = jsonText(F.Check);
  Result["severity"] = F.severityName();
  if (auto Cause = rootCauseOf(F))
    Result["cause"] = json::Object{{"name", jsonText(Cause->Name)},
                                   {"category", jsonText(Cause->Category)},
                                   {"source", jsonText(Cause->Source)}};
  json::Array Notes;
  for (const FindingMessage &Note : F.Notes) {
    json::Object Object = messageObject(Note, Data);
    Object["role"] = roleName(roleOf(Note));
    Notes.push_back(std::move(Object));
  }
  Result["notes"] = std::move(Notes);
  return Result;
}

void writeJsonLines(const ReportData &Data, raw_ostream &Out) {
  for (auto [F, Fingerprint] : zip_equal(Data.Findings, Data.Fingerprints)) {
    json::Object Object = findingObject(F, Data);
    Object["fingerprint"] = Fingerprint;
    Out << json::Value(std::move(Object)) << '\n';
  }
  for (const Finding &F : Data.Failures)
    Out << json::Value(findingObject(F, Data)) << '\n';
}

} // namespace nostall
