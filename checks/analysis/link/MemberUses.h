//===- MemberUses.h - the state of objects through files --------*- C++ -*-===//
//
// Puts together what the unit that makes an object says of it, and what the
// units that have the bodies of its constructor and methods say these do: the
// members whose values are known where a call is made.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_LINK_MEMBERUSES_H
#define NOSTALL_CHECKS_ANALYSIS_LINK_MEMBERUSES_H

#include "CallGraph.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"

namespace nostall {

class MemberUses {
public:
  explicit MemberUses(llvm::ArrayRef<const CallGraph *> Units);

  /// What the callee of a call that is made on, or given, \p Object knows of
  /// its members.
  std::vector<PassedValue> passedBy(const CallGraph::MadeObject &Object);

private:
  using Symbol = CallGraph::Symbol;
  /// A method and a name; and whether that is empty, or 0, now.
  using Member = std::pair<Symbol, uint64_t>;
  static Member member(Symbol Method, uint32_t Name, bool IsEmpty) {
    return {Method, uint64_t(Name) << 1 | IsEmpty};
  }

  const CallGraph::MemberUse *find(Symbol Method) const;
  bool isKept(const CallGraph::MadeObject &Object, uint32_t Name, bool IsEmpty);
  bool changes(Symbol Method, uint32_t Name, bool IsEmpty);
  bool findsUnchanged(Symbol Method, uint32_t Name, bool IsEmpty);

  llvm::DenseMap<Symbol, const CallGraph::MemberUse *> Uses; ///< null: several
  llvm::DenseMap<Member, bool> Changes, Finds;
};

} // namespace nostall

#endif
