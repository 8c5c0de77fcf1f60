//===- Index.h - what earlier runs have found -------------------*- C++ -*-===//
//
//   <folder of compile_commands.json>/.nostall/index.db      (SQLite)
//
// A unit's report, kept under a key of all that it was told (command, options,
// models, this program) together with all that it asked of the disk: files with
// a hash of their content, folders, and names that were not there. It is found
// again only if every one of these answers is still the same. So a report out
// of the index is what a parse would say now.
//
// The calls of a unit lie apart from what was found in it, under a key without
// the checks' configuration: whoever lints one file needs the calls of all.
//
// Of a unit, the last few reports are kept: one a configuration, and those of
// the program before this one. Answers that none of them needs are swept out
// when they have become many.
//
// The index may be deleted at any time. One that is broken, or of an older
// layout, is begun anew. One that cannot be opened or written, or that a newer
// nostall has made, is left alone and done without.
// Each report is written in one transaction: a run that is killed loses the
// units that it had not finished, and nothing else.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_PROJECT_INDEX_H
#define NOSTALL_TOOL_PROJECT_INDEX_H

#include "FileCache.h"
#include "UnitReport.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <optional>
#include <unordered_map>

struct sqlite3;
struct sqlite3_stmt;

namespace nostall {

/// What a unit is known by.
struct UnitKey {
  /// Directory, file, and which of its commands: the same for ever.
  ContentHash Name{};
  /// Command, models, this program: what decides what its functions do.
  ContentHash Calls{};
  /// The configuration besides: what decides what is said of it.
  ContentHash Report{};
};

class Index {
public:
  /// Opens or makes the index in \p Folder. All that a run says of files is
  /// asked of \p Files, so that it fits what units are parsed with.
  static llvm::Expected<std::unique_ptr<Index>> open(llvm::StringRef Folder,
                                                     FileCache &Files);
  /// The calls of every unit that are true now, of each unit the newest.
  /// Nothing is made, written or healed; nothing, if there is no index that
  /// this program can read.
  static std::vector<CallGraph> readCalls(llvm::StringRef Folder,
                                          FileCache &Files);
  ~Index();

  /// Damage was found. Nothing of it is used; closing removes it.
  bool isBroken() const { return IsBroken; }
  /// A report that is true now. \p Read, unless null: the files that its unit
  /// read are added.
  std::optional<UnitReport> find(const UnitKey &Key, llvm::StringSet<> *Read);
  enum class Knows { Nothing, OutOfDate, Calls };
  /// The calls of a unit, if they are true now.
  Knows findCalls(const UnitKey &Key, CallGraph &Calls,
                  llvm::StringSet<> *Read);
  /// What it took to parse a unit when it was last parsed, whatever has become
  /// of it since.
  std::optional<unsigned> milliseconds(const UnitKey &Key);
  /// \p Asked: all that the unit asked for.
  void store(const UnitKey &Key, const UnitReport &Report,
             const UnitFiles::Answers &Asked, unsigned Milliseconds);
  /// Of a unit that there is nothing else to say of.
  void storeTime(const UnitKey &Key, unsigned Milliseconds);

private:
  explicit Index(FileCache &Files) : Files(Files) {}

  struct Answer {
    std::string Path;
    ContentHash Hash{};
    int64_t Size = 0, Time = 0;
    UnitFiles::Told Kind = UnitFiles::Told::Missing;
    bool TimeCounts = false;
  };
  static Answer answerOf(const FileCache::Entry &E, UnitFiles::Told What);
  bool stillHolds(const Answer &Then);
  struct CheckedAnswer {
    bool Holds = false;
    std::string Content; ///< the file, if that is what was asked for
  };
  const CheckedAnswer &check(int64_t Id);
  bool allStillHold(llvm::StringRef Answers, llvm::StringSet<> *Read);
  int64_t number(const char *Query);
  void sweep();
  bool addTime(const UnitKey &Key, unsigned Milliseconds);
  std::optional<int64_t> idOf(const Answer &A);
  unsigned layout();
  bool prepare();
  bool run(const char *Sql);
  sqlite3_stmt *statement(const char *Sql);

  void judge(int Code);

  FileCache &Files;
  std::string Path;
  sqlite3 *Db = nullptr;
  bool IsBroken = false; ///< removed when it is closed
  bool IsNewer = false;  ///< not ours to touch
  std::vector<sqlite3_stmt *> Statements;
  /// Answers that were compared.
  std::unordered_map<int64_t, CheckedAnswer> Checked;
  /// Rows of answers that this run has written or looked up.
  llvm::DenseMap<std::pair<const FileCache::Entry *, unsigned>, int64_t> Ids;
  bool HasStored = false;
  sqlite3_stmt *FindUnit = nullptr, *FindCalls = nullptr, *FindAnswer = nullptr,
               *FindTime = nullptr, *AddAnswer = nullptr, *AnswerId = nullptr,
               *AddUnit = nullptr, *AddTime = nullptr, *DropOld = nullptr;
};

} // namespace nostall

#endif
