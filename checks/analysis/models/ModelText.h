//===- ModelText.h - the text in models: names ----------------*- C++ -*-===//
//
// Names of entries, cut up. Private to the Models*.cpp files.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_MODELS_MODELTEXT_H
#define NOSTALL_CHECKS_ANALYSIS_MODELS_MODELTEXT_H

#include "llvm/ADT/StringRef.h"

namespace nostall {

/// "open" of "std::basic_filebuf::open".
llvm::StringRef lastPartOf(llvm::StringRef Name);

/// What an entry of this name is filed under: the function's identifier, an
/// operator's symbol, the class's name for its constructors, destructor and
/// conversions. `lookupKey` in Models.cpp says the same of a declaration.
llvm::StringRef lookupKeyOf(llvm::StringRef Name);

/// The name ends in '*' and is no operator's.
bool isPattern(llvm::StringRef Name);

/// An entry may begin with "::" to mean the global namespace, C++ or C.
inline llvm::StringRef withoutGlobal(llvm::StringRef Name) {
  Name.consume_front("::");
  return Name;
}

} // namespace nostall

#endif
