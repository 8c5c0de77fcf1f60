//===- MemberUses.cpp - the state of objects through files ----------------===//

#include "MemberUses.h"
#include "llvm/ADT/STLExtras.h"

namespace nostall {

MemberUses::MemberUses(llvm::ArrayRef<const CallGraph *> Units) {
  for (const CallGraph *G : Units)
    for (const CallGraph::MemberUse &Use : G->MemberUses) {
      auto [It, IsNew] = Uses.try_emplace(Use.Of, &Use);
      // Methods of one name in two programs: nobody knows which is meant.
      if (!IsNew && It->second && *It->second != Use)
        It->second = nullptr;
    }
}

const CallGraph::MemberUse *MemberUses::find(Symbol Method) const {
  return Uses.lookup(Method);
}

/// Methods that call each other are asked once each: the answer for the one
/// that is being asked is what the others add.
bool MemberUses::changes(Symbol Method, uint32_t Name, bool IsEmpty) {
  const CallGraph::MemberUse *Use = find(Method);
  if (!Use || Use->Anything)
    return true;
  auto [It, IsNew] = Changes.try_emplace(member(Method, Name, IsEmpty), true);
  if (!IsNew)
    return It->second;
  const bool Does =
      llvm::is_contained(IsEmpty ? Use->Fills : Use->Changes, Name) ||
      llvm::any_of(Use->Elsewhere,
                   [&](Symbol S) { return changes(S, Name, IsEmpty); });
  return Changes[member(Method, Name, IsEmpty)] = Does;
}

bool MemberUses::findsUnchanged(Symbol Method, uint32_t Name, bool IsEmpty) {
  if (!changes(Method, Name, IsEmpty))
    return true;
  const CallGraph::MemberUse *Use = find(Method);
  if (!Use || Use->Anything || llvm::is_contained(Use->ReadsChanged, Name))
    return false;
  auto [It, IsNew] = Finds.try_emplace(member(Method, Name, IsEmpty), false);
  if (!IsNew)
    return It->second;
  const bool ReadsAfter = llvm::is_contained(Use->ReadsAfter, Name) ||
                          llvm::is_contained(Use->ReadsAfter, AnyMember);
  const bool Does = llvm::all_of(Use->Elsewhere, [&](Symbol S) {
    return findsUnchanged(S, Name, IsEmpty) &&
           !(ReadsAfter && changes(S, Name, IsEmpty));
  });
  return Finds[member(Method, Name, IsEmpty)] = Does;
}

/// The fields whose change changes the member \p Name.
static llvm::SmallVector<uint32_t, 3>
partsOf(uint32_t Name, llvm::ArrayRef<CallGraph::MemberPart> Of) {
  llvm::SmallVector<uint32_t, 3> Parts;
  for (const CallGraph::MemberPart &Part : Of)
    if (Part.Name == Name)
      Parts.push_back(Part.Of);
  if (Parts.empty())
    Parts.push_back(Name);
  return Parts;
}

/// Whether a call on \p Object finds the field \p Name as it was made.
bool MemberUses::isKept(const CallGraph::MadeObject &Object, uint32_t Name,
                        bool IsEmpty) {
  return llvm::none_of(Object.Called,
                       [&](Symbol S) { return changes(S, Name, IsEmpty); }) &&
         !(Object.By && changes(Object.By, Name, IsEmpty)) &&
         (!Object.Callee || findsUnchanged(Object.Callee, Name, IsEmpty));
}

std::vector<PassedValue>
MemberUses::passedBy(const CallGraph::MadeObject &Object) {
  std::vector<PassedValue> Passed;
  auto Add = [&](uint32_t Name, llvm::ArrayRef<uint32_t> Parts,
                 PassedValue Value) {
    const bool IsEmpty =
        !Value.IsOwnParam && Value.Value == 0 && Parts.size() == 1;
    if (!llvm::all_of(Parts, [&](uint32_t Part) {
          return isKept(Object, Part, IsEmpty);
        }))
      return;
    Value.Param = memberOf(Object.Object, Name);
    Passed.push_back(std::move(Value));
  };
  if (!Object.By) {
    for (const PassedValue &Value : Object.Given)
      Add(Value.Param, partsOf(Value.Param, Object.Parts), Value);
    return Passed;
  }
  const CallGraph::MemberUse *Made = find(Object.By);
  if (!Made)
    return Passed;
  for (const PassedValue &Member : Made->Gives) {
    const auto Parts = partsOf(Member.Param, Made->Parts);
    if (!Member.IsOwnParam) {
      Add(Member.Param, Parts, Member);
      continue;
    }
    const auto Of = static_cast<uint32_t>(Member.Value);
    for (const PassedValue &Value : Object.Given)
      if (Value.Param == Of) {
        Add(Member.Param, Parts, Value);
      } else if (isAllMembers(Of) && Value.Param >= FirstMember &&
                 objectIn(Value.Param) == objectIn(Of)) {
        const uint32_t Inner = Value.Param & AnyMember;
        llvm::SmallVector<uint32_t, 3> All = partsOf(Inner, Object.Parts);
        All.append(Parts.begin(), Parts.end());
        Add(nameWithin(Member.Param, Inner), All, Value);
      }
  }
  return Passed;
}

} // namespace nostall
