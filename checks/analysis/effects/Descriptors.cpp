//===- Descriptors.cpp - which descriptors do not block -------------------===//

#include "Descriptors.h"
#include "SpecialValues.h"
#include "analysis/Unit.h"
#include "analysis/facts/CallArguments.h"
#include "analysis/facts/ConditionReader.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/ASTContext.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;

namespace nostall {

//===--- places -----------------------------------------------------------===//

Symbol Descriptors::symbol(const NamedDecl *D, Of What, unsigned Param) {
  return U.places().symbol(D, What, Param);
}

/// Where \p D is a parameter: what its function makes of it.
Symbol Descriptors::made(const ValueDecl *D) {
  const auto *P = dyn_cast<ParmVarDecl>(D);
  const auto *F = P ? dyn_cast<FunctionDecl>(P->getDeclContext()) : nullptr;
  return F ? symbol(F, Of::Made, P->getFunctionScopeIndex())
           : symbol(D, Of::Variable);
}

Symbol Descriptors::given(const ParmVarDecl *P) {
  const auto *F = dyn_cast<FunctionDecl>(P->getDeclContext());
  return F ? symbol(F, Of::Given, P->getFunctionScopeIndex()) : 0;
}

std::vector<Symbol> Descriptors::placesOf(const Expr *Fd) {
  std::vector<Symbol> Places;
  auto Add = [&](const ValueDecl *D) {
    if (const auto *P = dyn_cast_or_null<ParmVarDecl>(D))
      Places.push_back(given(P));
    if (D)
      Places.push_back(made(D));
  };
  const ValueDecl *Named = descriptorEntity(U, Fd);
  Add(Named);
  // A call gives what its function returns, and speaks for its object.
  Fd = stripForwarding(U, Fd);
  const auto *Call = dyn_cast<CallExpr>(Fd);
  if (Call && Call->getDirectCallee() &&
      !U.isInSystemHeader(Call->getDirectCallee()))
    Places.push_back(symbol(Call->getDirectCallee(), Of::Result));
  if (const auto *Member = dyn_cast_or_null<CXXMemberCallExpr>(Call))
    if (const ValueDecl *Object =
            descriptorEntity(U, Member->getImplicitObjectArgument());
        Object != Named)
      Add(Object);
  llvm::erase(Places, 0);
  return Places;
}

//===--- flows ------------------------------------------------------------===//

static bool isInt(QualType T) {
  return T.getNonReferenceType().getCanonicalType()->isSpecificBuiltinType(
      BuiltinType::Int);
}

/// A descriptor, or several: `int (&ends)[2]`; or an object of the program that
/// may be one.
bool Descriptors::mayHoldDescriptor(QualType T) const {
  T = T.getNonReferenceType();
  if (T->isPointerType())
    T = T->getPointeeType();
  if (const ArrayType *Array = T->getAsArrayTypeUnsafe())
    T = Array->getElementType();
  if (const CXXRecordDecl *R = T->getAsCXXRecordDecl())
    return R->hasDefinition() && !R->isLambda() && !U.models().isOpaque(R) &&
           llvm::any_of(R->fields(), [](const FieldDecl *Field) {
             return isInt(Field->getType());
           });
  return isInt(T) && !T.isConstQualified();
}

/// What the call \p E of a function gives its parameters, as far as it is
/// constant.
static std::vector<PassedValue> constantsIn(const ASTContext &Ctx,
                                            const CallExpr &E) {
  std::vector<PassedValue> Passed;
  if (!isa<CXXOperatorCallExpr>(E))
    for (unsigned I = 0; I != E.getNumArgs(); ++I) {
      const Expr *Arg = E.getArg(I);
      if (const auto *Default = dyn_cast<CXXDefaultArgExpr>(Arg))
        Arg = Default->getExpr();
      if (const auto Is = constantOf(Ctx, Arg))
        Passed.push_back({I, false, *Is});
    }
  return Passed;
}

/// Calls \p Visit with what may be a descriptor of what \p E makes an object
/// of: `Socket(fd)`, `Socket{fd}`.
static void forEachWrapped(Unit &U, const Expr *E,
                           llvm::function_ref<void(const Expr *)> Visit) {
  E = stripForwarding(U, E);
  if (const auto *Cast = dyn_cast<CXXFunctionalCastExpr>(E))
    E = stripForwarding(U, Cast->getSubExpr());
  llvm::ArrayRef<const Expr *> Parts;
  if (const auto *Made = dyn_cast<CXXConstructExpr>(E))
    Parts = {Made->getArgs(), Made->getNumArgs()};
  else if (const auto *List = dyn_cast<InitListExpr>(E))
    Parts = List->inits();
  for (const Expr *Part : Parts)
    if (isInt(Part->getType()))
      Visit(Part);
}

void Descriptors::addFlow(Symbol To, const Expr *From) {
  const Expr *Given = stripForwarding(U, From);
  const auto *Call = dyn_cast<CallExpr>(Given);
  for (Symbol Place : placesOf(From))
    if (To && Place != To)
      Flows.push_back({To,
                       Place,
                       false,
                       {},
                       Call ? constantsIn(U.context(), *Call)
                            : std::vector<PassedValue>()});
  forEachWrapped(U, Given, [&](const Expr *Fd) { addFlow(To, Fd); });
}

Symbol Descriptors::argument(const FunctionFacts &Facts, const Expr *Arg) {
  auto Here = [&] {
    const SourceManager &SM = U.context().getSourceManager();
    return symbol(Facts.Function, Of::Argument,
                  SM.getFileOffset(Arg->getExprLoc()));
  };
  // ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), and an object made of it
  if (mentionsNonblockingFlag(U, Arg)) {
    Flows.push_back({Here(), 0, false, {}, {}});
    return Here();
  }
  std::vector<Symbol> From = placesOf(Arg);
  forEachWrapped(
      U, Arg, [&](const Expr *Fd) { llvm::append_range(From, placesOf(Fd)); });
  if (From.size() < 2)
    return From.empty() ? 0 : From.front();
  for (Symbol Place : From) // any will do
    Flows.push_back({Here(), Place, false, {}, {}});
  return Here();
}

void Descriptors::addCall(const FunctionFacts &Facts, const CallFact &Call) {
  if (!Call.Callee || U.isInSystemHeader(Call.Callee) ||
      U.models().isOpaque(Call.Callee))
    return;
  std::vector<PassedValue> Constants;
  for (unsigned I = 0; I != Call.Callee->getNumParams(); ++I) {
    const ParmVarDecl *P = Call.Callee->getParamDecl(I);
    const Expr *Arg = argumentFor(Call, I);
    if (!Arg || !mayHoldDescriptor(P->getType()))
      continue;
    // set_nonblocking(fd)
    if (const ValueDecl *Named = descriptorEntity(U, Arg)) {
      if (Constants.empty()) {
        Constants = passedValues(U, Facts, Call);
        llvm::erase_if(Constants,
                       [](const PassedValue &V) { return V.IsOwnParam; });
      }
      Flows.push_back({made(Named), made(P), false, {}, Constants});
    }
    // -1 is no descriptor.
    Expr::EvalResult Number;
    if (!Arg->isValueDependent() && !Arg->containsErrors() &&
        Arg->EvaluateAsInt(Number, U.context()) &&
        Number.Val.getInt().isNegative())
      continue;
    if (llvm::is_contained(placesOf(Arg), given(P)))
      continue; // itself, once more
    Flows.push_back({given(P), argument(Facts, Arg), true, {}, {}});
  }
}

void Descriptors::addStore(const StoreFact &S, const FunctionDecl *In) {
  const Symbol To = S.Of ? made(S.Of) : symbol(In, Of::Result);
  if (S.From)
    addFlow(To, S.From);
  else if (To)
    Flows.push_back({To, 0, false, S.When, {}});
}

/// `if (nonblocking) fcntl(fd, F_SETFL, O_NONBLOCK); return fd;`: what is
/// returned is so where the variable is made so. False: it may be for another
/// reason.
bool Descriptors::addReturned(const FunctionFacts &Facts,
                              const StoreFact &Returned) {
  const auto *V =
      Returned.From
          ? dyn_cast_or_null<VarDecl>(descriptorEntity(U, Returned.From))
          : nullptr;
  if (!V || !V->isLocalVarDecl() || isa<ParmVarDecl>(V))
    return false;
  std::vector<DescriptorFlow> Found;
  for (const StoreFact &S : Facts.Stores)
    if (S.Of == V && !S.From) {
      if (S.When.empty())
        return false;
      Found.push_back(
          {symbol(Facts.Function, Of::Result), 0, false, S.When, {}});
    }
  const bool IsLent = llvm::any_of(Facts.Calls, [&](const CallFact &C) {
    return C.Callee && !U.isInSystemHeader(C.Callee) &&
           llvm::any_of(C.Args, [&](const Expr *Arg) {
             return descriptorEntity(U, Arg) == V;
           });
  });
  if (Found.empty() || IsLent || !Found.front().To)
    return false;
  llvm::append_range(Flows, Found);
  return true;
}

void Descriptors::addFlows(const FunctionFacts &Facts) {
  const FunctionDecl *F = Facts.Function;
  for (const StoreFact &S : Facts.Stores)
    if (S.Of || !addReturned(Facts, S))
      addStore(S, F);
  for (const CallFact &Call : Facts.Calls) {
    addCall(Facts, Call);
    // Who is called with what nobody sees may be given any.
    for (const CallableArgument &Arg : Call.Callables)
      if (Arg.Body && !Arg.IsTask && !U.isInSystemHeader(Arg.Body))
        for (const ParmVarDecl *P : Arg.Body->parameters())
          if (isInt(P->getType()))
            Flows.push_back({given(P), 0, true, {}, {}});
  }
}

const std::vector<DescriptorFlow> &Descriptors::flows() {
  if (!std::exchange(Listed, true)) {
    for (const FunctionDecl *F : U.functions())
      if (!F->isDependentContext())
        addFlows(U.facts(F));
    // int waker_ = ::eventfd(0, EFD_NONBLOCK);
    for (const FunctionFacts &Facts : U.initialisers())
      for (const StoreFact &S : Facts.Stores)
        addStore(S, Facts.Function);
    llvm::sort(Flows);
    Flows.erase(llvm::unique(Flows), Flows.end());
    Known = NonblockingPlaces({llvm::ArrayRef(Flows)});
  }
  return Flows;
}

//===--- questions --------------------------------------------------------===//

const NonblockingPlaces &Descriptors::nonblocking() {
  flows();
  return Known;
}

bool Descriptors::isNonblocking(const Expr *Fd) {
  return llvm::any_of(placesOf(Fd),
                      [&](Symbol S) { return nonblocking().contains(S); });
}

bool Descriptors::isNonblocking(const ValueDecl *Place) {
  const auto *P = dyn_cast<ParmVarDecl>(Place);
  return nonblocking().contains(made(Place)) ||
         (P && nonblocking().contains(given(P)));
}

bool Descriptors::isStillBlocking(const FunctionFacts &Facts,
                                  const CallFact &Call, const Expr *Fd) {
  const auto *V = dyn_cast_or_null<VarDecl>(namedEntity(U, Fd));
  if (!V || isa<ParmVarDecl>(V) || !V->hasLocalStorage() ||
      V->getDeclContext() != Facts.Function || !V->getInit())
    return false;
  // socket(), an object of the library's, or what a function of the program
  // gives, which is not one that gives non-blocking ones
  const Expr *Init = stripForwarding(U, V->getInit());
  const auto *Made = dyn_cast<CallExpr>(Init);
  const auto *Object =
      dyn_cast<CXXConstructExpr>(V->getInit()->IgnoreImplicit());
  const FunctionDecl *By = Made     ? Made->getDirectCallee()
                           : Object ? Object->getConstructor()
                                    : nullptr;
  if (!By ||
      !(U.isInSystemHeader(By) || U.models().isOpaque(By) ||
        (definitionOf(By) && !nonblocking().contains(symbol(By, Of::Result)))))
    return false;
  const SourceManager &SM = U.context().getSourceManager();
  auto IsAfter = [&](SourceLocation Loc) {
    return Loc.isValid() && SM.isBeforeInTranslationUnit(
                                SM.getFileLoc(Call.Loc), SM.getFileLoc(Loc));
  };
  bool IsMade = false;
  for (const StoreFact &S : Facts.Stores)
    if (S.Of == V && S.From != V->getInit()) {
      if (!IsAfter(S.From ? S.From->getExprLoc() : S.Loc))
        return false;
      IsMade = true;
    }
  // set_nonblocking(fd), and whatever else the program does with it
  return llvm::all_of(
             Facts.Calls,
             [&](const CallFact &C) {
               const bool Names = llvm::any_of(C.Args, [&](const Expr *Arg) {
                 return descriptorEntity(U, Arg) == V;
               });
               if (!Names || !C.Callee || U.isInSystemHeader(C.Callee) ||
                   U.models().isOpaque(C.Callee))
                 return true;
               IsMade |= IsAfter(C.Loc);
               return IsAfter(C.Loc);
             }) &&
         IsMade;
}

namespace {

/// A variable, or a part of one, that a call is given by its place.
struct GivenPlace {
  const ValueDecl *Root = nullptr;
  MemberPath Path;
  uint32_t Object = OwnObject; ///< of the callee's
  bool MayChange = false;
};

} // namespace

static GivenPlace placeGiven(Unit &U, const FunctionDecl *To, const Expr *E,
                             uint32_t Object) {
  GivenPlace Place;
  Place.Object = Object;
  Place.MayChange = !onlyReads(To, Object);
  for (E = stripForwarding(U, E); E; E = stripForwarding(U, E))
    if (const auto *Member = dyn_cast<MemberExpr>(E)) {
      if (const auto *Field = dyn_cast<FieldDecl>(Member->getMemberDecl()))
        Place.Path.insert(Place.Path.begin(), Field);
      E = Member->getBase();
    } else if (const auto *Unary = dyn_cast<UnaryOperator>(E)) {
      E = Unary->getSubExpr();
    } else {
      const auto *Ref = dyn_cast<DeclRefExpr>(E);
      Place.Root = Ref ? Ref->getDecl() : nullptr;
      break;
    }
  return Place;
}

/// What is given twice may be changed by the one name, and is not known by the
/// other: `merge(options, options)`.
static void forgetAliases(Unit &U, const CallFact &Call,
                          std::vector<PassedValue> &Passed) {
  const FunctionDecl *To = Call.Callee;
  llvm::SmallVector<GivenPlace, 4> Given;
  const auto *Method = dyn_cast<CXXMethodDecl>(To);
  if (const Expr *Object = Method && !Method->isStatic()
                               ? modelArgument(Call, ObjectArgument)
                               : nullptr)
    Given.push_back(placeGiven(U, To, Object, OwnObject));
  for (unsigned I = 0; I != To->getNumParams(); ++I) {
    const QualType T = To->getParamDecl(I)->getType();
    const Expr *Arg = argumentFor(Call, I);
    if (Arg && objectOf(I) <= LastObject &&
        (T->isReferenceType() || T->isPointerType()))
      Given.push_back(placeGiven(U, To, Arg, objectOf(I)));
  }
  auto IsPart = [](MemberPathRef Inner, MemberPathRef Outer) {
    return Inner.take_front(Outer.size()) == Outer;
  };
  auto IsAlias = [&](const GivenPlace &A) {
    return A.Root && llvm::any_of(Given, [&](const GivenPlace &B) {
             return A.Object != B.Object && A.Root == B.Root &&
                    (A.MayChange || B.MayChange) &&
                    (IsPart(A.Path, B.Path) || IsPart(B.Path, A.Path));
           });
  };
  for (const GivenPlace &Place : Given)
    if (IsAlias(Place))
      llvm::erase_if(Passed, [&](const PassedValue &P) {
        return P.Param >= FirstMember ? objectIn(P.Param) == Place.Object &&
                                            (P.Param & AnyMember) != ItsClass
                                      : objectOf(P.Param) == Place.Object;
      });
}

std::vector<PassedValue> Descriptors::passed(const FunctionFacts &Facts,
                                             const CallFact &Call) {
  std::vector<PassedValue> Result = passedValues(U, Facts, Call);
  Objects.addMembers(Facts, Call, Result);
  Objects.forEachMade(Facts, Call,
                      [&](const MadeObjects::Making &M, uint32_t Object, bool) {
                        addModes(M, Object, Result);
                      });
  addSpecial(U, Facts, Call, Result);
  if (!Call.Callee || U.isInSystemHeader(Call.Callee))
    return Result;
  forgetAliases(U, Call, Result);
  for (unsigned I = 0; I != Call.Callee->getNumParams(); ++I) {
    const Expr *Arg = argumentFor(Call, I);
    if (!Arg || !mayHoldDescriptor(Call.Callee->getParamDecl(I)->getType()) ||
        llvm::any_of(Result, [&](const PassedValue &V) {
          return V.Param == I && !V.IsOwnParam;
        }))
      continue;
    if (isNonblocking(Arg)) {
      Result.push_back({I, false, NonblockingDescriptor});
      continue;
    }
    for (Symbol Place : placesOf(Arg))
      Result.push_back({I, false, static_cast<int64_t>(Place), true});
  }
  return Result;
}

} // namespace nostall
