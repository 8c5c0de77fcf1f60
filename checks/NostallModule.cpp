//===- NostallModule.cpp - checks.def, registered -------------------------===//
//
// Turns checks.def into the catalogue, and the catalogue into a clang-tidy
// module. Linking this object is all that a driver needs to have the checks.
//
//===----------------------------------------------------------------------===//

#include "Catalogue.h"
#include "NostallCheck.h"
#include "clang-tidy/ClangTidyModule.h"
#include <vector>

namespace nostall {

#define NOSTALL_CHECK(NAME, FACTORY, SUMMARY, ASKS)                            \
  std::unique_ptr<NostallCheck> make##FACTORY(                                 \
      llvm::StringRef Name, clang::tidy::ClangTidyContext *Context);           \
  void explain##FACTORY(Unit &U, const Line &Asked, std::vector<Subject> &Out);
#include "checks.def"
#undef NOSTALL_CHECK

/// The page embedded under \p Name by cmake/EmbedPages.cmake.
[[maybe_unused]] static llvm::StringRef pageOf(llvm::StringRef Name) {
  static constexpr std::pair<llvm::StringLiteral, llvm::StringLiteral> Pages[] =
      {
#include "EmbeddedPages.inc"
          {"", ""}};
  for (const auto &[CheckName, Text] : Pages)
    if (CheckName == Name)
      return Text;
  return "";
}

llvm::ArrayRef<CheckInfo> catalogue() {
  static const std::vector<CheckInfo> Checks = {
#define NOSTALL_CHECK(NAME, FACTORY, SUMMARY, ASKS)                            \
  {NAME, SUMMARY, ASKS, pageOf(NAME), make##FACTORY, explain##FACTORY},
#include "checks.def"
#undef NOSTALL_CHECK
  };
  return Checks;
}

const CheckInfo *findCheck(llvm::StringRef Name) {
  for (const CheckInfo &Check : catalogue())
    if (Check.Name == Name || Check.Name == ("nostall-" + Name).str())
      return &Check;
  return nullptr;
}

std::vector<Subject> subjectsIn(Unit &U, const Line &Asked) {
  std::vector<Subject> All;
  for (const CheckInfo &Check : catalogue()) {
    const size_t Before = All.size();
    Check.Explain(U, Asked, All);
    for (size_t I = Before; I != All.size(); ++I)
      All[I].Check = Check.Name;
  }
  return All;
}

namespace {

class NostallModule : public clang::tidy::ClangTidyModule {
public:
  void
  addCheckFactories(clang::tidy::ClangTidyCheckFactories &Factories) override {
    for (const CheckInfo &Check : catalogue())
      Factories.registerCheckFactory(Check.Name, Check.Make);
  }
};

} // namespace

static clang::tidy::ClangTidyModuleRegistry::Add<NostallModule>
    Registration("nostall-module", "Adds the checks of nostall.");

} // namespace nostall
