//===- ModelPackTest.cpp - what is packed comes back whole ----------------===//
//
// The built-in models go through packModels and are read back lazily. A text
// with every key in it makes the way there and back; the built-in ones are
// asked for by several threads at once.
//
//===----------------------------------------------------------------------===//

#include "analysis/models/ModelPack.h"

#include "gtest/gtest.h"
#include <thread>

using namespace nostall;

namespace {

constexpr llvm::StringLiteral Everything = R"yaml(
source: default
aliases: {x: [a::x, b::x]}
opaque: [{namespace: x, callables: keeps}, std]
would-block: [EAGAIN]
nonblocking-fd: [O_NONBLOCK]
serialises: [serialize]
functions:
  - name: x::f
    params: [int, ...]
    blocks: net-io
    when: [{arg: 0, equals: -5}, [{arg: last, has-bits: 0x40}, {arg: object, is-null: true}]]
    unless: {arg: 1, is-zero-duration: true, involves: [x::B], argument-count: 3}
    unless-would-block-tested: true
    unless-ready: true
    otherwise: {blocks: console-io, when: {arg: 0, refers-to: [std::cout]}, source: s2}
    tests-readiness: x::ready
    not-ready: x::waiting
    result-waits-on-destroy: true
    lets-go: true
    callables: [{arg: 1, use: by-executor, executor: 0, when: {argument-count: 2}}]
    spawns: true
    droppable: true
    switches-to: worker
    yields-awaitables: true
    drops-results: true
    forwards: true
    quick: true
    gives-descriptor: true
    loop-only: g
    sets-nonblocking: object
    acquires: 0
    releases: object
    instead:
      asio: [{code: "{receiver}f({args})", includes: <x.h>, when: {arg: 0, type: x::T}}]
    advice: do not
    source: s1
  - {name: x::f, blocks: db}
  - {name: operator<<, blocks: file-io}
  - {name: x::p_*, switches-to: {executor-of: 2}}
types:
  - name: x::T
    droppable: true
    awaitable: true
    executor: loop
    lock-guard: {acquires: [lock], releases: [unlock], defer: x::D, adopt: x::A}
    owns: true
    gives-up: release
    stays-as: a mutex
    cancellation-type: x::C
dialects:
  - {name: d, tasks: x::task, namespace: x, spawn: "s({call})", offload: {code: "o({call})", includes: <o.h>}}
)yaml";

ModelFile parsed() {
  std::vector<ModelError> Errors;
  ModelFile File = parseModelFile(Everything, "all.yaml", Errors);
  for (const ModelError &E : Errors)
    ADD_FAILURE() << E.Line << ":" << E.Column << ": " << E.Message;
  return File;
}

/// A function alone, as bytes: equal bytes mean equal models.
std::string bytesOf(const FunctionModel &M) {
  ModelFile File;
  File.Functions.push_back(M);
  return packModels({File});
}

TEST(ModelPack, EveryMemberComesBack) {
  ModelFile File = parsed();
  std::string Bytes = packModels({File});
  PackedModels Packed(Bytes);

  std::vector<const FunctionModel *> Functions = Packed.allFunctions();
  ModelFile Rest = Packed.rest();
  for (const FunctionModel &M : Rest.Functions)
    Functions.push_back(&M);
  ASSERT_EQ(Functions.size(), File.Functions.size());
  for (const FunctionModel &Expected : File.Functions)
    EXPECT_TRUE(llvm::any_of(Functions, [&](const FunctionModel *M) {
      return bytesOf(*M) == bytesOf(Expected);
    })) << Expected.Name;

  // What the bytes do not compare, spelled out once.
  llvm::ArrayRef<const FunctionModel *> Found = Packed.functions("f");
  ASSERT_EQ(Found.size(), 4u);
  const FunctionModel &M = *Found.back(); // some overloads before all
  EXPECT_EQ(M.Name, "b::x::f");
  EXPECT_EQ(M.Params, (std::vector<std::string>{"int", "..."}));
  EXPECT_EQ(M.What, Effect::NetIO);
  ASSERT_EQ(M.When.size(), 2u);
  EXPECT_EQ(M.When[0][0].Equals, -5);
  EXPECT_EQ(M.When[1][0].Arg, LastArgument);
  EXPECT_EQ(M.When[1][1].Arg, ObjectArgument);
  EXPECT_EQ(M.Unless[0][0].ArgumentCount, 3);
  EXPECT_EQ(M.Unless[0][0].Involves, std::vector<std::string>{"b::x::B"});
  ASSERT_TRUE(M.Otherwise);
  EXPECT_EQ(M.Otherwise->What, Effect::ConsoleIO);
  EXPECT_EQ(M.Otherwise->Source, "s2");
  EXPECT_EQ(M.Callables[0].When[0].ArgumentCount, 2);
  EXPECT_EQ(M.SwitchesTo, Context::Worker);
  EXPECT_TRUE(M.DropsResults);
  EXPECT_EQ(M.LoopOnlyTwin, "g");
  EXPECT_EQ(M.Replacements[0].When[0].TypeIs,
            std::vector<std::string>{"b::x::T"});
  EXPECT_EQ(M.File, "all.yaml");
  EXPECT_EQ(M.Line, 9u);
  EXPECT_FALSE(Found.front()->Params);
  EXPECT_EQ(Found.front()->Source, "default");

  EXPECT_EQ(Packed.functions("<<").size(), 1u);
  EXPECT_TRUE(Packed.functions("g").empty());
  EXPECT_TRUE(Packed.functions("").empty());
  EXPECT_TRUE(Packed.functions("zzz").empty());
  ASSERT_EQ(Rest.Types.size(), 2u);
  EXPECT_EQ(Rest.Types[1].AdoptTags, std::vector<std::string>{"b::x::A"});
  EXPECT_EQ(Rest.Types[0].GuardReleases, std::vector<std::string>{"unlock"});
  ASSERT_EQ(Rest.Dialects.size(), 2u);
  EXPECT_EQ(Rest.Dialects[0].OffloadIncludes, std::vector<std::string>{"<o.h>"});
  EXPECT_EQ(Rest.Opaque.size(), 3u);
  EXPECT_EQ(Rest.State.NonblockingFd, std::vector<std::string>{"O_NONBLOCK"});
}

TEST(ModelPack, TheSameFilesMakeTheSameBytes) {
  EXPECT_EQ(packModels({parsed()}), packModels({parsed()}));
}

TEST(ModelPack, ThreadsMayAskAtOnce) {
  std::string Bytes = packModels({parsed()});
  PackedModels Packed(Bytes);
  const FunctionModel *Seen[4] = {};
  std::vector<std::thread> Threads;
  for (const FunctionModel *&Mine : Seen)
    Threads.emplace_back([&] { Mine = Packed.functions("f").back(); });
  for (std::thread &T : Threads)
    T.join();
  for (const FunctionModel *Each : Seen)
    EXPECT_EQ(Each, Seen[0]) << "an entry is read once";
}

} // namespace
