//===- Plugin.cpp - libnostall-tidy.so ------------------------------------===//
//
// The checks for `clang-tidy-22 -load=libnostall-tidy.so`. Linking the checks
// registers them in the loading program; what other units of the program do
// they learn from the index.
//
//===----------------------------------------------------------------------===//

#include "OtherUnits.h"
#include "tool/project/IndexedCalls.h"

[[maybe_unused]] static const bool Connected =
    (nostall::setOtherUnits(nostall::indexedCalls), true);
