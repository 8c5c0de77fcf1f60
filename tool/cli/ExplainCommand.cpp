//===- ExplainCommand.cpp - nostall explain CHECK -------------------------===//

#include "Catalogue.h"
#include "Commands.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace nostall {

cl::SubCommand &explainCommand() {
  static cl::SubCommand Made("explain", "Print the page of a check");
  return Made;
}

static cl::opt<std::string> Name(cl::Positional, cl::Required,
                                 cl::desc("CHECK"), OptionOf{explainCommand});

int runExplain() {
  if (const CheckInfo *Check = findCheck(Name)) {
    outs() << Check->Page;
    return ExitClean;
  }
  const CheckInfo *Nearest = nullptr;
  unsigned Best = 8;
  for (const CheckInfo &Check : catalogue()) {
    StringRef Short = Check.Name;
    Short.consume_front("nostall-");
    unsigned Distance = std::min(Check.Name.edit_distance(Name, true, Best),
                                 Short.edit_distance(Name, true, Best));
    if (Distance < Best) {
      Best = Distance;
      Nearest = &Check;
    }
  }
  return wrongUse("no check is called '" + Name + "'" +
                  (Nearest ? "; did you mean '" + Nearest->Name.str() + "'?"
                           : "; nostall list-checks prints them"));
}

} // namespace nostall
