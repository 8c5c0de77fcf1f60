//===- FileCache.cpp - every file, read once ------------------------------===//

#include "FileCache.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/xxhash.h"
#include <chrono>
#include <sys/stat.h>

using namespace llvm;

namespace nostall {

/// A change within this time before a file was read may leave no trace in its
/// time of change: file systems count in steps, two seconds at the most.
static constexpr std::chrono::seconds TimeStep(2);

FileCache::Slot &FileCache::slot(StringRef Path) {
  std::lock_guard<std::mutex> Guard(Lock);
  std::unique_ptr<Slot> &S = Slots[Path];
  if (!S) {
    S = std::make_unique<Slot>();
    S->E.Path = Path.str();
  }
  return *S;
}

static sys::fs::file_type typeOf(mode_t Mode) {
  return S_ISREG(Mode)   ? sys::fs::file_type::regular_file
         : S_ISDIR(Mode) ? sys::fs::file_type::directory_file
                         : sys::fs::file_type::type_unknown;
}

/// LLVM's own status leaves out the one time that nobody can set: \p Changed.
static ErrorOr<vfs::Status> askDisk(const std::string &Path, int64_t &Changed) {
  struct stat S;
  if (::stat(Path.c_str(), &S))
    return errnoAsErrorCode();
  using namespace std::chrono;
  Changed = nanoseconds(seconds(S.st_ctim.tv_sec)).count() + S.st_ctim.tv_nsec;
  return vfs::Status(Path, sys::fs::UniqueID(S.st_dev, S.st_ino),
                     sys::toTimePoint(S.st_mtim.tv_sec, S.st_mtim.tv_nsec),
                     S.st_uid, S.st_gid, S.st_size, typeOf(S.st_mode),
                     static_cast<sys::fs::perms>(S.st_mode & 07777));
}

/// \p More completes an entry, of which the disk has been asked.
const FileCache::Entry &FileCache::ask(StringRef Path, Status &Known,
                                       function_ref<void(Entry &)> More) {
  Slot &S = slot(Path);
  std::lock_guard<std::mutex> Guard(S.Busy);
  if (!S.Asked)
    S.E.Status = askDisk(S.E.Path, S.E.Changed);
  S.Asked = true;
  More(S.E);
  Known = S.E.Status;
  return S.E;
}

const FileCache::Entry &FileCache::status(StringRef Path, Status &Known) {
  return ask(Path, Known, [](Entry &) {});
}

/// A copy, not a mapping: a file that is cut short while it is mapped kills
/// whoever reads it.
static ErrorOr<std::unique_ptr<MemoryBuffer>> contentOf(StringRef Path) {
  return MemoryBuffer::getFile(Path, /*IsText=*/false,
                               /*RequiresNullTerminator=*/true,
                               /*IsVolatile=*/true);
}

static ContentHash hashOf(StringRef Bytes) {
  XXH128_hash_t Hash = xxh3_128bits(arrayRefFromStringRef(Bytes));
  return {Hash.low64, Hash.high64};
}

static void readFile(FileCache::Entry &E) {
  if (E.WasRead || !E.isFile())
    return;
  E.WasRead = true;
  auto Text = contentOf(E.Path);
  if (!Text) {
    E.Status = Text.getError();
    return;
  }
  E.Text = std::move(*Text);
  E.Hash = hashOf(E.Text->getBuffer());
  int64_t ChangedAfter = 0;
  ErrorOr<vfs::Status> After = askDisk(E.Path, ChangedAfter);
  const auto Now = std::chrono::system_clock::now().time_since_epoch();
  E.TimeCounts = After && After->getSize() == E.Text->getBufferSize() &&
                 ChangedAfter == E.Changed &&
                 Now - std::chrono::nanoseconds(E.Changed) > TimeStep;
  // What Clang is told of the size has to fit what it gets.
  E.Status = vfs::Status::copyWithNewSize(*E.Status, E.Text->getBufferSize());
}

static void readFolder(FileCache::Entry &E) {
  if (E.WasRead || !E.isFolder())
    return;
  E.WasRead = true;
  for (sys::fs::directory_iterator It(E.Path, E.CannotList), End;
       !E.CannotList && It != End; It.increment(E.CannotList))
    E.Names.push_back({sys::path::filename(It->path()).str(), It->type()});
  if (E.CannotList)
    return;
  llvm::sort(E.Names);
  std::string All;
  for (const auto &[Name, Type] : E.Names)
    All += Name + '/' + std::to_string(static_cast<int>(Type)) + '/';
  E.Hash = hashOf(All);
}

const FileCache::Entry &FileCache::read(StringRef Path, Status &Known) {
  return ask(Path, Known, readFile);
}

const FileCache::Entry &FileCache::list(StringRef Path, Status &Known) {
  return ask(Path, Known, readFolder);
}

bool FileCache::hasChanged(const Entry &E) {
  int64_t Changed = 0;
  ErrorOr<vfs::Status> Now = askDisk(E.Path, Changed);
  if (!Now || Now->getSize() != E.Status->getSize())
    return true;
  if (E.TimeCounts && Changed == E.Changed)
    return false;
  auto Text = contentOf(E.Path);
  return !Text || hashOf((*Text)->getBuffer()) != E.Hash;
}

//===--- one unit's view --------------------------------------------------===//

namespace {
class CachedFile : public vfs::File {
public:
  CachedFile(const FileCache::Entry &E, std::string Name)
      : E(E), Name(std::move(Name)) {}

  ErrorOr<vfs::Status> status() override {
    return vfs::Status::copyWithNewName(*E.Status, Name);
  }
  ErrorOr<std::unique_ptr<MemoryBuffer>> getBuffer(const Twine &, int64_t,
                                                   bool RequiresNullTerminator,
                                                   bool) override {
    return MemoryBuffer::getMemBuffer(E.Text->getBuffer(), Name,
                                      RequiresNullTerminator);
  }
  std::error_code close() override { return {}; }

private:
  const FileCache::Entry &E;
  std::string Name;
};

class CachedFolder : public vfs::detail::DirIterImpl {
public:
  CachedFolder(const FileCache::Entry &E, std::string Name)
      : Names(E.Names), Name(std::move(Name)) {
    increment();
  }

  std::error_code increment() override {
    CurrentEntry = vfs::directory_entry();
    if (Next != Names.size()) {
      SmallString<256> Path(Name);
      sys::path::append(Path, Names[Next].first);
      CurrentEntry =
          vfs::directory_entry(std::string(Path), Names[Next].second);
      ++Next;
    }
    return {};
  }

private:
  decltype(FileCache::Entry::Names) const &Names;
  std::string Name;
  size_t Next = 0;
};
} // namespace

std::string UnitFiles::absolute(const Twine &Path) const {
  SmallString<256> Full;
  Path.toVector(Full);
  sys::path::make_absolute(WorkingDirectory, Full);
  return std::string(Full);
}

void UnitFiles::note(const FileCache::Entry &E, Told What) {
  auto [It, IsNew] = Asked.insert({&E, What});
  // A name that was looked for and then read counts as read.
  if (!IsNew && What > Told::File)
    It->second = What;
}

void UnitFiles::note(const FileCache::Entry &E,
                     const FileCache::Status &Known) {
  note(E, !Known                 ? Told::Missing
          : Known->isDirectory() ? Told::Folder
                                 : Told::File);
}

ErrorOr<vfs::Status> UnitFiles::status(const Twine &Path) {
  FileCache::Status Known = std::error_code();
  note(Cache.status(absolute(Path), Known), Known);
  if (!Known)
    return Known.getError();
  return vfs::Status::copyWithNewName(*Known, Path);
}

ErrorOr<std::unique_ptr<vfs::File>>
UnitFiles::openFileForRead(const Twine &Path) {
  FileCache::Status Known = std::error_code();
  const FileCache::Entry &E = Cache.read(absolute(Path), Known);
  if (Known && Known->isRegularFile()) {
    note(E, Told::Content);
    return std::make_unique<CachedFile>(E, Path.str());
  }
  note(E, Known);
  return Known ? make_error_code(std::errc::invalid_argument)
               : Known.getError();
}

vfs::directory_iterator UnitFiles::dir_begin(const Twine &Dir,
                                             std::error_code &EC) {
  FileCache::Status Known = std::error_code();
  const FileCache::Entry &E = Cache.list(absolute(Dir), Known);
  if (Known && Known->isDirectory()) {
    note(E, Told::Names);
    EC = E.CannotList;
    return vfs::directory_iterator(
        std::make_shared<CachedFolder>(E, Dir.str()));
  }
  note(E, Known);
  EC = Known ? make_error_code(std::errc::not_a_directory) : Known.getError();
  return {};
}

std::error_code UnitFiles::setCurrentWorkingDirectory(const Twine &Path) {
  std::string Full = absolute(Path);
  FileCache::Status Known = std::error_code();
  note(Cache.status(Full, Known), Known);
  if (!Known)
    return Known.getError();
  if (!Known->isDirectory())
    return std::make_error_code(std::errc::not_a_directory);
  WorkingDirectory = std::move(Full);
  return {};
}

std::error_code UnitFiles::getRealPath(const Twine &Path,
                                       SmallVectorImpl<char> &Out) {
  return vfs::getRealFileSystem()->getRealPath(absolute(Path), Out);
}

} // namespace nostall
