//===- ModelYaml.h - YAML text to a tree that knows its places --*- C++ -*-===//
//
// The first half of reading a model file: YAML text becomes a small tree in
// which every node keeps the line and column that it was written at, so that
// the second half (ModelParser.cpp) can say precisely what is wrong where.
//
// llvm/Support/YAMLParser.h does the scanning. It streams and stops at the
// first syntax error; what was whole before the error is kept here, so a slip
// in the last entry of a file does not lose the others.
//
// What this file refuses to do: know what a model is.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_MODELS_MODELYAML_H
#define NOSTALL_CHECKS_ANALYSIS_MODELS_MODELYAML_H

#include "llvm/ADT/StringRef.h"
#include <string>
#include <vector>

namespace nostall {

struct ModelError;

struct YamlNode {
  enum NodeKind : unsigned char { Null, Scalar, Sequence, Mapping };
  struct Entry;

  NodeKind Kind = Null;
  unsigned Line = 0, Column = 0;
  std::string Text;            ///< Scalar
  std::vector<YamlNode> Items; ///< Sequence
  std::vector<Entry> Entries;  ///< Mapping, in the order of the file

  /// "a list", "a mapping", "nothing", "'text'": for messages.
  std::string describe() const;
};

struct YamlNode::Entry {
  YamlNode Key, Value;
};

/// Reads the one document of \p Text. Syntax errors are appended to \p Errors;
/// the tree then holds what came before them.
YamlNode readYaml(llvm::StringRef Text, llvm::StringRef FileName,
                  std::vector<ModelError> &Errors);

} // namespace nostall

#endif
