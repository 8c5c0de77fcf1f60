//===- UnitKeys.h - what a unit is found again by ---------------*- C++ -*-===//

#ifndef NOSTALL_TOOL_PROJECT_UNITKEYS_H
#define NOSTALL_TOOL_PROJECT_UNITKEYS_H

#include "Index.h"
#include "LintUnit.h"
#include "Sources.h"
#include "clang-tidy/ClangTidyOptions.h"

namespace nostall {

/// Of what decides what is said of a file, and not only how it looks.
uint64_t configurationHash(clang::tidy::ClangTidyOptions Configuration);

/// The key of command number \p Command of \p J. \p Models, \p Configuration:
/// hashes of what decides besides what its functions do, and what is said of
/// it.
UnitKey unitKey(const Job &J, size_t Command, const LintOptions &Options,
                uint64_t Models, uint64_t Configuration);

} // namespace nostall

#endif
