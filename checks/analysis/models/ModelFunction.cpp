//===- ModelFunction.cpp - the groups of a function entry, parsed ---------===//

#include "ModelFunction.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace nostall {

//===----------------------------------------------------------------------===//
// What several groups consist of
//===----------------------------------------------------------------------===//

ArgumentTest FunctionReader::argumentTest(const YamlNode &N) {
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
  if (const YamlNode *V = K.get("member")) {
    T.Member = text(*V, "a member's name");
    if (!T.HasBits || T.Equals)
      error(*V, "'member' goes with 'has-bits'");
  }
  if (const YamlNode *V = K.get("is-zero-duration"))
    Tests = true, T.IsZeroDuration = flag(*V);
  if (const YamlNode *V = K.get("is-null"))
    Tests = true, T.IsNull = flag(*V);
  if (const YamlNode *V = K.get("type"))
    Tests = true, T.TypeIs = texts(*V, "a qualified class name");
  if (const YamlNode *V = K.get("involves"))
    Tests = true, T.Involves = texts(*V, "a qualified class name");
  if (const YamlNode *V = K.get("refers-to"))
    Tests = true, T.Names = texts(*V, "a variable's qualified name");
  if (Tests && !Arg)
    error(N, "an argument test needs 'arg'");
  if (!Tests && Arg)
    error(N, "an argument test needs something to test: equals, has-bits, "
             "is-zero-duration, is-null, type, involves or refers-to");
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
FunctionReader::argumentTests(const YamlNode &N) {
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
std::vector<ArgumentTest> FunctionReader::conjunction(const YamlNode &N,
                                                      StringRef Of) {
  auto Groups = argumentTests(N);
  if (Groups.size() > 1)
    error(N, "'when' of " + Of +
                 " knows no alternatives; write one item for each");
  return Groups.empty() ? std::vector<ArgumentTest>()
                        : std::move(Groups.front());
}

CallableUse FunctionReader::callableUse(const YamlNode &N, bool AllowExecutor) {
  static constexpr std::pair<StringRef, CallableUse> Words[] = {
      {"inline", CallableUse::Inline}, {"worker", CallableUse::Worker},
      {"loop", CallableUse::Loop},     {"process", CallableUse::Process},
      {"keeps", CallableUse::Keeps},   {"by-executor", CallableUse::ByExecutor},
  };
  return word<CallableUse>(N, "use of a callable",
                           ArrayRef(Words).drop_back(AllowExecutor ? 0 : 1));
}

CallableModel FunctionReader::callable(const YamlNode &N) {
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

std::vector<CallableModel> FunctionReader::callables(const YamlNode &N) {
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

Context FunctionReader::context(const YamlNode &N) {
  static constexpr std::pair<StringRef, Context> Words[] = {
      {"loop", Context::Loop},
      {"worker", Context::Worker},
      {"process", Context::Process},
      {"unknown", Context::Unknown},
  };
  return word<Context>(N, "context", Words);
}

Replacement FunctionReader::replacement(const YamlNode &N, StringRef Dialect) {
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
void FunctionReader::replacements(const YamlNode &N,
                                  std::vector<Replacement> &Out) {
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

//===----------------------------------------------------------------------===//
// The groups
//===----------------------------------------------------------------------===//

void FunctionReader::functionGroups(Keys &K, FunctionModel &M) {
  M.forEachGroup([&](auto &Group) { group(K, Group); });
}

void FunctionReader::group(Keys &K, FunctionName &M) {
  const YamlNode *V = K.get("params");
  if (!V)
    return;
  M.Params.emplace();
  if (V->Kind == YamlNode::Sequence)
    for (const YamlNode &Item : V->Items)
      M.Params->push_back(text(Item, "a parameter's type"));
  else
    expected("a list of parameter types", *V);
}

void FunctionReader::group(Keys &K, BlockingModel &M) {
  const YamlNode *Blocks = K.get("blocks");
  const YamlNode *Never = K.get("never-blocks");
  if (Blocks) {
    M.Says = BlockingModel::Stance::Blocks;
    SmallVector<std::pair<StringRef, Effect>, NumEffects> Words;
    for (unsigned I = 0; I != NumEffects; ++I)
      if (const auto E = static_cast<Effect>(I); traitsOf(E).Waits)
        Words.emplace_back(traitsOf(E).Name, E);
    M.What = word<Effect>(*Blocks, "category", Words);
  }
  if (Never && flag(*Never)) {
    M.Says = BlockingModel::Stance::NeverBlocks;
    if (Blocks)
      error(*Never, "an entry has 'blocks' or 'never-blocks', not both");
  }
  // What the entry destroys may be narrowed, too.
  const YamlNode *Waits = K.get("result-waits-on-destroy");
  const YamlNode *LetsGo = K.get("lets-go");
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
  if (const YamlNode *V = OnlyWithBlocks("otherwise")) {
    if (M.When.empty() && M.Unless.empty())
      error(*V, "'otherwise' needs 'when' or 'unless' beside it");
    M.Otherwise = std::make_shared<FunctionModel>(otherwise(*V));
  }
}

FunctionModel FunctionReader::otherwise(const YamlNode &N) {
  FunctionModel M;
  Keys K(*this, N, "'otherwise'");
  group(K, static_cast<BlockingModel &>(M));
  group(K, static_cast<DestructionModel &>(M));
  group(K, static_cast<RemedyModel &>(M));
  group(K, static_cast<OriginModel &>(M));
  K.finish();
  return M;
}

void FunctionReader::group(Keys &K, ReadinessModel &M) {
  if (const YamlNode *V = K.get("tests-readiness")) {
    M.IsReadyTest = V->Text != "false";
    if (V->Text != "true" && V->Text != "false")
      M.ReadyValue = text(*V, "true or the value that means ready");
  }
  if (const YamlNode *V = K.get("not-ready"))
    M.NotReadyValue = text(*V, "the value that means not ready");
  if (const YamlNode *V = K.get("gives-future"))
    M.GivesFuture = flag(*V);
  if (const YamlNode *V = K.get("fulfils"))
    M.Fulfils = flag(*V);
}

void FunctionReader::group(Keys &K, DestructionModel &M) {
  if (const YamlNode *V = K.get("result-waits-on-destroy"))
    M.ResultWaitsOnDestroy = flag(*V);
  using Part = DestructionModel::Part;
  if (const YamlNode *V = K.get("lets-go"))
    M.LetsGo = V->Text == "element"    ? Part::Element
               : V->Text == "replaced" ? Part::Replaced
               : flag(*V)              ? Part::All
                                       : Part::None;
}

void FunctionReader::group(Keys &K, CallablesModel &M) {
  if (const YamlNode *V = K.get("callables"))
    M.Callables = callables(*V);
}

void FunctionReader::group(Keys &K, TaskModel &M) {
  if (const YamlNode *V = K.get("spawns"))
    M.Spawns = flag(*V);
  if (const YamlNode *V = K.get("droppable")) {
    M.DroppableOutsideCoroutines = V->Text == "outside-coroutines";
    M.Droppable = !M.DroppableOutsideCoroutines && flag(*V);
  }
  // A context, or the argument whose executor decides.
  if (const YamlNode *V = K.get("switches-to")) {
    if (V->Kind != YamlNode::Mapping) {
      M.SwitchesTo = context(*V);
    } else {
      Keys Of(*this, *V, "'switches-to'");
      if (const YamlNode *Arg = Of.get("executor-of"))
        M.SwitchesToExecutorOf = argument(*Arg);
      Of.finish();
    }
  }
  if (const YamlNode *V = K.get("yields-awaitables"))
    M.YieldsAwaitables = flag(*V);
  if (const YamlNode *V = K.get("drops-results"))
    M.DropsResults = flag(*V);
  if (const YamlNode *V = K.get("runs-loop"))
    M.RunsLoop = flag(*V);
}

void FunctionReader::group(Keys &K, ResultModel &M) {
  if (const YamlNode *V = K.get("forwards"))
    M.Forwards = flag(*V);
  if (const YamlNode *V = K.get("quick"))
    M.Quick = flag(*V);
  if (const YamlNode *V = K.get("gives-descriptor"))
    M.GivesDescriptor = flag(*V);
}

void FunctionReader::group(Keys &K, AffinityModel &M) {
  if (const YamlNode *V = K.get("loop-only")) {
    M.LoopOnly = V->Text != "false";
    if (V->Text != "true" && V->Text != "false")
      M.LoopOnlyTwin = text(*V, "true or the function to call elsewhere");
  }
}

void FunctionReader::group(Keys &K, ObjectModel &M) {
  if (const YamlNode *V = K.get("sets-nonblocking"))
    M.SetsNonblocking = argument(*V);
  if (const YamlNode *V = K.get("constructs"))
    M.Constructs = construction(*V);
}

ObjectModel::Construction FunctionReader::construction(const YamlNode &N) {
  ObjectModel::Construction C;
  Keys K(*this, N, "'constructs'");
  const YamlNode *OfClass = K.get("class-arg"), *Own = K.get("template-arg");
  if (!OfClass == !Own)
    error(N, "'constructs' takes one of 'class-arg' and 'template-arg'");
  C.OfClass = OfClass;
  if (const YamlNode *V = OfClass ? OfClass : Own; V && V->Text != "each")
    C.TypeArg = static_cast<unsigned>(argument(*V));
  if (const YamlNode *V = K.get("from"))
    C.From = static_cast<unsigned>(argument(*V));
  if (const YamlNode *V = K.get("by-new"))
    C.ByNew = flag(*V);
  K.finish();
  return C;
}

void FunctionReader::group(Keys &K, LockModel &M) {
  auto Lock = [&](StringRef Key, std::optional<int> &Which) {
    if (const YamlNode *V = K.get(Key))
      Which = V->Text == "all" ? EveryArgument : argument(*V);
  };
  Lock("acquires", M.Acquires);
  Lock("releases", M.Releases);
  if (const YamlNode *V = K.get("zero-is-success"))
    M.ZeroIsSuccess = flag(*V);
}

void FunctionReader::group(Keys &K, RemedyModel &M) {
  if (const YamlNode *V = K.get("instead"))
    replacements(*V, M.Replacements);
  if (const YamlNode *V = K.get("advice"))
    M.Advice = text(*V, "a sentence");
}

void FunctionReader::group(Keys &K, OriginModel &M) {
  M.Source = DefaultSource;
  M.File = FileName.str();
  M.Line = K.node().Line;
  if (const YamlNode *V = K.get("source"))
    M.Source = text(*V, "where the knowledge comes from");
}

} // namespace nostall
