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
// The index may be deleted at any time. One that is broken, or of another
// layout, is begun anew; one that cannot be opened or written is done without.
// Each report is written in one transaction: a run that is killed loses the
// units that it had not finished, and nothing else.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_PROJECT_INDEX_H
#define NOSTALL_TOOL_PROJECT_INDEX_H

#include "FileCache.h"
#include "UnitReport.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <optional>

struct sqlite3;
struct sqlite3_stmt;

namespace nostall {

class Index {
public:
  /// Opens or makes the index in \p Folder. All that a run says of files is
  /// asked of \p Files, so that it fits what units are parsed with.
  static llvm::Expected<std::unique_ptr<Index>> open(llvm::StringRef Folder,
                                                     FileCache &Files);
  ~Index();

  /// Damage was found. Nothing of it is used; closing removes it.
  bool isBroken() const { return IsBroken; }
  /// A report that is true now.
  std::optional<UnitReport> find(const ContentHash &Key);
  /// \p Asked: all that the unit asked for.
  void store(const ContentHash &Key, const UnitReport &Report,
             const UnitFiles::Answers &Asked);

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
  bool stillHolds(int64_t Id);
  std::optional<int64_t> idOf(const Answer &A);
  bool prepare();
  bool run(const char *Sql);
  sqlite3_stmt *statement(const char *Sql);

  void judge(int Code);

  FileCache &Files;
  std::string Path;
  sqlite3 *Db = nullptr;
  bool IsBroken = false; ///< removed when it is closed
  std::vector<sqlite3_stmt *> Statements;
  llvm::DenseMap<int64_t, bool> Checked; ///< answers that were compared
  /// Rows of answers that this run has written or looked up.
  llvm::DenseMap<std::pair<const FileCache::Entry *, unsigned>, int64_t> Ids;
  sqlite3_stmt *FindUnit = nullptr, *FindAnswer = nullptr, *AddAnswer = nullptr,
               *AnswerId = nullptr, *AddUnit = nullptr;
};

} // namespace nostall

#endif
