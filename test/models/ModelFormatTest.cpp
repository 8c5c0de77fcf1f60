//===- ModelFormatTest.cpp - FORMAT.md tells the truth ---------------------===//
//
// Every YAML block of checks/models/FORMAT.md parses without an error, and every
// key that the parser knows is explained there.
//
//===----------------------------------------------------------------------===//

#include "analysis/models/ModelParser.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "gtest/gtest.h"

using namespace nostall;
using llvm::StringRef;

namespace {

std::string formatPage() {
  std::string Path = llvm::sys::path::parent_path(__FILE__).str() +
                     "/../../checks/models/FORMAT.md";
  auto Buffer = llvm::MemoryBuffer::getFile(Path);
  return Buffer ? (*Buffer)->getBuffer().str() : "";
}

/// Parts of an entry are shown by themselves: what they are part of.
std::string completed(StringRef Block) {
  if (Block.starts_with("    when:"))
    return ("functions:\n  - name: f\n    blocks: wait\n" + Block).str();
  if (Block.starts_with("    instead:"))
    return ("functions:\n  - name: f\n    blocks: wait\n" + Block).str();
  if (Block.starts_with("  - "))
    return ("functions:\n" + Block).str();
  return Block.str();
}

TEST(ModelFormat, TheExamplesParse) {
  std::string Page = formatPage();
  ASSERT_FALSE(Page.empty());
  StringRef Rest = Page;
  unsigned Blocks = 0;
  while (true) {
    Rest = Rest.split("\n```yaml\n").second;
    if (Rest.empty())
      break;
    StringRef Block = Rest.split("\n```").first;
    // Three ways to write one key cannot stand in one entry.
    std::vector<std::string> Texts;
    if (Block.starts_with("    callables:")) {
      StringRef Each = Block;
      while (!Each.empty()) {
        size_t Next = Each.find("\n    callables:", 1);
        Texts.push_back("functions:\n  - name: f\n" +
                        Each.substr(0, Next).ltrim('\n').str());
        Each = Next == StringRef::npos ? "" : Each.substr(Next);
      }
    } else {
      Texts.push_back(completed((Block + "\n").str()));
    }
    for (StringRef Text : Texts) {
      // A constant of the built-in files.
      std::string Whole = "constants: {MSG_DONTWAIT: 0x40}\n" + Text.str();
      if (Text.contains("constants:"))
        Whole = Text.str();
      std::vector<ModelError> Errors;
      parseModelFile(Whole, "FORMAT.md", Errors);
      for (const ModelError &E : Errors)
        ADD_FAILURE() << E.Message << "\nin:\n" << Whole;
      ++Blocks;
    }
  }
  EXPECT_GT(Blocks, 10u);
}

/// The keys that the parser says it expected instead of nonsense.
std::vector<std::string> keysIn(StringRef Before, StringRef After) {
  std::vector<ModelError> Errors;
  parseModelFile((Before + "qqqqqqqqqqqqqqqqqqqqqqqq: 0" + After).str(), "m",
                 Errors);
  for (const ModelError &E : Errors) {
    StringRef List = StringRef(E.Message).split("expected one of: ").second;
    if (!StringRef(E.Message).starts_with("unknown key") || List.empty())
      continue;
    llvm::SmallVector<StringRef, 32> Keys;
    List.split(Keys, ", ");
    return {Keys.begin(), Keys.end()};
  }
  ADD_FAILURE() << "no key is unknown in " << Before.str();
  return {};
}

TEST(ModelFormat, EveryKeyIsExplained) {
  std::string Page = formatPage();
  std::vector<std::vector<std::string>> Known{
      keysIn("{", "}"),
      keysIn("functions: [{", "}]"),
      keysIn("functions: [{when: {", "}}]"),
      keysIn("functions: [{blocks: wait, when: {", "}}]"),
      keysIn("functions: [{callables: {", "}}]"),
      keysIn("functions: [{instead: {d: {", "}}}]"),
      keysIn("functions: [{switches-to: {", "}}]"),
      keysIn("types: [{", "}]"),
      keysIn("types: [{lock-guard: {", "}}]"),
      keysIn("dialects: [{", "}]"),
      keysIn("opaque: [{", "}]"),
      keysIn("overrides: [{", "}]"),
  };
  for (const auto &Keys : Known)
    for (const std::string &Key : Keys)
      EXPECT_TRUE(StringRef(Page).contains("`" + Key + "`") ||
                  StringRef(Page).contains("`" + Key + ":") ||
                  StringRef(Page).contains("{" + Key + ":"))
          << "FORMAT.md does not explain '" << Key << "'";
  for (unsigned I = 0; I != NumEffects; ++I)
    if (const EffectTraits &E = traitsOf(Effect(I)); E.Waits)
      EXPECT_TRUE(StringRef(Page).contains("| `" + E.Name.str() + "` |"));
}

} // namespace
