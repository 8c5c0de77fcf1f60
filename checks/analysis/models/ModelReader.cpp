//===- ModelReader.cpp - values out of a model file -----------------------===//

#include "ModelReader.h"

using namespace llvm;

namespace nostall {

std::string ModelReader::suggestion(StringRef Found,
                                    ArrayRef<StringRef> Known) {
  StringRef Best;
  unsigned BestDistance = std::max<size_t>(2, Found.size() / 3) + 1;
  for (StringRef K : Known) {
    unsigned Distance = Found.edit_distance(K, true, BestDistance);
    if (Distance < BestDistance) {
      BestDistance = Distance;
      Best = K;
    }
  }
  if (!Best.empty())
    return ("; did you mean '" + Best + "'?").str();
  return "; expected one of: " + join(Known, ", ");
}

ModelReader::Keys::Keys(ModelReader &Reader, const YamlNode &N, StringRef Where)
    : Reader(Reader), N(N), Where(Where) {
  if (N.Kind != YamlNode::Mapping) {
    Reader.expected("a mapping for " + Where, N);
    return;
  }
  for (const YamlNode::Entry &E : N.Entries)
    if (E.Key.Kind != YamlNode::Scalar)
      Reader.expected("a key", E.Key);
    else if (!Seen.insert(E.Key.Text).second)
      Reader.error(E.Key, "'" + E.Key.Text + "' is given twice in " + Where);
}

const YamlNode *ModelReader::Keys::get(StringRef Key) {
  if (!llvm::is_contained(Known, Key))
    Known.push_back(Key);
  for (const YamlNode::Entry &E : N.Entries)
    if (E.Key.Text == Key)
      return &E.Value;
  return nullptr;
}

void ModelReader::Keys::finish() {
  for (const YamlNode::Entry &E : N.Entries)
    if (E.Key.Kind == YamlNode::Scalar && !is_contained(Known, E.Key.Text))
      Reader.error(E.Key, "unknown key '" + E.Key.Text + "' in " + Where +
                              suggestion(E.Key.Text, Known));
}

std::string ModelReader::text(const YamlNode &N, StringRef What) {
  if (N.Kind == YamlNode::Scalar && !N.Text.empty())
    return N.Text;
  expected(What, N);
  return {};
}

std::vector<std::string> ModelReader::texts(const YamlNode &N, StringRef What) {
  std::vector<std::string> Result;
  if (N.Kind == YamlNode::Sequence) {
    for (const YamlNode &Item : N.Items)
      Result.push_back(text(Item, What));
    if (N.Items.empty())
      error(N, "expected " + What + ", found an empty list");
  } else if (N.Kind == YamlNode::Scalar) {
    Result.push_back(text(N, What));
  } else {
    expected(What + " or a list of them", N);
  }
  return Result;
}

bool ModelReader::flag(const YamlNode &N) {
  if (N.Kind == YamlNode::Scalar && (N.Text == "true" || N.Text == "false"))
    return N.Text == "true";
  expected("true or false", N);
  return false;
}

long long ModelReader::number(const YamlNode &N) {
  long long Value = 0;
  if (N.Kind == YamlNode::Scalar) {
    if (!StringRef(N.Text).getAsInteger(0, Value))
      return Value;
    for (const auto &[Name, V] : Constants)
      if (Name == N.Text)
        return V;
  }
  expected("a number, or a name from this file's 'constants'", N);
  return 0;
}

int ModelReader::argument(const YamlNode &N) {
  int Value = 0;
  if (N.Kind == YamlNode::Scalar) {
    if (N.Text == "object")
      return ObjectArgument;
    if (!StringRef(N.Text).getAsInteger(10, Value) && Value >= 0)
      return Value;
  }
  expected("an argument's number, from 0, or 'object'", N);
  return 0;
}

std::string ModelReader::codeTemplate(const YamlNode &N) {
  std::string Code = text(N, "code");
  if (std::optional<std::string> Wrong = findCodeError(Code))
    error(N, *Wrong);
  return Code;
}

} // namespace nostall
