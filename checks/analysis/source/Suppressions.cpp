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
  llvm::SmallVector<size_t, 4> Open; // of blocks without an end so far
  for (unsigned Number = 1; Number <= Lines.size(); ++Number) {
    StringRef Line = Lines[Number - 1];
    auto Add = [&](StringRef Keyword) {
      llvm::SmallVector<size_t, 4> Added;
      StringRef Rest = Line.drop_front(Keyword.end() - Line.begin());
      for (StringRef Glob : globsAfter(Rest)) {
        const char *Place =
            Rest.starts_with("(") ? Glob.begin() : Keyword.begin();
        Added.push_back(Names.size());
        Names.push_back({File, static_cast<unsigned>(Place - Text->begin()),
                         Glob, Keyword});
      }
      return Added;
    };
    auto Cover = [&](unsigned At, llvm::ArrayRef<size_t> Which) {
      llvm::append_range(It->second[At], Which);
    };
    for (size_t At = Line.find("NOLINT"); At != StringRef::npos;) {
      StringRef Rest = Line.drop_front(At + strlen("NOLINT"));
      auto Keyword = [&](StringRef Suffix) {
        return Line.substr(At, strlen("NOLINT") + Suffix.size());
      };
      if (Rest.starts_with("NEXTLINE"))
        Cover(Number + 1, Add(Keyword("NEXTLINE")));
      else if (Rest.starts_with("BEGIN"))
        llvm::append_range(Open, Add(Keyword("BEGIN")));
      else if (Rest.consume_front("END"))
        for (StringRef Glob : globsAfter(Rest))
          if (auto Found = llvm::find_if(
                  Open, [&](size_t I) { return Names[I].Glob == Glob; });
              Found != Open.end())
            Open.erase(Found);
          else
            continue;
      else
        Cover(Number, Add(Keyword("")));
      At = Line.find("NOLINT", At + strlen("NOLINT"));
    }
    if (!Open.empty())
      Cover(Number, Open);
  }
  return It->second;
}

bool Suppressions::cover(SourceLocation Loc, StringRef Check,
                         llvm::function_ref<void(Name &)> Mark) {
  // The line where the macro is used, and the lines that it is written on.
  bool Any = false;
  while (true) {
    Any |= coverLine(SM.getSpellingLoc(Loc), Check, Mark);
    if (!Loc.isMacroID())
      return Any;
    Loc = SM.getImmediateExpansionRange(Loc).getBegin();
  }
}

bool Suppressions::coverLine(SourceLocation Loc, StringRef Check,
                             llvm::function_ref<void(Name &)> Mark) {
  auto [File, Offset] = SM.getDecomposedLoc(Loc);
  if (File.isInvalid())
    return false;
  const FileLines &Lines = linesOf(File);
  if (Lines.empty())
    return false;
  auto It = Lines.find(SM.getLineNumber(File, Offset));
  if (It == Lines.end())
    return false;
  bool Any = false;
  for (size_t I : It->second) {
    auto Pattern = llvm::GlobPattern::create(Names[I].Glob);
    if (!Pattern) {
      llvm::consumeError(Pattern.takeError());
    } else if (Pattern->match(Check)) {
      Mark(Names[I]);
      Any = true;
    }
  }
  return Any;
}

llvm::ArrayRef<Suppressions::Name> Suppressions::all() {
  for (unsigned I = 0, N = SM.local_sloc_entry_size(); I != N; ++I) {
    const SrcMgr::SLocEntry &Entry = SM.getLocalSLocEntry(I);
    if (!Entry.isFile() ||
        SrcMgr::isSystem(Entry.getFile().getFileCharacteristic()))
      continue;
    FileID File =
        SM.getFileID(SourceLocation::getFromRawEncoding(Entry.getOffset()));
    if (SM.getFileEntryRefForID(File))
      linesOf(File);
  }
  return Names;
}

} // namespace nostall
