//===- UnitKeys.cpp - what a unit is found again by -----------------------===//

#include "UnitKeys.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/xxhash.h"

namespace nostall {

/// Differs from build to build of this program.
static const std::string &programIdentity() {
  static const std::string Identity = [] {
    std::string Path = llvm::sys::fs::getMainExecutable(nullptr, nullptr);
    llvm::sys::fs::file_status Status;
    (void)llvm::sys::fs::status(Path, Status);
    return std::string(LLVM_VERSION_STRING) + ' ' +
           std::to_string(Status.getSize()) + ' ' +
           std::to_string(
               Status.getLastModificationTime().time_since_epoch().count());
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

UnitKey unitKey(const Job &J, size_t Number, const LintOptions &Options,
                uint64_t Models, uint64_t Configuration) {
  const clang::tooling::CompileCommand &Command = J.Commands[Number];
  UnitKey Key;
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
  for (const char *Name : {"CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH",
                           "SDKROOT", "CCC_OVERRIDE_OPTIONS"})
    All.add(llvm::sys::Process::GetEnv(Name).value_or(""));
  All.add(std::to_string(Models));
  Key.Calls = All.hash();
  All.add(Options.FixesFromNotes ? "fixes from notes" : "");
  All.add(Options.NamedSuppressions ? "suppressions" : "");
  All.add(std::to_string(Configuration));
  Key.Report = All.hash();
  return Key;
}

} // namespace nostall
