//===- Database.cpp - as much of SQLite as the index needs ----------------===//

#include "Database.h"
#include <chrono>
#include <sqlite3.h>
#include <thread>

using llvm::StringRef;

namespace nostall {

/// A run writes for some milliseconds at a time. One that was stopped while it
/// did so holds up others for no longer than this, and only once.
static constexpr std::chrono::milliseconds LongestWait(5000), Pause(10);

Database::Database(std::string Path, For Use, bool (*MayWait)())
    : Path(std::move(Path)), MayWait(MayWait) {
  const int Flags = Use == For::Reading
                        ? SQLITE_OPEN_READONLY
                        : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  if (sqlite3_open_v2(this->Path.c_str(), &Handle, Flags | SQLITE_OPEN_NOMUTEX,
                      nullptr) == SQLITE_OK)
    sqlite3_busy_handler(Handle, onBusy, this);
}

Database::~Database() {
  for (sqlite3_stmt *S : Prepared)
    sqlite3_finalize(S);
  sqlite3_close(Handle);
}

int Database::onBusy(void *Self, int Times) {
  auto *D = static_cast<Database *>(Self);
  D->HasWaited |= Times * Pause >= LongestWait;
  if (D->HasWaited || (D->MayWait && !D->MayWait()))
    return 0;
  std::this_thread::sleep_for(Pause);
  return 1;
}

int Database::judge(int Code) {
  const int Kind = Code & 0xff;
  IsBroken |= Kind == SQLITE_CORRUPT || Kind == SQLITE_NOTADB;
  return Code;
}

std::string Database::problem() const {
  if (!Handle)
    return "out of memory";
  return sqlite3_errcode(Handle) == SQLITE_OK ? "" : sqlite3_errmsg(Handle);
}

bool Database::run(StringRef Sql) {
  return judge(sqlite3_exec(Handle, Sql.str().c_str(), nullptr, nullptr,
                            nullptr)) == SQLITE_OK;
}

int64_t Database::number(StringRef Sql) {
  sqlite3_stmt *S = nullptr;
  int64_t Result = 0;
  if (judge(sqlite3_prepare_v2(Handle, Sql.data(), Sql.size(), &S, nullptr)) ==
          SQLITE_OK &&
      judge(sqlite3_step(S)) == SQLITE_ROW)
    Result = sqlite3_column_int64(S, 0);
  sqlite3_finalize(S);
  return Result;
}

int64_t Database::lastRow() const { return sqlite3_last_insert_rowid(Handle); }

/// As SQLite's manual has it, under its locks: another run may have the file
/// open. One that is removed under that run would share its log by name with
/// the one that takes its place.
bool Database::empty() {
  (void)number("SELECT count(*) FROM sqlite_schema"); // or it forgets its mode
  sqlite3_db_config(Handle, SQLITE_DBCONFIG_RESET_DATABASE, 1, nullptr);
  const bool IsEmpty = run("VACUUM");
  sqlite3_db_config(Handle, SQLITE_DBCONFIG_RESET_DATABASE, 0, nullptr);
  IsBroken = !IsEmpty;
  return IsEmpty;
}

Rows::~Rows() { sqlite3_reset(Of); }

bool Rows::next() { return In.judge(sqlite3_step(Of)) == SQLITE_ROW; }

bool Rows::finish() { return In.judge(sqlite3_step(Of)) == SQLITE_DONE; }

int64_t Rows::number(int Column) const {
  return sqlite3_column_int64(Of, Column);
}

StringRef Rows::text(int Column) const {
  const unsigned char *Text = sqlite3_column_text(Of, Column);
  return StringRef(reinterpret_cast<const char *>(Text),
                   sqlite3_column_bytes(Of, Column));
}

StringRef Rows::blob(int Column) const {
  const void *Bytes = sqlite3_column_blob(Of, Column);
  return StringRef(static_cast<const char *>(Bytes),
                   sqlite3_column_bytes(Of, Column));
}

Statement::Statement(Database &In, StringRef Sql) : In(In) {
  In.judge(sqlite3_prepare_v3(In.Handle, Sql.data(), Sql.size(),
                              SQLITE_PREPARE_PERSISTENT, &Handle, nullptr));
  if (Handle)
    In.Prepared.push_back(Handle);
}

void Statement::bind(int &Column, int64_t Value) {
  sqlite3_bind_int64(Handle, Column++, Value);
}

void Statement::bind(int &Column, StringRef Text) {
  sqlite3_bind_text64(Handle, Column++, Text.data(), Text.size(), SQLITE_STATIC,
                      SQLITE_UTF8);
}

void Statement::bind(int &Column, Blob Value) {
  sqlite3_bind_blob64(Handle, Column++, Value.Bytes.data(), Value.Bytes.size(),
                      SQLITE_STATIC);
}

void Statement::bind(int &Column, const std::array<uint64_t, 2> &Hash) {
  for (uint64_t Half : Hash)
    bind(Column, static_cast<int64_t>(Half));
}

} // namespace nostall
