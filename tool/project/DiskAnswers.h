//===- DiskAnswers.h - what units were told of the disk ---------*- C++ -*-===//
//
//   unit ──UnitFiles──▶ answers ──pack──▶ a list of numbers, kept with the unit
//                                              │
//   the disk, as it is now ──FileCache──▶ allHold? ──▶ the unit is as it was
//
// Units of a program get the same answers of the same headers. So each answer
// is a row of its own: a file with a hash of its content, a folder with where
// it leads, the names in a folder, a name that was not there. In a run, each is
// compared with the disk once.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_PROJECT_DISKANSWERS_H
#define NOSTALL_TOOL_PROJECT_DISKANSWERS_H

#include "Database.h"
#include "FileCache.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringSet.h"
#include <optional>
#include <unordered_map>

namespace nostall {

class DiskAnswers {
public:
  /// The tables, for who makes the database.
  static const char Schema[];

  DiskAnswers(Database &In, FileCache &Files);

  /// Whether a parse would be told the same. \p Read, unless null: if so, the
  /// files that were read are added.
  bool allHold(llvm::StringRef Packed, llvm::StringSet<> *Read);
  /// Within a transaction; nothing, if they cannot be written.
  std::optional<std::string> pack(const UnitFiles::Answers &Asked);
  /// The transaction has come to nothing.
  void rollback() { Ids.clear(); }
  /// Drops what no unit needs any more, if that may be much.
  void sweep();

private:
  struct Answer;
  struct Checked {
    bool Holds = false;
    std::string Content; ///< the file, if that is what was asked for
  };
  Answer answerOf(const FileCache::Entry &E, UnitFiles::Told What);
  static std::vector<Answer> pairs(const UnitFiles::Answers &Asked);
  bool stillHolds(const Answer &Then);
  const Checked &check(int64_t Id);
  std::optional<int64_t> idOf(const Answer &A);

  Database &In;
  FileCache &Files;
  Statement Find, IdOf, Add;
  /// By number; not a DenseMap, which cannot have all that damage may bring.
  std::unordered_map<int64_t, Checked> Compared;
  /// Rows that this run has written or looked up.
  llvm::DenseMap<std::pair<const FileCache::Entry *, unsigned>, int64_t> Ids;
};

} // namespace nostall

#endif
