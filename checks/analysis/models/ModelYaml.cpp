//===- ModelYaml.cpp - YAML text to a tree that knows its places ----------===//
//
// A thin layer over llvm::yaml::Stream: see ModelYaml.h for what it is for.
// The stream's nodes can be walked only once and forget the line of a null, so
// everything is copied into YamlNode at once.
//
//===----------------------------------------------------------------------===//

#include "ModelYaml.h"
#include "Models.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Casting.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/YAMLParser.h"
#include <tuple>
#include <utility>

using namespace llvm;

namespace nostall {
namespace {

class TreeBuilder {
public:
  TreeBuilder(StringRef Text, StringRef FileName,
              std::vector<ModelError> &Errors)
      : FileName(FileName), Errors(Errors) {
    SM.setDiagHandler(onSyntaxError, this);
    Stream = std::make_unique<yaml::Stream>(Text, SM, /*ShowColors=*/false);
  }

  YamlNode build() {
    YamlNode Root;
    yaml::document_iterator It = Stream->begin();
    if (It == Stream->end() || Stream->failed())
      return Root;
    if (yaml::Node *N = It->getRoot())
      Root = convert(*N, YamlNode());
    if (Stream->failed())
      return Root;
    ++It;
    if (It != Stream->end() && !Stream->failed())
      if (yaml::Node *N = It->getRoot(); N && !isa<yaml::NullNode>(N)) {
        YamlNode Second = placed(*N, Root);
        report(Second, "a model file holds one document, found a second");
      }
    return Root;
  }

private:
  static void onSyntaxError(const SMDiagnostic &D, void *Self) {
    auto &Builder = *static_cast<TreeBuilder *>(Self);
    // After the first syntax error the scanner only stumbles on.
    if (std::exchange(Builder.SawSyntaxError, true))
      return;
    std::string Message = D.getMessage().str();
    if (!Message.empty())
      Message[0] = toLower(Message[0]);
    while (!Message.empty() && (Message.back() == '.' || Message.back() == '!'))
      Message.pop_back();
    Builder.Errors.push_back(
        {Builder.FileName.str(), unsigned(std::max(D.getLineNo(), 1)),
         unsigned(D.getColumnNo() + 1), "not valid YAML: " + Message});
  }

  void report(const YamlNode &At, const Twine &Message) {
    Errors.push_back({FileName.str(), At.Line, At.Column, Message.str()});
  }

  /// A node of \p N's place; \p Near lends its place to what has none.
  YamlNode placed(const yaml::Node &N, const YamlNode &Near) {
    YamlNode Result;
    Result.Line = Near.Line;
    Result.Column = Near.Column;
    SMLoc Loc = N.getSourceRange().Start;
    unsigned Buffer = Loc.isValid() ? SM.FindBufferContainingLoc(Loc) : 0;
    if (!Buffer)
      return Result;
    // The scanner places "[...]" and "{...}" behind their bracket, and "*name"
    // at its end.
    const char *Begin = SM.getMemoryBuffer(Buffer)->getBufferStart();
    const char *At = Loc.getPointer();
    if (isa<yaml::AliasNode>(N))
      while (At != Begin && *At != '*')
        --At;
    else if (isa<yaml::SequenceNode, yaml::MappingNode>(N) && At != Begin &&
             (At[-1] == '[' || At[-1] == '{'))
      --At;
    std::tie(Result.Line, Result.Column) =
        SM.getLineAndColumn(SMLoc::getFromPointer(At), Buffer);
    return Result;
  }

  YamlNode convert(yaml::Node &N, const YamlNode &Near, unsigned Depth = 0) {
    YamlNode Result = placed(N, Near);
    constexpr unsigned MaxDepth = 64;
    if (Depth == MaxDepth) {
      Stream->printError(&N, "this is nested too deeply");
      return Result;
    }
    SmallString<64> Storage;
    if (auto *Scalar = dyn_cast<yaml::ScalarNode>(&N)) {
      Result.Kind = YamlNode::Scalar;
      Result.Text = Scalar->getValue(Storage).str();
    } else if (auto *Block = dyn_cast<yaml::BlockScalarNode>(&N)) {
      Result.Kind = YamlNode::Scalar;
      Result.Text = Block->getValue().rtrim('\n').str();
    } else if (auto *Sequence = dyn_cast<yaml::SequenceNode>(&N)) {
      Result.Kind = YamlNode::Sequence;
      for (yaml::Node &Item : *Sequence) {
        YamlNode Converted = convert(Item, Result, Depth + 1);
        if (Stream->failed())
          break; // an item with a syntax error inside is no item
        Result.Items.push_back(std::move(Converted));
      }
    } else if (auto *Mapping = dyn_cast<yaml::MappingNode>(&N)) {
      Result.Kind = YamlNode::Mapping;
      for (yaml::KeyValueNode &KV : *Mapping) {
        yaml::Node *Key = KV.getKey();
        if (!Key || Stream->failed())
          break;
        YamlNode::Entry E;
        E.Key = convert(*Key, Result, Depth + 1);
        if (yaml::Node *Value = KV.getValue())
          E.Value = convert(*Value, E.Key, Depth + 1);
        Result.Entries.push_back(std::move(E));
      }
      if (!Result.Entries.empty()) {
        Result.Line = Result.Entries.front().Key.Line;
        Result.Column = Result.Entries.front().Key.Column;
      }
    } else if (isa<yaml::AliasNode>(&N)) {
      report(Result, "YAML aliases ('*name') are not supported; write the "
                     "value out");
    }
    return Result;
  }

  StringRef FileName;
  std::vector<ModelError> &Errors;
  SourceMgr SM;
  std::unique_ptr<yaml::Stream> Stream;
  bool SawSyntaxError = false;
};

} // namespace

std::string YamlNode::describe() const {
  switch (Kind) {
  case Null:
    return "nothing";
  case Scalar:
    return "'" + Text + "'";
  case Sequence:
    return "a list";
  case Mapping:
    return "a mapping";
  }
  return "";
}

YamlNode readYaml(StringRef Text, StringRef FileName,
                  std::vector<ModelError> &Errors) {
  return TreeBuilder(Text, FileName, Errors).build();
}

} // namespace nostall
