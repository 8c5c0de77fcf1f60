//===- Inputs.h - options about what to parse and how -----------*- C++ -*-===//
//
// -p, --extra-arg and the flags after `--`, shared by `lint` and `dump`.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_CLI_INPUTS_H
#define NOSTALL_TOOL_CLI_INPUTS_H

#include "Commands.h"
#include "tool/project/ParseUnit.h"
#include "tool/project/Sources.h"

namespace nostall {

/// Where compile commands come from, as the command line says.
llvm::Expected<Compilations> chosenCompilations(FlagsAfterDashes Flags);

ParseOptions chosenParseOptions();

/// Complains about a unit that could not be checked: why, and what to do.
/// \p GivenFlags: the command is from the flags after `--`.
void complainNotChecked(const Job &J, const ParseResult &Parse,
                        bool GivenFlags);

} // namespace nostall

#endif
