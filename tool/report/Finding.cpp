//===- Finding.cpp - what is reported, as a value -------------------------===//

#include "Finding.h"

namespace nostall {

llvm::SmallVector<llvm::ArrayRef<Edit>, 2>
editsByFile(llvm::ArrayRef<Edit> Edits) {
  llvm::SmallVector<llvm::ArrayRef<Edit>, 2> Parts;
  while (!Edits.empty()) {
    auto OfFile = Edits.take_while([&](const Edit &E) {
      return E.Where.File == Edits.front().Where.File;
    });
    Parts.push_back(OfFile);
    Edits = Edits.drop_front(OfFile.size());
  }
  return Parts;
}

} // namespace nostall
