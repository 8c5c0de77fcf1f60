//===- ModelFiles.cpp - which models govern a source file -----------------===//
//
// A source is governed by the built-in models and by every `.nostall.yaml` in
// its folder and the folders above, up to one that says `root: true`. Nearer
// files win; what a file `extends` counts as if it stood before it; an
// `overrides` entry of a file holds for the sources that its `paths` match.
//
//   source --folders--> files --overrides that match--> one layered ModelSet
//
// Everything is kept for the life of the process: a folder is searched once, a
// file is read once, and sources with the same files and the same overrides
// share one set. All of it stands under one mutex; the sets themselves do not
// change any more.
//
//===----------------------------------------------------------------------===//

#include "ModelParser.h"
#include "Models.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/GlobPattern.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/xxhash.h"
#include <mutex>

using namespace llvm;

namespace nostall {
namespace {

constexpr StringLiteral UserFileName = ".nostall.yaml";

/// A parsed file with all that it extends.
struct LoadedFile {
  std::string Path, Folder;
  uint64_t TextHash = 0;
  ModelFile Models;
  std::vector<const LoadedFile *> Extends;
};

class ModelFiles {
public:
  const ModelSet &setFor(StringRef SourceFile, std::vector<ModelError> &Errors);
  uint64_t hashFor(StringRef SourceFile);

private:
  using Layers = std::vector<const LoadedFile *>;

  const Layers &layersFor(StringRef Folder, std::vector<ModelError> &Errors);
  const LoadedFile *load(StringRef Path, std::vector<ModelError> &Errors);
  void loadExtended(LoadedFile &File, std::vector<ModelError> &Errors);
  static void flatten(const LoadedFile &File, Layers &Out);

  std::mutex Mutex;
  StringMap<Layers> ByFolder;
  StringMap<std::unique_ptr<LoadedFile>> ByPath;
  std::vector<std::string> Loading; ///< the chain of `extends` being followed
  StringMap<std::unique_ptr<ModelSet>> Sets;
};

std::string normal(StringRef Path) {
  SmallString<256> Result(Path);
  sys::fs::make_absolute(Result);
  sys::path::remove_dots(Result, /*remove_dot_dot=*/true);
  return std::string(Result);
}

/// The path of \p Source as patterns of a file in \p Folder see it.
StringRef relativeTo(StringRef Folder, StringRef Source) {
  Source.consume_front(Folder);
  return Source.ltrim('/');
}

bool matches(StringRef Pattern, StringRef Source) {
  StringRef Folder = Pattern.rtrim('/');
  if (Source == Folder || (Source.starts_with(Folder) &&
                           Source.drop_front(Folder.size()).starts_with("/")))
    return true;
  // A pattern that does not parse was reported when the file was read.
  auto Glob = GlobPattern::create(Pattern, MaxGlobAlternatives);
  if (!Glob) {
    consumeError(Glob.takeError());
    return false;
  }
  return Glob->match(Source);
}

/// `extends` chains and folders as one list, what wins last.
void ModelFiles::flatten(const LoadedFile &File, Layers &Out) {
  for (const LoadedFile *Base : File.Extends)
    flatten(*Base, Out);
  Out.push_back(&File);
}

void ModelFiles::loadExtended(LoadedFile &File,
                              std::vector<ModelError> &Errors) {
  for (const ModelFile::Extension &E : File.Models.Extends) {
    auto Report = [&](const Twine &Message) {
      Errors.push_back({File.Path, E.Line, E.Column, Message.str()});
    };
    SmallString<256> Path(E.Path);
    sys::path::make_absolute(File.Folder, Path);
    std::string Target = normal(Path);
    if (is_contained(Loading, Target))
      Report("'" + E.Path + "' extends this file in turn");
    else if (!sys::fs::is_regular_file(Target))
      Report("expected the path of a model file, found no file '" + Target +
             "'");
    else if (const LoadedFile *Base = load(Target, Errors))
      File.Extends.push_back(Base);
  }
}

const LoadedFile *ModelFiles::load(StringRef Path,
                                   std::vector<ModelError> &Errors) {
  auto [It, New] = ByPath.try_emplace(Path);
  if (!New)
    return It->second.get();
  auto Buffer = MemoryBuffer::getFile(Path, /*IsText=*/true);
  if (!Buffer) {
    Errors.push_back(
        {Path.str(), 1, 1, "cannot be read: " + Buffer.getError().message()});
    return nullptr;
  }
  auto File = std::make_unique<LoadedFile>();
  File->Path = Path.str();
  File->Folder = sys::path::parent_path(Path).str();
  File->TextHash = xxh3_64bits((*Buffer)->getBuffer());
  File->Models = parseModelFile((*Buffer)->getBuffer(), Path, Errors);
  Loading.push_back(File->Path);
  loadExtended(*File, Errors);
  Loading.pop_back();
  return (ByPath[Path] = std::move(File)).get();
}

const ModelFiles::Layers &
ModelFiles::layersFor(StringRef Folder, std::vector<ModelError> &Errors) {
  if (auto It = ByFolder.find(Folder); It != ByFolder.end())
    return It->second;
  SmallString<256> Path(Folder);
  sys::path::append(Path, UserFileName);
  const LoadedFile *File = sys::fs::exists(Path) ? load(Path, Errors) : nullptr;

  Layers Result;
  StringRef Parent = sys::path::parent_path(Folder);
  if (!Parent.empty() && Parent != Folder && !(File && File->Models.Root))
    Result = layersFor(Parent, Errors);
  if (File)
    flatten(*File, Result);
  return ByFolder[Folder] = std::move(Result);
}

const ModelSet &ModelFiles::setFor(StringRef SourceFile,
                                   std::vector<ModelError> &Errors) {
  std::lock_guard<std::mutex> Lock(Mutex);
  std::string Source = normal(SourceFile);
  const Layers &Files = layersFor(sys::path::parent_path(Source), Errors);
  if (Files.empty())
    return builtinModels();

  // What is to be added in which order, and a key that says the same.
  std::vector<const ModelFile *> Parts;
  std::string Key;
  for (const LoadedFile *File : Files) {
    Parts.push_back(&File->Models);
    Key += File->Path + '\0';
    StringRef Relative = relativeTo(File->Folder, Source);
    for (const auto &[I, O] : enumerate(File->Models.Overrides))
      if (any_of(O.Paths, [&](StringRef P) { return matches(P, Relative); })) {
        Parts.push_back(&O.Models);
        Key += std::to_string(I) + '\0';
      }
  }
  std::unique_ptr<ModelSet> &Set = Sets[Key];
  if (!Set) {
    Set = std::make_unique<ModelSet>(ModelSet::over(builtinModels()));
    for (const ModelFile *Part : Parts)
      Set->add(*Part);
  }
  return *Set;
}

uint64_t ModelFiles::hashFor(StringRef SourceFile) {
  std::lock_guard<std::mutex> Lock(Mutex);
  std::vector<ModelError> Known;
  std::string All;
  for (const LoadedFile *File :
       layersFor(sys::path::parent_path(normal(SourceFile)), Known))
    All += File->Path + '\0' + std::to_string(File->TextHash) + '\0';
  return All.empty() ? 0 : xxh3_64bits(All);
}

ModelFiles &modelFiles() {
  static ModelFiles Files;
  return Files;
}

} // namespace

const ModelSet &builtinModels() {
  static const ModelSet Models = ModelSet::fromPacked(embeddedModels());
  return Models;
}

const ModelSet &modelsFor(StringRef SourceFile,
                          std::vector<ModelError> &Errors) {
  return modelFiles().setFor(SourceFile, Errors);
}

uint64_t userModelsHash(StringRef SourceFile) {
  return modelFiles().hashFor(SourceFile);
}

} // namespace nostall
