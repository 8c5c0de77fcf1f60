//===- JsonText.h - text that JSON can carry --------------------*- C++ -*-===//

#ifndef NOSTALL_TOOL_REPORT_JSONTEXT_H
#define NOSTALL_TOOL_REPORT_JSONTEXT_H

#include "llvm/Support/JSON.h"

namespace nostall {

/// \p Text as a JSON string. Sources may hold any bytes, JSON is UTF-8: what is
/// not becomes U+FFFD.
inline llvm::json::Value jsonText(llvm::StringRef Text) {
  return llvm::json::fixUTF8(Text);
}

} // namespace nostall

#endif
