//===- NamedModules.cpp - C++20 modules, built from their sources ---------===//

#include "NamedModules.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace nostall {

/// The module that the rest of a line names, which is \p Rest from there on.
static StringRef takeName(StringRef &Rest) {
  Rest = Rest.ltrim();
  StringRef Name = Rest.take_while(
      [](char C) { return isAlnum(C) || C == '_' || C == '.' || C == ':'; });
  Rest = Rest.drop_front(Name.size()).ltrim();
  return Name;
}

static bool takeWord(StringRef &Line, StringRef Word) {
  StringRef Rest = Line;
  if (!Rest.consume_front(Word) || Rest.empty() ||
      !(isSpace(Rest.front()) || Rest.front() == ':'))
    return false;
  Line = Rest.ltrim();
  return true;
}

ModuleLines ModuleLines::in(StringRef Text) {
  ModuleLines Found;
  std::string Module; // before ':'
  while (!Text.empty()) {
    auto [Line, Rest] = Text.split('\n');
    Text = Rest;
    Line = Line.ltrim();
    const bool Exports = takeWord(Line, "export");
    const bool Declares = takeWord(Line, "module");
    if (!Declares && !takeWord(Line, "import"))
      continue;
    StringRef Name = takeName(Line);
    if (Name.empty() || !(Line.starts_with(";") || Line.starts_with("[")))
      continue; // `import <vector>;`, or not a directive at all
    if (!Declares) {
      Found.Imports.push_back(
          (Name.starts_with(":") ? Module + Name : Name).str());
      continue;
    }
    if (Name == ":private")
      continue;
    Module = Name.split(':').first.str();
    if (Exports || Name.contains(':'))
      Found.Provides = Name.str();
    else
      Found.Imports.push_back(Name.str());
  }
  return Found;
}

std::optional<clang::tooling::CompileCommand>
NamedModules::source(StringRef Module) {
  std::lock_guard<std::mutex> Guard(Lock);
  if (!std::exchange(IsListed, true))
    for (clang::tooling::CompileCommand &C : List()) {
      SmallString<256> File(C.Filename);
      sys::path::make_absolute(C.Directory, File);
      auto Text = MemoryBuffer::getFile(File);
      if (!Text || !(*Text)->getBuffer().contains("module"))
        continue;
      if (ModuleLines Says = ModuleLines::in((*Text)->getBuffer());
          !Says.Provides.empty())
        Sources.try_emplace(Says.Provides, std::move(C));
    }
  auto It = Sources.find(Module);
  if (It == Sources.end())
    return std::nullopt;
  return It->second;
}

const NamedModules::Compiled *NamedModules::find(StringRef Module) {
  std::lock_guard<std::mutex> Guard(Lock);
  auto It = Kept.find(Module);
  return It == Kept.end() ? nullptr : It->second.get();
}

const NamedModules::Compiled *NamedModules::keep(StringRef Module,
                                                 Compiled Made) {
  std::lock_guard<std::mutex> Guard(Lock);
  // Another thread may have been faster; what is there is in use.
  std::unique_ptr<Compiled> &Slot = Kept[Module];
  if (!Slot)
    Slot = std::make_unique<Compiled>(std::move(Made));
  return Slot.get();
}

ErrorOr<std::unique_ptr<vfs::File>>
NotingFiles::openFileForRead(const Twine &Path) {
  auto Opened = ProxyFileSystem::openFileForRead(Path);
  if (Opened) {
    SmallString<256> Full;
    Path.toVector(Full);
    (void)makeAbsolute(Full);
    Read.push_back(std::string(Full));
  }
  return Opened;
}

} // namespace nostall
