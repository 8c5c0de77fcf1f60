//===- ModelParser.h - one model file, parsed ------------------*- C++ -*-===//
//
// What a model file says, before it is put into a ModelSet. Private to the
// Models*.cpp files: the rest of the core sees Models.h.
//
//   text --readYaml--> YamlNode --parseModelFile--> ModelFile --> ModelSet
//
// Aliases (`asio` for `boost::asio` and for `asio`), constants and grouped
// names are resolved here: a ModelFile has one FunctionModel per name.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_MODELS_MODELPARSER_H
#define NOSTALL_CHECKS_ANALYSIS_MODELS_MODELPARSER_H

#include "Models.h"

namespace nostall {

/// `opaque: [{namespace: std, callables: inline}]`
struct OpaqueNamespace {
  std::string Name;
  CallableUse Use = CallableUse::Inline;
};

struct ModelFile {
  std::vector<FunctionModel> Functions;
  std::vector<TypeModel> Types;
  std::vector<DialectModel> Dialects;
  std::vector<OpaqueNamespace> Opaque;
  StateNames State;

  /// A path of `extends`, with its place for the message when it is missing.
  struct Extension {
    std::string Path;
    unsigned Line = 0, Column = 0;
  };
  std::vector<Extension> Extends;

  /// Entries for some paths only.
  struct Override;
  std::vector<Override> Overrides;
  /// `root: true`: files in folders above are not read.
  bool Root = false;
};

/// How many patterns the braces of one path pattern may stand for.
constexpr unsigned MaxGlobAlternatives = 64;

struct ModelFile::Override {
  /// llvm::GlobPattern ('*' crosses '/'), relative to the file's folder; a
  /// folder stands for all below it.
  std::vector<std::string> Paths;
  ModelFile Models;
};

/// Parses one YAML text. Wrong entries are appended to \p Errors and left out.
ModelFile parseModelFile(llvm::StringRef Yaml, llvm::StringRef FileName,
                         std::vector<ModelError> &Errors);

} // namespace nostall

#endif
