//===- Index.h - what earlier runs have found -------------------*- C++ -*-===//
//
//   <folder of compile_commands.json>/.nostall/index.db      (SQLite)
//
// A unit's report, kept under a key of all that it was told (command, options,
// models, this program) together with all that it asked of the disk
// (DiskAnswers.h). It is found again only if every one of these answers is
// still the same. So a report out of the index is what a parse would say now.
//
// The calls of a unit lie apart from what was found in it, under a key without
// the checks' configuration: whoever lints one file needs the calls of all.
//
// Of a unit, the last few reports are kept: one a configuration, and those of
// the program before this one. Which of them the last run has used is noted for
// readers that know no commands (readCalls).
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

#include "DiskAnswers.h"
#include "UnitReport.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <optional>

namespace nostall {

/// What a unit is known by.
struct UnitKey {
  /// Directory, file, and which of its commands: the same for ever.
  ContentHash Name{};
  /// Command, models, this program: what decides what its functions do.
  ContentHash Calls{};
  /// The configuration besides: what decides what is said of it.
  ContentHash Report{};
  std::string File;
  int64_t Number = 0; ///< among the commands of the file
};

class Index {
public:
  /// Opens or makes the index in \p Folder. All that a run says of files is
  /// asked of \p Files, so that it fits what units are parsed with. Who has to
  /// wait for another run asks \p MayWait now and then.
  static llvm::Expected<std::unique_ptr<Index>>
  open(llvm::StringRef Folder, FileCache &Files, bool (*MayWait)());
  /// The calls of every unit that are true now, as far as the last runs have
  /// used them. Nothing is made, written or healed; nothing, if there is no
  /// index that this program can read.
  struct UnitCalls {
    std::string File;
    CallGraph Calls;
  };
  /// In the order in which a run links them.
  static std::vector<UnitCalls> readCalls(llvm::StringRef Folder,
                                          FileCache &Files);
  ~Index();

  /// Damage was found. Nothing of it is used any more; it is emptied when it is
  /// closed.
  bool isBroken() const { return Db->isBroken(); }
  /// Why not all of this run is remembered; empty: it is.
  const std::string &problem() const { return Problem; }

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
  explicit Index(std::unique_ptr<Database> Opened, FileCache &Files);

  bool add(const UnitKey &Key, const UnitReport &Report,
           const UnitFiles::Answers &Asked, unsigned Milliseconds);
  bool write(llvm::function_ref<bool()> Statements);

  std::unique_ptr<Database> Db;
  DiskAnswers Answers;
  Statement FindUnit, FindCalls, FindTime, AddUnit, SetLast, UseAgain, DropOld;
  /// Reports that were used, and are not those that the run before has used.
  std::vector<std::pair<ContentHash, int64_t>> UsedAgain;
  bool HasStored = false;
  std::string Problem;
};

} // namespace nostall

#endif
