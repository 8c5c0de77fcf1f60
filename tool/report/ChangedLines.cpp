//===- ChangedLines.cpp - what changed since a revision -------------------===//

#include "ChangedLines.h"
#include "Chain.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"

using namespace llvm;

namespace nostall {

/// What git prints for \p Arguments.
static Expected<std::string> git(ArrayRef<StringRef> Arguments) {
  auto Program = sys::findProgramByName("git");
  if (!Program)
    return createStringError("git is not on the PATH");
  SmallString<128> Out, Err;
  auto Remove = make_scope_exit([&] {
    for (StringRef File : {Out.str(), Err.str()})
      if (!File.empty())
        sys::fs::remove(File);
  });
  for (SmallString<128> *File : {&Out, &Err})
    if (std::error_code EC =
            sys::fs::createTemporaryFile("nostall-git", "txt", *File))
      return createStringError("cannot make a temporary file: " + EC.message());

  SmallVector<StringRef, 12> Command = {*Program};
  append_range(Command, Arguments);
  std::string Problem;
  int Status =
      sys::ExecuteAndWait(*Program, Command, /*Env=*/std::nullopt,
                          /*Redirects=*/{StringRef(""), Out.str(), Err.str()},
                          /*SecondsToWait=*/0, /*MemoryLimit=*/0, &Problem);
  auto Read = [](StringRef File) {
    auto Text = MemoryBuffer::getFile(File);
    return Text ? (*Text)->getBuffer().str() : std::string();
  };
  if (Status == 0)
    return Read(Out);
  if (Problem.empty())
    Problem = StringRef(Read(Err)).split('\n').first.str();
  return createStringError("git says: " + Problem);
}

/// A path as git prints it: in double quotes, with C's escapes, if it holds a
/// quote, a backslash or a control character.
static std::string unquoted(StringRef Name) {
  if (!Name.consume_front("\"") || !Name.consume_back("\""))
    return Name.str();
  std::string Result;
  while (!Name.empty()) {
    char C = Name.front();
    Name = Name.drop_front();
    if (C == '\\' && !Name.empty()) {
      unsigned Code = 0;
      if (Name.size() >= 3 && !Name.take_front(3).getAsInteger(8, Code)) {
        C = static_cast<char>(Code);
        Name = Name.drop_front(3);
      } else {
        char E = Name.front();
        Name = Name.drop_front();
        C = E == 'n' ? '\n' : E == 't' ? '\t' : E == 'r' ? '\r' : E;
      }
    }
    Result += C;
  }
  return Result;
}

void ChangedLines::addDiff(StringRef Diff, StringRef Root) {
  Lines *Current = nullptr;
  unsigned Skip = 0; // lines of a hunk, which may look like headers
  while (!Diff.empty()) {
    StringRef Line;
    std::tie(Line, Diff) = Diff.split('\n');
    if (Skip) {
      // "\ No newline at end of file" is counted by no hunk.
      Skip -= !Line.starts_with("\\");
    } else if (Line.consume_front("+++ ")) {
      std::string Name = unquoted(Line.rtrim('\t'));
      StringRef Path = Name;
      Current = Path.consume_front("b/") ? &Files[(Root + "/" + Path).str()]
                                         : nullptr;
    } else if (Line.consume_front("@@ -")) {
      // @@ -FIRST[,COUNT] +FIRST[,COUNT] @@
      auto Range = [&] {
        unsigned First = 0, Count = 1;
        Line.consumeInteger(10, First);
        if (Line.consume_front(","))
          Line.consumeInteger(10, Count);
        return std::pair(First, Count);
      };
      Skip = Range().second;
      Line.consume_front(" +");
      auto [First, Count] = Range();
      Skip += Count;
      if (Current && Count)
        Current->Ranges.emplace_back(First, First + Count - 1);
    }
  }
}

Expected<ChangedLines> ChangedLines::since(StringRef Revision,
                                           StringRef Directory) {
  auto Root = git({"-C", Directory, "rev-parse", "--show-toplevel"});
  if (!Root)
    return Root.takeError();
  StringRef Top = StringRef(*Root).rtrim('\n');
  // An option would be taken for one.
  auto Known = git({"-C", Top, "rev-parse", "--verify", "--quiet",
                    "--end-of-options", (Revision + "^{commit}").str()});
  if (!Known) {
    consumeError(Known.takeError());
    return createStringError("git knows no revision '" + Revision +
                             "'; in a shallow clone, fetch it first");
  }
  auto Diff = git({"-C", Top, "-c", "core.quotePath=false", "diff",
                   "--unified=0", "--inter-hunk-context=0", "--no-color",
                   "--no-ext-diff", "--no-textconv", "--find-renames",
                   "--src-prefix=a/", "--dst-prefix=b/", "--ignore-submodules",
                   StringRef(*Known).rtrim('\n'), "--"});
  if (!Diff)
    return Diff.takeError();
  auto Untracked =
      git({"-C", Top, "ls-files", "--others", "--exclude-standard", "-z"});
  if (!Untracked)
    return Untracked.takeError();

  ChangedLines Result;
  Result.addDiff(*Diff, Top);
  for (StringRef Name : split(*Untracked, '\0'))
    if (!Name.empty())
      Result.Files[(Top + "/" + Name).str()].All = true;
  return Result;
}

bool ChangedLines::contains(StringRef File, unsigned Line) const {
  auto It = Files.find(File);
  if (It == Files.end()) {
    // git prints real paths, people type through symbolic links.
    SmallString<256> Real;
    if (sys::fs::real_path(File, Real))
      return false;
    It = Files.find(Real);
  }
  if (It == Files.end())
    return false;
  return It->second.All || any_of(It->second.Ranges, [&](auto Range) {
           return Range.first <= Line && Line <= Range.second;
         });
}

bool ChangedLines::concerns(const Finding &F) const {
  return any_of(wayOf(F), [&](const FindingMessage *Step) {
    return Step->Line && contains(Step->File, Step->Line);
  });
}

} // namespace nostall
