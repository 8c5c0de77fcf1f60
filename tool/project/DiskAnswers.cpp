//===- DiskAnswers.cpp - what units were told of the disk -----------------===//

#include "DiskAnswers.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/LEB128.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"
#include <map>
#include <unordered_set>

using namespace llvm;

namespace nostall {

using Told = UnitFiles::Told;

/// Numbers are never given twice, not even after the tables were made anew:
/// another run may still remember one, and has to find nothing by it rather
/// than something else. Hence the random beginning.
const char DiskAnswers::Schema[] = R"sql(
DROP TABLE IF EXISTS answers;
DROP TABLE IF EXISTS sweeps;
CREATE TABLE answers(id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL,
  kind INTEGER NOT NULL, low INTEGER NOT NULL, high INTEGER NOT NULL,
  size INTEGER NOT NULL, time INTEGER NOT NULL,
  UNIQUE(path, kind, low, high, size, time));
INSERT INTO sqlite_sequence VALUES('answers', random() & 0xffffffffff);
CREATE TABLE sweeps(next INTEGER NOT NULL);
INSERT INTO sweeps VALUES(0);
)sql";

struct DiskAnswers::Answer {
  /// Beside the kind, in one number.
  static constexpr int64_t TimeCountsBit = 8;

  std::string Path;
  Told Kind = Told::Missing;
  bool TimeCounts = false;
  ContentHash Hash{};
  int64_t Size = 0, Time = 0;
};

DiskAnswers::DiskAnswers(Database &In, FileCache &Files)
    : In(In), Files(Files),
      Find(In, "SELECT path, kind, low, high, size, time FROM answers "
               "WHERE id=?"),
      IdOf(In, "SELECT id FROM answers WHERE path=? AND kind=? AND low=? AND "
               "high=? AND size=? AND time=?"),
      Add(In, "INSERT INTO answers(path, kind, low, high, size, time) "
              "VALUES(?,?,?,?,?,?)") {}

//===--- then and now -----------------------------------------------------===//

/// Where a folder leads. Clang tells folders apart by that, and searches none
/// twice: a link that becomes a folder of its own brings other files.
static ContentHash placeOf(StringRef Folder) {
  SmallString<256> Real;
  if (sys::fs::real_path(Folder, Real))
    return {};
  XXH128_hash_t Hash = xxh3_128bits(arrayRefFromStringRef(Real));
  return {Hash.low64, Hash.high64};
}

DiskAnswers::Answer DiskAnswers::answerOf(const FileCache::Entry &E,
                                          Told What) {
  Answer A;
  A.Path = E.Path;
  A.Kind = What;
  if (What == Told::Folder)
    A.Hash = placeOf(E.Path);
  if (What == Told::Names)
    A.Hash = E.Hash;
  if (What != Told::Content)
    return A;
  A.TimeCounts = E.TimeCounts;
  A.Hash = E.Hash;
  A.Size = E.Status->getSize();
  if (E.TimeCounts)
    A.Time = E.Changed;
  return A;
}

static constexpr char BetweenPaths = '\n';

/// Clang reads a file once that has two names, and two files twice, though
/// their content is the same (`#pragma once`, `#import`). So of names with the
/// same content it is remembered whether they are one file.
std::vector<DiskAnswers::Answer>
DiskAnswers::pairs(const UnitFiles::Answers &Asked) {
  std::vector<Answer> Pairs;
  std::map<ContentHash, const FileCache::Entry *> First;
  for (const auto &[E, What] : Asked) {
    if (What != Told::Content || !E->Status || !E->Status->getSize())
      continue;
    auto [It, IsNew] = First.try_emplace(E->Hash, E);
    if (IsNew)
      continue;
    Answer &A = Pairs.emplace_back();
    A.Path = It->second->Path + BetweenPaths + E->Path;
    A.Kind = It->second->Status->getUniqueID() == E->Status->getUniqueID()
                 ? Told::OneFile
                 : Told::TwoFiles;
  }
  return Pairs;
}

bool DiskAnswers::stillHolds(const Answer &Then) {
  FileCache::Status Now = std::error_code();
  if (Then.Kind == Told::OneFile || Then.Kind == Told::TwoFiles) {
    auto [One, Other] = StringRef(Then.Path).split(BetweenPaths);
    FileCache::Status OtherNow = std::error_code();
    Files.status(One, Now);
    Files.status(Other, OtherNow);
    return Now && OtherNow &&
           (Now->getUniqueID() == OtherNow->getUniqueID()) ==
               (Then.Kind == Told::OneFile);
  }
  const int64_t Changed = Files.status(Then.Path, Now).Changed;
  switch (Then.Kind) {
  case Told::Missing:
    return !Now;
  case Told::Folder:
    return Now && Now->isDirectory() && placeOf(Then.Path) == Then.Hash;
  case Told::Names:
    return Now && Now->isDirectory() &&
           Files.list(Then.Path, Now).Hash == Then.Hash;
  case Told::File:
    return Now && !Now->isDirectory();
  case Told::Content:
  case Told::OneFile:
  case Told::TwoFiles:
    break;
  }
  if (!Now || !Now->isRegularFile() ||
      static_cast<int64_t>(Now->getSize()) != Then.Size)
    return false;
  if (Then.TimeCounts && Changed == Then.Time)
    return true;
  const FileCache::Entry &Read = Files.read(Then.Path, Now);
  return Read.Text && Read.Hash == Then.Hash;
}

const DiskAnswers::Checked &DiskAnswers::check(int64_t Id) {
  auto [It, IsNew] = Compared.try_emplace(Id);
  Checked &Result = It->second;
  if (!IsNew)
    return Result;
  Rows Found = Find(Id);
  if (!Found.next())
    return Result;
  Answer A;
  A.Path = Found.text(0).str();
  A.Kind = static_cast<Told>(Found.number(1) & ~Answer::TimeCountsBit);
  A.TimeCounts = Found.number(1) & Answer::TimeCountsBit;
  A.Hash = {static_cast<uint64_t>(Found.number(2)),
            static_cast<uint64_t>(Found.number(3))};
  A.Size = Found.number(4);
  A.Time = Found.number(5);
  Result.Holds = stillHolds(A);
  if (A.Kind == Told::Content)
    Result.Content = std::move(A.Path);
  return Result;
}

//===--- lists of numbers -------------------------------------------------===//

/// Calls \p Take with each number in \p Packed, until it says no. False: it
/// did, or the bytes are no such list.
static bool forEachId(StringRef Packed, function_ref<bool(int64_t)> Take) {
  int64_t Id = 0;
  for (const uint8_t *At = Packed.bytes_begin(), *End = Packed.bytes_end();
       At != End;) {
    unsigned Length = 0;
    const char *Error = nullptr;
    Id += decodeSLEB128(At, &Length, End, &Error);
    if (Error || !Take(Id))
      return false;
    At += Length;
  }
  return true;
}

bool DiskAnswers::allHold(StringRef Packed, StringSet<> *Read) {
  if (!forEachId(Packed, [&](int64_t Id) { return check(Id).Holds; }))
    return false;
  if (Read)
    forEachId(Packed, [&](int64_t Id) {
      if (const std::string &File = check(Id).Content; !File.empty())
        Read->insert(File);
      return true;
    });
  return true;
}

std::optional<int64_t> DiskAnswers::idOf(const Answer &A) {
  const int64_t Kind =
      static_cast<int64_t>(A.Kind) | (A.TimeCounts ? Answer::TimeCountsBit : 0);
  if (Rows Known = IdOf(StringRef(A.Path), Kind, A.Hash, A.Size, A.Time);
      Known.next())
    return Known.number(0);
  if (Add(StringRef(A.Path), Kind, A.Hash, A.Size, A.Time).finish())
    return In.lastRow();
  return std::nullopt;
}

std::optional<std::string> DiskAnswers::pack(const UnitFiles::Answers &Asked) {
  std::string Packed;
  raw_string_ostream OS(Packed);
  int64_t Last = 0;
  auto Append = [&](int64_t Id) {
    encodeSLEB128(Id - Last, OS);
    Last = Id;
  };
  for (const auto &[E, What] : Asked) {
    auto [It, IsNew] = Ids.try_emplace({E, static_cast<unsigned>(What)}, 0);
    if (IsNew) {
      std::optional<int64_t> Id = idOf(answerOf(*E, What));
      if (!Id)
        return std::nullopt;
      It->second = *Id;
    }
    Append(It->second);
  }
  for (const Answer &A : pairs(Asked)) {
    std::optional<int64_t> Id = idOf(A);
    if (!Id)
      return std::nullopt;
    Append(*Id);
  }
  return Packed;
}

//===--- what nobody needs any more ---------------------------------------===//

/// So many new answers at least lie between two sweeps.
static constexpr int64_t FewAnswers = 2000;

/// As many are new as were needed the last time.
void DiskAnswers::sweep() {
  const int64_t Last =
      In.number("SELECT seq FROM sqlite_sequence WHERE name='answers'");
  if (Last < In.number("SELECT next FROM sweeps") || !In.run("BEGIN IMMEDIATE"))
    return;
  Statement Units(In, "SELECT answers FROM units"),
      All(In, "SELECT id FROM answers"),
      Drop(In, "DELETE FROM answers WHERE id=?");
  std::unordered_set<int64_t> Needed;
  for (Rows Unit = Units(); Unit.next();)
    forEachId(Unit.blob(0), [&](int64_t Id) {
      Needed.insert(Id);
      return true;
    });
  std::vector<int64_t> Spare;
  for (Rows Row = All(); Row.next();)
    if (!Needed.count(Row.number(0)))
      Spare.push_back(Row.number(0));
  for (int64_t Id : Spare)
    (void)Drop(Id).finish();
  const int64_t Next =
      Last + std::max<int64_t>(FewAnswers, static_cast<int64_t>(Needed.size()));
  if (!In.run("UPDATE sweeps SET next=" + std::to_string(Next)) ||
      !In.run("COMMIT"))
    In.run("ROLLBACK");
}

} // namespace nostall
