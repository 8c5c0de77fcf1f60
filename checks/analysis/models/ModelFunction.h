//===- ModelFunction.h - the groups of a function entry, parsed -*- C++ -*-===//
//
// What FORMAT.md says of a function is in groups (Models.h): each has one
// function here. ModelParser.cpp has the entries around them, and the other
// kinds of entries.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_MODELS_MODELFUNCTION_H
#define NOSTALL_CHECKS_ANALYSIS_MODELS_MODELFUNCTION_H

#include "ModelReader.h"
#include "Models.h"

namespace nostall {

class FunctionReader : protected ModelReader {
protected:
  using ModelReader::ModelReader;

  /// All of \p M but its name.
  void functionGroups(Keys &K, FunctionModel &M);
  CallableUse callableUse(const YamlNode &N, bool AllowExecutor);
  Context context(const YamlNode &N);
  Replacement replacement(const YamlNode &N, llvm::StringRef Dialect);
  void replacements(const YamlNode &N, std::vector<Replacement> &Out);

  std::vector<std::pair<std::string, std::vector<Replacement>>>
      NamedReplacements;
  std::string DefaultSource;

private:
  void group(Keys &K, FunctionName &M);
  void group(Keys &K, BlockingModel &M);
  void group(Keys &K, ReadinessModel &M);
  void group(Keys &K, DestructionModel &M);
  void group(Keys &K, CallablesModel &M);
  void group(Keys &K, TaskModel &M);
  void group(Keys &K, ResultModel &M);
  void group(Keys &K, AffinityModel &M);
  void group(Keys &K, ObjectModel &M);
  void group(Keys &K, LockModel &M);
  void group(Keys &K, RemedyModel &M);
  void group(Keys &K, OriginModel &M);
  FunctionModel otherwise(const YamlNode &N);

  ArgumentTest argumentTest(const YamlNode &N);
  std::vector<std::vector<ArgumentTest>> argumentTests(const YamlNode &N);
  std::vector<ArgumentTest> conjunction(const YamlNode &N, llvm::StringRef Of);
  CallableModel callable(const YamlNode &N);
  std::vector<CallableModel> callables(const YamlNode &N);
  ObjectModel::Construction construction(const YamlNode &N);
};

} // namespace nostall

#endif
