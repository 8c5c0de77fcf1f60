//===- OutputFile.cpp - files, whole or not at all ------------------------===//

#include "OutputFile.h"
#include "llvm/Support/FileSystem.h"

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
  auto Temporary = sys::fs::TempFile::create(File + ".%%%%%%%%");
  if (!Temporary)
    return Result(errorToErrorCode(Temporary.takeError()));
  raw_fd_ostream Out(Temporary->FD, /*shouldClose=*/false);
  std::error_code EC = writeAll(Out, Write);
  Error Kept = EC ? Temporary->discard() : Temporary->keep(File);
  std::error_code KeptEC = errorToErrorCode(std::move(Kept));
  return Result(EC ? EC : KeptEC);
}

} // namespace nostall
