//===- Descriptors.h - which descriptors do not block -----------*- C++ -*-===//
//
// Guesses, by what people write who use non-blocking descriptors: they ask for
// O_NONBLOCK where they make or set up a descriptor, in the function itself or
// in a helper, and keep what they made so in a variable or a member. The names
// are the models'.
//
// Facts say what each body does (StoreFact); as flows between places they
// are solved for the unit (NonblockingPlaces.h), and again for the program.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_EFFECTS_DESCRIPTORS_H
#define NOSTALL_CHECKS_ANALYSIS_EFFECTS_DESCRIPTORS_H

#include "MadeObjects.h"
#include "NonblockingPlaces.h"
#include "analysis/facts/Facts.h"
#include "analysis/facts/Places.h"

namespace nostall {

class Descriptors {
public:
  explicit Descriptors(Unit &U) : U(U), Objects(U) {}

  /// Whether \p Fd, an expression in any body, names such a descriptor, as far
  /// as this unit knows.
  bool isNonblocking(const clang::Expr *Fd);
  bool isNonblocking(const clang::ValueDecl *Place);
  /// Whether \p Fd, which \p Call is about, is a variable of the function that
  /// has a new descriptor, and nothing before the call makes it non-blocking.
  bool isStillBlocking(const FunctionFacts &Facts, const CallFact &Call,
                       const clang::Expr *Fd);
  /// The places that \p Fd may name; it is one if any of them holds one.
  std::vector<Symbol> placesOf(const clang::Expr *Fd);
  /// What \p Call passes on: constants, parameters, descriptors, and members of
  /// the object that it is called on.
  std::vector<PassedValue> passed(const FunctionFacts &Facts,
                                  const CallFact &Call);
  /// Adds which descriptors of the object that \p M makes, which a callee has
  /// as its \p Object, wait although others of their class do not.
  void addModes(const MadeObjects::Making &M, uint32_t Object,
                std::vector<PassedValue> &Out);
  /// What is known of the objects that functions make.
  MadeObjects &objects() { return Objects; }
  /// What becomes of descriptors in this unit, each once.
  const std::vector<DescriptorFlow> &flows();

private:
  using Of = Places::Of;

  Symbol symbol(const clang::NamedDecl *D, Of What, unsigned Param = 0);
  Symbol made(const clang::ValueDecl *D);
  Symbol given(const clang::ParmVarDecl *P);
  void addFlows(const FunctionFacts &Facts);
  void addCall(const FunctionFacts &Facts, const CallFact &Call);
  void addStore(const StoreFact &S, const clang::FunctionDecl *In);
  bool addReturned(const FunctionFacts &Facts, const StoreFact &Returned);
  void addFlow(Symbol To, const clang::Expr *From);
  /// The place that stands for what \p Arg gives; 0 if nothing is known of it.
  Symbol argument(const FunctionFacts &Facts, const clang::Expr *Arg);
  bool mayHoldDescriptor(clang::QualType T) const;
  const NonblockingPlaces &nonblocking();
  // DescriptorModes.cpp
  bool mayMakeNonblocking(const clang::FunctionDecl *F,
                          const clang::FieldDecl *Field,
                          const KnownValues &Known,
                          llvm::ArrayRef<const clang::Expr *> Args,
                          unsigned Depth);

  Unit &U;
  MadeObjects Objects;
  bool Listed = false;
  std::vector<DescriptorFlow> Flows;
  NonblockingPlaces Known;
};

} // namespace nostall

#endif
