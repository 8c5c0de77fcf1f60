//===- MappedUnit.h - what is known of one source, as a file ----*- C++ -*-===//
//
//   nostall map  ──writeMappedUnit──▶ bytes ──readMappedUnit──▶ nostall link
//
// All that a link needs of a source file, so that sources can be read on many
// machines and linked on one. Names below the root are written without it:
// the same sources make the same bytes wherever they lie. Nothing in them is of
// the machine, the time or the user.
//
// The bytes begin with the program that wrote them and a hash of the rest.
// Those of another program are not read: it may know other things.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_PROJECT_MAPPEDUNIT_H
#define NOSTALL_TOOL_PROJECT_MAPPEDUNIT_H

#include "UnitReport.h"
#include "tool/report/ProjectRoot.h"
#include "llvm/Support/Error.h"

namespace nostall {

struct MappedUnit {
  std::string File;   ///< absolute
  std::string Origin; ///< as of Job
  bool GivenFlags = false;
  std::string Checks, FormatStyle; ///< as configured
  /// What is wrong in the configuration and the models.
  std::vector<std::string> Problems;
  std::vector<UnitReport> Reports; ///< one a compile command
};

std::string writeMappedUnit(MappedUnit Unit, const ProjectRoot &Root);

/// \p Name is what an error says of the bytes.
llvm::Expected<MappedUnit> readMappedUnit(llvm::StringRef Bytes,
                                          llvm::StringRef Name,
                                          const ProjectRoot &Root);

} // namespace nostall

#endif
