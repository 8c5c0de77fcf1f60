//===- Suppressions.cpp - NOLINT at a primitive ---------------------------===//

#include "Suppressions.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/GlobPattern.h"

using namespace clang;
using llvm::StringRef;

namespace nostall {

/// The globs of a directive whose keyword ends before \p Rest: "*" if it has no
/// list.
static llvm::SmallVector<StringRef, 2> globsAfter(StringRef Rest) {
  llvm::SmallVector<StringRef, 2> Globs;
  if (!Rest.consume_front("(")) {
    Globs.push_back("*");
    return Globs;
  }
  Rest.take_until([](char C) { return C == ')'; }).split(Globs, ',');
  for (StringRef &Glob : Globs)
    Glob = Glob.trim();
  return Globs;
}

const Suppressions::FileLines &Suppressions::linesOf(FileID File) {
  auto [It, IsNew] = Files.try_emplace(File);
  if (!IsNew)
    return It->second;
  std::optional<StringRef> Text = SM.getBufferDataOrNone(File);
  if (!Text || !Text->contains("NOLINT"))
    return It->second;
  llvm::SmallVector<StringRef, 0> Lines;
  Text->split(Lines, '\n');
  llvm::SmallVector<StringRef, 4> Open;
  for (unsigned Number = 1; Number <= Lines.size(); ++Number) {
    StringRef Rest = Lines[Number - 1];
    auto Cover = [&](unsigned At, llvm::ArrayRef<StringRef> Globs) {
      auto &Of = It->second[At].Globs;
      Of.insert(Of.end(), Globs.begin(), Globs.end());
    };
    for (size_t At = Rest.find("NOLINT"); At != StringRef::npos;
         At = Rest.find("NOLINT")) {
      Rest = Rest.drop_front(At + strlen("NOLINT"));
      if (Rest.consume_front("NEXTLINE"))
        Cover(Number + 1, globsAfter(Rest));
      else if (Rest.consume_front("BEGIN"))
        llvm::append_range(Open, globsAfter(Rest));
      else if (Rest.consume_front("END"))
        for (StringRef Glob : globsAfter(Rest))
          if (auto Found = llvm::find(Open, Glob); Found != Open.end())
            Open.erase(Found);
          else
            continue;
      else
        Cover(Number, globsAfter(Rest));
    }
    if (!Open.empty())
      Cover(Number, Open);
  }
  return It->second;
}

bool Suppressions::covers(SourceLocation Loc, StringRef Check) {
  auto [File, Offset] = SM.getDecomposedLoc(SM.getExpansionLoc(Loc));
  if (File.isInvalid())
    return false;
  const FileLines &Lines = linesOf(File);
  if (Lines.empty())
    return false;
  auto It = Lines.find(SM.getLineNumber(File, Offset));
  if (It == Lines.end())
    return false;
  return llvm::any_of(It->second.Globs, [&](StringRef Glob) {
    auto Pattern = llvm::GlobPattern::create(Glob);
    if (!Pattern) {
      llvm::consumeError(Pattern.takeError());
      return false;
    }
    return Pattern->match(Check);
  });
}

} // namespace nostall
