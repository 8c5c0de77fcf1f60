//===- Database.h - as much of SQLite as the index needs --------*- C++ -*-===//
//
//   Statement Find(Db, "SELECT a, b FROM t WHERE c=? AND d=?");
//   for (Rows Found = Find(C, D); Found.next();)
//     use(Found.number(0), Found.blob(1));
//
// What SQLite answers is kept apart in three: the answer, "no" (a full disk,
// another run that writes), and damage. Of a database in which damage was seen
// nothing more is to be believed; its owner empties it.
//
// One thread at a time.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_PROJECT_DATABASE_H
#define NOSTALL_TOOL_PROJECT_DATABASE_H

#include "llvm/ADT/StringRef.h"
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace nostall {

class Database {
public:
  enum class For { Reading, Writing };

  /// Opens \p Path, or makes it if it is for writing. problem() is empty if
  /// that went well. Who has to wait for another run asks \p MayWait, unless
  /// null, now and then.
  Database(std::string Path, For Use, bool (*MayWait)() = nullptr);
  ~Database();
  Database(const Database &) = delete;
  Database &operator=(const Database &) = delete;

  const std::string &path() const { return Path; }
  /// What SQLite says of the last call; empty: nothing is wrong.
  std::string problem() const;
  /// Damage was seen.
  bool isBroken() const { return IsBroken; }
  void setBroken() { IsBroken = true; }

  /// Runs \p Sql, which has no answer. False: it could not be done.
  bool run(llvm::StringRef Sql);
  /// The number that \p Sql answers with; 0: none.
  int64_t number(llvm::StringRef Sql);
  /// The row that was added last.
  int64_t lastRow() const;
  /// Makes it a database without tables, whatever it was.
  bool empty();

private:
  friend class Statement;
  friend class Rows;
  static int onBusy(void *Self, int Times);
  int judge(int Code);

  std::string Path;
  bool (*MayWait)();
  sqlite3 *Handle = nullptr;
  std::vector<sqlite3_stmt *> Prepared;
  bool IsBroken = false;
  bool HasWaited = false; ///< for another run, in vain
};

/// What a statement answers. The statement can be begun anew when this is gone.
class Rows {
public:
  ~Rows();
  Rows(const Rows &) = delete;
  Rows &operator=(const Rows &) = delete;

  /// Goes to the next row. False: there is none.
  bool next();
  /// For what has no rows: whether it was done.
  bool finish();

  int64_t number(int Column) const;
  /// Until the next row.
  llvm::StringRef text(int Column) const;
  llvm::StringRef blob(int Column) const;

private:
  friend class Statement;
  Rows(Database &In, sqlite3_stmt *Of) : In(In), Of(Of) {}

  Database &In;
  sqlite3_stmt *Of;
};

/// Lives as long as its database, and is asked over and over.
class Statement {
public:
  Statement(Database &In, llvm::StringRef Sql);

  /// A value that is bytes, and no text.
  struct Blob {
    llvm::StringRef Bytes;
  };

  /// Begins it with \p Values in the place of its question marks. Texts and
  /// blobs have to outlive what is returned.
  template <class... T> Rows operator()(const T &...Values) {
    int Column = 1;
    (bind(Column, Values), ...);
    return Rows(In, Handle);
  }

private:
  void bind(int &Column, int64_t Value);
  void bind(int &Column, llvm::StringRef Text);
  void bind(int &Column, Blob Value);
  /// Takes two columns.
  void bind(int &Column, const std::array<uint64_t, 2> &Hash);

  Database &In;
  sqlite3_stmt *Handle = nullptr;
};

} // namespace nostall

#endif
