//===- OutputFile.cpp - files, whole or not at all ------------------------===//

#include "OutputFile.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Signals.h"

using namespace llvm;

namespace nostall {

/// Whether \p File is to be written to, and not to be replaced by another file:
/// a link, a pipe, a device (/dev/stdout is all of them).
static bool isWrittenInPlace(StringRef File) {
  sys::fs::file_status Status;
  return !sys::fs::status(File, Status, /*Follow=*/false) &&
         !sys::fs::is_regular_file(Status);
}

/// Writes to \p Out, which may be full.
static std::error_code writeAll(raw_fd_ostream &Out,
                                function_ref<void(raw_ostream &)> Write) {
  Write(Out);
  Out.flush();
  std::error_code EC = Out.error();
  Out.clear_error();
  return EC;
}

/// Not with LLVM's TempFile: that takes every '%' in the path for a digit to be
/// made up, and Jenkins has folders such as "feature%2Fname".
static std::error_code replaceFile(StringRef File,
                                   function_ref<void(raw_ostream &)> Write) {
  std::string Temporary;
  int FD = -1;
  std::error_code EC;
  do {
    Temporary = (File + "." + utohexstr(sys::Process::GetRandomNumber())).str();
    EC = sys::fs::openFileForWrite(Temporary, FD, sys::fs::CD_CreateNew);
  } while (EC == std::errc::file_exists);
  if (EC)
    return EC;
  sys::RemoveFileOnSignal(Temporary);
  raw_fd_ostream Out(FD, /*shouldClose=*/true);
  EC = writeAll(Out, [&](raw_ostream &) {
    Write(Out);
    Out.close();
  });
  if (!EC)
    EC = sys::fs::rename(Temporary, File);
  if (EC)
    sys::fs::remove(Temporary);
  sys::DontRemoveFileOnSignal(Temporary);
  return EC;
}

Error writeFile(StringRef File, function_ref<void(raw_ostream &)> Write) {
  auto Result = [&](std::error_code EC) {
    return EC ? createStringError("cannot write '" + File +
                                  "': " + EC.message())
              : Error::success();
  };
  if (File == "-")
    return Result(writeAll(outs(), Write));
  if (isWrittenInPlace(File)) {
    std::error_code EC;
    raw_fd_ostream Out(File, EC);
    return Result(EC ? EC : writeAll(Out, Write));
  }
  return Result(replaceFile(File, Write));
}

} // namespace nostall
