//===- NoRemoteIndex.cpp - clangd without gRPC ----------------------------===//
//
// clangd can ask an index server over gRPC. A program that is here for its
// diagnostics does without, and so without the sixty libraries that come with
// it: this defines the one function that clangd calls for a client. Null is
// what clangd understands as "there is none".
//
//===----------------------------------------------------------------------===//

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"
#include <memory>

namespace clang::clangd {

/// Clangd's interface; only ever passed on as a null pointer here.
class SymbolIndex {
public:
  virtual ~SymbolIndex();
};

namespace remote {

std::unique_ptr<SymbolIndex> getClient(llvm::StringRef Address,
                                       llvm::StringRef ProjectRoot) {
  llvm::errs() << "nostall-clangd has no remote index: '" << Address
               << "' is not asked\n";
  return nullptr;
}

} // namespace remote
} // namespace clang::clangd
