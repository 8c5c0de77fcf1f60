//===- StoredCallables.h - what may be called through a member --*- C++ -*-===//
//
//   Server(Handler h) : handler_(std::move(h)) {}     Server s(loop, reply);
//   void answer() { handler_(); }                     // may call reply
//
// A call through a std::function, a pointer to a function, or an element of a
// container of these may call whatever is stored in that variable or member
// anywhere, as a virtual call may call any override. Members are told apart by
// their name, not by the object; elements are one.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_FACTS_STOREDCALLABLES_H
#define NOSTALL_CHECKS_ANALYSIS_FACTS_STOREDCALLABLES_H

#include "Facts.h"
#include "llvm/ADT/SmallVector.h"

namespace nostall {

class StoredCallables {
public:
  explicit StoredCallables(Unit &U) : U(U) {}

  /// The functions, with or without a body here, that \p Place may hold as far
  /// as this unit knows; none if they are too many to mean anything.
  const std::vector<const clang::FunctionDecl *> &
  in(const clang::ValueDecl *Place);

  /// The places whose callables \p Place may hold, itself among them.
  std::vector<const clang::ValueDecl *> feeding(const clang::ValueDecl *Place);

  /// Whether a \p T is, or holds, what may be any callable.
  bool holdsCallables(clang::QualType T, unsigned Depth = 0);

  struct Store {
    const clang::ValueDecl *In = nullptr;
    const clang::FunctionDecl *Callable = nullptr;
    const clang::ValueDecl *Place = nullptr; ///< or what this holds
  };
  /// All of the unit, in the order of its functions.
  const std::vector<Store> &stores();
  /// Whether somebody stores \p F.
  bool isStored(const clang::FunctionDecl *F);

  /// Of a place that holds more, nothing is known.
  static constexpr size_t MaxHeld = 32;

private:
  bool reach(const clang::ValueDecl *Place,
             std::vector<const clang::FunctionDecl *> &Functions,
             std::vector<const clang::ValueDecl *> &Places);
  void add(const clang::ValueDecl *In, const clang::Expr *From,
           unsigned Depth = 0);
  void addCall(const CallFact &Call);
  void addGlobals(const clang::Decl *Top);
  void addCallsIn(const clang::Expr *Init);

  Unit &U;
  bool Listed = false;
  std::vector<Store> Stores;
  llvm::DenseMap<const clang::ValueDecl *, llvm::SmallVector<unsigned, 2>> Of;
  llvm::DenseMap<const clang::Type *, bool> TypeMemo;
  llvm::DenseMap<const clang::ValueDecl *,
                 std::unique_ptr<std::vector<const clang::FunctionDecl *>>>
      Held;
};

} // namespace nostall

#endif
