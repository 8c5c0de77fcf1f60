//===- ModelText.cpp - the text in models: names and code -----------------===//
//
// What can be said of a model's strings without an AST: which names and which
// code are well-formed, under which key an entry is filed, how code with
// placeholders is written out. The tool that packs the built-in models at build
// time needs this part and no Clang.
//
//===----------------------------------------------------------------------===//

#include "ModelText.h"
#include "Models.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <utility>

using namespace llvm;

namespace nostall {

std::string sourceText(const FunctionModel &M) {
  return "model " + M.File + (M.Source.empty() ? "" : " (" + M.Source + ")");
}

void StateNames::append(const StateNames &Other) {
  llvm::append_range(WouldBlock, Other.WouldBlock);
  llvm::append_range(NonblockingFd, Other.NonblockingFd);
  llvm::append_range(Serialises, Other.Serialises);
  llvm::append_range(MemoryFiles, Other.MemoryFiles);
  llvm::append_range(EndsWork, Other.EndsWork);
  llvm::append_range(AwaitsAll, Other.AwaitsAll);
  llvm::append_range(RunsLoops, Other.RunsLoops);
  llvm::append_range(LoopCallbacks, Other.LoopCallbacks);
  llvm::append_range(Forks, Other.Forks);
}

raw_ostream &operator<<(raw_ostream &OS, const ModelError &E) {
  return OS << E.File << ':' << E.Line << ':' << E.Column << ": " << E.Message;
}

//===----------------------------------------------------------------------===//
// Names of entries
//===----------------------------------------------------------------------===//

StringRef lastPartOf(StringRef Name) {
  size_t Colons = Name.rfind("::");
  return Colons == StringRef::npos ? Name : Name.substr(Colons + 2);
}

/// The symbol of "operator<<" or the type of "operator bool"; empty for any
/// other name.
static StringRef operatorPart(StringRef Last) {
  if (!Last.consume_front("operator") || Last.empty() ||
      isAlnum(Last.front()) || Last.front() == '_')
    return {};
  return Last.ltrim();
}

StringRef lookupKeyOf(StringRef Name) {
  StringRef Last = lastPartOf(Name);
  if (StringRef Op = operatorPart(Last); !Op.empty()) {
    bool IsWord = isAlpha(Op.front()) || Op.front() == '_';
    if (!IsWord || Op == "new" || Op == "delete" || Op == "new[]" ||
        Op == "delete[]" || Op == "co_await")
      return Op;
    // A conversion is filed under its class.
    return Last.size() == Name.size()
               ? Op
               : lastPartOf(Name.drop_back(Last.size() + 2));
  }
  Last.consume_front("~");
  return Last;
}

bool isPattern(StringRef Name) {
  return Name.ends_with("*") && operatorPart(lastPartOf(Name)).empty();
}

std::optional<std::string> findNameError(StringRef Name) {
  StringRef Last = lastPartOf(Name);
  if (Last.empty())
    return ("expected a qualified name, found '" + Name + "'").str();
  if (!operatorPart(Last).empty())
    return std::nullopt;
  if (Name.contains('<') || Name.contains('('))
    return ("'" + Name +
            "': write the name without template arguments and parameters")
        .str();
  StringRef Stem = Name;
  Stem.consume_back("*");
  if (Stem.ends_with("::*"))
    Stem = Stem.drop_back(1);
  if (Stem.empty() || Stem == "::")
    return ("'" + Name + "' would stand for everything").str();
  for (char C : Stem)
    if (!isAlnum(C) && C != '_' && C != ':' && C != '~')
      return ("'" + Name + "': '" + Twine(C) +
              "' cannot stand there; '*' is allowed at the end")
          .str();
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Code with placeholders
//===----------------------------------------------------------------------===//

/// Walks over \p Code: literal pieces to \p Literal, names of placeholders to
/// \p Placeholder. Returns what is wrong, if anything is.
static std::optional<std::string>
walkCode(StringRef Code, function_ref<void(StringRef)> Literal,
         function_ref<void(StringRef)> Placeholder) {
  while (!Code.empty()) {
    size_t Brace = Code.find_first_of("{}");
    Literal(Code.substr(0, Brace));
    if (Brace == StringRef::npos)
      return std::nullopt;
    Code = Code.substr(Brace);
    if (Code.size() > 1 && Code[0] == Code[1]) {
      Literal(Code.take_front(1));
      Code = Code.drop_front(2);
      continue;
    }
    size_t End = Code.find('}');
    if (Code[0] == '}' || End == StringRef::npos)
      return ("a single '" + Twine(Code[0]) +
              "' in code; double it for a brace")
          .str();
    Placeholder(Code.slice(1, End));
    Code = Code.substr(End + 1);
  }
  return std::nullopt;
}

static bool isPlaceholder(StringRef Name) {
  unsigned Number;
  if (Name.starts_with("arg") && !Name.drop_front(3).getAsInteger(10, Number))
    return true;
  return is_contained<StringRef>(
      {"receiver", "name", "args", "head", "last", "call", "result", "ns"},
      Name);
}

std::optional<std::string> findCodeError(StringRef Code) {
  StringRef Unknown;
  bool Found = false;
  auto Error = walkCode(
      Code, [](StringRef) {},
      [&](StringRef Name) {
        if (!Found && !isPlaceholder(Name)) {
          Found = true;
          Unknown = Name;
        }
      });
  if (!Error && Found)
    return ("unknown placeholder '{" + Unknown +
            "}'; expected {receiver}, {name}, {args}, {arg0}, {arg1}.., "
            "{head}, "
            "{last}, {call}, {result} or {ns}; double a literal brace")
        .str();
  return Error;
}

std::string expandCode(StringRef Code,
                       function_ref<std::string(StringRef)> Fill) {
  std::string Result;
  bool Empty = false; // the last placeholder
  walkCode(
      Code,
      [&](StringRef Text) {
        if (std::exchange(Empty, false))
          Text.consume_front(", ");
        Result += Text;
      },
      [&](StringRef Name) {
        std::string Filled = Fill(Name);
        Empty = Filled.empty();
        Result += Filled;
      });
  return Result;
}

std::string expandInclude(StringRef Include, StringRef Namespace) {
  return expandCode(Include, [&](StringRef) {
    std::string Path;
    for (StringRef Part : split(Namespace, "::"))
      Path += (Path.empty() ? "" : "/") + Part.str();
    return Path;
  });
}

} // namespace nostall
