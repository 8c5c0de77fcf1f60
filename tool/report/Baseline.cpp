//===- Baseline.cpp - the findings that are known already -----------------===//

#include "Baseline.h"
#include "JsonText.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;

namespace nostall {

/// Of the file's form; a later form gets another number.
static constexpr int64_t FormVersion = 1;

Expected<Baseline> Baseline::read(StringRef File) {
  auto Fail = [&](const Twine &Why) {
    return createStringError("cannot read the baseline '" + File + "': " + Why);
  };
  auto Text = MemoryBuffer::getFile(File);
  if (!Text)
    return Fail(Text.getError().message() +
                "; write it first with --write-baseline");
  Expected<json::Value> Parsed = json::parse((*Text)->getBuffer());
  if (!Parsed)
    return Fail(toString(Parsed.takeError()));
  const json::Object *Top = Parsed->getAsObject();
  auto Form = Top ? Top->getInteger("nostall-baseline") : std::nullopt;
  if (!Form)
    return Fail("it was not written by --write-baseline");
  if (*Form != FormVersion)
    return Fail("it is of form " + Twine(*Form) +
                ", and this nostall knows form " + Twine(FormVersion));
  const json::Array *List = Top->getArray("findings");
  if (!List)
    return Fail("it has no list of findings");

  Baseline Result;
  for (const json::Value &Item : *List) {
    const json::Object *Object = Item.getAsObject();
    Entry E;
    auto Take = [&](StringRef Key, std::string &To) {
      auto Value = Object ? Object->getString(Key) : std::nullopt;
      if (Value)
        To = Value->str();
      return Value.has_value();
    };
    if (!Take("fingerprint", E.Fingerprint) || !Take("check", E.Check) ||
        !Take("file", E.File) || !Take("message", E.Message))
      return Fail("finding " + Twine(Result.Entries.size() + 1) +
                  " lacks its fingerprint, check, file or message");
    Result.ByFingerprint[E.Fingerprint] = Result.Entries.size();
    Result.Entries.push_back(std::move(E));
  }
  return Result;
}

std::vector<Baseline::Entry> Baseline::entries(const ReportData &Data) {
  std::vector<Entry> Result;
  for (auto [F, Fingerprint] : zip_equal(Data.Findings, Data.Fingerprints))
    Result.push_back(
        {Fingerprint, F.Check, Data.path(F.Main.File), F.Main.Text});
  return Result;
}

void Baseline::write(std::vector<Entry> Entries, raw_ostream &Out) {
  llvm::sort(Entries, [](const Entry &A, const Entry &B) {
    return std::tie(A.File, A.Check, A.Message, A.Fingerprint) <
           std::tie(B.File, B.Check, B.Message, B.Fingerprint);
  });
  Out << "{\"nostall-baseline\": " << FormVersion << ", \"findings\": [";
  const char *Separator = "\n";
  for (const Entry &E : Entries) {
    Out << Separator
        << json::Value(json::Object{{"check", jsonText(E.Check)},
                                    {"file", jsonText(E.File)},
                                    {"fingerprint", E.Fingerprint},
                                    {"message", jsonText(E.Message)}});
    Separator = ",\n";
  }
  Out << "\n]}\n";
}

bool Baseline::covers(StringRef Fingerprint) {
  auto It = ByFingerprint.find(Fingerprint);
  if (It == ByFingerprint.end())
    return false;
  Entries[It->second].Met = true;
  return true;
}

} // namespace nostall
