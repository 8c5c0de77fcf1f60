//===- SummariserObjects.cpp - the state of objects, for other units ------===//
//
//   Journal log;        // class Journal: members in journal.cpp
//   log.sync();         // void Journal::sync() { if (sync_) fsync(fd_); }
//
// The unit that makes the object says how, and what is called on it; the unit
// that has the members says which of them change what. Neither knows both.
//
//===----------------------------------------------------------------------===//

#include "Summariser.h"
#include "analysis/Unit.h"
#include "analysis/effects/Descriptors.h"
#include "analysis/facts/ConditionReader.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Expressions.h"

using namespace clang;

namespace nostall {

template <class Fields> static std::vector<uint32_t> namesOf(const Fields &Of) {
  std::vector<uint32_t> Names;
  for (const FieldDecl *Field : Of)
    Names.push_back(memberName(Field));
  llvm::sort(Names);
  return Names;
}

/// Nobody changes it but who changes the object.
static bool isPlain(MemberPathRef Path) {
  return !Path.back()->getType()->isReferenceType() &&
         llvm::none_of(
             Path, [](const FieldDecl *Field) { return Field->isMutable(); });
}

/// Notes in \p Parts the fields that lead to the member \p Path, if there are
/// several, and gives its name.
static uint32_t namePath(MemberPathRef Path,
                         std::vector<CallGraph::MemberPart> &Parts) {
  const uint32_t Name = memberName(Path);
  if (Path.size() > 1)
    for (const FieldDecl *Field : Path)
      Parts.push_back({Name, memberName(Field)});
  return Name;
}

/// May change something, as far as is known here.
static bool mayChangeObject(MemberChanges &Members,
                            const CXXMethodDecl *Method) {
  if (!Method || !definitionOf(Method))
    return true;
  const MemberChanges::Of &Does = Members.of(Method);
  return Does.Anything || !Does.AnythingUnder.empty() ||
         !Does.Changed.empty() || !Does.Elsewhere.empty();
}

/// Notes \p Method, which may change the object that \p Into is about, and what
/// it does if that is known here; false if nobody can know.
bool Summariser::addCalled(const CXXMethodDecl *Method,
                           CallGraph::MadeObject &Into) {
  if (Method && (Method->isConst() || Method->isStatic()))
    return true;
  if (!mayChangeObject(U.descriptors().objects().members(), Method))
    return true;
  const CallGraph::Symbol Id = Method ? symbolOf(Method) : 0;
  if (!Id)
    return false;
  if (definitionOf(Method))
    noteMembers(Method);
  Into.Called.push_back(Id);
  return true;
}

std::vector<CallGraph::MadeObject>
Summariser::objectsOf(const FunctionFacts &Facts, const CallFact &Call) {
  std::vector<CallGraph::MadeObject> Open;
  MadeObjects &Objects = U.descriptors().objects();
  Objects.forEachMade(
      Facts, Call,
      [&](const MadeObjects::Making &M, uint32_t Object, bool IsConst) {
        // The method that is called on it comes last.
        auto Called = llvm::ArrayRef(M.Called);
        CallGraph::MadeObject Of;
        Of.Object = Object;
        if (Object == OwnObject) {
          const CXXMethodDecl *Callee = Called.back();
          if (Callee && !Callee->isConst()) {
            Of.Callee = symbolOf(Callee);
            if (!Of.Callee)
              return;
            if (definitionOf(Callee))
              noteMembers(Callee);
          }
          // What dies is called on no more.
          if (Call.K == CallFact::Kind::Destructor)
            Called = Called.drop_back();
        }
        if (M.IsLost || !llvm::all_of(Called, [&](const auto *By) {
              return addCalled(By, Of);
            }))
          return;
        for (const auto *Lent : {&M.Lent, &M.LentElsewhere})
          for (const GivenFor &To : *Lent)
            Of.Called.push_back(noteLent(To));
        if (M.By && !definitionOf(M.By)) {
          if (!M.Touched.empty() || !(Of.By = symbolOf(M.By)))
            return;
          for (unsigned I = 0; I != M.Args.size(); ++I) {
            if (I < M.By->getNumParams())
              addPassed(U, Facts, I, M.By->getParamDecl(I)->getType(),
                        M.Args[I], Of.Given);
            if (const CallFact *Made = Objects.callOf(M))
              for (const PassedValue &V : Objects.flows().passed(Facts, *Made))
                if (V.Param >= FirstMember && objectIn(V.Param) == objectOf(I))
                  Of.Given.push_back(V);
            if (objectOf(I) <= LastObject)
              Objects.forEachKnown(
                  Facts, M.Args[I], [&](MemberPathRef Path, int64_t Is) {
                    Of.Given.push_back(
                        {memberOf(objectOf(I), namePath(Path, Of.Parts)), false,
                         Is});
                  });
          }
        } else {
          if (M.By && !addCalled(M.By, Of))
            return;
          if (Of.Called.empty() && !Of.Callee)
            return; // all is known here
          MadeObjects::Making Whole = M;
          Whole.IsLent = false; // of whom it is lent to, the link knows
          Objects.forEachValue(
              Whole, [&](MemberPathRef Path, const Expr *, auto Is) {
                if (isPlain(Path) && Is)
                  Of.Given.push_back({namePath(Path, Of.Parts), false, *Is});
              });
          if (Of.Given.empty())
            return;
        }
        Open.push_back(std::move(Of));
      });
  return Open;
}

CallGraph::Symbol Summariser::noteLent(const GivenFor &To) {
  const CallGraph::Symbol Id =
      U.places().symbol(To.F, Places::Of::Given, To.Param);
  if (definitionOf(To.F))
    noteMembers(To.F, objectOf(To.Param), Id);
  return Id;
}

void Summariser::noteMembers(const CXXMethodDecl *Method) {
  noteMembers(Method, OwnObject, symbolOf(Method));
}

void Summariser::noteMembers(const FunctionDecl *F, uint32_t Object,
                             CallGraph::Symbol Id) {
  const FunctionDecl *Body = definitionOf(F);
  if (!Id || !NotedMembers.insert(Id).second)
    return;
  MadeObjects &Objects = U.descriptors().objects();
  const MemberChanges::Of &Does = Objects.members().of(Body, Object);
  CallGraph::MemberUse Use;
  Use.Of = Id;
  Use.Anything = Does.Anything || !Does.AnythingUnder.empty();
  Use.Changes = namesOf(Does.Changed);
  Use.Fills = namesOf(Does.Filled);
  Use.ReadsChanged = namesOf(Does.ReadsChanged);
  Use.ReadsAfter = namesOf(Does.ReadsAfter);
  if (Does.MayReadAllAfter)
    Use.ReadsAfter = {AnyMember};
  for (const CXXMethodDecl *There : Does.Elsewhere)
    if (CallGraph::Symbol Of = symbolOf(There))
      Use.Elsewhere.push_back(Of);
    else
      Use.Anything = true;
  if (const auto *Ctor = dyn_cast<CXXConstructorDecl>(Body))
    Objects.forEachValue({Ctor, {}, nullptr}, [&](MemberPathRef Path,
                                                  const Expr *Value, auto Is) {
      if (!isPlain(Path) || llvm::any_of(Path, [&](const FieldDecl *Field) {
            return Does.Changed.contains(Field);
          }))
        return;
      if (!Value)
        return;
      if (const auto From = ownPart(Ctor, Value);
          From && From->Object != OwnObject && !From->Path.empty() &&
          !U.facts(Ctor).changes(From->Object - objectOf(0)))
        Use.Gives.push_back({namePath(Path, Use.Parts), true,
                             memberNumber(From->Object, From->Path)});
      const auto *Ref = dyn_cast<DeclRefExpr>(stripForwarding(U, Value));
      const auto *P = Ref ? dyn_cast<ParmVarDecl>(Ref->getDecl()) : nullptr;
      const unsigned Number = P ? P->getFunctionScopeIndex() : 0;
      if (P && P->getType().getNonReferenceType()->isRecordType() &&
          objectOf(Number) <= LastObject)
        Use.Gives.push_back(
            {namePath(Path, Use.Parts), true, allMembersOf(objectOf(Number))});
      if (P && !U.facts(Ctor).changes(Number))
        Use.Gives.push_back({namePath(Path, Use.Parts), true, Number});
      else if (Is)
        Use.Gives.push_back({namePath(Path, Use.Parts), false, *Is});
    });
  G.MemberUses.push_back(std::move(Use));
}

/// What methods with bodies here do, of which other units have only the names;
/// and functions, to the objects that they are lent.
void Summariser::noteMembers() {
  for (const FunctionDecl *F : U.functions()) {
    const auto *Method = dyn_cast<CXXMethodDecl>(F);
    if (!isNeededElsewhere(F))
      continue;
    if (Method && Method->isInstance() && !Method->isConst())
      noteMembers(Method);
    for (const ParmVarDecl *P : F->parameters()) {
      const GivenFor Lent{F, P->getFunctionScopeIndex()};
      if (objectOf(Lent.Param) <= LastObject &&
          !onlyReads(F, objectOf(Lent.Param)) && hasMembers(U, P->getType()) &&
          !U.descriptors()
               .objects()
               .members()
               .of(F, objectOf(Lent.Param))
               .Anything)
        noteLent(Lent);
    }
  }
  llvm::sort(G.MemberUses);
}

} // namespace nostall
