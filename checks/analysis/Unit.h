//===- Unit.h - the analysis of one translation unit ------------*- C++ -*-===//
//
// The core's front door. A Unit owns what is known of one AST and hands it out
// on demand; nothing is computed before somebody asks.
//
//   Unit ──▶ functions()   user-written bodies, instantiations included
//        ──▶ facts(F)      what one body does              (Facts.h)
//        ──▶ effects()     what a call does to its thread  (Effects.h)
//        ──▶ contexts()    which bodies run on the loop    (Contexts.h)
//        ──▶ awaitables()  task types, read off the types  (Awaitables.h)
//
// It prints nothing, reads no environment, and never changes the AST.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_UNIT_H
#define NOSTALL_CHECKS_ANALYSIS_UNIT_H

#include "analysis/models/Models.h"
#include "llvm/ADT/DenseMap.h"
#include <memory>
#include <vector>

namespace clang {
class ASTContext;
class FunctionDecl;
class SourceLocation;
class Stmt;
class ValueDecl;
} // namespace clang

namespace nostall {

class Awaitables;
class Contexts;
class Descriptors;
class Effects;
class FunctionFlow;
class LockHelpers;
class Places;
class ReadyFlows;
class AwaitedFlows;
class FixedGlobals;
class Assertions;
class SetOnce;
class StoredCallables;
class Summariser;
struct FunctionFacts;
struct WayToPart;

class Unit {
public:
  /// The analysis of \p Ctx, shared by all who ask while anybody holds it.
  static std::shared_ptr<Unit> of(clang::ASTContext &Ctx);
  explicit Unit(clang::ASTContext &Ctx);
  ~Unit();

  clang::ASTContext &context() const { return Ctx; }
  const ModelSet &models() const { return Models; }
  /// What was wrong in the user's model files, once.
  std::vector<ModelError> takeModelErrors() { return std::move(ModelErrors); }

  /// Every function, method and lambda with a body written outside system
  /// headers, in source order; of a template its instantiations, or its
  /// pattern where there are none.
  const std::vector<const clang::FunctionDecl *> &functions();
  /// Those that are no lambdas in others: their statements are all that
  /// functions() has, also while facts are built for the first time.
  const std::vector<const clang::FunctionDecl *> &writtenFunctions() {
    functions();
    return Written;
  }

  /// Of each class that has methods in functions(): what the initialisers in it
  /// do, whether or not a constructor is here that would run them.
  const std::vector<FunctionFacts> &initialisers();
  /// Facts of \p F, which must have a body. Valid as long as the Unit.
  const FunctionFacts &facts(const clang::FunctionDecl *F);
  /// The local variables of \p F that keep what they were made with.
  SetOnce &setOnce(const clang::FunctionDecl *F);
  /// The control flow of \p F, or null where Clang cannot draw it.
  const FunctionFlow *flow(const clang::FunctionDecl *F);
  Awaitables &awaitables() { return *Await; }
  Effects &effects() { return *Eff; }
  /// Where calls that other units decide are noted; null where nobody links.
  Summariser *summariser() { return Summary.get(); }
  void summarise();
  Contexts &contexts();
  /// What bodies do to locks           (LockHelpers.h)
  LockHelpers &lockHelpers() { return *Locks; }
  /// Which descriptors do not block    (Descriptors.h)
  Descriptors &descriptors() { return *Fds; }
  /// Which callables are kept where    (StoredCallables.h)
  StoredCallables &storedCallables() { return *Stored; }
  Places &places() { return *Named; }
  /// The one way that goes on from \p Outer to \p Part   (Place.h)
  const WayToPart &wayToPart(const WayToPart *Outer,
                             const clang::ValueDecl &Part);
  /// Which globals nobody changes      (FixedGlobals.h)
  FixedGlobals &globals() { return *Globals; }
  /// Which functions return only if ...  (Assertions.h)
  Assertions &assertions() { return *Asserted; }
  /// Where futures are known to be ready (ReadyFlow.h)
  ReadyFlows &readyFlows() { return *Ready; }
  /// Which objects have been awaited (AwaitedFlow.h)
  AwaitedFlows &awaitedFlows() { return *Awaited; }

  /// The model entry of \p F, memoised.
  const FunctionModel *model(const clang::FunctionDecl *F);

  bool isInSystemHeader(const clang::FunctionDecl *F) const;
  /// The same, and it is C's, of a library that the models know whole, or of
  /// this machine's folders: what else the program names by -isystem, as Bazel
  /// does with its own, may have its bodies in the program.
  bool isOfMachine(const clang::FunctionDecl *F);

private:
  clang::ASTContext &Ctx;
  std::vector<ModelError> ModelErrors;
  const ModelSet &Models;
  std::unique_ptr<Awaitables> Await;
  std::unique_ptr<Effects> Eff;
  std::unique_ptr<Contexts> Contx;
  std::unique_ptr<Summariser> Summary;
  std::unique_ptr<LockHelpers> Locks;
  std::unique_ptr<ReadyFlows> Ready;
  std::unique_ptr<AwaitedFlows> Awaited;
  std::unique_ptr<Places> Named;
  std::unique_ptr<FixedGlobals> Globals;
  std::unique_ptr<Assertions> Asserted;
  std::unique_ptr<Descriptors> Fds;
  std::unique_ptr<StoredCallables> Stored;
  std::vector<const clang::FunctionDecl *> Written, Functions;
  bool FunctionsListed = false, InitialisersRead = false;
  std::vector<FunctionFacts> Initialisers;
  llvm::DenseMap<const clang::FunctionDecl *, std::unique_ptr<FunctionFacts>>
      Facts;
  llvm::DenseMap<const clang::FunctionDecl *, std::unique_ptr<SetOnce>> Kept;
  llvm::DenseMap<const clang::FunctionDecl *, std::unique_ptr<FunctionFlow>>
      Flows;
  llvm::DenseMap<const clang::FunctionDecl *, const FunctionModel *> ModelMemo;
  llvm::DenseMap<clang::FileID, bool> OfMachine;
  llvm::DenseMap<std::pair<const WayToPart *, const clang::ValueDecl *>,
                 std::unique_ptr<WayToPart>>
      Ways;
};

/// The models that hold in the unit of \p Ctx.
const ModelSet &modelsOf(const clang::ASTContext &Ctx);

} // namespace nostall

#endif
