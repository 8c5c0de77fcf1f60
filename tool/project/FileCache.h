//===- FileCache.h - every file, read once ----------------------*- C++ -*-===//
//
// The units of a program read the same headers. All of a run's units see one
// set of files: each is asked for and read once, and stays as it was then,
// even if somebody saves it meanwhile. So what a run says fits together, and
// the content that it is true of is known (hash).
//
//   disk ──FileCache (one a run, shared by threads)──UnitFiles (one a unit)──▶
//   Clang
//
// UnitFiles also remembers what its unit asked for: files, folders, what is in
// a folder, and names that were not there. A file that appears in front of an
// include path changes a unit as well, and so does another release of GCC,
// whose headers Clang's driver looks for.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_PROJECT_FILECACHE_H
#define NOSTALL_TOOL_PROJECT_FILECACHE_H

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/VirtualFileSystem.h"
#include <array>
#include <memory>
#include <mutex>

namespace nostall {

/// 128 bits of a file's content (XXH3).
using ContentHash = std::array<uint64_t, 2>;

class FileCache {
public:
  struct Entry {
    std::string Path; ///< absolute
    llvm::ErrorOr<llvm::vfs::Status> Status{
        std::errc::no_such_file_or_directory};
    /// When the file was last written, replaced or renamed, in nanoseconds. Not
    /// the time that `touch` and `tar` set.
    int64_t Changed = 0;
    /// Of a regular file, once it was read; null if it cannot be.
    std::unique_ptr<llvm::MemoryBuffer> Text;
    /// Of a folder, once it was read; sorted.
    std::vector<std::pair<std::string, llvm::sys::fs::file_type>> Names;
    std::error_code CannotList; ///< why there are no names of a folder
    ContentHash Hash{};         ///< of the content, or of the names
    bool WasRead = false;
    /// The time of change says whether the content is still the same: the file
    /// was not touched while it was read, or shortly before.
    bool TimeCounts = false;

    bool isFile() const { return Status && Status->isRegularFile(); }
    bool isFolder() const { return Status && Status->isDirectory(); }
  };

  using Status = llvm::ErrorOr<llvm::vfs::Status>;

  /// What is known of \p Path, an absolute path; asked for once. \p Known is as
  /// it was then, whatever other threads do with the entry; of this, only Path
  /// and Changed are for the caller.
  const Entry &status(llvm::StringRef Path, Status &Known);
  /// The same, with the content of a file, which does not change any more.
  const Entry &read(llvm::StringRef Path, Status &Known);
  /// The same, with the names in a folder.
  const Entry &list(llvm::StringRef Path, Status &Known);

  /// Whether the disk has another content by now than \p E, which was read.
  static bool hasChanged(const Entry &E);

private:
  struct Slot {
    std::mutex Busy;
    bool Asked = false;
    Entry E;
  };
  Slot &slot(llvm::StringRef Path);
  const Entry &ask(llvm::StringRef Path, Status &Known,
                   llvm::function_ref<void(Entry &)> More);

  std::mutex Lock;
  llvm::StringMap<std::unique_ptr<Slot>> Slots;
};

/// The file system of one unit.
class UnitFiles : public llvm::vfs::FileSystem {
public:
  UnitFiles(FileCache &Cache, llvm::StringRef WorkingDirectory)
      : Cache(Cache), WorkingDirectory(WorkingDirectory) {}

  llvm::ErrorOr<llvm::vfs::Status> status(const llvm::Twine &Path) override;
  llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>>
  openFileForRead(const llvm::Twine &Path) override;
  llvm::vfs::directory_iterator dir_begin(const llvm::Twine &Dir,
                                          std::error_code &EC) override;
  llvm::ErrorOr<std::string> getCurrentWorkingDirectory() const override {
    return WorkingDirectory;
  }
  std::error_code setCurrentWorkingDirectory(const llvm::Twine &Path) override;
  std::error_code getRealPath(const llvm::Twine &Path,
                              llvm::SmallVectorImpl<char> &Out) override;

  /// What the unit was told of a name. Of those that follow File, it knows all.
  enum class Told : unsigned char {
    Missing,
    Folder,
    File,
    Content,
    Names,
    OneFile, ///< two names of it, which follow from Content (DiskAnswers.cpp)
    TwoFiles ///< of the same content
  };
  /// All that the unit asked for, in the order of asking.
  using Answers = llvm::MapVector<const FileCache::Entry *, Told>;
  const Answers &answers() const { return Asked; }

private:
  std::string absolute(const llvm::Twine &Path) const;

  FileCache &Cache;
  std::string WorkingDirectory;
  void note(const FileCache::Entry &E, Told What);
  void note(const FileCache::Entry &E, const FileCache::Status &Known);

  Answers Asked;
};

} // namespace nostall

#endif
