//===- PackModels.cpp - the built-in models, from YAML to C++ -------------===//
//
// Run by the build (cmake/EmbedModels.cmake):
//
//   nostall-pack-models OUTPUT.cpp FILE.yaml...
//
// parses the files as a user's would be parsed and writes a C++ file that
// defines nostall::embeddedModels(). What is wrong in a file is printed as a
// compiler would print it, and fails the build.
//
//===----------------------------------------------------------------------===//

#include "analysis/models/ModelPack.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace nostall;

static void writeSource(raw_ostream &OS, StringRef Bytes) {
  OS << "// Generated from checks/models/*.yaml by PackModels.cpp.\n"
        "#include \"analysis/models/Models.h\"\n"
        "static const unsigned char Bytes[] = {";
  for (size_t I = 0; I != Bytes.size(); ++I)
    OS << (I % 24 ? "" : "\n") << unsigned(Bytes.bytes_begin()[I]) << ',';
  OS << "\n};\nllvm::StringRef nostall::embeddedModels() {\n"
        "  return {reinterpret_cast<const char *>(Bytes), sizeof(Bytes)};\n}\n";
}

int main(int Argc, char **Argv) {
  if (Argc < 3) {
    errs() << "usage: nostall-pack-models OUTPUT.cpp FILE.yaml...\n";
    return 2;
  }
  std::vector<ModelFile> Files;
  std::vector<ModelError> Errors;
  for (int I = 2; I != Argc; ++I) {
    auto Buffer = MemoryBuffer::getFile(Argv[I]);
    if (!Buffer) {
      errs() << Argv[I] << ": " << Buffer.getError().message() << '\n';
      return 2;
    }
    size_t Before = Errors.size();
    Files.push_back(parseModelFile((*Buffer)->getBuffer(),
                                   sys::path::filename(Argv[I]), Errors));
    // Entries name their file; messages say where it is.
    for (size_t E = Before; E != Errors.size(); ++E)
      Errors[E].File = Argv[I];
  }
  for (const ModelError &E : Errors)
    errs() << E << '\n';
  if (!Errors.empty())
    return 1;
  std::error_code EC;
  raw_fd_ostream OS(Argv[1], EC, sys::fs::OF_Text);
  if (EC) {
    errs() << Argv[1] << ": " << EC.message() << '\n';
    return 2;
  }
  writeSource(OS, packModels(std::move(Files)));
  return 0;
}
