//===- ModelPack.h - models as bytes, read entry by entry -----*- C++ -*-===//
//
// The built-in models are parsed once, by the build, and compiled in as bytes
// from which one entry can be read without the others: starting costs nothing,
// and a run pays only for the entries that its sources' callees have the names
// of. (Parsing the YAML at start took several milliseconds, more than the rest
// of linting a small file.)
//
//   *.yaml --parseModelFile--> ModelFile --packModels--> bytes
//   --PackedModels-->
//
// The bytes: a table of strings; the entries, in which a string is its number
// in that table; an index from sorted keys (ModelText.h) to entries. They are
// read by the program that they are compiled into and by no other, so there is
// no version to check.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_MODELS_MODELPACK_H
#define NOSTALL_CHECKS_ANALYSIS_MODELS_MODELPACK_H

#include "ModelParser.h"
#include "llvm/ADT/SmallVector.h"
#include <atomic>
#include <deque>
#include <memory>
#include <mutex>

namespace nostall {

/// \p Files in the order in which they would be added to a ModelSet.
std::string packModels(std::vector<ModelFile> Files);

class PackedModels {
public:
  /// \p Bytes must outlive this.
  explicit PackedModels(llvm::StringRef Bytes);
  ~PackedModels();

  /// The entries filed under \p Key, the one to prefer last. They are read when
  /// first asked for and kept; any number of threads may ask.
  llvm::ArrayRef<const FunctionModel *> functions(llvm::StringRef Key) const;
  /// Everything else: types, dialects, opaque namespaces, state names, and the
  /// functions whose names are patterns.
  ModelFile rest() const;
  /// Every function with an exact name, by file and line.
  std::vector<const FunctionModel *> allFunctions() const;

private:
  using Bucket = llvm::SmallVector<const FunctionModel *, 2>;

  llvm::StringRef keyAt(size_t Slot) const;
  const Bucket &bucketAt(size_t Slot) const;

  llvm::StringRef Strings, Entries, Index;
  size_t NumStrings = 0, NumKeys = 0, RestAt = 0;
  /// One a key, null until it was asked for.
  std::unique_ptr<std::atomic<const Bucket *>[]> Buckets;
  mutable std::mutex Reading;
  mutable std::deque<FunctionModel> Functions;
  mutable std::deque<Bucket> BucketStore;
};

} // namespace nostall

#endif
