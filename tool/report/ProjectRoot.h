//===- ProjectRoot.h - the folder that reports' paths begin at --*- C++ -*-===//
//
// Paths in reports and fingerprints are the same in every checkout, so that
// they are relative to the project's root. People come to it through symbolic
// links, while build systems write real paths: either is below the root.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_REPORT_PROJECTROOT_H
#define NOSTALL_TOOL_REPORT_PROJECTROOT_H

#include "llvm/ADT/StringRef.h"
#include <string>

namespace nostall {

class ProjectRoot {
public:
  ProjectRoot() = default;
  /// \p Folder is absolute.
  explicit ProjectRoot(llvm::StringRef Folder);

  llvm::StringRef folder() const { return Folder; }
  /// The same without symbolic links.
  llvm::StringRef realFolder() const { return Real; }
  /// Whether reports may say where the folder lies.
  bool isTold() const { return Told; }
  void keepToItself() { Told = false; }
  /// \p File from the root, with slashes; absolute if it lies elsewhere.
  std::string pathOf(llvm::StringRef File) const;
  /// What pathOf() made \p Path of.
  std::string fileOf(llvm::StringRef Path) const;

private:
  std::string Folder, Real;
  bool Told = true;
};

} // namespace nostall

#endif
