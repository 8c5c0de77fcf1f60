//===- AskCompiler.cpp - where the compiler finds its headers -------------===//

#include "AskCompiler.h"
#include "ClangHeaders.h"
#include "RunProgram.h"
#include "clang/Tooling/ArgumentsAdjusters.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/Regex.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

using clang::tooling::CompileCommand;
using llvm::StringRef;

namespace nostall {

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

/// A compiler that takes longer waits for something.
static constexpr int Seconds = 10;

static bool isCalledLikeGcc(StringRef Program) {
  static const llvm::Regex Name("^([A-Za-z0-9_.-]+-)?(g\\+\\+|gcc|c\\+\\+|cc)"
                                "(-[0-9.]+)?$");
  return Name.match(path::filename(Program));
}

/// The name of a link may be GCC's, and the program a Clang, or a program that
/// runs the compiler: ccache, a build's wrapper.
static bool isClang(StringRef Program) {
  return path::filename(Program).contains("clang");
}

static std::string realPath(StringRef File) {
  llvm::SmallString<256> Real;
  return fs::real_path(File, Real) ? File.str() : std::string(Real);
}

/// Those of the command's flags by which GCC chooses folders.
static std::vector<std::string> relevantFlags(const CompileCommand &Command) {
  std::vector<std::string> Relevant;
  const auto &All = Command.CommandLine;
  for (size_t I = 1; I < All.size(); ++I) {
    const StringRef Flag = All[I];
    if (Flag == "--sysroot" || Flag == "-isysroot" || Flag == "-B") {
      Relevant.push_back(Flag.str());
      if (++I < All.size())
        Relevant.push_back(All[I]);
    } else if ((Flag.starts_with("-m") && Flag != "-mllvm") ||
               Flag.starts_with("--sysroot=") || Flag.starts_with("-B") ||
               Flag.starts_with("-specs=") || Flag.starts_with("--specs=") ||
               Flag.starts_with("-stdlib=") || Flag == "-nostdinc" ||
               Flag == "-nostdinc++") {
      Relevant.push_back(Flag.str());
    }
  }
  return Relevant;
}

static StringRef languageOf(const CompileCommand &Command) {
  return path::extension(Command.Filename) == ".c" ? "c" : "c++";
}

/// Whether the GCC of version \p Number is the newest for \p Target, which is
/// the one that Clang takes.
static bool isNewest(StringRef Target, unsigned Number) {
  std::error_code EC;
  unsigned Newest = 0;
  for (fs::directory_iterator It("/usr/lib/gcc/" + Target, EC), End;
       !EC && It != End; It.increment(EC)) {
    unsigned Other = 0;
    if (!path::filename(It->path()).getAsInteger(10, Other) &&
        fs::exists(It->path() + "/crtbegin.o"))
      Newest = std::max(Newest, Other);
  }
  return Newest == Number;
}

/// Whether Clang looks where \p Program does: the machine's own GCC, as Debian
/// and Ubuntu name it, without a flag that leads elsewhere.
static bool clangFindsTheSame(StringRef Program,
                              const std::vector<std::string> &Relevant) {
  if (!llvm::all_of(Relevant, [](StringRef Flag) {
        return Flag.starts_with("-m") && Flag != "-m32" && Flag != "-mx32" &&
               Flag != "-m16";
      }))
    return false;
  const std::string Real = realPath(Program);
  static const llvm::Regex Name(
      "^/usr/bin/([a-z0-9_]+-linux-gnu)-(g\\+\\+|gcc)-([0-9]+)$");
  llvm::SmallVector<StringRef, 4> Parts;
  unsigned Number = 0;
  return Name.match(Real, &Parts) && !Parts[3].getAsInteger(10, Number) &&
         llvm::Triple(Parts[1]).getArch() ==
             llvm::Triple(llvm::sys::getDefaultTargetTriple()).getArch() &&
         isNewest(Parts[1], Number);
}

/// Whether \p Folder has the compiler's own headers, which are for it alone:
/// Clang's stand in their place. Those that GCC "fixed" are of glibc, which
/// needs none.
static bool isOfCompiler(StringRef Folder) {
  static const llvm::Regex Own("/(gcc(-cross)?/[^/]+|clang)/[0-9][^/]*/"
                               "include(-fixed)?$");
  return Own.match(Folder);
}

/// The flags that say what the answer \p Text says. Empty: it says nothing.
static std::vector<std::string> flagsFrom(StringRef Text, bool HasTarget) {
  std::vector<std::string> Folders;
  bool InList = false, SawOwn = false;
  std::string Target;
  llvm::SmallVector<StringRef, 64> Lines;
  Text.split(Lines, '\n');
  for (StringRef Line : Lines) {
    if (Line.consume_front("Target: "))
      Target = Line.trim().str();
    else if (Line.starts_with("#include <...>"))
      InList = true;
    else if (Line.starts_with("End of search list"))
      InList = false;
    else if (InList) {
      llvm::SmallString<256> Folder(Line.trim());
      path::remove_dots(Folder, /*remove_dot_dot=*/true);
      if (!isOfCompiler(Folder))
        Folders.push_back(std::string(Folder));
      else if (!std::exchange(SawOwn, true))
        Folders.push_back(clangResourceDir() + "/include");
    }
  }
  if (Folders.empty())
    return {};
  std::vector<std::string> Flags;
  const llvm::Triple Of(Target), Host(llvm::sys::getDefaultTargetTriple());
  if (!HasTarget && !Target.empty() &&
      (Of.getArch() != Host.getArch() || Of.getOS() != Host.getOS()))
    Flags.push_back("--target=" + Target);
  Flags.push_back("-nostdinc");
  for (std::string &Folder : Folders)
    Flags.insert(Flags.end(), {"-isystem", std::move(Folder)});
  return Flags;
}

static bool hasTarget(const CompileCommand &Command) {
  return llvm::any_of(Command.CommandLine, [](StringRef Flag) {
    return Flag == "-target" || Flag.starts_with("--target");
  });
}

static void append(CompileCommand &Command,
                   const std::vector<std::string> &Flags) {
  Command.CommandLine = clang::tooling::getInsertArgumentAdjuster(
      Flags, clang::tooling::ArgumentInsertPosition::END)(Command.CommandLine,
                                                          Command.Filename);
}

/// What a cross compiler that is not here says by its name:
/// `aarch64-linux-gnu-g++`.
static void takeTargetOfName(CompileCommand &Command) {
  const StringRef Name = path::filename(Command.CommandLine.front());
  const StringRef Target = Name.take_front(Name.rfind("-g"));
  if (Target.contains('-') && Target != Name && !hasTarget(Command) &&
      llvm::Triple(Target).getArch() != llvm::Triple::UnknownArch)
    append(Command, {"--target=" + Target.str()});
}

void Compilers::remarkOnce(std::string Text) {
  if (Remarked.insert(Text).second)
    Remarks.push_back(std::move(Text));
}

std::string Compilers::find(const CompileCommand &Command) {
  const std::string &Named = Command.CommandLine.front();
  auto [It, IsNew] = Found.try_emplace(Named + '\n' + Command.Directory);
  if (!IsNew)
    return It->second;
  llvm::SmallString<256> Program(Named);
  if (path::has_parent_path(Named))
    path::make_absolute(Command.Directory, Program);
  else if (auto OnPath = llvm::sys::findProgramByName(Named))
    Program = *OnPath;
  else
    Program.clear();
  if (Program.empty() || !fs::can_execute(Program)) {
    remarkOnce("the compiler '" + Named +
               "', which the compile commands name, is not on this machine: "
               "headers are looked for where Clang finds some; install it, or "
               "name their folders by --extra-arg=-isystemDIR");
    return "";
  }
  if (isCalledLikeGcc(Program))
    It->second = std::string(Program);
  return It->second;
}

const Compilers::Flags &Compilers::ask(const std::string &Program,
                                       const Flags &Relevant,
                                       const CompileCommand &Command) {
  const std::string Language = languageOf(Command).str();
  auto [It, IsNew] = Answers.try_emplace(
      llvm::join(Relevant, "\n") + '\n' + Program + '\n' + Language +
      (Relevant.empty() ? "" : '\n' + Command.Directory));
  Flags &Answer = It->second;
  if (!IsNew || clangFindsTheSame(Program, Relevant))
    return Answer;
  Flags Args = {Program};
  llvm::append_range(Args, Relevant);
  llvm::append_range(Args, Flags{"-E", "-v", "-x", Language, "/dev/null"});
  auto Said = runProgram(Args, Command.Directory, Seconds);
  if (Said)
    Answer = flagsFrom(*Said, hasTarget(Command));
  const std::string Why = Said ? "it lists none" : toString(Said.takeError());
  if (Answer.empty())
    remarkOnce("the compiler '" + Program +
               "' does not say where its headers "
               "are (" +
               Why +
               "): they are looked for where Clang finds some; "
               "name their folders by --extra-arg=-isystemDIR, or ask no "
               "compiler by --ask-compilers=false");
  return Answer;
}

void Compilers::complete(CompileCommand &Command) {
  if (!MayAsk || Command.CommandLine.empty() ||
      !isCalledLikeGcc(Command.CommandLine.front()))
    return;
  const std::string Program = find(Command);
  if (Program.empty())
    return takeTargetOfName(Command);
  if (isClang(realPath(Program)))
    return;
  const Flags &Answer = ask(Program, relevantFlags(Command), Command);
  if (!Answer.empty())
    append(Command, Answer);
}

} // namespace nostall
