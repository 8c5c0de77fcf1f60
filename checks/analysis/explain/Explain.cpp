//===- Explain.cpp - why there is a finding, or none ----------------------===//

#include "Explain.h"
#include "Subjects.h"
#include "analysis/Unit.h"
#include "analysis/contexts/Contexts.h"
#include "analysis/source/Annotations.h"
#include "analysis/source/Bodies.h"
#include "analysis/words/Wording.h"
#include "clang/AST/ASTContext.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/SetVector.h"

using namespace clang;

namespace nostall {

static std::string modelText(const FunctionModel *M) {
  return M ? sourceText(*M) : "its model";
}

/// So many functions are looked through for one that is not known.
static constexpr unsigned MaxSearched = 4096;

/// A body that is not known to block: whether all below it is known, or what is
/// not, the nearest first.
static std::string whyNothingBelow(Unit &U, const FunctionDecl *Body) {
  llvm::SetVector<const FunctionDecl *> Reached;
  Reached.insert(Body);
  for (unsigned I = 0; I != Reached.size() && I != MaxSearched; ++I) {
    const FunctionFacts &Facts = U.facts(Reached[I]);
    for (const CallFact &Call : Facts.Calls) {
      const Decision Why = U.effects().decisionOn(Facts, Call).first;
      const FunctionDecl *Next =
          Call.Callee ? definitionOf(Call.Callee) : nullptr;
      if (Why == Decision::Body && Next)
        Reached.insert(Next);
      if (Why == Decision::Unknown || Why == Decision::Indirect)
        return "its body is known, and nothing that is known of what it calls "
               "blocks; nothing is known of the " +
               subjectName(Call) + " " + lineOf(U, Call.Loc) +
               (Reached[I] == Body
                    ? ""
                    : " of " + quotedName(displayName(Reached[I])));
    }
  }
  return "its body is known, and nothing that it calls is known to block";
}

std::string whyHarmless(Unit &U, const FunctionFacts &Facts,
                        const CallFact &Call) {
  auto [Why, Model] = U.effects().decisionOn(Facts, Call);
  switch (Why) {
  case Decision::Indirect:
    return "what it calls is not known here, and nothing is assumed of it";
  case Decision::Allowed:
    return "it stands in a scope, or is annotated, that allows blocking";
  case Decision::BeforeExit:
    return "the block around it ends the program";
  case Decision::Once:
    return "it makes a static variable, which is done once in the program's "
           "life";
  case Decision::Declared: {
    auto Declared = declaredEffect(Call.Callee);
    return Declared && Declared->K != DeclaredEffect::Kind::Blocking
               ? Declared->Source.str() + " says that it does not block"
               : "";
  }
  case Decision::Model:
    if (Model && Model->Says == FunctionModel::Stance::NeverBlocks)
      return modelText(Model) + " says that it does not block";
    return Model && Model->Says == FunctionModel::Stance::Unsaid
               ? modelText(Model) + " does not say that it blocks"
               : "";
  case Decision::Arguments:
    return modelText(Model) + " says that it does not block with these "
                              "arguments";
  case Decision::WouldBlockTested:
    return "'" + displayName(Facts.Function) +
           "' tests for EAGAIN or the like, so that the descriptor is taken "
           "for a non-blocking one";
  case Decision::NonblockingDescriptor:
    return "its descriptor was made non-blocking in this unit, or all who "
           "give it have made it so";
  case Decision::KnownReady:
    return "what it would wait for is known to be ready here";
  case Decision::Suppressed:
    return "it blocks, and a NOLINT comment in its line says that this is "
           "meant";
  case Decision::MovedFrom:
    return "the object was moved from, returned or told to give up, so that "
           "nothing is left to wait for";
  case Decision::Opaque:
    return "its namespace is known by models alone, and none says that it "
           "blocks";
  case Decision::Coroutine:
    return "it is a coroutine: what blocks in its body is reported there";
  case Decision::Body:
    return U.effects().summary(definitionOf(Call.Callee)).blocks()
               ? "its body is known, and blocks with other arguments than these"
               : whyNothingBelow(U, definitionOf(Call.Callee));
  case Decision::Elsewhere:
    return "";
  case Decision::Unknown:
    return "neither a model nor a body is known, and nothing is assumed of it";
  }
  llvm_unreachable("covered switch");
}

//===--- a line -----------------------------------------------------------===//

bool Line::has(SourceLocation Loc) const {
  const SourceManager &SM = U.context().getSourceManager();
  auto [In, Offset] = SM.getDecomposedLoc(SM.getFileLoc(Loc));
  return In == File && SM.getLineNumber(In, Offset) == Number;
}

std::string placeOf(Unit &U, const FunctionFacts &Facts) {
  const Placement &P = U.contexts().of(Facts.Function);
  std::string Where = quotedName(displayName(Facts.Function));
  switch (P.C) {
  case Context::Worker:
    Where += " runs on another thread";
    break;
  case Context::Process:
    Where += " runs in another process";
    break;
  case Context::Loop:
    Where += " runs on " +
             stalledName(U.contexts().isOnEventLoop(Facts.Function)).str();
    break;
  case Context::Unknown:
    if (P.W == Placement::Why::Awaited) {
      Where += " runs nobody knows where";
      break;
    }
    return P.W == Placement::Why::Generator
               ? Where + " is a generator, which runs wherever it is iterated"
               : "";
  }
  if (P.W == Placement::Why::Handed && P.To)
    Where += ": it is handed to '" + displayName(P.To) + "' " + lineOf(U, P.At);
  if (P.W == Placement::Why::Called)
    Where += ": '" + displayName(P.To) + "' calls it " + lineOf(U, P.At);
  if (P.W == Placement::Why::Awaited)
    Where +=
        ": '" + displayName(P.To) + "' awaits it there, " + lineOf(U, P.At);
  return Where;
}

void addHandedOn(Unit &U, const Line &Asked, const FunctionFacts &Facts,
                 bool ToLoop, std::vector<Subject> &Out) {
  for (LoopCall &L : handedOn(U, Facts, ToLoop))
    if (Asked.has(L.location())) {
      Subject S{L.location(), displayCall(L), ""};
      S.Call = std::move(L);
      Out.push_back(std::move(S));
    }
}

std::string subjectName(const CallFact &Call) {
  if (Call.Callee)
    return displayCall(Call);
  if (Call.Through)
    return "call through '" + Call.Through->getNameAsString() + "'";
  return "call of something that is not known";
}

std::string lineOf(Unit &U, SourceLocation Loc) {
  PresumedLoc P = U.context().getSourceManager().getPresumedLoc(Loc);
  return P.isInvalid() ? "elsewhere" : "in line " + std::to_string(P.getLine());
}

//===--- a function -------------------------------------------------------===//

std::vector<std::string> knownOf(Unit &U, const FunctionDecl *F) {
  std::vector<std::string> Said;
  if (auto Declared = declaredEffect(F)) {
    Said.push_back(Declared->K == DeclaredEffect::Kind::Blocking
                       ? Declared->Source.str() + " says that it blocks (" +
                             traitsOf(Declared->What).Name.str() + ")"
                       : Declared->Source.str() +
                             " says that it does not block");
    return Said;
  }
  const FunctionModel *M = U.model(F);
  using Stance = FunctionModel::Stance;
  if (M && M->Says != Stance::Unsaid) {
    std::string Text = modelText(M) + " says that it ";
    Text += M->Says == Stance::NeverBlocks
                ? "does not block"
                : "blocks (" + traitsOf(M->What).Name.str() + ")";
    if (!M->When.empty() || !M->Unless.empty())
      Text += ", with some arguments and not with others";
    if (M->UnlessWouldBlockTested)
      Text += ", unless the descriptor is a non-blocking one";
    if (M->UnlessReady)
      Text += ", unless what it waits for is known to be ready";
    Said.push_back(std::move(Text));
    return Said;
  }
  if (U.models().isOpaque(F))
    Said.push_back("its namespace is known by models alone, and none says that "
                   "it blocks");
  else if (const FunctionDecl *Body = definitionOf(F)) {
    if (coroutineBody(Body))
      Said.push_back("it is a coroutine: a call of it runs nothing that is "
                     "counted, and what blocks in its body is reported there");
  } else if (!mayBeElsewhere(U, F)) {
    Said.push_back("neither a model nor a body is known of it, and nothing is "
                   "assumed");
  }
  return Said;
}

bool blocksByItself(Unit &U, const FunctionDecl *F) {
  if (auto Declared = declaredEffect(F))
    return Declared->K == DeclaredEffect::Kind::Blocking;
  const FunctionModel *M = U.model(F);
  return M && M->Says == FunctionModel::Stance::Blocks;
}

std::vector<std::string> silentCalls(Unit &U, const FunctionDecl *F) {
  std::vector<std::string> Said;
  const FunctionDecl *Body = definitionOf(F);
  if (!Body)
    return Said;
  const FunctionFacts &Facts = U.facts(Body);
  unsigned Plain = 0;
  for (const CallFact &Call : Facts.Calls) {
    if (U.effects().effectOf(Facts, Call).blocks())
      continue;
    switch (U.effects().decisionOn(Facts, Call).first) {
    case Decision::Body:
    case Decision::Opaque:
    case Decision::Elsewhere:
      ++Plain;
      break;
    default:
      Said.push_back(subjectName(Call) + " " + lineOf(U, Call.Loc) + ": " +
                     whyHarmless(U, Facts, Call));
    }
  }
  if (Plain)
    Said.push_back(std::to_string(Plain) +
                   (Plain == 1 ? " other call in its body leads"
                               : " other calls in its body lead") +
                   " to nothing that is known to block");
  else if (Said.empty())
    Said.push_back("its body calls nothing");
  return Said;
}

} // namespace nostall
