//===- Setters.h - what a call leaves in a member ---------------*- C++ -*-===//
//
//   void set(bool on) { armed_ = on; }        void disarm() { armed_ = false; }
//   int release() { return std::exchange(fd_, -1); }
//   void close() { if (fd_ < 0) return; ::close(fd_); fd_ = -1; }
//   Quiet() { options_.sync = false; }
//   void tune(Options &options) { options.sync = true; }
//
// The members of its object, or of one that it is given, to which a function
// gives one value whatever happens: a constant, or what it is given. For an
// owner, that there is nothing in it is a value.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_EFFECTS_SETTERS_H
#define NOSTALL_CHECKS_ANALYSIS_EFFECTS_SETTERS_H

#include "analysis/facts/Facts.h"
#include "analysis/facts/MemberPaths.h"
#include "llvm/ADT/SmallPtrSet.h"
#include <map>
#include <optional>

namespace nostall {

class Unit;

class Setters {
public:
  explicit Setters(Unit &U) : U(U) {}

  /// Calls \p Visit with the members of the callee's \p Object that \p Call
  /// leaves with one value.
  void forEachSet(const CallFact &Call, uint32_t Object,
                  llvm::function_ref<void(MemberPathRef, int64_t)> Visit);

  /// Whether \p F has such members.
  bool setsAny(const clang::FunctionDecl &F, uint32_t Object = OwnObject);

private:
  /// What a member is given: a constant, or that parameter, or its negation.
  struct Setting {
    std::optional<int64_t> Is;
    unsigned Param = 0;
    bool IsNegated = false;
  };
  using Settings = std::map<MemberPath, Setting>;
  const Settings &of(const clang::FunctionDecl *F, uint32_t Object);
  Settings read(const clang::FunctionDecl *Body, uint32_t Object);
  std::optional<Setting> settingBy(const clang::FunctionDecl *Body,
                                   const clang::FieldDecl *Field,
                                   const clang::Expr *Given);
  bool keepsWhere(const clang::FunctionDecl *Body, uint32_t Object,
                  const clang::Stmt *Branch, bool Holds, MemberPathRef Path,
                  int64_t Is);

  Unit &U;
  std::map<std::pair<const clang::FunctionDecl *, uint32_t>, Settings> Known;
};

} // namespace nostall

#endif
