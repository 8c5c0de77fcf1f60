//===- Generated.cpp - sources that a program wrote -----------------------===//

#include "Generated.h"
#include "llvm/ADT/STLExtras.h"

using llvm::StringRef;

namespace nostall {

static constexpr unsigned LinesRead = 15;

bool saysItIsGenerated(StringRef Source) {
  size_t End = 0;
  for (unsigned Line = 0; Line != LinesRead && End != StringRef::npos; ++Line)
    End = Source.find('\n', End + 1);
  std::string Head = Source.take_front(End).lower();
  auto SaysAnyOf = [&](std::initializer_list<StringRef> Phrases) {
    return llvm::any_of(
        Phrases, [&](StringRef P) { return StringRef(Head).contains(P); });
  };
  // protoc and thrift, gRPC, moc, FlatBuffers, Bison.
  return SaysAnyOf({"@generated"}) ||
         (SaysAnyOf({"generated", "created by", "made by"}) &&
          SaysAnyOf({"do not edit", "don't edit", "do not modify",
                     "will be lost", "do not rely on"}));
}

} // namespace nostall
