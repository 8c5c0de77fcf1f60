//===- ModelParser.cpp - one model file, parsed ---------------------------===//
//
// The second half of reading a model file: the tree of ModelYaml.h becomes a
// ModelFile. checks/models/FORMAT.md says what every key means; this file says
// the same in code, one short function a kind of entry.
//
// An entry with anything wrong in it is left out whole, and everything wrong in
// it is said at once, each with its place and with what was expected
// (ModelReader.h).
//
//===----------------------------------------------------------------------===//

#include "ModelParser.h"
#include "ModelReader.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/GlobPattern.h"
#include <utility>

using namespace llvm;

namespace nostall {
namespace {

class Parser : ModelReader {
public:
  using ModelReader::ModelReader;

  ModelFile parse(StringRef Yaml);

private:
  /// A file's abbreviation and what it stands for.
  struct Alias {
    std::string Short;
    std::vector<std::string> Long;
  };

  void constants(const YamlNode &N);
  void aliases(const YamlNode &N);
  ArgumentTest argumentTest(const YamlNode &N);
  std::vector<std::vector<ArgumentTest>> argumentTests(const YamlNode &N);
  std::vector<ArgumentTest> conjunction(const YamlNode &N, StringRef Of);
  CallableModel callable(const YamlNode &N);
  std::vector<CallableModel> callables(const YamlNode &N);
  CallableUse callableUse(const YamlNode &N, bool AllowExecutor);
  Context context(const YamlNode &N);
  Replacement replacement(const YamlNode &N, StringRef Dialect);
  void replacements(const YamlNode &N, std::vector<Replacement> &Out);
  std::vector<std::string> entryNames(Keys &K);
  const YamlNode &placeOfName(Keys &K, size_t Number);
  void effect(Keys &K, FunctionModel &M);
  FunctionModel otherwise(const YamlNode &N);
  void switchesTo(const YamlNode &N, FunctionModel &M);
  FunctionModel::Construction construction(const YamlNode &N);
  void function(const YamlNode &N, ModelFile &Out);
  void type(const YamlNode &N, ModelFile &Out);
  void lockGuard(const YamlNode &N, TypeModel &M);
  void dialect(const YamlNode &N, ModelFile &Out);
  void opaque(const YamlNode &N, ModelFile &Out);
  void pathOverride(const YamlNode &N, ModelFile &Out);
  void entries(Keys &K, ModelFile &Out);

  // Aliases: an entry stands once for each alternative, see FORMAT.md.
  std::string expand(StringRef Name, size_t Alternative) const;
  bool usesAlternatives(StringRef Name) const;
  template <class Model> void addExpanded(Model M, std::vector<Model> &Out);
  template <class Model>
  void expandNames(Model &M, size_t Alternative, bool Varies);

  std::vector<Alias> Aliases;
  size_t Alternatives = 1;
  std::vector<std::pair<std::string, std::vector<Replacement>>>
      NamedReplacements;
  std::string DefaultSource;
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
    Alias A{E.Key.Text, texts(E.Value, "a qualified name")};
    if (A.Long.size() > 1 && Alternatives > 1 && A.Long.size() != Alternatives)
      error(E.Value, "expected 1 or " + Twine(Alternatives) +
                         " names, as many as the other aliases have, found " +
                         Twine(A.Long.size()));
    else if (!A.Long.empty()) {
      Alternatives = std::max(Alternatives, A.Long.size());
      Aliases.push_back(std::move(A));
    }
  }
}

/// The alias that \p Name begins with, and what follows it.
static bool consumeAlias(StringRef &Name, StringRef Short) {
  if (!Name.starts_with(Short))
    return false;
  StringRef Rest = Name.drop_front(Short.size());
  if (!Rest.empty() && !Rest.starts_with("::"))
    return false;
  Name = Rest;
  return true;
}

std::string Parser::expand(StringRef Name, size_t Alternative) const {
  for (const Alias &A : Aliases)
    if (StringRef Rest = Name; consumeAlias(Rest, A.Short))
      return A.Long[std::min(Alternative, A.Long.size() - 1)] + Rest.str();
  return Name.str();
}

bool Parser::usesAlternatives(StringRef Name) const {
  return any_of(Aliases, [&](const Alias &A) {
    return A.Long.size() > 1 && consumeAlias(Name, A.Short);
  });
}

/// The qualified names in a model: \p F takes a list of them or a single one.
template <class Fn>
static void eachNames(std::vector<std::vector<ArgumentTest>> &Groups, Fn F) {
  for (auto &Group : Groups)
    for (ArgumentTest &T : Group) {
      F(T.TypeIs);
      F(T.Names);
    }
}
template <class Fn> static void eachNames(FunctionModel &M, Fn F) {
  F(M.ReadyValue);
  F(M.NotReadyValue);
  eachNames(M.When, F);
  eachNames(M.Unless, F);
  auto InTests = [&](std::vector<ArgumentTest> &Tests) {
    for (ArgumentTest &T : Tests) {
      F(T.TypeIs);
      F(T.Names);
    }
  };
  for (Replacement &R : M.Replacements)
    InTests(R.When);
  for (CallableModel &C : M.Callables)
    InTests(C.When);
}
template <class Fn> static void eachNames(TypeModel &M, Fn F) {
  F(M.CancellationType);
  F(M.DeferTags);
  F(M.AdoptTags);
}
template <class Fn> static void eachNames(DialectModel &M, Fn F) {
  F(M.TaskTypes);
}

/// What decides which alternative of the aliases an entry is for.
static std::string &leadingName(FunctionModel &M) { return M.Name; }
static std::string &leadingName(TypeModel &M) { return M.Name; }
static std::string &leadingName(DialectModel &M) { return M.Namespace; }

/// An entry whose leading name is abbreviated stands once for each alternative.
/// In any other entry a list of names holds the names of all alternatives.
template <class Model>
void Parser::addExpanded(Model M, std::vector<Model> &Out) {
  const std::string Lead = leadingName(M);
  bool Varies = usesAlternatives(Lead);
  for (size_t I = 0, E = Varies ? Alternatives : 1; I != E; ++I) {
    Model Copy = M;
    leadingName(Copy) = expand(Lead, I);
    expandNames(Copy, I, Varies);
    Out.push_back(std::move(Copy));
  }
}

template <class Model>
void Parser::expandNames(Model &M, size_t Alternative, bool Varies) {
  eachNames(M, [&](auto &Names) {
    if constexpr (std::is_same_v<std::decay_t<decltype(Names)>, std::string>) {
      Names = expand(Names, Alternative);
    } else {
      std::vector<std::string> Expanded;
      for (const std::string &Name : Names) {
        bool All = !Varies && usesAlternatives(Name);
        for (size_t I = 0, E = All ? Alternatives : 1; I != E; ++I)
          Expanded.push_back(expand(Name, Varies ? Alternative : I));
      }
      Names = std::move(Expanded);
    }
  });
  if constexpr (std::is_same_v<Model, FunctionModel>)
    if (M.Otherwise) {
      FunctionModel Rest = *M.Otherwise;
      expandNames(Rest, Alternative, Varies);
      M.Otherwise = std::make_shared<FunctionModel>(std::move(Rest));
    }
}

//===----------------------------------------------------------------------===//
// Parts of a function entry
//===----------------------------------------------------------------------===//

ArgumentTest Parser::argumentTest(const YamlNode &N) {
  ArgumentTest T;
  Keys K(*this, N, "an argument test");
  bool Tests = false;
  const YamlNode *Arg = K.get("arg");
  if (Arg && Arg->Text == "last")
    T.Arg = LastArgument;
  else if (Arg)
    T.Arg = argument(*Arg);
  if (const YamlNode *V = K.get("equals"))
    Tests = true, T.Equals = number(*V);
  if (const YamlNode *V = K.get("has-bits")) {
    size_t Before = Errors.size();
    Tests = true, T.HasBits = number(*V);
    if (*T.HasBits == 0 && Errors.size() == Before)
      error(*V, "'has-bits' of 0 would always hold");
  }
  if (const YamlNode *V = K.get("is-zero-duration"))
    Tests = true, T.IsZeroDuration = flag(*V);
  if (const YamlNode *V = K.get("is-null"))
    Tests = true, T.IsNull = flag(*V);
  if (const YamlNode *V = K.get("type"))
    Tests = true, T.TypeIs = texts(*V, "a qualified class name");
  if (const YamlNode *V = K.get("refers-to"))
    Tests = true, T.Names = texts(*V, "a variable's qualified name");
  if (Tests && !Arg)
    error(N, "an argument test needs 'arg'");
  if (!Tests && Arg)
    error(N, "an argument test needs something to test: equals, has-bits, "
             "is-zero-duration, is-null, type or refers-to");
  if (const YamlNode *V = K.get("argument-count"))
    T.ArgumentCount = int(number(*V));
  else if (!Tests && !Arg)
    error(N, "an argument test is empty");
  K.finish();
  return T;
}

/// One test, or a list of alternatives each of which is a test or a list of
/// tests that must all hold.
std::vector<std::vector<ArgumentTest>>
Parser::argumentTests(const YamlNode &N) {
  std::vector<std::vector<ArgumentTest>> Result;
  if (N.Kind != YamlNode::Sequence) {
    Result.push_back({argumentTest(N)});
    return Result;
  }
  for (const YamlNode &Item : N.Items) {
    auto &Group = Result.emplace_back();
    if (Item.Kind != YamlNode::Sequence)
      Group.push_back(argumentTest(Item));
    for (const YamlNode &Test : Item.Items)
      Group.push_back(argumentTest(Test));
    if (Group.empty())
      error(Item, "expected an argument test, found an empty list");
  }
  return Result;
}

/// Tests that must all hold, where alternatives are separate items.
std::vector<ArgumentTest> Parser::conjunction(const YamlNode &N, StringRef Of) {
  auto Groups = argumentTests(N);
  if (Groups.size() > 1)
    error(N, "'when' of " + Of +
                 " knows no alternatives; write one item for each");
  return Groups.empty() ? std::vector<ArgumentTest>()
                        : std::move(Groups.front());
}

CallableUse Parser::callableUse(const YamlNode &N, bool AllowExecutor) {
  static constexpr std::pair<StringRef, CallableUse> Words[] = {
      {"inline", CallableUse::Inline}, {"worker", CallableUse::Worker},
      {"loop", CallableUse::Loop},     {"process", CallableUse::Process},
      {"keeps", CallableUse::Keeps},   {"by-executor", CallableUse::ByExecutor},
  };
  return word<CallableUse>(N, "use of a callable",
                           ArrayRef(Words).drop_back(AllowExecutor ? 0 : 1));
}

CallableModel Parser::callable(const YamlNode &N) {
  CallableModel C;
  Keys K(*this, N, "a callable");
  if (const YamlNode *V = K.get("arg"))
    C.Arg = argument(*V);
  if (const YamlNode *V = K.get("use"))
    C.Use = callableUse(*V, /*AllowExecutor=*/true);
  else
    error(N, "a callable needs 'use'");
  if (const YamlNode *V = K.get("executor"))
    C.ExecutorArg = argument(*V);
  else if (C.Use == CallableUse::ByExecutor)
    error(N, "'use: by-executor' needs 'executor': the argument whose type "
             "decides, or 'object'");
  if (const YamlNode *V = K.get("when"))
    C.When = conjunction(*V, "a callable");
  K.finish();
  return C;
}

std::vector<CallableModel> Parser::callables(const YamlNode &N) {
  std::vector<CallableModel> Result;
  if (N.Kind == YamlNode::Scalar) {
    CallableModel C;
    C.Use = callableUse(N, /*AllowExecutor=*/false);
    Result.push_back(C);
  } else if (N.Kind == YamlNode::Sequence) {
    for (const YamlNode &Item : N.Items)
      Result.push_back(callable(Item));
  } else {
    Result.push_back(callable(N));
  }
  return Result;
}

Context Parser::context(const YamlNode &N) {
  static constexpr std::pair<StringRef, Context> Words[] = {
      {"loop", Context::Loop},
      {"worker", Context::Worker},
      {"process", Context::Process},
      {"unknown", Context::Unknown},
  };
  return word<Context>(N, "context", Words);
}

Replacement Parser::replacement(const YamlNode &N, StringRef Dialect) {
  Replacement R;
  R.Dialect = Dialect.str();
  if (N.Kind == YamlNode::Scalar) {
    R.Text = codeTemplate(N);
    return R;
  }
  Keys K(*this, N, "a replacement");
  if (const YamlNode *V = K.get("code"))
    R.Text = codeTemplate(*V);
  else
    error(N, "a replacement needs 'code'");
  if (const YamlNode *V = K.get("includes"))
    R.Includes = texts(*V, "a header as in #include");
  if (const YamlNode *V = K.get("when"))
    R.When = conjunction(*V, "a replacement");
  K.finish();
  return R;
}

/// Replacements by dialect, or the name of some that the file gives at its top.
void Parser::replacements(const YamlNode &N, std::vector<Replacement> &Out) {
  if (N.Kind == YamlNode::Scalar) {
    SmallVector<std::pair<StringRef, const std::vector<Replacement> *>, 8>
        Words;
    for (const auto &Named : NamedReplacements)
      Words.emplace_back(Named.first, &Named.second);
    if (Words.empty())
      return expected("a mapping from dialects to replacements", N);
    Out = *word<const std::vector<Replacement> *>(N, "name of replacements",
                                                  Words);
    return;
  }
  if (N.Kind != YamlNode::Mapping)
    return expected("a mapping from dialects to replacements", N);
  for (const YamlNode::Entry &E : N.Entries) {
    if (E.Value.Kind == YamlNode::Sequence)
      for (const YamlNode &Item : E.Value.Items)
        Out.push_back(replacement(Item, E.Key.Text));
    else
      Out.push_back(replacement(E.Value, E.Key.Text));
  }
}

/// The part that says what the call does to its thread; also under `otherwise`.
void Parser::effect(Keys &K, FunctionModel &M) {
  M.Source = DefaultSource;
  M.File = FileName.str();
  M.Line = K.node().Line;
  const YamlNode *Blocks = K.get("blocks");
  const YamlNode *Never = K.get("never-blocks");
  if (Blocks) {
    M.Says = FunctionModel::Stance::Blocks;
    SmallVector<std::pair<StringRef, Effect>, NumEffects> Words;
    for (unsigned I = 0; I != NumEffects; ++I)
      if (const auto E = static_cast<Effect>(I); traitsOf(E).Waits)
        Words.emplace_back(traitsOf(E).Name, E);
    M.What = word<Effect>(*Blocks, "category", Words);
  }
  if (Never && flag(*Never)) {
    M.Says = FunctionModel::Stance::NeverBlocks;
    if (Blocks)
      error(*Never, "an entry has 'blocks' or 'never-blocks', not both");
  }
  const YamlNode *Waits = K.get("result-waits-on-destroy");
  if (Waits)
    M.ResultWaitsOnDestroy = flag(*Waits);
  const YamlNode *LetsGo = K.get("lets-go");
  if (LetsGo)
    M.LetsGo = flag(*LetsGo);
  auto OnlyWithBlocks = [&](StringRef Key) {
    const YamlNode *V = K.get(Key);
    const bool Fits = Blocks || (Waits && Key == "unless") ||
                      (LetsGo && (Key == "unless" || Key == "when"));
    if (V && !Fits)
      error(*V, "'" + Key +
                    "' says when a call blocks, but the entry has no "
                    "'blocks'");
    return V;
  };
  if (const YamlNode *V = OnlyWithBlocks("when"))
    M.When = argumentTests(*V);
  if (const YamlNode *V = OnlyWithBlocks("unless"))
    M.Unless = argumentTests(*V);
  if (const YamlNode *V = OnlyWithBlocks("unless-would-block-tested"))
    M.UnlessWouldBlockTested = flag(*V);
  if (const YamlNode *V = OnlyWithBlocks("unless-ready"))
    M.UnlessReady = flag(*V);
  if (const YamlNode *V = K.get("instead"))
    replacements(*V, M.Replacements);
  if (const YamlNode *V = K.get("advice"))
    M.Advice = text(*V, "a sentence");
  if (const YamlNode *V = K.get("source"))
    M.Source = text(*V, "where the knowledge comes from");
  if (const YamlNode *V = OnlyWithBlocks("otherwise")) {
    if (M.When.empty() && M.Unless.empty())
      error(*V, "'otherwise' needs 'when' or 'unless' beside it");
    M.Otherwise = std::make_shared<FunctionModel>(otherwise(*V));
  }
}

FunctionModel Parser::otherwise(const YamlNode &N) {
  FunctionModel M;
  Keys K(*this, N, "'otherwise'");
  effect(K, M);
  K.finish();
  return M;
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

/// A context, or the argument whose executor decides.
void Parser::switchesTo(const YamlNode &N, FunctionModel &M) {
  if (N.Kind != YamlNode::Mapping) {
    M.SwitchesTo = context(N);
    return;
  }
  Keys K(*this, N, "'switches-to'");
  if (const YamlNode *V = K.get("executor-of"))
    M.SwitchesToExecutorOf = argument(*V);
  K.finish();
}

FunctionModel::Construction Parser::construction(const YamlNode &N) {
  FunctionModel::Construction C;
  Keys K(*this, N, "'constructs'");
  const YamlNode *OfClass = K.get("class-arg"), *Own = K.get("template-arg");
  if (!OfClass == !Own)
    error(N, "'constructs' takes one of 'class-arg' and 'template-arg'");
  C.OfClass = OfClass;
  if (const YamlNode *V = OfClass ? OfClass : Own)
    C.TypeArg = static_cast<unsigned>(argument(*V));
  if (const YamlNode *V = K.get("from"))
    C.From = static_cast<unsigned>(argument(*V));
  K.finish();
  return C;
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
  if (const YamlNode *V = K.get("params")) {
    M.Params.emplace();
    if (V->Kind == YamlNode::Sequence)
      for (const YamlNode &Item : V->Items)
        M.Params->push_back(text(Item, "a parameter's type"));
    else
      expected("a list of parameter types", *V);
  }
  effect(K, M);
  if (const YamlNode *V = K.get("tests-readiness")) {
    M.IsReadyTest = V->Text != "false";
    if (V->Text != "true" && V->Text != "false")
      M.ReadyValue = text(*V, "true or the value that means ready");
  }
  if (const YamlNode *V = K.get("not-ready"))
    M.NotReadyValue = text(*V, "the value that means not ready");
  if (const YamlNode *V = K.get("callables"))
    M.Callables = callables(*V);
  if (const YamlNode *V = K.get("spawns"))
    M.Spawns = flag(*V);
  if (const YamlNode *V = K.get("droppable")) {
    M.DroppableOutsideCoroutines = V->Text == "outside-coroutines";
    M.Droppable = !M.DroppableOutsideCoroutines && flag(*V);
  }
  if (const YamlNode *V = K.get("switches-to"))
    switchesTo(*V, M);
  if (const YamlNode *V = K.get("yields-awaitables"))
    M.YieldsAwaitables = flag(*V);
  if (const YamlNode *V = K.get("forwards"))
    M.Forwards = flag(*V);
  if (const YamlNode *V = K.get("quick"))
    M.Quick = flag(*V);
  if (const YamlNode *V = K.get("gives-descriptor"))
    M.GivesDescriptor = flag(*V);
  if (const YamlNode *V = K.get("loop-only")) {
    M.LoopOnly = V->Text != "false";
    if (V->Text != "true" && V->Text != "false")
      M.LoopOnlyTwin = text(*V, "true or the function to call elsewhere");
  }
  if (const YamlNode *V = K.get("sets-nonblocking"))
    M.SetsNonblocking = argument(*V);
  if (const YamlNode *V = K.get("constructs"))
    M.Constructs = construction(*V);
  if (const YamlNode *V = K.get("acquires"))
    M.Acquires = V->Text == "all" ? EveryArgument : argument(*V);
  if (const YamlNode *V = K.get("releases"))
    M.Releases = V->Text == "all" ? EveryArgument : argument(*V);
  K.finish();
  if (Errors.size() != Before)
    return;
  for (const auto &[I, Name] : enumerate(Names)) {
    const YamlNode &At = placeOfName(K, I);
    M.Name = Name;
    std::string Key = Name + '(' + (M.Params ? join(*M.Params, ",") : "*");
    auto [Before, New] = Given.try_emplace(Key, At.Line);
    if (New)
      addExpanded(M, Out.Functions);
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
    addExpanded(M, Out.Types);
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
    addExpanded(M, Out.Dialects);
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
  for (size_t I = 0, E = usesAlternatives(O.Name) ? Alternatives : 1; I != E;
       ++I)
    Out.Opaque.push_back({expand(O.Name, I), O.Use});
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
        for (size_t I = 0, E = usesAlternatives(Name) ? Alternatives : 1;
             I != E; ++I)
          Names.push_back(expand(Name, I));
  };
  States("would-block", Out.State.WouldBlock);
  States("nonblocking-fd", Out.State.NonblockingFd);
  States("serialises", Out.State.Serialises);
  States("memory-files", Out.State.MemoryFiles);
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
