//===- Fingerprints.cpp - a finding, known again --------------------------===//

#include "Fingerprints.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/SHA256.h"

using llvm::StringRef;

namespace nostall {

/// What a finding is known by, but for the number of its occurrence.
static std::string hashOf(const Finding &F, SourceTexts &Sources,
                          const ProjectRoot &Root) {
  // A finding about no line is known by what it says.
  std::string Line = Sources.line(F.Main.File, F.Main.Line).str();
  llvm::erase_if(Line, [](char C) { return llvm::isSpace(C); });
  if (Line.empty())
    Line = F.Main.Text;
  llvm::SHA256 Hash;
  for (const std::string &Part : {F.Check, Root.pathOf(F.Main.File), Line}) {
    Hash.update(Part);
    Hash.update(StringRef("\0", 1)); // "ab" + "c" is not "a" + "bc"
  }
  return llvm::toHex(llvm::ArrayRef(Hash.final()).take_front(8),
                     /*LowerCase=*/true);
}

std::vector<std::string> fingerprints(llvm::ArrayRef<Finding> Findings,
                                      SourceTexts &Sources,
                                      const ProjectRoot &Root) {
  std::vector<std::string> Result;
  llvm::StringMap<unsigned> Seen;
  // Generated code has thousands of findings in one long line.
  std::string Hash;
  const Finding *Before = nullptr;
  for (const Finding &F : Findings) {
    if (!Before || !F.Main.Line || F.Main.Line != Before->Main.Line ||
        F.Main.File != Before->Main.File || F.Check != Before->Check)
      Hash = hashOf(F, Sources, Root);
    Before = &F;
    unsigned Occurrence = ++Seen[Hash];
    Result.push_back(Hash + ":" + std::to_string(Occurrence));
  }
  return Result;
}

} // namespace nostall
