//===- Inputs.h - options about what to parse and how -----------*- C++ -*-===//
//
// -p, --extra-arg and the flags after `--`, shared by `lint` and `dump`.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_CLI_INPUTS_H
#define NOSTALL_TOOL_CLI_INPUTS_H

#include "Commands.h"
#include "tool/project/Limits.h"
#include "tool/project/NamedModules.h"
#include "tool/project/Sources.h"

namespace nostall {

/// Where compile commands come from, as the command line says.
llvm::Expected<Compilations> chosenCompilations(FlagsAfterDashes Flags);

/// -p is given.
bool hasBuildPaths();

ParseOptions chosenParseOptions();

/// The modules of the program that \p Work is of. Both outlive it.
std::shared_ptr<NamedModules> modulesOf(const std::vector<Job> &Work,
                                        Compilations &From);

/// --unit-timeout, --unit-memory
UnitLimits chosenLimits();

/// Why a unit could not be checked, and what to do: a sentence without an end.
std::string whyNotChecked(const Job &J, const ParseResult &Parse);
/// That sentence, with the unit's name.
std::string notCheckedText(const Job &J, const ParseResult &Parse);
/// Complains about such a unit.
void complainNotChecked(const Job &J, const ParseResult &Parse);

/// What is wrong in the models for \p J. To be asked before the checks ask:
/// whoever asks first is told.
std::vector<std::string> modelProblems(const Job &J);

} // namespace nostall

#endif
