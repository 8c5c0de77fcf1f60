//===- Index.cpp - what earlier runs have found ---------------------------===//

#include "Index.h"
#include "ReportArchive.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"

using namespace llvm;

namespace nostall {

/// Of the tables and of what is in them.
static constexpr int64_t Layout = ReportLayout * 100 + 1;

/// `last` has a row for each unit: what it took, and the report that was used.
static constexpr char Schema[] = R"sql(
DROP TABLE IF EXISTS units;
DROP TABLE IF EXISTS last;
CREATE TABLE units(id INTEGER PRIMARY KEY AUTOINCREMENT,
  low INTEGER NOT NULL, high INTEGER NOT NULL,
  name_low INTEGER NOT NULL, name_high INTEGER NOT NULL,
  calls_low INTEGER NOT NULL, calls_high INTEGER NOT NULL,
  answers BLOB NOT NULL, calls BLOB NOT NULL, calls_checksum INTEGER NOT NULL,
  report BLOB NOT NULL, report_checksum INTEGER NOT NULL,
  file TEXT NOT NULL, number INTEGER NOT NULL,
  UNIQUE(low, high));
CREATE INDEX units_by_name ON units(name_low, name_high);
CREATE INDEX units_by_calls ON units(calls_low, calls_high);
CREATE TABLE last(low INTEGER NOT NULL, high INTEGER NOT NULL,
  milliseconds INTEGER NOT NULL, unit INTEGER, PRIMARY KEY(low, high))
  WITHOUT ROWID;
)sql";

//===--- opening ----------------------------------------------------------===//

static int64_t layoutOf(Database &Db) {
  return Db.number("PRAGMA user_version");
}

/// Makes the tables where they are missing or of an older layout.
static bool prepare(Database &Db) {
  if (!Db.run("PRAGMA journal_mode=WAL") ||
      !Db.run("PRAGMA synchronous=NORMAL"))
    return false;
  // A run that has nothing to write does not wait for one that writes.
  if (layoutOf(Db) == Layout)
    return true;
  // Two runs may begin at once: one makes the tables, the other waits.
  if (!Db.run("BEGIN IMMEDIATE"))
    return false;
  if (layoutOf(Db) < Layout &&
      (!Db.run(Schema) || !Db.run(DiskAnswers::Schema) ||
       !Db.run("PRAGMA user_version=" + std::to_string(Layout))))
    return false;
  return Db.run("COMMIT") && layoutOf(Db) == Layout;
}

/// A folder that is made for the index says to git what it is. One that was
/// there is somebody's.
static Error makeFolder(StringRef Folder) {
  if (sys::fs::is_directory(Folder))
    return Error::success();
  std::error_code EC = sys::fs::exists(Folder)
                           ? std::make_error_code(std::errc::not_a_directory)
                           : sys::fs::create_directories(Folder);
  if (EC)
    return createStringError("cannot make the folder '" + Folder +
                             "': " + EC.message() +
                             "; name one that can be written with --index, or "
                             "--index=none");
  SmallString<256> Ignore(Folder);
  sys::path::append(Ignore, ".gitignore");
  raw_fd_ostream Out(Ignore, EC);
  if (!EC)
    Out << "*\n";
  Out.clear_error(); // a full disk; the index will say so
  return Error::success();
}

Expected<std::unique_ptr<Index>> Index::open(StringRef Folder, FileCache &Files,
                                             bool (*MayWait)()) {
  if (Error E = makeFolder(Folder))
    return E;
  SmallString<256> Path(Folder);
  sys::path::append(Path, "index.db");
  auto Db = std::make_unique<Database>(std::string(Path),
                                       Database::For::Writing, MayWait);
  // Not a byte of a newer one is ours to change.
  if (layoutOf(*Db) > Layout)
    return createStringError("'" + Path +
                             "' was made by a newer nostall; remove it, or "
                             "name another folder with --index");
  // What was in a broken one is lost, and is found again by parsing.
  if (prepare(*Db) || (Db->isBroken() && Db->empty() && prepare(*Db)))
    return std::unique_ptr<Index>(new Index(std::move(Db), Files));
  return createStringError("cannot use '" + Path + "': " + Db->problem() +
                           "; name a folder that can be written with --index, "
                           "or --index=none");
}

Index::Index(std::unique_ptr<Database> Opened, FileCache &Files)
    : Db(std::move(Opened)), Answers(*Db, Files),
      FindUnit(*Db, "SELECT answers, calls, calls_checksum, report, "
                    "report_checksum, id, (SELECT unit FROM last WHERE "
                    "last.low=name_low AND last.high=name_high) "
                    "FROM units WHERE low=? AND high=?"),
      FindCalls(*Db, "SELECT answers, calls, calls_checksum FROM units "
                     "WHERE calls_low=? AND calls_high=?"),
      FindTime(*Db, "SELECT milliseconds FROM last WHERE low=? AND high=?"),
      AddUnit(*Db, "INSERT OR REPLACE INTO units(low, high, name_low, "
                   "name_high, calls_low, calls_high, answers, calls, "
                   "calls_checksum, report, report_checksum, file, number) "
                   "VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)"),
      SetLast(*Db, "INSERT OR REPLACE INTO last VALUES(?,?,?,nullif(?,0))"),
      UseAgain(*Db, "UPDATE last SET unit=?3 WHERE low=?1 AND high=?2"),
      DropOld(*Db, "DELETE FROM units WHERE name_low=?1 AND name_high=?2 AND "
                   "id NOT IN (SELECT id FROM units WHERE name_low=?1 AND "
                   "name_high=?2 ORDER BY id DESC LIMIT 6)") {}

Index::~Index() {
  if (!UsedAgain.empty())
    write([&] {
      return llvm::all_of(UsedAgain, [&](const auto &Used) {
        return UseAgain(Used.first, Used.second).finish();
      });
    });
  if (HasStored && !isBroken())
    Answers.sweep();
  if (isBroken())
    (void)Db->empty();
}

//===--- finding ----------------------------------------------------------===//

static int64_t checksum(StringRef A, StringRef B) {
  return static_cast<int64_t>(xxh3_64bits(A) ^ (xxh3_64bits(B) << 1));
}

std::optional<UnitReport> Index::find(const UnitKey &Key, StringSet<> *Read) {
  Rows Found = FindUnit(Key.Report);
  if (!Found.next())
    return std::nullopt;
  const StringRef Asked = Found.blob(0), Calls = Found.blob(1),
                  Report = Found.blob(3);
  if (checksum(Asked, Calls) != Found.number(2) ||
      checksum(Asked, Report) != Found.number(4)) {
    Db->setBroken();
    return std::nullopt;
  }
  if (!Answers.allHold(Asked, Read))
    return std::nullopt;
  if (const int64_t Id = Found.number(5); Id != Found.number(6))
    UsedAgain.push_back({Key.Name, Id});
  return unpackReport(Report, Calls);
}

Index::Knows Index::findCalls(const UnitKey &Key, CallGraph &Calls,
                              StringSet<> *Read) {
  Knows Result = Knows::Nothing;
  // Several, if the unit was linted with several configurations.
  for (Rows Found = FindCalls(Key.Calls); Found.next();) {
    const StringRef Asked = Found.blob(0), Packed = Found.blob(1);
    if (checksum(Asked, Packed) != Found.number(2)) {
      Db->setBroken();
      return Knows::Nothing;
    }
    Result = Knows::OutOfDate;
    if (!Answers.allHold(Asked, Read))
      continue;
    if (auto Unpacked = unpackCalls(Packed)) {
      Calls = std::move(*Unpacked);
      return Knows::Calls;
    }
  }
  return Result;
}

std::vector<Index::UnitCalls> Index::readCalls(StringRef Folder,
                                               FileCache &Files) {
  std::vector<UnitCalls> Result;
  SmallString<256> Path(Folder);
  sys::path::append(Path, "index.db");
  Database Db(std::string(Path), Database::For::Reading);
  if (layoutOf(Db) != Layout)
    return Result;
  DiskAnswers Answers(Db, Files);
  Statement Units(Db, "SELECT answers, calls, calls_checksum, file FROM last "
                      "JOIN units ON units.id=last.unit ORDER BY file, "
                      "number");
  for (Rows Found = Units(); Found.next();) {
    const StringRef Asked = Found.blob(0), Packed = Found.blob(1);
    if (checksum(Asked, Packed) != Found.number(2) ||
        !Answers.allHold(Asked, nullptr))
      continue;
    if (auto Calls = unpackCalls(Packed))
      Result.push_back({Found.text(3).str(), std::move(*Calls)});
  }
  return Result;
}

std::optional<unsigned> Index::milliseconds(const UnitKey &Key) {
  Rows Found = FindTime(Key.Name);
  if (!Found.next())
    return std::nullopt;
  return static_cast<unsigned>(Found.number(0));
}

//===--- storing ----------------------------------------------------------===//

/// Makes one transaction of \p Statements. After one that failed no other is
/// tried: whoever holds the index up, or the disk full, does so for long.
bool Index::write(function_ref<bool()> Statements) {
  if (!Problem.empty())
    return false;
  // A newer nostall may have made it its own meanwhile.
  if (Db->run("BEGIN IMMEDIATE") && layoutOf(*Db) == Layout && Statements() &&
      Db->run("COMMIT"))
    return true;
  if (!isBroken())
    Problem = "'" + Db->path() + "': " + Db->problem();
  Db->run("ROLLBACK");
  Answers.rollback();
  return false;
}

void Index::storeTime(const UnitKey &Key, unsigned Milliseconds) {
  constexpr int64_t NoReport = 0;
  write([&] {
    return SetLast(Key.Name, int64_t(Milliseconds), NoReport).finish();
  });
}

void Index::store(const UnitKey &Key, const UnitReport &Report,
                  const UnitFiles::Answers &Asked, unsigned Milliseconds) {
  HasStored |= write([&] { return add(Key, Report, Asked, Milliseconds); });
}

bool Index::add(const UnitKey &Key, const UnitReport &Report,
                const UnitFiles::Answers &Asked, unsigned Milliseconds) {
  std::optional<std::string> Packed = Answers.pack(Asked);
  if (!Packed)
    return false;
  using Blob = Statement::Blob;
  const std::string Calls = packCalls(Report.Calls),
                    Rest = packAllButCalls(Report);
  return AddUnit(Key.Report, Key.Name, Key.Calls, Blob{*Packed}, Blob{Calls},
                 checksum(*Packed, Calls), Blob{Rest}, checksum(*Packed, Rest),
                 StringRef(Key.File), Key.Number)
             .finish() &&
         SetLast(Key.Name, int64_t(Milliseconds), Db->lastRow()).finish() &&
         DropOld(Key.Name).finish();
}

} // namespace nostall
