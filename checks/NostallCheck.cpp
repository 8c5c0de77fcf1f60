//===- NostallCheck.cpp - what every check shares -------------------------===//

#include "NostallCheck.h"
#include "clang/ASTMatchers/ASTMatchers.h"

using namespace clang;

namespace nostall {

void NostallCheck::registerMatchers(ast_matchers::MatchFinder *Finder) {
  Finder->addMatcher(ast_matchers::decl(), this);
}

void NostallCheck::check(
    const ast_matchers::MatchFinder::MatchResult &Result) {
  Ctx = Result.Context;
}

void NostallCheck::onEndOfTranslationUnit() {
  if (Ctx)
    runOn(*Ctx);
}

void NostallCheck::runOn(ASTContext &Context) {
  std::shared_ptr<Unit> U = Unit::of(Context);
  reportModelErrors(*U);
  checkUnit(*U);
  Ctx = nullptr;
}

void NostallCheck::reportModelErrors(Unit &U) {
  for (const ModelError &E : U.takeModelErrors()) {
    std::string Text;
    llvm::raw_string_ostream(Text) << E;
    configurationDiag("%0") << Text;
  }
}

} // namespace nostall
