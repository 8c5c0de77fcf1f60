//===- SourceTexts.h - the sources that reports quote -----------*- C++ -*-===//
//
// Reads each file once, finds lines in it. Reports quote lines, columns are
// counted in them, and fingerprints are made of them.
//
// Not for two threads at once.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_REPORT_SOURCETEXTS_H
#define NOSTALL_TOOL_REPORT_SOURCETEXTS_H

#include "llvm/ADT/IntrusiveRefCntPtr.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/VirtualFileSystem.h"
#include <memory>
#include <utility>
#include <vector>

namespace nostall {

class SourceTexts {
public:
  explicit SourceTexts(llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Disk =
                           llvm::vfs::getRealFileSystem())
      : Disk(std::move(Disk)) {}

  /// The line and column of \p Offset, both from 1; {0, 0} if \p File cannot be
  /// read or is shorter.
  std::pair<unsigned, unsigned> position(llvm::StringRef File, unsigned Offset);

  /// Line \p Number without its end; empty if there is none.
  llvm::StringRef line(llvm::StringRef File, unsigned Number);

  unsigned lineCount(llvm::StringRef File);

  /// Where line \p Number, which exists, begins.
  unsigned lineOffset(llvm::StringRef File, unsigned Number);

  /// The whole file, with a null character after its end; empty if it cannot be
  /// read.
  llvm::StringRef text(llvm::StringRef File);

private:
  struct Source {
    std::unique_ptr<llvm::MemoryBuffer> Text; ///< null: it cannot be read
    std::vector<unsigned> Starts;             ///< of its lines
  };
  const Source &read(llvm::StringRef File);

  llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Disk;
  llvm::StringMap<Source> Sources;
};

} // namespace nostall

#endif
