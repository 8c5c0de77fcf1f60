//===- AskCompiler.h - where the compiler finds its headers -----*- C++ -*-===//
//
// A compile command names a compiler and not the headers that the compiler
// finds by itself: the C++ library above all. Clang looks for them where GCC
// usually lies and takes the newest. So it misses a GCC elsewhere, an older one
// that the build uses, and a cross compiler, which has another target besides.
// Such a compiler is asked, as `g++ -E -v` answers anybody, once a run and set
// of flags:
//
//   /opt/arm/bin/arm-linux-g++ -c x.cpp
//     =>  ... --target=arm-linux-gnueabihf -nostdinc -isystem /opt/arm/...
//
// What is run is named by the compilation database, like all that a build runs.
// It has to be called like GCC, and --ask-compilers=false does without. What
// the name leads to may be a wrapper (ccache, a build's own), which answers as
// well. Where Clang is sure to find what the compiler would, and where the
// compiler is a Clang, whose headers are found from its place, nothing is
// asked.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_PROJECT_ASKCOMPILER_H
#define NOSTALL_TOOL_PROJECT_ASKCOMPILER_H

#include "clang/Tooling/CompilationDatabase.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include <string>
#include <utility>
#include <vector>

namespace nostall {

class Compilers {
public:
  explicit Compilers(bool MayAsk) : MayAsk(MayAsk) {}

  /// Says in \p Command where the compiler that it names finds its headers.
  void complete(clang::tooling::CompileCommand &Command);

  /// Compilers that could not be asked since this was called last, and what to
  /// do about it: one sentence each.
  std::vector<std::string> takeRemarks() { return std::exchange(Remarks, {}); }

private:
  using Flags = std::vector<std::string>;

  /// The compiler that \p Command names, with its full path. Empty: it is none
  /// that is asked, or none that there is.
  std::string find(const clang::tooling::CompileCommand &Command);
  const Flags &ask(const std::string &Program, const Flags &Relevant,
                   const clang::tooling::CompileCommand &Command);
  void remarkOnce(std::string Text);

  bool MayAsk;
  llvm::StringMap<Flags> Answers;     ///< by all that was asked
  llvm::StringMap<std::string> Found; ///< by name and folder
  llvm::StringSet<> Remarked;
  std::vector<std::string> Remarks;
};

} // namespace nostall

#endif
