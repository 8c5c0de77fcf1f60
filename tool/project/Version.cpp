//===- Version.cpp - which nostall this is --------------------------------===//
//
// In a file of its own, because a new commit compiles it anew.
//
//===----------------------------------------------------------------------===//

#include "Version.h"
#include "commit.inc"

namespace nostall {

const char Version[] = NOSTALL_VERSION;
const char Commit[] = NOSTALL_COMMIT;

} // namespace nostall
