//===- ModelParserTest.cpp - what is wrong in a model file, and where -----===//
//
// Every mistake that the parser knows, each with its place and the words that
// the user reads. A wrong entry is left out, its neighbours stay.
//
//===----------------------------------------------------------------------===//

#include "analysis/models/ModelParser.h"

#include "gtest/gtest.h"

using namespace nostall;

namespace {

/// All errors of a text, as "line:column: message" lines.
std::string errorsOf(llvm::StringRef Yaml) {
  std::vector<ModelError> Errors;
  parseModelFile(Yaml, "m.yaml", Errors);
  std::string Result;
  for (const ModelError &E : Errors) {
    EXPECT_EQ(E.File, "m.yaml");
    Result += (Result.empty() ? "" : "\n") + std::to_string(E.Line) + ":" +
              std::to_string(E.Column) + ": " + E.Message;
  }
  return Result;
}

/// The names of the functions that survived.
std::string functionsOf(llvm::StringRef Yaml) {
  std::vector<ModelError> Errors;
  ModelFile File = parseModelFile(Yaml, "m.yaml", Errors);
  std::string Result;
  for (const FunctionModel &M : File.Functions)
    Result += (Result.empty() ? "" : " ") + M.Name;
  return Result;
}

TEST(ModelParser, AnEmptyFileSaysNothing) {
  EXPECT_EQ(errorsOf(""), "");
  EXPECT_EQ(errorsOf("# only a comment\n"), "");
  EXPECT_EQ(functionsOf(""), "");
}

TEST(ModelParser, ErrorsArePrintedAsACompilerDoes) {
  std::string Text;
  llvm::raw_string_ostream(Text) << ModelError{"a/b.yaml", 3, 7, "wrong"};
  EXPECT_EQ(Text, "a/b.yaml:3:7: wrong");
}

//===--- YAML
//---------------------------------------------------------------===//

TEST(ModelParser, SyntaxErrorsKeepWhatCameBefore) {
  llvm::StringRef Text = "functions:\n"
                         "  - {name: f, blocks: wait}\n"
                         "  - {name: g, blocks: wait\n";
  EXPECT_EQ(functionsOf(Text), "f");
  std::string Said = errorsOf(Text);
  EXPECT_NE(Said.find("not valid YAML: "), std::string::npos) << Said;
  EXPECT_EQ(Said.find('\n'), std::string::npos) << "one mistake, one message";
}

TEST(ModelParser, DeepNestingIsAMistake) {
  for (llvm::StringRef Open : {"[", "{a: ", "- "}) {
    std::string Text;
    for (unsigned Depth = 0; Depth != 100000; ++Depth)
      Text += Open;
    const std::string Said = errorsOf(Text);
    EXPECT_NE(Said.find("this is nested too deeply"), std::string::npos)
        << Said;
  }
}

TEST(ModelParser, StrayTextIsASyntaxError) {
  EXPECT_EQ(
      errorsOf("functions:\n  - name: f\n   blocks: wait\n").substr(0, 20),
      "3:10: not valid YAML");
}

TEST(ModelParser, WhatYamlHasAndModelsHaveNot) {
  EXPECT_EQ(errorsOf("functions:\n  - {name: f, blocks: *c}\n"),
            "2:23: YAML aliases ('*name') are not supported; write the value "
            "out\n"
            "2:23: expected category (sleep, wait, process, net-io, dns, "
            "file-io, console-io, input, lock, db, gpu, cpu, sync-run), found "
            "nothing");
  EXPECT_EQ(errorsOf("root: true\n---\nroot: true\n"),
            "3:1: a model file holds one document, found a second");
}

//===--- shapes and keys
//------------------------------------------------------===//

TEST(ModelParser, TheTopIsAMapping) {
  EXPECT_EQ(errorsOf("- functions\n"),
            "1:1: expected a mapping for a model file, found a list");
  EXPECT_EQ(errorsOf("functions: {name: f}\n"),
            "1:13: expected a list of function entries, found a mapping");
  EXPECT_EQ(errorsOf("functions: [f]\n"),
            "1:13: expected a mapping for a function entry, found 'f'\n"
            "1:13: an entry needs 'name' or 'names'");
}

TEST(ModelParser, UnknownKeysNameTheNearest) {
  EXPECT_EQ(errorsOf("function: []\n"),
            "1:1: unknown key 'function' in a model file; did you mean "
            "'functions'?");
  EXPECT_EQ(errorsOf("functions:\n  - {name: f, block: wait}\n"),
            "2:15: unknown key 'block' in a function entry; did you mean "
            "'blocks'?");
  EXPECT_EQ(errorsOf("types:\n  - {name: f, colour: red}\n"),
            "2:15: unknown key 'colour' in a type entry; expected one of: "
            "name, names, droppable, awaitable, executor, lock-guard, "
            "owns, gives-up, deleter, stays-as, cancellation-type, source");
  EXPECT_EQ(errorsOf("functions:\n"
                     "  - name: f\n"
                     "    blocks: wait\n"
                     "    unless: {arg: 0, equal: 0}\n"),
            "4:14: an argument test needs something to test: equals, "
            "has-bits, is-zero-duration, is-null, type, involves or "
            "refers-to\n"
            "4:22: unknown key 'equal' in an argument test; did you mean "
            "'equals'?");
}

TEST(ModelParser, KeysStandOnce) {
  EXPECT_EQ(errorsOf("functions:\n  - {name: f, blocks: wait, blocks: db}\n"),
            "2:29: 'blocks' is given twice in a function entry");
}

//===--- names
//----------------------------------------------------------------===//

TEST(ModelParser, Names) {
  EXPECT_EQ(errorsOf("functions:\n  - {blocks: wait}\n"),
            "2:6: an entry needs 'name' or 'names'");
  EXPECT_EQ(errorsOf("functions:\n  - {name: f, names: [g], blocks: wait}\n"),
            "2:6: an entry has 'name' or 'names', not both");
  EXPECT_EQ(errorsOf("functions:\n  - {name: [f], blocks: wait}\n"),
            "2:12: 'name' takes one name; use 'names' for a list");
  EXPECT_EQ(errorsOf("functions:\n  - {names: [], blocks: wait}\n"),
            "2:13: expected a name, found an empty list");
  EXPECT_EQ(errorsOf("functions:\n  - {names: [f, 'g<int>'], blocks: wait}\n"),
            "2:17: 'g<int>': write the name without template arguments and "
            "parameters");
  EXPECT_EQ(errorsOf("functions:\n  - {name: 'a b', blocks: wait}\n"),
            "2:12: 'a b': ' ' cannot stand there; '*' is allowed at the end");
  EXPECT_EQ(errorsOf("functions:\n  - {name: 'a::', blocks: wait}\n"),
            "2:12: expected a qualified name, found 'a::'");
  EXPECT_EQ(errorsOf("functions:\n  - {name: '*', blocks: wait}\n"),
            "2:12: '*' would stand for everything");
  EXPECT_EQ(errorsOf("functions:\n"
                     "  - {name: f, blocks: wait}\n"
                     "  - {names: [g, f], blocks: db}\n"),
            "3:17: 'f' has an entry at line 2 already");
  EXPECT_EQ(errorsOf("functions:\n"
                     "  - {name: f, params: [int], blocks: wait}\n"
                     "  - {name: f, blocks: db}\n"),
            "")
      << "other overloads, another entry";
  EXPECT_EQ(errorsOf("functions:\n"
                     "  - {names: ['operator*', 'a::~b', 'a::operator bool', "
                     "'::g', 'a::**', 'x_*'], blocks: wait}\n"),
            "");
}

//===--- values
//---------------------------------------------------------------===//

TEST(ModelParser, Categories) {
  EXPECT_EQ(errorsOf("functions:\n  - {name: f, blocks: slepp}\n"),
            "2:23: unknown category 'slepp'; did you mean 'sleep'?");
  EXPECT_EQ(errorsOf("functions:\n  - {name: f, blocks: forever}\n"),
            "2:23: unknown category 'forever'; expected one of: sleep, wait, "
            "process, net-io, dns, file-io, console-io, input, lock, db, gpu, "
            "cpu, sync-run");
}

TEST(ModelParser, Flags) {
  EXPECT_EQ(errorsOf("functions:\n  - {name: f, spawns: yes}\n"),
            "2:23: expected true or false, found 'yes'");
  EXPECT_EQ(errorsOf("functions:\n  - {name: f, blocks: wait, never-blocks: "
                     "true}\n"),
            "2:43: an entry has 'blocks' or 'never-blocks', not both");
}

TEST(ModelParser, NumbersAndConstants) {
  EXPECT_EQ(errorsOf("constants: {A: 0x40}\n"
                     "functions:\n"
                     "  - {name: f, blocks: wait, unless: {arg: 0, has-bits: "
                     "A}}\n"),
            "");
  EXPECT_EQ(errorsOf("functions:\n"
                     "  - {name: f, blocks: wait, unless: {arg: 0, has-bits: "
                     "A}}\n"),
            "2:56: expected a number, or a name from this file's 'constants', "
            "found 'A'");
  EXPECT_EQ(errorsOf("functions:\n"
                     "  - {name: f, blocks: wait, unless: {arg: 0, has-bits: "
                     "0}}\n"),
            "2:56: 'has-bits' of 0 would always hold");
  EXPECT_EQ(errorsOf("constants: [A]\n"),
            "1:12: expected a mapping from names to numbers, found a list");
}

TEST(ModelParser, ArgumentTests) {
  auto Error = [](const std::string &Test) {
    return errorsOf("functions:\n  - {name: f, blocks: wait, when: " + Test +
                    "}\n");
  };
  EXPECT_EQ(Error("{equals: 0}"), "2:36: an argument test needs 'arg'");
  EXPECT_EQ(Error("{}"), "2:35: an argument test is empty");
  EXPECT_EQ(Error("{arg: first, equals: 0}"),
            "2:41: expected an argument's number, from 0, or 'object', found "
            "'first'");
  EXPECT_EQ(Error("{arg: -1, equals: 0}"),
            "2:41: expected an argument's number, from 0, or 'object', found "
            "'-1'");
  EXPECT_EQ(Error("[[]]"),
            "2:36: expected an argument test, found an empty list");
  EXPECT_EQ(Error("{arg: 0, type: []}"),
            "2:50: expected a qualified class name, found an empty list");
  EXPECT_EQ(Error("{argument-count: 2}"), "");
  EXPECT_EQ(Error("[{arg: last, is-null: true}, [{arg: object, type: x::T}, "
                  "{arg: 0, is-zero-duration: true}]]"),
            "");
}

TEST(ModelParser, ConditionsNeedAnEffect) {
  EXPECT_EQ(
      errorsOf("functions:\n  - {name: f, unless: {arg: 0, equals: 0}}\n"),
      "2:24: 'unless' says when a call blocks, but the entry has no "
      "'blocks'");
  EXPECT_EQ(errorsOf("functions:\n"
                     "  - {name: f, blocks: wait, otherwise: {blocks: db}}\n"),
            "2:41: 'otherwise' needs 'when' or 'unless' beside it");
  EXPECT_EQ(
      errorsOf("functions:\n"
               "  - name: f\n"
               "    blocks: wait\n"
               "    when: {arg: 0, equals: 0}\n"
               "    otherwise: {blocks: db, spawns: true}\n"),
      "5:29: unknown key 'spawns' in 'otherwise'; expected one of: "
      "blocks, never-blocks, result-waits-on-destroy, lets-go, when, "
      "unless, "
      "unless-would-block-tested, unless-ready, otherwise, instead, advice, "
      "source");
}

TEST(ModelParser, Callables) {
  EXPECT_EQ(errorsOf("functions:\n  - {name: f, callables: inlined}\n"),
            "2:26: unknown use of a callable 'inlined'; did you mean "
            "'inline'?");
  EXPECT_EQ(errorsOf("functions:\n  - {name: f, callables: {arg: 0}}\n"),
            "2:27: a callable needs 'use'");
  EXPECT_EQ(
      errorsOf("functions:\n  - {name: f, callables: {use: by-executor}}\n"),
      "2:27: 'use: by-executor' needs 'executor': the argument whose "
      "type decides, or 'object'");
  EXPECT_EQ(errorsOf("functions:\n"
                     "  - {name: f, callables: {use: keeps, when: [{arg: 0, "
                     "equals: 1}, {arg: 0, equals: 2}]}}\n"),
            "2:45: 'when' of a callable knows no alternatives; write one item "
            "for each");
}

TEST(ModelParser, Replacements) {
  EXPECT_EQ(
      errorsOf("functions:\n"
               "  - {name: f, blocks: wait, instead: {asio: \"g({arg})\"}}\n"),
      "2:45: unknown placeholder '{arg}'; expected {receiver}, {name}, "
      "{args}, {arg0}, {arg1}.., {head}, {last}, {call}, {result} or "
      "{ns}; double a literal brace");
  EXPECT_EQ(errorsOf("functions:\n"
                     "  - {name: f, blocks: wait, instead: {asio: \"[] {{ g(); "
                     "}\"}}\n"),
            "2:45: a single '}' in code; double it for a brace");
  EXPECT_EQ(errorsOf("functions:\n"
                     "  - {name: f, blocks: wait, instead: {asio: {includes: "
                     "<a>}}}\n"),
            "2:46: a replacement needs 'code'");
  EXPECT_EQ(
      errorsOf("functions:\n  - {name: f, blocks: wait, instead: mine}\n"),
      "2:38: expected a mapping from dialects to replacements, found "
      "'mine'");
  EXPECT_EQ(errorsOf("replacements: {mine: {asio: \"g()\"}}\n"
                     "functions:\n"
                     "  - {name: f, blocks: wait, instead: min}\n"),
            "3:38: unknown name of replacements 'min'; did you mean 'mine'?");
}

TEST(ModelParser, Aliases) {
  EXPECT_EQ(errorsOf("aliases: {a: [x, y], b: [z, u, v]}\n"),
            "1:25: expected 1 or 2 names, as many as the other aliases have, "
            "found 3");
  EXPECT_EQ(errorsOf("aliases: [a]\n"),
            "1:10: expected a mapping from an abbreviation to what it stands "
            "for, found a list");
}

TEST(ModelParser, DialectsAndNamespaces) {
  EXPECT_EQ(errorsOf("dialects:\n  - {namespace: x}\n"),
            "2:6: a dialect needs 'name'\n"
            "2:6: a dialect needs 'tasks': the return types of its coroutines");
  EXPECT_EQ(errorsOf("opaque:\n  - {callables: inline}\n"),
            "2:6: an opaque namespace needs 'namespace'");
  EXPECT_EQ(errorsOf("opaque:\n  - {namespace: x, callables: by-executor}\n"),
            "2:31: unknown use of a callable 'by-executor'; expected one of: "
            "inline, worker, loop, process, keeps");
  EXPECT_EQ(errorsOf("types:\n  - {name: x::T, executor: thread}\n"),
            "2:28: unknown context 'thread'; expected one of: loop, worker, "
            "process, unknown");
}

TEST(ModelParser, Overrides) {
  EXPECT_EQ(errorsOf("overrides:\n  - {functions: []}\n"),
            "2:6: an override needs 'paths'");
  EXPECT_EQ(
      errorsOf("overrides:\n  - {paths: 'a[', functions: []}\n").substr(0, 12),
      "2:13: 'a[': ");
}

//===--- going on
//--------------------------------------------------------------===//

TEST(ModelParser, AWrongEntryIsLeftOutAndTheOthersStay) {
  llvm::StringRef Text = "functions:\n"
                         "  - {name: f, blocks: wait}\n"
                         "  - {name: g, blocks: weight}\n"
                         "  - {name: h, blocks: db, instead: {asio: '{x}'}}\n"
                         "  - {name: i, blocks: wait}\n"
                         "overrides:\n"
                         "  - paths: a\n"
                         "    functions: [{name: j, blocks: no}]\n";
  EXPECT_EQ(functionsOf(Text), "f i");
  std::vector<ModelError> Errors;
  parseModelFile(Text, "m.yaml", Errors);
  EXPECT_EQ(Errors.size(), 3u);
}

} // namespace
