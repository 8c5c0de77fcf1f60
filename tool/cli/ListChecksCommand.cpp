//===- ListChecksCommand.cpp - nostall list-checks ------------------------===//

#include "Catalogue.h"
#include "Commands.h"
#include "TidyOptions.h"
#include "clang-tidy/GlobList.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace nostall {

cl::SubCommand &listChecksCommand() {
  static cl::SubCommand Made("list-checks",
                             "Print the checks that are on, one per line");
  return Made;
}

/// The checks that are on for a file in the current folder.
int runListChecks() {
  std::vector<std::string> Problems;
  auto Provider = makeOptionsProvider(Problems);
  if (!Provider)
    return wrongUse(toString(Provider.takeError()));
  SmallString<256> File("dummy");
  (void)sys::fs::make_absolute(File);
  clang::tidy::GlobList On((*Provider)->getOptions(File).Checks.value_or(""));

  size_t Width = 0;
  for (const CheckInfo &Check : catalogue())
    Width = std::max(Width, Check.Name.size());
  for (const CheckInfo &Check : catalogue())
    if (On.contains(Check.Name))
      outs() << left_justify(Check.Name, Width + 2) << Check.Summary << '\n';

  for (const std::string &Problem : Problems)
    complain(Problem);
  return Problems.empty() ? ExitClean : ExitWrongUse;
}

} // namespace nostall
