//===- Version.h - which nostall this is ------------------------*- C++ -*-===//

#ifndef NOSTALL_TOOL_PROJECT_VERSION_H
#define NOSTALL_TOOL_PROJECT_VERSION_H

namespace nostall {

/// "0.2.0".
extern const char Version[];
/// The commit that it was built from, shortened; "unknown" without git.
extern const char Commit[];

} // namespace nostall

#endif
