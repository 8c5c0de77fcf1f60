//===- ReportArchive.h - a unit's report as bytes ---------------*- C++ -*-===//

#ifndef NOSTALL_TOOL_PROJECT_REPORTARCHIVE_H
#define NOSTALL_TOOL_PROJECT_REPORTARCHIVE_H

#include "UnitReport.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include <optional>

namespace nostall {

/// Stands for the layout: bytes of another layout are not read.
inline constexpr unsigned ReportLayout = 12;

std::string packReport(const UnitReport &Report);
/// Nothing, if \p Bytes are not what packReport has written.
std::optional<UnitReport> unpackReport(llvm::StringRef Bytes);

/// The same in two parts: other units want the calls alone.
std::string packCalls(const CallGraph &Calls);
std::optional<CallGraph> unpackCalls(llvm::StringRef Bytes);
std::string packAllButCalls(const UnitReport &Report);
std::optional<UnitReport> unpackReport(llvm::StringRef AllButCalls,
                                       llvm::StringRef Calls);

/// Calls \p Change with every text in \p Report.
void changeTexts(UnitReport &Report,
                 llvm::function_ref<void(std::string &)> Change);

} // namespace nostall

#endif
