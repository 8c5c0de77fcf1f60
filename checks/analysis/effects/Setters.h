//===- Setters.h - what a call leaves in a member ---------------*- C++ -*-===//
//
//   void set(bool on) { armed_ = on; }        void disarm() { armed_ = false; }
//   int release() { return std::exchange(fd_, -1); }
//   void close() { if (fd_ < 0) return; ::close(fd_); fd_ = -1; }
//
// The members that a method gives one value whatever happens: a constant, or
// what it is given. For an owner, that there is nothing in it is a value.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_EFFECTS_SETTERS_H
#define NOSTALL_CHECKS_ANALYSIS_EFFECTS_SETTERS_H

#include "analysis/facts/Facts.h"
#include <map>
#include <optional>

namespace nostall {

class Unit;

class Setters {
public:
  explicit Setters(Unit &U) : U(U) {}

  /// Calls \p Visit with the members of its object that \p Call of \p Method
  /// leaves with one value.
  void
  forEachSet(const clang::CXXMethodDecl &Method, const CallFact &Call,
             llvm::function_ref<void(const clang::FieldDecl *, int64_t)> Visit);

  /// Whether there are such members.
  bool setsAny(const clang::CXXMethodDecl &Method);

private:
  /// What a member is given: a constant, or that parameter, or its negation.
  struct Setting {
    std::optional<int64_t> Is;
    unsigned Param = 0;
    bool IsNegated = false;
  };
  using Settings = std::map<const clang::FieldDecl *, Setting>;
  const Settings &of(const clang::CXXMethodDecl *Method);
  Settings read(const clang::CXXMethodDecl *Body);
  std::optional<Setting> settingBy(const clang::CXXMethodDecl *Body,
                                   const clang::FieldDecl *Field,
                                   const clang::Expr *Given);
  bool keepsIfLeft(const clang::CXXMethodDecl *Body, const clang::Stmt *Early,
                   const clang::FieldDecl *Field, int64_t Is);

  Unit &U;
  std::map<const clang::CXXMethodDecl *, Settings> Known;
};

} // namespace nostall

#endif
