//===- ModelParser.cpp - one model file, parsed ---------------------------===//
//
// The second half of reading a model file: the tree of ModelYaml.h becomes a
// ModelFile. checks/models/FORMAT.md says what every key means; this file says
// the same in code, one short function a kind of entry; the groups of a
// function entry are in ModelFunction.cpp.
//
// An entry with anything wrong in it is left out whole, and everything wrong in
// it is said at once, each with its place and with what was expected
// (ModelReader.h).
//
//===----------------------------------------------------------------------===//

#include "ModelParser.h"
#include "ModelAliases.h"
#include "ModelFunction.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/GlobPattern.h"
#include <utility>

using namespace llvm;

namespace nostall {
namespace {

class Parser : FunctionReader {
public:
  using FunctionReader::FunctionReader;

  ModelFile parse(StringRef Yaml);

private:
  void constants(const YamlNode &N);
  void aliases(const YamlNode &N);
  std::vector<std::string> entryNames(Keys &K);
  const YamlNode &placeOfName(Keys &K, size_t Number);
  void function(const YamlNode &N, ModelFile &Out);
  void type(const YamlNode &N, ModelFile &Out);
  void lockGuard(const YamlNode &N, TypeModel &M);
  void dialect(const YamlNode &N, ModelFile &Out);
  void opaque(const YamlNode &N, ModelFile &Out);
  void pathOverride(const YamlNode &N, ModelFile &Out);
  void entries(Keys &K, ModelFile &Out);

  Aliases Short;
  /// Functions that have an entry, with their lines; an override starts anew.
  StringMap<unsigned> Given;
};

//===----------------------------------------------------------------------===//
// Abbreviations
//===----------------------------------------------------------------------===//

void Parser::constants(const YamlNode &N) {
  if (N.Kind != YamlNode::Mapping)
    return expected("a mapping from names to numbers", N);
  for (const YamlNode::Entry &E : N.Entries)
    Constants.emplace_back(E.Key.Text, number(E.Value));
}

void Parser::aliases(const YamlNode &N) {
  if (N.Kind != YamlNode::Mapping)
    return expected("a mapping from an abbreviation to what it stands for", N);
  for (const YamlNode::Entry &E : N.Entries) {
    std::vector<std::string> Long = texts(E.Value, "a qualified name");
    const size_t Others = Short.alternatives();
    if (Long.size() > 1 && Others > 1 && Long.size() != Others)
      error(E.Value, "expected 1 or " + Twine(Others) +
                         " names, as many as the other aliases have, found " +
                         Twine(Long.size()));
    else if (!Long.empty())
      Short.add(E.Key.Text, std::move(Long));
  }
}

//===----------------------------------------------------------------------===//
// Entries
//===----------------------------------------------------------------------===//

std::vector<std::string> Parser::entryNames(Keys &K) {
  const YamlNode *One = K.get("name"), *Many = K.get("names");
  if (bool(One) == bool(Many)) {
    error(K.node(), One ? "an entry has 'name' or 'names', not both"
                        : "an entry needs 'name' or 'names'");
    return {};
  }
  std::vector<std::string> Names = texts(One ? *One : *Many, "a name");
  if (One && One->Kind == YamlNode::Sequence)
    error(*One, "'name' takes one name; use 'names' for a list");
  for (const auto &[I, Name] : enumerate(Names))
    if (std::optional<std::string> Wrong =
            Name.empty() ? std::nullopt : findNameError(Name))
      error(placeOfName(K, I), *Wrong);
  return Names;
}

const YamlNode &Parser::placeOfName(Keys &K, size_t Number) {
  const YamlNode *One = K.get("name");
  const YamlNode &Names = One ? *One : *K.get("names");
  return Names.Kind == YamlNode::Sequence ? Names.Items[Number] : Names;
}

void Parser::function(const YamlNode &N, ModelFile &Out) {
  size_t Before = Errors.size();
  FunctionModel M;
  Keys K(*this, N, "a function entry");
  std::vector<std::string> Names = entryNames(K);
  functionGroups(K, M);
  K.finish();
  if (Errors.size() != Before)
    return;
  for (const auto &[I, Name] : enumerate(Names)) {
    const YamlNode &At = placeOfName(K, I);
    M.Name = Name;
    std::string Key = Name + '(' + (M.Params ? join(*M.Params, ",") : "*");
    auto [Before, New] = Given.try_emplace(Key, At.Line);
    if (New)
      Short.addExpanded(M, Out.Functions);
    else
      error(At, "'" + Name + "' has an entry at line " + Twine(Before->second) +
                    " already");
  }
}

void Parser::lockGuard(const YamlNode &N, TypeModel &M) {
  if (N.Kind == YamlNode::Scalar) {
    M.LockGuard = flag(N);
    return;
  }
  M.LockGuard = true;
  Keys K(*this, N, "a lock guard");
  if (const YamlNode *V = K.get("releases"))
    M.GuardReleases = texts(*V, "a member's name");
  if (const YamlNode *V = K.get("acquires"))
    M.GuardAcquires = texts(*V, "a member's name");
  if (const YamlNode *V = K.get("defer"))
    M.DeferTags = texts(*V, "a tag type's qualified name");
  if (const YamlNode *V = K.get("adopt"))
    M.AdoptTags = texts(*V, "a tag type's qualified name");
  K.finish();
}

void Parser::type(const YamlNode &N, ModelFile &Out) {
  size_t Before = Errors.size();
  TypeModel M;
  Keys K(*this, N, "a type entry");
  std::vector<std::string> Names = entryNames(K);
  M.Source = DefaultSource;
  M.File = FileName.str();
  M.Line = N.Line;
  if (const YamlNode *V = K.get("droppable"))
    M.Droppable = flag(*V);
  if (const YamlNode *V = K.get("awaitable"))
    M.Awaitable = flag(*V);
  if (const YamlNode *V = K.get("executor"))
    M.Executor = context(*V);
  if (const YamlNode *V = K.get("lock-guard"))
    lockGuard(*V, M);
  if (const YamlNode *V = K.get("owns"))
    M.OwnsAlone = V->Text == "alone", M.Owns = !M.OwnsAlone && flag(*V);
  if (const YamlNode *V = K.get("gives-up"))
    M.GivesUp = texts(*V, "a member's name");
  if (const YamlNode *V = K.get("deleter"))
    M.Deleter = V->Text == "given" ? TypeModel::GivenDeleter : argument(*V);
  if (const YamlNode *V = K.get("stays-as"))
    M.StaysAs = text(*V, "what it is, as in 'a mutex'");
  if (const YamlNode *V = K.get("cancellation-type"))
    M.CancellationType = text(*V, "a type's qualified name");
  if (const YamlNode *V = K.get("source"))
    M.Source = text(*V, "where the knowledge comes from");
  K.finish();
  if (Errors.size() != Before)
    return;
  for (std::string &Name : Names) {
    M.Name = std::move(Name);
    Short.addExpanded(M, Out.Types);
  }
}

void Parser::dialect(const YamlNode &N, ModelFile &Out) {
  size_t Before = Errors.size();
  DialectModel M;
  Keys K(*this, N, "a dialect");
  M.File = FileName.str();
  if (const YamlNode *V = K.get("name"))
    M.Name = text(*V, "the dialect's name");
  else
    error(N, "a dialect needs 'name'");
  if (const YamlNode *V = K.get("tasks"))
    M.TaskTypes = texts(*V, "a task type's qualified name");
  else
    error(N, "a dialect needs 'tasks': the return types of its coroutines");
  if (const YamlNode *V = K.get("namespace"))
    M.Namespace = text(*V, "a namespace");
  if (const YamlNode *V = K.get("spawn"))
    M.Spawn = codeTemplate(*V);
  if (const YamlNode *V = K.get("resumes-on-own-executor"))
    M.ResumesOnOwnExecutor = flag(*V);
  if (const YamlNode *V = K.get("event-loop"))
    M.HasLoop = flag(*V);
  if (const YamlNode *V = K.get("awaits-members"))
    M.AwaitsMembers = texts(*V, "the name of a member");
  if (const YamlNode *V = K.get("offload")) {
    Replacement R = replacement(*V, M.Name);
    if (!R.When.empty())
      error(*V, "'offload' takes no 'when'");
    M.Offload = std::move(R.Text);
    M.OffloadIncludes = std::move(R.Includes);
  }
  K.finish();
  if (Errors.size() == Before)
    Short.addExpanded(M, Out.Dialects);
}

void Parser::opaque(const YamlNode &N, ModelFile &Out) {
  size_t Before = Errors.size();
  OpaqueNamespace O;
  if (N.Kind == YamlNode::Scalar) {
    O.Name = text(N, "a namespace");
  } else {
    Keys K(*this, N, "an opaque namespace");
    if (const YamlNode *V = K.get("namespace"))
      O.Name = text(*V, "a namespace");
    else
      error(N, "an opaque namespace needs 'namespace'");
    if (const YamlNode *V = K.get("callables"))
      O.Use = callableUse(*V, /*AllowExecutor=*/false);
    K.finish();
  }
  if (Errors.size() != Before)
    return;
  Short.eachExpanded(O.Name, [&](std::string Name) {
    Out.Opaque.push_back({std::move(Name), O.Use});
  });
}

void Parser::pathOverride(const YamlNode &N, ModelFile &Out) {
  size_t Before = Errors.size();
  ModelFile::Override O;
  Keys K(*this, N, "an override");
  if (const YamlNode *V = K.get("paths")) {
    O.Paths = texts(*V, "a path pattern");
    for (const std::string &Path : O.Paths)
      if (auto Glob = GlobPattern::create(Path, MaxGlobAlternatives); !Glob)
        error(*V, "'" + Path + "': " + toString(Glob.takeError()));
  } else {
    error(N, "an override needs 'paths'");
  }
  bool WrongPaths = Errors.size() != Before;
  auto Outside = std::exchange(Given, {});
  entries(K, O.Models);
  Given = std::move(Outside);
  K.finish();
  if (!WrongPaths)
    Out.Overrides.push_back(std::move(O));
}

/// What stands both at the top of a file and in an override.
void Parser::entries(Keys &K, ModelFile &Out) {
  eachItem(K.get("opaque"), "namespaces",
           [&](const YamlNode &N) { opaque(N, Out); });
  eachItem(K.get("functions"), "function entries",
           [&](const YamlNode &N) { function(N, Out); });
  eachItem(K.get("types"), "type entries",
           [&](const YamlNode &N) { type(N, Out); });
  eachItem(K.get("dialects"), "dialects",
           [&](const YamlNode &N) { dialect(N, Out); });
  auto States = [&](StringRef Key, std::vector<std::string> &Names) {
    if (const YamlNode *V = K.get(Key))
      for (const std::string &Name :
           texts(*V, "a macro's, enumerator's or function's name"))
        Short.eachExpanded(Name, [&](std::string Whole) {
          Names.push_back(std::move(Whole));
        });
  };
  States("would-block", Out.State.WouldBlock);
  States("nonblocking-fd", Out.State.NonblockingFd);
  States("serialises", Out.State.Serialises);
  States("memory-files", Out.State.MemoryFiles);
  States("ends-work", Out.State.EndsWork);
  States("awaits-all", Out.State.AwaitsAll);
  States("runs-loops", Out.State.RunsLoops);
  States("loop-callbacks", Out.State.LoopCallbacks);
  States("forks", Out.State.Forks);
}

ModelFile Parser::parse(StringRef Yaml) {
  ModelFile File;
  YamlNode Root = readYaml(Yaml, FileName, Errors);
  if (Root.Kind == YamlNode::Null)
    return File; // an empty file says nothing
  Keys K(*this, Root, "a model file");
  if (const YamlNode *V = K.get("source"))
    DefaultSource = text(*V, "where the knowledge comes from");
  if (const YamlNode *V = K.get("constants"))
    constants(*V);
  if (const YamlNode *V = K.get("aliases"))
    aliases(*V);
  if (const YamlNode *V = K.get("replacements")) {
    if (V->Kind != YamlNode::Mapping)
      expected("a mapping from names to replacements", *V);
    for (const YamlNode::Entry &E : V->Entries) {
      std::vector<Replacement> Named;
      replacements(E.Value, Named);
      NamedReplacements.emplace_back(E.Key.Text, std::move(Named));
    }
  }
  if (const YamlNode *V = K.get("root"))
    File.Root = flag(*V);
  if (const YamlNode *V = K.get("extends")) {
    auto Add = [&](const YamlNode &N) {
      std::string Path = text(N, "a path");
      if (!Path.empty())
        File.Extends.push_back({std::move(Path), N.Line, N.Column});
    };
    if (V->Kind == YamlNode::Sequence)
      for_each(V->Items, Add);
    else
      Add(*V);
  }
  entries(K, File);
  eachItem(K.get("overrides"), "overrides",
           [&](const YamlNode &N) { pathOverride(N, File); });
  K.finish();
  return File;
}

} // namespace

ModelFile parseModelFile(StringRef Yaml, StringRef FileName,
                         std::vector<ModelError> &Errors) {
  return Parser(FileName, Errors).parse(Yaml);
}

} // namespace nostall
