//===- WarningPragmas.h - pragmas about warnings that nobody sees -*- C++
//-*-===//
//
// For each diagnostic Clang looks up what the pragmas around its place say of
// it, also while all warnings are off; and libraries are full of
//
//   #pragma GCC diagnostic ignored "-Wparentheses"
//
// Of these, only what is an error by default matters then.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_PROJECT_WARNINGPRAGMAS_H
#define NOSTALL_TOOL_PROJECT_WARNINGPRAGMAS_H

namespace clang {
class Preprocessor;
} // namespace clang

namespace nostall {

/// Makes \p PP, whose warnings are off, leave out pragmas that are about
/// warnings.
void leaveOutWarningPragmas(clang::Preprocessor &PP);

} // namespace nostall

#endif
