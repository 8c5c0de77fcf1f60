//===- ValueFlow.cpp - values along the paths of a body -------------------===//

#include "ValueFlow.h"
#include "MadeObjects.h"
#include "Mentions.h"
#include "PlaceTests.h"
#include "TestedValue.h"
#include "analysis/Unit.h"
#include "analysis/facts/ConditionReader.h"
#include "analysis/flow/Solver.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Emptiness.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/ExprCXX.h"
#include <map>

using namespace clang;

namespace nostall {
namespace {

using Relation = ParamTest::Relation;

bool isSameType(QualType A, QualType B) {
  auto Plain = [](QualType T) {
    return T.getNonReferenceType().getCanonicalType().getUnqualifiedType();
  };
  return Plain(A) == Plain(B);
}

class ValueAnalysis {
public:
  using Known = TestedValue;
  struct State {
    bool Dead = false; ///< control does not come here
    std::map<Place, Known> Values;
    Answers Kept;
    bool operator==(const State &) const = default;
  };

  ValueAnalysis(Unit &U, MadeObjects &Objects, Setters &Sets,
                const FunctionFacts &Facts, const Mentions &Body)
      : U(U), Objects(Objects), Sets(Sets), Facts(Facts), Body(Body) {}

  State entry() { return {}; }

  void join(State &Into, const State &From) {
    if (From.Dead)
      return;
    if (Into.Dead) {
      Into = From;
      return;
    }
    std::erase_if(Into.Values, [&](const auto &Entry) {
      auto It = From.Values.find(Entry.first);
      return It == From.Values.end() || It->second != Entry.second;
    });
  }

  //===--- what conditions say
  //---------------------------------------------===//

  bool asks(const Question &Q) {
    bool Does = false;
    forEachTest(Q, [&](const Place &, const ParamTest &) { Does = true; });
    return Does;
  }

  void learn(State &S, const Question &Q) {
    forEachTest(Q, [&](const Place &P, const ParamTest &T) {
      const auto Now = testedValue(P.type(), T);
      auto [It, IsNew] = S.Values.try_emplace(P, Now);
      if (IsNew)
        return;
      S.Dead |= contradict(It->second, Now);
      if (Now.Is == Relation::Equal)
        It->second = Now;
    });
  }

  //===--- what is done
  //----------------------------------------------------===//

  void on(State &S, const Event &E) {
    switch (E.K) {
    case Event::Kind::Declare:
    case Event::Kind::Assign:
      return give(S, E);
    case Event::Kind::Swap:
      forget(S, E.From);
      return forget(S, E.Of);
    case Event::Kind::Move:
      return forget(S, E.Of);
    case Event::Kind::Suspend:
      return forgetIf(S, [](const Place &P) { return !P.isOwn(); });
    case Event::Kind::Call:
    case Event::Kind::Destroy:
      if (E.Call)
        call(S, E.Of, *E.Call);
      return;
    default:
      return;
    }
  }

private:
  using Visit = llvm::function_ref<void(const Place &, const ParamTest &)>;

  /// Its value is a number, or whether there is something in it, and what
  /// changes it is an event here.
  bool isTracked(const Place &P) const {
    if (!P)
      return false;
    const QualType T = P.type();
    // What is global is changed by anybody at any time (signal handlers,
    // threads), and what is captured by whose it is.
    if (const auto *V = dyn_cast_or_null<VarDecl>(P.Root);
        V && !T.isConstQualified() &&
        (V->hasGlobalStorage() || V->getDeclContext() != Facts.Function))
      return false;
    const auto Way = P.members();
    if (llvm::any_of(Way, [](const ValueDecl *Step) {
          const auto *Field = dyn_cast<FieldDecl>(Step);
          return Field && Field->getParent()->isUnion();
        }))
      return false;
    if (!T.isConstQualified() && (Body.Escaped.contains(P.Root) ||
                                  llvm::any_of(Way, [&](const ValueDecl *Step) {
                                    return Body.Escaped.contains(Step);
                                  })))
      return false;
    if (T->isReferenceType() || T.isVolatileQualified() ||
        !(T->isIntegralOrEnumerationType() || T->isPointerType() ||
          canBeEmpty(T) || isDuration(T)))
      return false;
    // A handler is entered with what held where its try block began.
    return !Body.HasTry || T.isConstQualified();
  }

  /// What \p Q says of places that are tracked.
  void forEachTest(const Question &Q, Visit Visit) {
    forEachPlaceTested(U, Q, [&](const Place &P, const ParamTest &T) {
      if (isTracked(P))
        Visit(P, T);
    });
  }

  std::optional<int64_t> valueOf(QualType T, const Expr *Given) {
    if (canBeEmpty(T.getUnqualifiedType()))
      if (const auto Holds = holdsSomething(T, Given))
        return *Holds;
    return constantOf(U.context(), Given);
  }

  void give(State &S, const Event &E) {
    const auto *V =
        E.Of.Member ? nullptr : dyn_cast_or_null<VarDecl>(E.Of.Root);
    std::optional<Known> Now;
    if (E.Value && isTracked(E.Of)) {
      if (auto Is = valueOf(E.Of.type(), E.Value))
        Now = Known{Relation::Equal, *Is};
      else if (auto It = S.Values.find(E.From);
               It != S.Values.end() && isSameType(E.From.type(), E.Of.type()))
        Now = It->second;
    } else if (auto It = S.Values.find(E.Of);
               It != S.Values.end() && It->second.Is == Relation::Equal) {
      if (const auto Is = stepped(U.context(), E.Site, It->second.Value))
        Now = Known{Relation::Equal, *Is};
    }
    // What E.Of itself answers has been taken down already.
    S.Kept.forgetIf([&](const Place &P) { return P != E.Of && P.mayBe(E.Of); });
    std::erase_if(S.Values,
                  [&](const auto &Entry) { return Entry.first.mayBe(E.Of); });
    if (Now && E.K == Event::Kind::Declare && !Body.Asked.contains(E.Of.decl()))
      Now.reset(); // nobody asks
    if (V && E.K == Event::Kind::Declare)
      for (const auto &[Path, Value] : Objects.madeWith(Facts, V))
        if (const Place P = partOf(U, {V}, wayOf(Path)); isTracked(P))
          S.Values[P] = {Relation::Equal, Value};
    if (E.Call && !isHarmless(U, *E.Call))
      forgetIf(S, [](const Place &P) { return !P.isOwn(); });
    if (E.Call)
      lend(S, *E.Call);
    if (Now)
      S.Values[E.Of] = *Now;
  }

  template <class Fn> static void forgetIf(State &S, Fn Is) {
    std::erase_if(S.Values, [&](const auto &Entry) { return Is(Entry.first); });
    S.Kept.forgetIf(Is);
  }
  static void forget(State &S, const Place &Of) {
    forgetIf(S, [&](const Place &P) { return Of && P.mayBe(Of); });
  }

  void call(State &S, Place Object, const CallFact &Call) {
    const auto *Method = dyn_cast_or_null<CXXMethodDecl>(Call.Callee);
    if (!Object && Call.K == CallFact::Kind::Operator && Method &&
        !Call.Args.empty())
      Object = placeOf(U, Call.Args.front());
    const bool IsThis =
        Call.Object && isa<CXXThisExpr>(stripForwarding(U, Call.Object));
    if (Method && keepsEmptiness(Method))
      return;
    const bool HasParts = IsThis || isObjectWithParts(Object);
    if (!Call.Callee || (Method && !Method->isStatic() && !Method->isConst()))
      if (Object.Member && !isa<FunctionDecl>(Object.Member))
        forgetIf(S, [&](const Place &P) {
          return P.mayBe(Object) && !(HasParts && P.within(Object));
        }); // what a pointer leads to is not the pointer
    // Its own object, by what its method does; all that others have, unless
    // the callee cannot get there.
    const bool Stays = isHarmless(U, Call);
    for (auto It = S.Values.begin(); It != S.Values.end();) {
      const Place P = It->first;
      const auto Way = Object || IsThis ? P.within(Object) : std::nullopt;
      const auto Path = Way && HasParts ? memberPath(*Way) : std::nullopt;
      bool Keeps = Stays || P.isOwn();
      if (Way && (!Path || Path->empty()))
        Keeps = Method && (Method->isConst() || Method->isStatic());
      else if (Way && Method)
        Keeps = !mayChange(S, P, Method, *Path, OwnObject);
      if (!Keeps)
        S.Kept.forget(P);
      It = Keeps ? std::next(It) : S.Values.erase(It);
    }
    lend(S, Call);
    // Another body may run than that of the class that is named.
    const bool IsKnown =
        Method && (!Method->isVirtual() || (Object && Object.isOwn()));
    if (IsKnown && HasParts)
      set(S, Call, OwnObject, Object);
    const auto *Site = dyn_cast_or_null<CXXMemberCallExpr>(Call.Site);
    if (Site && empties(Site) && isTracked(Object))
      S.Values[Object] = {Relation::Equal, 0};
    if (!Stays)
      S.Kept.forgetIf([](const Place &P) { return !P.isOwn(); });
    else if (Object && Method && !Method->isConst())
      S.Kept.forgetIf([&](const Place &P) { return P.mayBe(Object); });
  }

  /// One whose members are places: a variable or a part, and what a pointer
  /// leads to.
  static bool isObjectWithParts(const Place &Object) {
    return Object && !isa_and_nonnull<FunctionDecl>(Object.Member) &&
           !canBeEmpty(
               Object.type().getNonReferenceType().getUnqualifiedType());
  }

  bool mayChange(const State &S, const Place &P, const FunctionDecl *F,
                 MemberPathRef Path, uint32_t Object) {
    const auto It = S.Values.find(P);
    const bool IsValue =
        It != S.Values.end() && It->second.Is == Relation::Equal;
    return Objects.members().changes(
        F, Path, IsValue ? std::optional(It->second.Value) : std::nullopt,
        Object);
  }

  /// \p Call leaves what it leaves in its callee's \p Object, which \p Here is.
  void set(State &S, const CallFact &Call, uint32_t Object, const Place &Here) {
    Sets.forEachSet(Call, Object, [&](MemberPathRef Path, int64_t Is) {
      if (const Place P = partOf(U, Here, wayOf(Path)); isTracked(P))
        S.Values[P] = {Relation::Equal, Is};
    });
  }

  /// Objects that \p Call gets for a while, and may change: Mentions knows
  /// those that it keeps.
  void lend(State &S, const CallFact &Call) {
    for (unsigned I = 0; Call.Callee && I != Call.Callee->getNumParams(); ++I) {
      const uint32_t Object = objectOf(I);
      const Expr *Arg = argumentFor(Call, I);
      const Place Lent =
          Arg && Object <= LastObject && !onlyReads(Call.Callee, Object)
              ? placeOf(U, Arg)
              : Place();
      if (!Lent)
        continue;
      forgetIf(S, [&](const Place &P) {
        const auto Way = P.within(Lent);
        if (!Way)
          return false;
        const auto Path = memberPath(*Way);
        return !Path || Path->empty() ||
               mayChange(S, P, Call.Callee, *Path, Object);
      });
      set(S, Call, Object, Lent);
    }
  }

  Unit &U;
  MadeObjects &Objects;
  Setters &Sets;
  const FunctionFacts &Facts;
  const Mentions &Body;
};

/// What \p S knows of the members of \p Whole: of `this`, where it is no place.
MemberValues membersOf(const ValueAnalysis::State &S, const Place &Whole) {
  MemberValues Values;
  for (const auto &[P, Is] : S.Values)
    if (const auto Way =
            Is.Is == Relation::Equal ? P.within(Whole) : std::nullopt)
      if (auto Path = memberPath(*Way); Path && !Path->empty())
        Values.push_back({std::move(*Path), Is.Value});
  return Values;
}

/// What is known of what \p Call gives its callee: values, and objects that it
/// asks before it changes them.
std::vector<PassedValue> passedAt(Unit &U, MemberChanges &Members,
                                  const ValueAnalysis::State &S,
                                  const CallFact &Call,
                                  std::vector<ValueFlows::GivenMember> &Given) {
  std::vector<PassedValue> Passed;
  for (unsigned I = 0; Call.Callee && I != Call.Callee->getNumParams(); ++I) {
    const QualType T = Call.Callee->getParamDecl(I)->getType();
    const Expr *Arg = argumentFor(Call, I);
    const Place P = Arg && !S.Values.empty() ? placeOf(U, Arg) : Place();
    if (!P)
      continue;
    const bool Reads =
        objectOf(I) > LastObject || onlyReads(Call.Callee, objectOf(I));
    if (objectOf(I) <= LastObject)
      for (const auto &[Path, Value] : membersOf(S, P))
        if (Reads ||
            Members.readsBeforeChange(Call.Callee, Path, Value, objectOf(I))) {
          Passed.push_back({memberNumber(objectOf(I), Path), false, Value});
          Given.push_back({I, Path, Value});
        }
    if (!Reads)
      continue;
    if (auto It = S.Values.find(P); It != S.Values.end() &&
                                    It->second.Is == Relation::Equal &&
                                    isSameType(T, P.type()))
      Passed.push_back({I, false, It->second.Value});
  }
  return Passed;
}

/// Forgets what is not so in \p Other.
template <class Values> void meet(Values &Into, const Values &Other) {
  llvm::erase_if(Into, [&](const auto &Value) {
    return !llvm::is_contained(Other, Value);
  });
}

} // namespace

const ValueFlows::Here *ValueFlows::find(const FunctionFacts &Facts,
                                         const CallFact &Call) {
  auto [It, IsNew] = Solved.try_emplace(Facts.Function);
  if (IsNew) {
    ByCall Found = solve(Facts);
    It = Solved.insert_or_assign(Facts.Function, std::move(Found)).first;
  }
  auto Found = It->second.find(&Call);
  return Found == It->second.end() ? nullptr : &Found->second;
}

const MemberValues &ValueFlows::at(const FunctionFacts &Facts,
                                   const CallFact &Call) {
  static const MemberValues None;
  const Here *Known = find(Facts, Call);
  return Known ? Known->OfObject : None;
}

const std::vector<PassedValue> &ValueFlows::passed(const FunctionFacts &Facts,
                                                   const CallFact &Call) {
  static const std::vector<PassedValue> None;
  const Here *Known = find(Facts, Call);
  return Known ? Known->Passed : None;
}

const std::vector<ValueFlows::GivenMember> &
ValueFlows::given(const FunctionFacts &Facts, const CallFact &Call) {
  static const std::vector<GivenMember> None;
  const Here *Known = find(Facts, Call);
  return Known ? Known->Given : None;
}

bool ValueFlows::isDead(const FunctionFacts &Facts, const CallFact &Call) {
  const Here *Known = find(Facts, Call);
  return Known && Known->IsDead;
}

ValueFlows::ByCall ValueFlows::solve(const FunctionFacts &Facts) {
  /// So many values at so many places cost more than they are worth.
  constexpr size_t MaxWork = 1 << 18;
  ByCall Found;
  const Mentions Body(writtenBody(Facts.Function), [&](const GivenFor &Given) {
    return Objects.members().isLent(Given);
  });
  const bool MakesObjects =
      llvm::any_of(Facts.Variables, [&](const VariableFact &V) {
        return !Objects.madeWith(Facts, V.Var).empty() ||
               llvm::any_of(V.Uses, [&](const VariableUse &Use) {
                 return Use.H == VariableUse::How::Method && Use.Method &&
                        Sets.setsAny(*Use.Method);
               });
      });
  // start(); step();
  auto SetsOwn = [&](const CallFact &Call) {
    const auto *Method = dyn_cast_or_null<CXXMethodDecl>(Call.Callee);
    return Method && Call.Object &&
           isa<CXXThisExpr>(stripForwarding(U, Call.Object)) &&
           Sets.setsAny(*Method);
  };
  if (!MakesObjects && !Body.HasBranch && !Body.SetsMember &&
      !Body.SetsNumber && !Body.Lends && !llvm::any_of(Facts.Calls, SetsOwn))
    return Found;
  const FunctionFlow *Flow = U.flow(Facts.Function);
  if (!Flow || Body.Asked.size() * Flow->cfg().getNumBlockIDs() > MaxWork)
    return Found;
  ValueAnalysis Client(U, Objects, Sets, Facts, Body);
  Solution(U, Facts.Function, Client)
      .forEachState([&](const ValueAnalysis::State &S, const Event &E,
                        const CFGBlock &) {
        if (!E.Call)
          return;
        Here Now;
        Now.IsDead = S.Dead;
        const Expr *Object = E.Call->Object;
        if (E.Of || (Object && isa<CXXThisExpr>(stripForwarding(U, Object))))
          Now.OfObject = membersOf(S, E.Of);
        Now.Passed = passedAt(U, Objects.members(), S, *E.Call, Now.Given);
        auto [It, IsFirst] = Found.try_emplace(E.Call, Now);
        if (IsFirst || Now.IsDead)
          return;
        if (It->second.IsDead) {
          It->second = Now;
          return;
        }
        meet(It->second.OfObject, Now.OfObject); // it dies at several places
        meet(It->second.Passed, Now.Passed);
        meet(It->second.Given, Now.Given);
      });
  return Found;
}

} // namespace nostall
