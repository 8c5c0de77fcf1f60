//===- LinkReports.h - findings that take more than one unit ----*- C++ -*-===//

#ifndef NOSTALL_TOOL_PROJECT_LINKREPORTS_H
#define NOSTALL_TOOL_PROJECT_LINKREPORTS_H

#include "UnitReport.h"
#include "llvm/ADT/ArrayRef.h"

namespace nostall {

/// Settles the open findings of all \p Reports against each other, and adds
/// those that turn out to be true to the findings of their unit.
void linkReports(llvm::ArrayRef<UnitReport *> Reports);

} // namespace nostall

#endif
