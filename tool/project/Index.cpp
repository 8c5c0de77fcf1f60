//===- Index.cpp - what earlier runs have found ---------------------------===//

#include "Index.h"
#include "ReportArchive.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/LEB128.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/xxhash.h"
#include <sqlite3.h>
#include <unordered_set>

using namespace llvm;

namespace nostall {

static constexpr StringLiteral Schema = R"sql(
CREATE TABLE answers(id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL,
  kind INTEGER NOT NULL, low INTEGER NOT NULL, high INTEGER NOT NULL,
  size INTEGER NOT NULL, time INTEGER NOT NULL,
  UNIQUE(path, kind, low, high, size, time));
CREATE TABLE units(id INTEGER PRIMARY KEY AUTOINCREMENT,
  low INTEGER NOT NULL, high INTEGER NOT NULL,
  name_low INTEGER NOT NULL, name_high INTEGER NOT NULL,
  calls_low INTEGER NOT NULL, calls_high INTEGER NOT NULL,
  answers BLOB NOT NULL, calls BLOB NOT NULL, calls_checksum INTEGER NOT NULL,
  report BLOB NOT NULL, report_checksum INTEGER NOT NULL,
  UNIQUE(low, high));
CREATE INDEX units_by_name ON units(name_low, name_high);
CREATE INDEX units_by_calls ON units(calls_low, calls_high);
CREATE TABLE sweeps(next INTEGER NOT NULL);
INSERT INTO sweeps VALUES(0);
CREATE TABLE times(low INTEGER NOT NULL, high INTEGER NOT NULL,
  milliseconds INTEGER NOT NULL, PRIMARY KEY(low, high)) WITHOUT ROWID;
)sql";

static constexpr char FindAnswerById[] =
    "SELECT path, kind, low, high, size, time FROM answers WHERE id=?";

static Error failure(sqlite3 *Db, StringRef What) {
  return createStringError(What + ": " +
                           (Db ? sqlite3_errmsg(Db) : "out of memory"));
}

Index::~Index() {
  if (HasStored && !IsBroken)
    sweep();
  for (sqlite3_stmt *S : Statements)
    sqlite3_finalize(S);
  sqlite3_close(Db);
  if (IsBroken)
    for (StringRef Suffix : {"", "-wal", "-shm"})
      (void)sys::fs::remove(Path + Suffix);
}

/// Takes note if \p Code says that the file is damaged.
void Index::judge(int Code) {
  Code &= 0xff;
  IsBroken |= Code == SQLITE_CORRUPT || Code == SQLITE_NOTADB;
}

bool Index::run(const char *Sql) {
  int Code = sqlite3_exec(Db, Sql, nullptr, nullptr, nullptr);
  judge(Code);
  return Code == SQLITE_OK;
}

sqlite3_stmt *Index::statement(const char *Sql) {
  sqlite3_stmt *S = nullptr;
  sqlite3_prepare_v3(Db, Sql, -1, SQLITE_PREPARE_PERSISTENT, &S, nullptr);
  Statements.push_back(S);
  return S;
}

/// The number of the layout that the file has; 0: none yet.
unsigned Index::layout() {
  sqlite3_stmt *Version = nullptr;
  unsigned Layout = 0;
  if (sqlite3_prepare_v2(Db, "PRAGMA user_version", -1, &Version, nullptr) ==
          SQLITE_OK &&
      sqlite3_step(Version) == SQLITE_ROW)
    Layout = static_cast<unsigned>(sqlite3_column_int(Version, 0));
  sqlite3_finalize(Version);
  return Layout;
}

/// Makes the tables where they are missing or of an older layout.
bool Index::prepare() {
  sqlite3_busy_timeout(Db, 10000);
  // Not a byte of it is ours to change.
  IsNewer = layout() > ReportLayout;
  if (IsNewer)
    return false;
  if (!run("PRAGMA journal_mode=WAL") || !run("PRAGMA synchronous=NORMAL"))
    return false;
  // Two runs may begin at once: one makes the tables, the other waits.
  if (!run("BEGIN IMMEDIATE"))
    return false;
  // Another run may have made it since.
  IsNewer = layout() > ReportLayout;
  if (IsNewer)
    return false;
  if (layout() != ReportLayout &&
      (!run("DROP TABLE IF EXISTS units") ||
       !run("DROP TABLE IF EXISTS answers") ||
       !run("DROP TABLE IF EXISTS times") ||
       !run("DROP TABLE IF EXISTS sweeps") || !run(Schema.data()) ||
       !run(("PRAGMA user_version=" + Twine(ReportLayout)).str().c_str())))
    return false;
  if (!run("COMMIT"))
    return false;
  FindUnit = statement("SELECT answers, calls, calls_checksum, report, "
                       "report_checksum FROM units WHERE low=? AND high=?");
  FindCalls = statement("SELECT answers, calls, calls_checksum FROM units "
                        "WHERE calls_low=? AND calls_high=?");
  FindTime = statement("SELECT milliseconds FROM times WHERE low=? AND high=?");
  FindAnswer = statement(FindAnswerById);
  AnswerId = statement("SELECT id FROM answers WHERE path=? AND kind=? AND "
                       "low=? AND high=? AND size=? AND time=?");
  AddAnswer = statement("INSERT INTO answers(path, kind, low, high, size, time)"
                        " VALUES(?,?,?,?,?,?)");
  AddUnit = statement(
      "INSERT OR REPLACE INTO units(low, high, name_low, name_high, calls_low, "
      "calls_high, answers, calls, calls_checksum, report, report_checksum) "
      "VALUES(?,?,?,?,?,?,?,?,?,?,?)");
  DropOld = statement(
      "DELETE FROM units WHERE name_low=?1 AND name_high=?2 AND id NOT IN "
      "(SELECT id FROM units WHERE name_low=?1 AND name_high=?2 "
      "ORDER BY id DESC LIMIT 6)");
  AddTime = statement("INSERT OR REPLACE INTO times VALUES(?,?,?)");
  return llvm::all_of(Statements, [](sqlite3_stmt *S) { return S; });
}

Expected<std::unique_ptr<Index>> Index::open(StringRef Folder,
                                             FileCache &Files) {
  SmallString<256> Path(Folder);
  if (std::error_code EC = sys::fs::create_directories(Path))
    return createStringError("cannot make '" + Folder + "': " + EC.message());
  if (!sys::fs::is_directory(Path))
    return createStringError("'" + Folder + "' is no folder");
  // It is nobody's business but this machine's.
  SmallString<256> Ignore(Folder);
  sys::path::append(Ignore, ".gitignore");
  if (!sys::fs::exists(Ignore)) {
    std::error_code EC;
    raw_fd_ostream Out(Ignore, EC);
    if (!EC)
      Out << "*\n";
    Out.clear_error(); // a full disk; the index will say so
  }
  sys::path::append(Path, "index.db");
  std::unique_ptr<Index> I(new Index(Files));
  for (bool Again : {false, true}) {
    I->Path = std::string(Path);
    if (sqlite3_open_v2(Path.c_str(), &I->Db,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
                            SQLITE_OPEN_NOMUTEX,
                        nullptr) == SQLITE_OK &&
        I->prepare())
      return std::move(I);
    if (I->IsNewer)
      return createStringError("'" + I->Path +
                               "' was made by a newer nostall; remove it, or "
                               "name another folder with --index");
    I->judge(sqlite3_errcode(I->Db));
    if (Again || !I->IsBroken)
      return failure(I->Db, "cannot use '" + I->Path + "'");
    // What was in it is lost, and is found again by parsing.
    I = std::unique_ptr<Index>(new Index(Files));
  }
  llvm_unreachable("the loop returns");
}

//===--- answers of the disk ----------------------------------------------===//

using Told = UnitFiles::Told;

Index::Answer Index::answerOf(const FileCache::Entry &E, Told What) {
  Answer A;
  A.Path = E.Path;
  A.Kind = What;
  if (What != Told::Content)
    return A;
  A.TimeCounts = E.TimeCounts;
  A.Hash = E.Hash;
  A.Size = E.Status->getSize();
  if (E.TimeCounts)
    A.Time = E.Status->getLastModificationTime().time_since_epoch().count();
  return A;
}

bool Index::stillHolds(const Answer &Then) {
  ErrorOr<vfs::Status> Now = std::error_code();
  Files.status(Then.Path, Now);
  switch (Then.Kind) {
  case Told::Missing:
    return !Now;
  case Told::Folder:
    return Now && Now->isDirectory();
  case Told::File:
    return Now && !Now->isDirectory();
  case Told::Content:
    break;
  }
  if (!Now || !Now->isRegularFile() ||
      static_cast<int64_t>(Now->getSize()) != Then.Size)
    return false;
  if (Then.TimeCounts &&
      Now->getLastModificationTime().time_since_epoch().count() == Then.Time)
    return true;
  const FileCache::Entry &Read = Files.read(Then.Path);
  return Read.Text && Read.Hash == Then.Hash;
}

const Index::CheckedAnswer &Index::check(int64_t Id) {
  auto [It, IsNew] = Checked.try_emplace(Id);
  CheckedAnswer &Result = It->second;
  if (!IsNew)
    return Result;
  auto Reset = make_scope_exit([&] { sqlite3_reset(FindAnswer); });
  sqlite3_bind_int64(FindAnswer, 1, Id);
  const int Found = sqlite3_step(FindAnswer);
  judge(Found);
  if (Found != SQLITE_ROW)
    return Result;
  Answer A;
  A.Path = StringRef(
      reinterpret_cast<const char *>(sqlite3_column_text(FindAnswer, 0)),
      sqlite3_column_bytes(FindAnswer, 0));
  const int Kind = sqlite3_column_int(FindAnswer, 1);
  A.Kind = static_cast<Told>(Kind & 3);
  A.TimeCounts = Kind & 4;
  A.Hash = {static_cast<uint64_t>(sqlite3_column_int64(FindAnswer, 2)),
            static_cast<uint64_t>(sqlite3_column_int64(FindAnswer, 3))};
  A.Size = sqlite3_column_int64(FindAnswer, 4);
  A.Time = sqlite3_column_int64(FindAnswer, 5);
  Result.Holds = stillHolds(A);
  if (A.Kind == Told::Content)
    Result.Content = std::move(A.Path);
  return Result;
}

static void bindBlob(sqlite3_stmt *S, int Column, StringRef Bytes) {
  sqlite3_bind_blob64(S, Column, Bytes.data(), Bytes.size(), SQLITE_STATIC);
}

std::optional<int64_t> Index::idOf(const Answer &A) {
  auto Bind = [&](sqlite3_stmt *S) {
    sqlite3_reset(S);
    sqlite3_bind_text64(S, 1, A.Path.data(), A.Path.size(), SQLITE_STATIC,
                        SQLITE_UTF8);
    sqlite3_bind_int(S, 2, static_cast<int>(A.Kind) | (A.TimeCounts ? 4 : 0));
    sqlite3_bind_int64(S, 3, static_cast<int64_t>(A.Hash[0]));
    sqlite3_bind_int64(S, 4, static_cast<int64_t>(A.Hash[1]));
    sqlite3_bind_int64(S, 5, A.Size);
    sqlite3_bind_int64(S, 6, A.Time);
    const int Code = sqlite3_step(S);
    judge(Code);
    return Code;
  };
  std::optional<int64_t> Id;
  if (Bind(AnswerId) == SQLITE_ROW)
    Id = sqlite3_column_int64(AnswerId, 0);
  sqlite3_reset(AnswerId);
  if (!Id && Bind(AddAnswer) == SQLITE_DONE)
    Id = sqlite3_last_insert_rowid(Db);
  sqlite3_reset(AddAnswer);
  return Id;
}

//===--- reports ----------------------------------------------------------===//

static void bindHash(sqlite3_stmt *S, int Column, const ContentHash &Hash) {
  sqlite3_bind_int64(S, Column, static_cast<int64_t>(Hash[0]));
  sqlite3_bind_int64(S, Column + 1, static_cast<int64_t>(Hash[1]));
}

static int64_t checksum(StringRef A, StringRef B) {
  return static_cast<int64_t>(xxh3_64bits((A + B).str()));
}

/// The bytes in a column, until the statement is stepped or reset.
static StringRef blob(sqlite3_stmt *S, int Column) {
  const auto *Bytes = static_cast<const char *>(sqlite3_column_blob(S, Column));
  return StringRef(Bytes, sqlite3_column_bytes(S, Column));
}

/// Calls \p Take with each number in \p Answers, until it says no. False: it
/// did, or the bytes are no such list.
static bool forEachId(StringRef Answers, function_ref<bool(int64_t)> Take) {
  int64_t Id = 0;
  for (const uint8_t *At = Answers.bytes_begin(), *End = Answers.bytes_end();
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

bool Index::allStillHold(StringRef Answers, StringSet<> *Read) {
  std::vector<StringRef> Contents;
  if (!forEachId(Answers, [&](int64_t Id) {
        const CheckedAnswer &A = check(Id);
        if (Read && !A.Content.empty())
          Contents.push_back(A.Content);
        return A.Holds;
      }))
    return false;
  for (StringRef File : Contents)
    Read->insert(File);
  return true;
}

std::optional<UnitReport> Index::find(const UnitKey &Key, StringSet<> *Read) {
  auto Reset = make_scope_exit([&] { sqlite3_reset(FindUnit); });
  bindHash(FindUnit, 1, Key.Report);
  const int Found = sqlite3_step(FindUnit);
  judge(Found);
  if (Found != SQLITE_ROW)
    return std::nullopt;
  const StringRef Answers = blob(FindUnit, 0), Calls = blob(FindUnit, 1),
                  Report = blob(FindUnit, 3);
  if (checksum(Answers, Calls) != sqlite3_column_int64(FindUnit, 2) ||
      checksum(Answers, Report) != sqlite3_column_int64(FindUnit, 4)) {
    IsBroken = true;
    return std::nullopt;
  }
  if (!allStillHold(Answers, Read))
    return std::nullopt;
  return unpackReport(Report, Calls);
}

Index::Knows Index::findCalls(const UnitKey &Key, CallGraph &Calls,
                              StringSet<> *Read) {
  auto Reset = make_scope_exit([&] { sqlite3_reset(FindCalls); });
  bindHash(FindCalls, 1, Key.Calls);
  Knows Result = Knows::Nothing;
  // Several, if the unit was linted with several configurations.
  while (true) {
    const int Found = sqlite3_step(FindCalls);
    judge(Found);
    if (Found != SQLITE_ROW)
      return Result;
    const StringRef Answers = blob(FindCalls, 0), Packed = blob(FindCalls, 1);
    if (checksum(Answers, Packed) != sqlite3_column_int64(FindCalls, 2)) {
      IsBroken = true;
      return Knows::Nothing;
    }
    Result = Knows::OutOfDate;
    if (!allStillHold(Answers, Read))
      continue;
    if (auto Unpacked = unpackCalls(Packed)) {
      Calls = std::move(*Unpacked);
      return Knows::Calls;
    }
  }
}

std::vector<CallGraph> Index::readCalls(StringRef Folder, FileCache &Files) {
  std::vector<CallGraph> Result;
  SmallString<256> Path(Folder);
  sys::path::append(Path, "index.db");
  Index I(Files);
  if (sqlite3_open_v2(Path.c_str(), &I.Db,
                      SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX,
                      nullptr) != SQLITE_OK ||
      I.layout() != ReportLayout)
    return Result;
  sqlite3_busy_timeout(I.Db, 1000);
  I.FindAnswer = I.statement(FindAnswerById);
  sqlite3_stmt *Units = I.statement(
      "SELECT name_low, name_high, answers, calls, calls_checksum FROM units "
      "ORDER BY id DESC");
  DenseSet<std::pair<int64_t, int64_t>> Have;
  while (I.FindAnswer && Units && sqlite3_step(Units) == SQLITE_ROW) {
    const std::pair Name(sqlite3_column_int64(Units, 0),
                         sqlite3_column_int64(Units, 1));
    const StringRef Answers = blob(Units, 2), Packed = blob(Units, 3);
    if (Have.contains(Name) ||
        checksum(Answers, Packed) != sqlite3_column_int64(Units, 4) ||
        !I.allStillHold(Answers, nullptr))
      continue;
    if (auto Calls = unpackCalls(Packed)) {
      Have.insert(Name);
      Result.push_back(std::move(*Calls));
    }
  }
  I.IsBroken = false; // a writer heals it
  std::reverse(Result.begin(), Result.end());
  return Result;
}

std::optional<unsigned> Index::milliseconds(const UnitKey &Key) {
  auto Reset = make_scope_exit([&] { sqlite3_reset(FindTime); });
  bindHash(FindTime, 1, Key.Name);
  const int Found = sqlite3_step(FindTime);
  judge(Found);
  if (Found != SQLITE_ROW)
    return std::nullopt;
  return static_cast<unsigned>(sqlite3_column_int64(FindTime, 0));
}

bool Index::addTime(const UnitKey &Key, unsigned Milliseconds) {
  bindHash(AddTime, 1, Key.Name);
  sqlite3_bind_int64(AddTime, 3, Milliseconds);
  const int Added = sqlite3_step(AddTime);
  judge(Added);
  sqlite3_reset(AddTime);
  return Added == SQLITE_DONE;
}

void Index::storeTime(const UnitKey &Key, unsigned Milliseconds) {
  (void)addTime(Key, Milliseconds); // a transaction by itself
}

void Index::store(const UnitKey &Key, const UnitReport &Report,
                  const UnitFiles::Answers &Asked, unsigned Milliseconds) {
  if (!run("BEGIN IMMEDIATE"))
    return;
  std::string Answers;
  raw_string_ostream OS(Answers);
  int64_t Last = 0;
  bool Complete = addTime(Key, Milliseconds);
  for (const auto &[E, What] : Asked) {
    auto [It, IsNew] = Ids.try_emplace({E, static_cast<unsigned>(What)}, 0);
    if (IsNew) {
      std::optional<int64_t> Id = idOf(answerOf(*E, What));
      Complete &= Id.has_value();
      It->second = Id.value_or(0);
    }
    encodeSLEB128(It->second - Last, OS);
    Last = It->second;
  }
  const std::string Calls = packCalls(Report.Calls),
                    Rest = packAllButCalls(Report);
  bindHash(AddUnit, 1, Key.Report);
  bindHash(AddUnit, 3, Key.Name);
  bindHash(AddUnit, 5, Key.Calls);
  bindBlob(AddUnit, 7, Answers);
  bindBlob(AddUnit, 8, Calls);
  sqlite3_bind_int64(AddUnit, 9, checksum(Answers, Calls));
  bindBlob(AddUnit, 10, Rest);
  sqlite3_bind_int64(AddUnit, 11, checksum(Answers, Rest));
  const int Added = sqlite3_step(AddUnit);
  judge(Added);
  sqlite3_reset(AddUnit);
  bindHash(DropOld, 1, Key.Name);
  const bool Stored =
      Complete && Added == SQLITE_DONE && sqlite3_step(DropOld) == SQLITE_DONE;
  sqlite3_reset(DropOld);
  if (!Stored || !run("COMMIT")) {
    run("ROLLBACK"); // a full disk: the run goes on without
    Ids.clear();
    return;
  }
  HasStored = true;
}

//===--- what nobody needs any more ---------------------------------------===//

/// So many new answers at least lie between two sweeps.
static constexpr int64_t FewAnswers = 2000;

/// The only number that \p Query answers with; 0: none.
int64_t Index::number(const char *Query) {
  sqlite3_stmt *S = statement(Query);
  const int64_t Result =
      sqlite3_step(S) == SQLITE_ROW ? sqlite3_column_int64(S, 0) : 0;
  sqlite3_reset(S);
  return Result;
}

/// Drops the answers that no unit needs, when as many are new as were needed
/// the last time. Numbers are never given twice: another run that remembers one
/// which is gone finds nothing by it, and nothing else.
void Index::sweep() {
  const int64_t Last =
      number("SELECT seq FROM sqlite_sequence WHERE name='answers'");
  if (Last < number("SELECT next FROM sweeps") || !run("BEGIN IMMEDIATE"))
    return;
  sqlite3_stmt *Units = statement("SELECT answers FROM units"),
               *All = statement("SELECT id FROM answers"),
               *Drop = statement("DELETE FROM answers WHERE id=?");
  std::unordered_set<int64_t> Needed;
  std::vector<int64_t> Spare;
  while (sqlite3_step(Units) == SQLITE_ROW)
    forEachId(blob(Units, 0), [&](int64_t Id) {
      Needed.insert(Id);
      return true;
    });
  while (sqlite3_step(All) == SQLITE_ROW)
    if (int64_t Id = sqlite3_column_int64(All, 0); !Needed.count(Id))
      Spare.push_back(Id);
  sqlite3_reset(Units);
  sqlite3_reset(All);
  for (int64_t Id : Spare) {
    sqlite3_bind_int64(Drop, 1, Id);
    sqlite3_step(Drop);
    sqlite3_reset(Drop);
  }
  const int64_t Next =
      Last + std::max<int64_t>(FewAnswers, static_cast<int64_t>(Needed.size()));
  if (!run(("UPDATE sweeps SET next=" + Twine(Next)).str().c_str()) ||
      !run("COMMIT"))
    run("ROLLBACK");
}

} // namespace nostall
