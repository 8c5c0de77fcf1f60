//===- Limits.cpp - what one unit may cost --------------------------------===//

#include "Limits.h"
#include "clang/AST/ASTContext.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Lex/PPCallbacks.h"
#include "clang/Lex/Preprocessor.h"
#include "clang/Sema/TemplateInstCallback.h"
#include <ctime>

using namespace clang;

namespace nostall {

std::chrono::nanoseconds threadTime() {
  timespec Now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &Now);
  return std::chrono::seconds(Now.tv_sec) +
         std::chrono::nanoseconds(Now.tv_nsec);
}

namespace {
class PreprocessorWatch : public PPCallbacks {
public:
  explicit PreprocessorWatch(LimitGuard &Guard) : Guard(Guard) {}
  void FileChanged(SourceLocation, FileChangeReason, SrcMgr::CharacteristicKind,
                   FileID) override {
    Guard.mayGoOn();
  }
  void MacroExpands(const Token &, const MacroDefinition &, SourceRange,
                    const MacroArgs *) override {
    Guard.mayGoOn();
  }

private:
  LimitGuard &Guard;
};

class TemplateWatch : public TemplateInstantiationCallback {
public:
  explicit TemplateWatch(LimitGuard &Guard) : Guard(Guard) {}
  void initialize(const Sema &) override {}
  void finalize(const Sema &) override {}
  void atTemplateBegin(const Sema &,
                       const Sema::CodeSynthesisContext &) override {
    Guard.mayGoOn();
  }
  void atTemplateEnd(const Sema &,
                     const Sema::CodeSynthesisContext &) override {}

private:
  LimitGuard &Guard;
};
} // namespace

void LimitGuard::watch(CompilerInstance &C) {
  Compiler = &C;
  C.getPreprocessor().addPPCallbacks(
      std::make_unique<PreprocessorWatch>(*this));
}

void LimitGuard::watch(Sema &S) {
  S.TemplateInstCallbacks.push_back(std::make_unique<TemplateWatch>(*this));
}

/// About: what Clang counts itself, which is nearly all.
static uint64_t bytesUsed(CompilerInstance &C) {
  const SourceManager &Sources = C.getSourceManager();
  uint64_t Bytes = C.getPreprocessor().getTotalMemory() +
                   Sources.getContentCacheSize() +
                   Sources.getDataStructureSizes();
  if (C.hasASTContext())
    Bytes += C.getASTContext().getASTAllocatedMemory() +
             C.getASTContext().getSideTableAllocatedMemory();
  return Bytes;
}

bool LimitGuard::measure() {
  const std::chrono::nanoseconds Limit = std::chrono::seconds(Limits.Seconds);
  const auto Used = threadTime() - Begin;
  const uint64_t Bytes = Limits.Bytes ? bytesUsed(*Compiler) : 0;
  if (Broken) {
    // Clang was told, and does not come to an end.
    const bool TakesLong = Limits.Seconds && Used.count() > 0 &&
                           static_cast<uint64_t>(Used.count()) >
                               UnitLimits::andMore(Limit.count());
    if (TakesLong ||
        (Limits.Bytes && Bytes > UnitLimits::andMore(Limits.Bytes)))
      Leave(*Broken);
    return false;
  }
  if (Limits.Seconds && Used > Limit)
    stop(ParseResult::OutOfTime);
  else if (Limits.Bytes && Bytes > Limits.Bytes)
    stop(ParseResult::OutOfMemory);
  return !Broken;
}

/// After a fatal error Clang instantiates nothing any more.
void LimitGuard::stop(ParseResult::Kind Why) {
  Broken = Why;
  // One of Clang's own: clang-tidy's consumer knows no others.
  Compiler->getDiagnostics().Report(diag::fatal_too_many_errors);
}

} // namespace nostall
