//===- Effect.cpp - what a call may do to its thread ----------------------===//

#include "Effect.h"
#include <iterator>

namespace nostall {

static constexpr llvm::StringLiteral Blocking = "nostall-blocking-call",
                                     Affinity = "nostall-loop-affinity",
                                     Asynchronous =
                                         "await the asynchronous equivalent, "
                                         "or run it on a thread pool";

static constexpr EffectTraits Traits[] = {
    // name, waits, may be offloaded, on by default, check, verb, advice
    {"sleep", true, true, true, Blocking, "blocks",
     "await an asynchronous sleep"},
    {"wait", true, true, true, Blocking, "blocks",
     "await an asynchronous equivalent, or wait on another thread"},
    {"process", true, true, true, Blocking, "blocks", Asynchronous},
    {"net-io", true, true, true, Blocking, "blocks", Asynchronous},
    {"dns", true, true, true, Blocking, "blocks", Asynchronous},
    {"file-io", true, true, true, Blocking, "blocks", Asynchronous},
    {"console-io", true, true, false, Blocking, "blocks", Asynchronous},
    {"input", true, true, true, Blocking, "blocks",
     "await it through the loop, or read it on another thread"},
    {"lock", true, false, false, Blocking, "blocks",
     "use an asynchronous mutex"},
    {"db", true, true, true, Blocking, "blocks", Asynchronous},
    {"gpu", true, true, true, Blocking, "blocks", Asynchronous},
    {"cpu", true, true, true, Blocking, "blocks",
     "run it on a thread or process pool"},
    {"sync-run", true, false, true, Blocking, "deadlocks",
     "await the task instead"},
    {"loop-only", false, false, true, Affinity, "",
     "post it to the loop instead"},
};
static_assert(std::size(Traits) == NumEffects &&
              NumEffects == static_cast<unsigned>(Effect::LoopOnly) + 1);

const EffectTraits &traitsOf(Effect E) {
  return Traits[static_cast<unsigned>(E)];
}

std::optional<Effect> parseCategory(llvm::StringRef Name) {
  for (unsigned I = 0; I != NumEffects; ++I)
    if (Traits[I].Waits && Traits[I].Name == Name)
      return static_cast<Effect>(I);
  return std::nullopt;
}

} // namespace nostall
