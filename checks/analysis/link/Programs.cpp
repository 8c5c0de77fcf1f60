//===- Programs.cpp - which programs a body may be in ---------------------===//

#include "Programs.h"
#include <algorithm>
#include <iterator>

namespace nostall {

Programs::Programs(const std::vector<const CallGraph *> &Units) {
  // A source that is compiled twice is one program.
  std::map<std::pair<llvm::StringRef, uint32_t>, uint32_t> Mains;
  for (const CallGraph *G : Units) {
    if (!G->Main.File) {
      OfUnit.push_back(Any);
      continue;
    }
    const auto At =
        std::pair(llvm::StringRef(G->text(G->Main.File)), G->Main.Offset);
    OfUnit.push_back(
        numberOf({Mains.try_emplace(At, Mains.size()).first->second}));
  }
}

Programs::Set Programs::numberOf(std::vector<uint32_t> Mains) {
  auto [It, IsNew] = Numbers.try_emplace(Mains, Sets.size());
  if (IsNew)
    Sets.push_back(std::move(Mains));
  return It->second;
}

Programs::Set Programs::either(Set A, Set B) {
  if (A == B || A == Any || B == Any)
    return A == B ? A : Any;
  std::vector<uint32_t> All;
  std::set_union(Sets[A].begin(), Sets[A].end(), Sets[B].begin(), Sets[B].end(),
                 std::back_inserter(All));
  return numberOf(std::move(All));
}

std::optional<Programs::Set> Programs::both(Set A, Set B) {
  if (A == B || A == Any || B == Any)
    return A == Any ? B : A;
  std::vector<uint32_t> Common;
  std::set_intersection(Sets[A].begin(), Sets[A].end(), Sets[B].begin(),
                        Sets[B].end(), std::back_inserter(Common));
  if (Common.empty())
    return std::nullopt;
  return numberOf(std::move(Common));
}

} // namespace nostall
