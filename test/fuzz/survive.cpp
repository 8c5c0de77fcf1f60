//===- survive.cpp - the checks on broken and half-typed code -------------===//
//
//   nostall-survive [--mutants N] [--seed S] FILE... [-- compiler flags]
//
// An editor runs the checks on every state of a file between two keystrokes.
// This program makes such states: from each FILE, N mutants, cut off somewhere,
// with tokens gone, doubled, swapped or put in another's place. Each is parsed
// in this process and, whatever the compiler made of it, given to every stage
// of the analysis and to every check. That it ends is all that is asked.
//
// The same seed makes the same mutants everywhere. A mutant is written to
// survive-last.cpp before it is tried, so that after a crash it lies there; one
// that takes longer than a minute is ended by a signal.
//
//===----------------------------------------------------------------------===//

#include "Catalogue.h"
#include "NostallCheck.h"
#include "analysis/explain/Dump.h"
#include "clang-tidy/ClangTidyDiagnosticConsumer.h"
#include "clang/Basic/DiagnosticOptions.h"
#include "clang/Frontend/ASTUnit.h"
#include "clang/Tooling/Tooling.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include <random>
#include <unistd.h>

using namespace clang;
using namespace llvm;

namespace {

/// Words, numbers, literals and single marks; what lies between is kept.
std::vector<StringRef> tokensOf(StringRef Text) {
  std::vector<StringRef> Tokens;
  for (size_t At = 0; At < Text.size();) {
    size_t End = At + 1;
    auto IsWord = [](char C) { return isAlnum(C) || C == '_'; };
    if (IsWord(Text[At])) {
      while (End < Text.size() && IsWord(Text[End]))
        ++End;
    } else if (isSpace(Text[At])) {
      At = End;
      continue;
    } else if (Text[At] == '"') {
      while (End < Text.size() && Text[End] != '"' && Text[End] != '\n')
        ++End;
      End = std::min(End + 1, Text.size());
    }
    Tokens.push_back(Text.slice(At, End));
    At = End;
  }
  return Tokens;
}

class Mutator {
public:
  Mutator(StringRef Text, unsigned Seed) : Text(Text), Random(Seed) {
    // The includes stay: without them nothing else would be left to look at.
    size_t Code = Text.rfind("\n#include");
    Code = Code == StringRef::npos ? 0 : Text.find('\n', Code + 1);
    Begin = Code == StringRef::npos ? 0 : Code;
    Tokens = tokensOf(Text.drop_front(Begin));
  }

  std::string next() {
    std::string Result = Text.str();
    if (Tokens.size() < 2)
      return Result;
    if (pick(8) == 0) // half-typed: all behind is still to be written
      Result.resize(offset(token()));
    for (unsigned Edits = 1 + pick(3); Edits; --Edits)
      edit(Result);
    return Result;
  }

private:
  /// Not std::uniform_int_distribution, which differs between libraries.
  size_t pick(size_t Count) { return Random() % Count; }
  StringRef token() { return Tokens[pick(Tokens.size())]; }
  size_t offset(StringRef Token) const { return Token.data() - Text.data(); }

  void edit(std::string &Result) {
    StringRef Token = token(), Other = token();
    // Edits before have moved what lies behind them: near enough.
    size_t At = std::min(offset(Token), Result.size());
    size_t Size = std::min(Token.size(), Result.size() - At);
    static constexpr llvm::StringLiteral Marks[] = {
        "(",  ")",      "{",         "}",        ";",      "<",     ">",     "&&",
        "::", "co_await ", "co_return ", "co_yield ", "auto ", "if (", "[&]", "..."};
    switch (pick(6)) {
    case 0:
      Result.erase(At, Size);
      break;
    case 1:
      Result.erase(At, pick(60));
      break;
    case 2:
      Result.insert(At, Token.str() + " ");
      break;
    case 3:
      Result.replace(At, Size, Other.str());
      break;
    case 4:
      Result.insert(At, Other.str() + " ");
      break;
    case 5:
      Result.insert(At, Marks[pick(std::size(Marks))].str());
      break;
    }
  }

  StringRef Text;
  std::mt19937 Random;
  size_t Begin;
  std::vector<StringRef> Tokens;
};

/// Every stage and every check on \p Code. True if the compiler took it.
bool tryCode(const std::string &Code, StringRef File,
             const std::vector<std::string> &Flags) {
  IgnoringDiagConsumer Silent;
  std::unique_ptr<ASTUnit> AST = tooling::buildASTFromCodeWithArgs(
      Code, Flags, File, "nostall-survive",
      std::make_shared<PCHContainerOperations>(),
      tooling::getClangStripDependencyFileAdjuster(),
      tooling::FileContentMappings(), &Silent);
  if (!AST)
    return false;
  {
    std::shared_ptr<nostall::Unit> U = nostall::Unit::of(AST->getASTContext());
    raw_null_ostream Nowhere;
    nostall::dumpFacts(*U, Nowhere);
    nostall::dumpValues(*U, Nowhere);
    nostall::dumpFlow(*U, Nowhere);
    nostall::dumpEffects(*U, Nowhere);
    nostall::dumpContexts(*U, Nowhere);
  }
  tidy::ClangTidyOptions Options = tidy::ClangTidyOptions::getDefaults();
  Options.Checks = "nostall-*";
  Options.HeaderFilterRegex = ".*";
  tidy::ClangTidyContext Context(std::make_unique<tidy::DefaultOptionsProvider>(
      tidy::ClangTidyGlobalOptions(), Options));
  tidy::ClangTidyDiagnosticConsumer Consumer(Context);
  auto DiagOptions = std::make_unique<DiagnosticOptions>();
  DiagnosticsEngine Engine(DiagnosticIDs::create(), *DiagOptions, &Consumer,
                           /*ShouldOwnClient=*/false);
  Context.setDiagnosticsEngine(std::move(DiagOptions), &Engine);
  Engine.setSourceManager(&AST->getSourceManager());
  Context.setSourceManager(&AST->getSourceManager());
  Context.setCurrentFile(File);
  Context.setASTContext(&AST->getASTContext());
  Consumer.BeginSourceFile(AST->getLangOpts(), &AST->getPreprocessor());
  for (const nostall::CheckInfo &Info : nostall::catalogue())
    Info.Make(Info.Name, &Context)->runOn(AST->getASTContext());
  Consumer.EndSourceFile();
  Consumer.take();
  return !AST->getDiagnostics().hasUncompilableErrorOccurred();
}

} // namespace

int main(int Count, char **Words) {
  unsigned Mutants = 50, Seed = 1;
  std::vector<std::string> Files, Flags = {"-std=c++20", "-w",
                                           "-resource-dir=" CLANG_RESOURCE_DIR};
  for (int I = 1; I < Count; ++I) {
    StringRef Word = Words[I];
    if (Word == "--") {
      Flags.insert(Flags.end(), Words + I + 1, Words + Count);
      break;
    }
    if (Word == "--mutants" && I + 1 < Count)
      Mutants = std::atoi(Words[++I]);
    else if (Word == "--seed" && I + 1 < Count)
      Seed = std::atoi(Words[++I]);
    else
      Files.push_back(Word.str());
  }
  unsigned Tried = 0, Compiled = 0;
  for (const std::string &File : Files) {
    auto Buffer = MemoryBuffer::getFile(File);
    if (!Buffer) {
      errs() << "nostall-survive: cannot read '" << File << "'\n";
      return 2;
    }
    Mutator M((*Buffer)->getBuffer(), Seed);
    for (unsigned I = 0; I != Mutants; ++I, ++Tried) {
      std::string Code = M.next();
      std::error_code Error;
      if (raw_fd_ostream Last("survive-last.cpp", Error); !Error)
        Last << Code;
      alarm(60);
      Compiled += tryCode(Code, File, Flags);
    }
  }
  sys::fs::remove("survive-last.cpp");
  outs() << Tried << " mutants survived, " << Compiled << " of them compile\n";
  return Tried ? 0 : 2;
}
