//===- UnitKeys.cpp - what a unit is found again by -----------------------===//

#include "UnitKeys.h"
#include "clang/Basic/Version.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/xxhash.h"

namespace nostall {

/// Another program, or another Clang that it is linked with, finds other
/// things. The time of the file would not tell: packages and images set it.
static const std::string &programIdentity() {
  static const std::string Identity = [] {
    auto Program = llvm::MemoryBuffer::getFile(
        llvm::sys::fs::getMainExecutable(nullptr, nullptr));
    return clang::getClangFullVersion() + ' ' +
           (Program ? std::to_string(llvm::xxh3_64bits((*Program)->getBuffer()))
                    : "");
  }();
  return Identity;
}

namespace {
/// A text of parts that no other parts have.
class Parts {
public:
  void add(llvm::StringRef Part) {
    All += std::to_string(Part.size()) + ':' + Part.str();
  }
  void add(const std::vector<std::string> &List) {
    add(std::to_string(List.size()));
    for (const std::string &Part : List)
      add(Part);
  }
  ContentHash hash() const {
    llvm::XXH128_hash_t Hash =
        llvm::xxh3_128bits(llvm::arrayRefFromStringRef(All));
    return {Hash.low64, Hash.high64};
  }

private:
  std::string All;
};
} // namespace

uint64_t configurationHash(clang::tidy::ClangTidyOptions Configuration) {
  Configuration.UseColor.reset(); // a terminal gets the same findings
  return llvm::xxh3_64bits(clang::tidy::configurationAsText(Configuration));
}

UnitKey unitKey(const Job &J, size_t Number, const LintOptions &Options,
                uint64_t Models, uint64_t Configuration) {
  const clang::tooling::CompileCommand &Command = J.Commands[Number];
  UnitKey Key;
  Key.File = J.File;
  Key.Number = static_cast<int64_t>(Number);
  Parts All;
  All.add(Command.Directory);
  All.add(Command.Filename);
  {
    Parts Name = All;
    Name.add(std::to_string(Number));
    Key.Name = Name.hash();
  }
  All.add(programIdentity());
  All.add(Command.CommandLine);
  All.add(Options.Parse.ExtraArgs);
  All.add(Options.Parse.ExtraArgsBefore);
  // What Clang's driver takes from the environment.
  for (const char *Name :
       {"CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH", "SDKROOT",
        "CCC_OVERRIDE_OPTIONS", "CLANG_NO_DEFAULT_CONFIG"})
    All.add(llvm::sys::Process::GetEnv(Name).value_or(""));
  All.add(std::to_string(Models));
  Key.Calls = All.hash();
  All.add(Options.FixesFromNotes ? "fixes from notes" : "");
  All.add(Options.NamedSuppressions ? "suppressions" : "");
  All.add(Options.LineFilter);
  All.add(std::to_string(Configuration));
  Key.Report = All.hash();
  return Key;
}

} // namespace nostall
