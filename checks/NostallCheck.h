//===- NostallCheck.h - what every check shares -----------------*- C++ -*-===//
//
// A check asks the core about a whole translation unit; it does not walk the
// AST. So the base class only has to get hold of the ASTContext, in each of
// the three drivers:
//
//   clang-tidy, clangd   a matcher that fits the first declaration
//   nostall              runOn(), which needs no AST traversal at all
//
// and then calls checkUnit() once. The analysis itself (Unit) is shared by all
// checks of one translation unit.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_NOSTALLCHECK_H
#define NOSTALL_CHECKS_NOSTALLCHECK_H

#include "OtherUnits.h"
#include "analysis/Unit.h"
#include "analysis/contexts/LoopCalls.h"
#include "analysis/locks/LocksElsewhere.h"
#include "clang-tidy/ClangTidyCheck.h"

namespace nostall {

class NostallCheck : public clang::tidy::ClangTidyCheck {
public:
  NostallCheck(llvm::StringRef Name, clang::tidy::ClangTidyContext *Context)
      : ClangTidyCheck(Name, Context), Name(Name) {}

  bool isLanguageVersionSupported(
      const clang::LangOptions &LangOpts) const override {
    return LangOpts.CPlusPlus;
  }
  void registerMatchers(clang::ast_matchers::MatchFinder *Finder) override;
  void check(const clang::ast_matchers::MatchFinder::MatchResult &R) override;
  void onEndOfTranslationUnit() override;

  /// Checks \p Ctx at once, for drivers that do not traverse the AST.
  void runOn(clang::ASTContext &Ctx);

protected:
  virtual void checkUnit(Unit &U) = 0;

  /// Whether what \p L does is its own doing: no function lies between.
  static bool isDirect(const LoopCall &L, llvm::ArrayRef<Witness> Hops);
  /// One note a hop, from \p L down to the primitive, and how that is known.
  void noteChain(Unit &U, const LoopCall &L, llvm::ArrayRef<Witness> Hops);
  /// Why the body that \p L stands in, which is no coroutine, is taken to run
  /// where it does.
  void notePlacement(Unit &U, const LoopCall &L);
  /// Reports those of \p Calls that block (or what is \p Enabled) by what is in
  /// other units: leaves them open, if the driver links; else settles them with
  /// what it knows of the others (OtherUnits.h), if anything.
  void reportUndecided(Unit &U, llvm::ArrayRef<LoopCall> Calls,
                       llvm::function_ref<bool(Effect)> Enabled);
  /// Leaves those of \p Calls out that stand in coroutines which only workers
  /// run in the program, or hang on a descriptor that the program has made
  /// non-blocking, as far as that is known now.
  void dropRefuted(Unit &U, std::vector<LoopCall> &Calls,
                   llvm::function_ref<bool(Effect)> Enabled);
  /// Those of \p Locks that the program says are held, or that it will be asked
  /// about.
  std::vector<OpenLock> standing(Unit &U, std::vector<OpenLock> Locks);
  /// \p L has been reported: it holds as long as the program does not say so.
  void noteAssumption(Unit &U, const LoopCall &L,
                      llvm::function_ref<bool(Effect)> Enabled);
  /// What a check offers for such a call, in notes after its chain.
  virtual void noteOffer(Unit &, const LoopCall &) {}

  /// Reports what is wrong in a user's model files. The drivers that print
  /// such errors themselves have asked for them before, and find none here.
  void reportModelErrors(Unit &U);

private:
  /// The calls of the program's other units, where no driver links them.
  std::shared_ptr<const OtherCalls> callsOfOthers(Unit &U);
  /// Checks \p U; a crash of ours costs its findings, and not the process.
  void checkSafely(Unit &U);

  const std::string Name;
  /// Of the translation unit that is matched. All checks of it hold it from its
  /// first declaration on, so that it is analysed once.
  std::shared_ptr<Unit> Held;
};

} // namespace nostall

#endif
