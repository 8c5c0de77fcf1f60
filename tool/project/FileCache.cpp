//===- FileCache.cpp - every file, read once ------------------------------===//

#include "FileCache.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/xxhash.h"
#include <chrono>

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

void FileCache::ask(Slot &S) {
  if (S.Asked)
    return;
  S.Asked = true;
  S.E.Status = vfs::getRealFileSystem()->status(S.E.Path);
}

const FileCache::Entry &FileCache::status(StringRef Path,
                                          ErrorOr<vfs::Status> &Status) {
  Slot &S = slot(Path);
  std::lock_guard<std::mutex> Guard(S.Busy);
  ask(S);
  Status = S.E.Status;
  return S.E;
}

/// A copy, not a mapping: a file that is cut short while it is mapped kills
/// whoever reads it.
static ErrorOr<std::unique_ptr<MemoryBuffer>> contentOf(StringRef Path) {
  return MemoryBuffer::getFile(Path, /*IsText=*/false,
                               /*RequiresNullTerminator=*/true,
                               /*IsVolatile=*/true);
}

static ContentHash hashOf(const MemoryBuffer &Text) {
  XXH128_hash_t Hash = xxh3_128bits(arrayRefFromStringRef(Text.getBuffer()));
  return {Hash.low64, Hash.high64};
}

const FileCache::Entry &FileCache::read(StringRef Path) {
  Slot &S = slot(Path);
  std::lock_guard<std::mutex> Guard(S.Busy);
  ask(S);
  Entry &E = S.E;
  if (E.WasRead || !E.isFile())
    return E;
  E.WasRead = true;
  auto Text = contentOf(E.Path);
  if (!Text) {
    E.Status = Text.getError();
    return E;
  }
  E.Text = std::move(*Text);
  E.Hash = hashOf(*E.Text);
  ErrorOr<vfs::Status> After = vfs::getRealFileSystem()->status(E.Path);
  const auto Changed = E.Status->getLastModificationTime();
  E.TimeCounts = After && After->getSize() == E.Text->getBufferSize() &&
                 After->getLastModificationTime() == Changed &&
                 std::chrono::system_clock::now() - Changed > TimeStep;
  // What Clang is told of the size has to fit what it gets.
  E.Status =
      vfs::Status(E.Path, E.Status->getUniqueID(), Changed, E.Status->getUser(),
                  E.Status->getGroup(), E.Text->getBufferSize(),
                  E.Status->getType(), E.Status->getPermissions());
  return E;
}

bool FileCache::hasChanged(const Entry &E) {
  ErrorOr<vfs::Status> Now = vfs::getRealFileSystem()->status(E.Path);
  if (!Now || Now->getSize() != E.Status->getSize())
    return true;
  if (E.TimeCounts &&
      Now->getLastModificationTime() == E.Status->getLastModificationTime())
    return false;
  auto Text = contentOf(E.Path);
  return !Text || hashOf(**Text) != E.Hash;
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
} // namespace

std::string UnitFiles::absolute(const Twine &Path) const {
  SmallString<256> Full;
  Path.toVector(Full);
  sys::path::make_absolute(WorkingDirectory, Full);
  return std::string(Full);
}

void UnitFiles::note(const FileCache::Entry &E, Told What) {
  auto [It, IsNew] = Asked.insert({&E, What});
  // A file that was looked for and then read counts as read.
  if (!IsNew && What == Told::Content)
    It->second = What;
}

ErrorOr<vfs::Status> UnitFiles::status(const Twine &Path) {
  ErrorOr<vfs::Status> Status = std::error_code();
  const FileCache::Entry &E = Cache.status(absolute(Path), Status);
  if (!Status) {
    note(E, Told::Missing);
    return Status.getError();
  }
  note(E, Status->isDirectory() ? Told::Folder : Told::File);
  return vfs::Status::copyWithNewName(*Status, Path);
}

ErrorOr<std::unique_ptr<vfs::File>>
UnitFiles::openFileForRead(const Twine &Path) {
  const FileCache::Entry &E = Cache.read(absolute(Path));
  if (!E.Status) {
    note(E, Told::Missing);
    return E.Status.getError();
  }
  if (!E.Text) {
    note(E, Told::Folder);
    return make_error_code(std::errc::invalid_argument);
  }
  note(E, Told::Content);
  return std::make_unique<CachedFile>(E, Path.str());
}

vfs::directory_iterator UnitFiles::dir_begin(const Twine &Dir,
                                             std::error_code &EC) {
  return vfs::getRealFileSystem()->dir_begin(absolute(Dir), EC);
}

std::error_code UnitFiles::setCurrentWorkingDirectory(const Twine &Path) {
  std::string Full = absolute(Path);
  ErrorOr<vfs::Status> Status = std::error_code();
  Cache.status(Full, Status);
  if (!Status)
    return Status.getError();
  if (!Status->isDirectory())
    return std::make_error_code(std::errc::not_a_directory);
  WorkingDirectory = std::move(Full);
  return {};
}

std::error_code UnitFiles::getRealPath(const Twine &Path,
                                       SmallVectorImpl<char> &Out) {
  return vfs::getRealFileSystem()->getRealPath(absolute(Path), Out);
}

} // namespace nostall
