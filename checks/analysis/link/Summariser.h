//===- Summariser.h - a unit's calls, for other units -----------*- C++ -*-===//
//
// Writes down what Effects found of one translation unit, so that it outlives
// the AST: the functions that other units can call, and the open calls, those
// on the event loop that nothing here decides.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_LINK_SUMMARISER_H
#define NOSTALL_CHECKS_ANALYSIS_LINK_SUMMARISER_H

#include "CallGraph.h"
#include "analysis/contexts/LoopCalls.h"
#include "analysis/locks/LocksElsewhere.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"
#include <set>

namespace nostall {

class Summariser {
public:
  explicit Summariser(Unit &U) : U(U) {}

  /// Notes an open call; the answer is its index in CallGraph::Open.
  unsigned open(const LoopCall &L, llvm::function_ref<bool(Effect)> Enabled);
  /// Notes what the finding of \p Check about \p L takes for granted of where
  /// it stands, if it does.
  void assume(const LoopCall &L, llvm::StringRef Check);
  /// Notes that the finding of \p Check about \p L, the first of \p Enabled
  /// that it does, stands as long as no other unit makes a descriptor
  /// non-blocking, if it hangs on one.
  bool doubt(const LoopCall &L, llvm::StringRef Check,
             llvm::function_ref<bool(Effect)> Enabled);
  /// Notes that the finding of \p Check about \p Lock stands if the program
  /// says that it is held.
  void doubt(const OpenLock &Lock, llvm::StringRef Check);
  /// Takes \p F, which has a body here, into the graph, whether other units
  /// need it or not; the answer is its index in CallGraph::Nodes.
  unsigned add(const clang::FunctionDecl *F) { return nodeOf(F); }
  /// The graph with all that can be called from outside.
  CallGraph finish();

  /// What is taken for granted of where \p L stands: the coroutine, if nothing
  /// but that it is one says that it runs on the loop, and what it came
  /// through.
  static CallGraph::Premise premiseOf(Unit &U, const LoopCall &L);
  /// What \p Call of \p Facts came through.
  static CallGraph::Premise suspendedBy(Unit &U, const FunctionFacts &Facts,
                                        const CallFact &Call);
  /// The symbol of \p F; 0 if other units cannot name it.
  static CallGraph::Symbol symbolOf(const clang::FunctionDecl *F);

private:
  unsigned nodeOf(const clang::FunctionDecl *F);
  /// A node of the edges of \p L alone.
  unsigned nodeOfCall(const LoopCall &L);
  std::vector<CallGraph::Edge> edgesOf(const FunctionFacts &Facts,
                                       const ResolvedCall &R);
  bool aim(CallGraph::Edge &E, const FunctionFacts &Facts, const CallFact &Call,
           const Successor &Next);
  std::vector<CallGraph::Callable> callablesOf(const FunctionFacts &Facts,
                                               const CallFact &Call);
  std::vector<CallGraph::Symbol> whatSpares(const FunctionFacts &Facts,
                                            const CallFact &Call);
  const std::vector<CallGraph::Symbol> &judgesIn(const FunctionFacts &Facts);
  uint32_t judgeList(const FunctionFacts &Facts);
  void fillNodes();
  void noteStores();
  void noteFactories();
  bool noteClasses();
  void noteFactory(CallGraph::Symbol Id,
                   llvm::ArrayRef<const clang::CXXRecordDecl *> Made);
  std::vector<CallGraph::MadeObject> objectsOf(const FunctionFacts &Facts,
                                               const CallFact &Call);
  bool addCalled(const clang::CXXMethodDecl *Method,
                 CallGraph::MadeObject &Into);
  CallGraph::Symbol noteLent(const GivenFor &To);
  void noteMembers(const clang::CXXMethodDecl *Method);
  void noteMembers(const clang::FunctionDecl *F, uint32_t Object,
                   CallGraph::Symbol Id);
  void noteMembers();
  void noteLocks();
  CallGraph::LockUse useOf(const LockQuestion &Q, bool Takes);
  void noteMoves();
  static bool matters(const Summary &S);
  void noteUses();
  void noteUsesIn(const FunctionFacts &Facts);
  bool isNeededElsewhere(const clang::FunctionDecl *F);
  unsigned primitive(unsigned Index);
  CallGraph::Text text(llvm::StringRef S);
  CallGraph::Place place(clang::SourceLocation Loc);

  Unit &U;
  CallGraph G;
  std::set<CallGraph::Symbol> NotedClasses, NotedMembers;
  llvm::StringMap<CallGraph::Text> Texts;
  llvm::DenseMap<const clang::FunctionDecl *, unsigned> Nodes;
  std::vector<const clang::FunctionDecl *> ToFill; ///< with their node numbers
  llvm::DenseMap<const clang::FunctionDecl *, std::vector<CallGraph::Symbol>>
      Judges;
  llvm::DenseMap<const clang::FunctionDecl *, uint32_t> JudgeLists;
  llvm::DenseMap<unsigned, unsigned> Primitives;
  llvm::DenseMap<clang::FileID, CallGraph::Text> Files;
};

} // namespace nostall

#endif
