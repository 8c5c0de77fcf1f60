//===- ModelReader.h - values out of a model file ---------------*- C++ -*-===//
//
// What every entry of a model file is read with: plain values, and the keys of
// a mapping. Each reports what is wrong, with its place and with what was
// expected, and returns something harmless. Keys are asked for by name through
// `Keys`, which then knows the unknown ones, so the list of allowed keys stands
// nowhere a second time.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_MODELS_MODELREADER_H
#define NOSTALL_CHECKS_ANALYSIS_MODELS_MODELREADER_H

#include "ModelYaml.h"
#include "Models.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/Twine.h"

namespace nostall {

class ModelReader {
public:
  ModelReader(llvm::StringRef FileName, std::vector<ModelError> &Errors)
      : FileName(FileName), Errors(Errors) {}

protected:
  class Keys;

  void error(const YamlNode &At, const llvm::Twine &Message) {
    Errors.push_back({FileName.str(), At.Line, At.Column, Message.str()});
  }
  void expected(const llvm::Twine &What, const YamlNode &At) {
    error(At, "expected " + What + ", found " + At.describe());
  }

  std::string text(const YamlNode &N, llvm::StringRef What);
  std::vector<std::string> texts(const YamlNode &N, llvm::StringRef What);
  bool flag(const YamlNode &N);
  /// A number, or the name of one of the file's constants.
  long long number(const YamlNode &N);
  /// A zero-based argument, or the object that a member is called on.
  int argument(const YamlNode &N);
  /// One of \p Words.
  template <class T>
  T word(const YamlNode &N, llvm::StringRef What,
         llvm::ArrayRef<std::pair<llvm::StringRef, T>> Words);
  /// Code with placeholders. `expandCode` in Models.h is the reader of the
  /// same.
  std::string codeTemplate(const YamlNode &N);
  template <class Fn>
  void eachItem(const YamlNode *N, llvm::StringRef What, Fn F);

  /// "; did you mean 'name'?" or, where nothing is near, what there is.
  static std::string suggestion(llvm::StringRef Found,
                                llvm::ArrayRef<llvm::StringRef> Known);

  llvm::StringRef FileName;
  std::vector<ModelError> &Errors;
  std::vector<std::pair<std::string, long long>> Constants;
};

/// The keys of one mapping: each is asked for once, what nobody asked for is
/// reported as unknown when the mapping is done.
class ModelReader::Keys {
public:
  Keys(ModelReader &Reader, const YamlNode &N, llvm::StringRef Where);

  const YamlNode *get(llvm::StringRef Key);
  const YamlNode &node() const { return N; }
  void finish();

private:
  ModelReader &Reader;
  const YamlNode &N;
  llvm::StringRef Where;
  llvm::StringSet<> Seen;
  llvm::SmallVector<llvm::StringRef, 24> Known;
};

template <class T>
T ModelReader::word(const YamlNode &N, llvm::StringRef What,
                    llvm::ArrayRef<std::pair<llvm::StringRef, T>> Words) {
  llvm::SmallVector<llvm::StringRef, 16> Known;
  for (const auto &[Word, Value] : Words) {
    if (N.Kind == YamlNode::Scalar && N.Text == Word)
      return Value;
    Known.push_back(Word);
  }
  if (N.Kind == YamlNode::Scalar)
    error(N,
          "unknown " + What + " '" + N.Text + "'" + suggestion(N.Text, Known));
  else
    expected(What + " (" + llvm::join(Known, ", ") + ")", N);
  return Words.front().second;
}

template <class Fn>
void ModelReader::eachItem(const YamlNode *N, llvm::StringRef What, Fn F) {
  if (!N)
    return;
  if (N->Kind != YamlNode::Sequence)
    return expected("a list of " + What, *N);
  for (const YamlNode &Item : N->Items)
    F(Item);
}

} // namespace nostall

#endif
