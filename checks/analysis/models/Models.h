//===- Models.h - what is known of other people's code ----------*- C++ -*-===//
//
// Models are the only place where nostall knows foreign names. They are YAML
// (checks/models/FORMAT.md), compiled into the binary and extended by users'
// `.nostall.yaml`; this header is their parsed form and the lookup that the
// rest of the core asks:
//
//   YAML text --parseModels--> ModelSet --find(FunctionDecl)--> FunctionModel
//                                       `-find(CXXRecordDecl)-> TypeModel
//
// Names are matched without template arguments and without inline namespaces
// ("std::basic_ifstream::open", also for libc++'s std::__1). A lookup is
// memoised per declaration by its callers, so it may build strings.
//
// What this file refuses to do: decide. It answers what the data says about a
// declaration; Effects, Contexts and Awaitables draw the conclusions.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_MODELS_MODELS_H
#define NOSTALL_CHECKS_ANALYSIS_MODELS_MODELS_H

#include "Effect.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace clang {
class FunctionDecl;
class NamedDecl;
class CXXRecordDecl;
} // namespace clang

namespace nostall {

struct ModelFile; // ModelParser.h

/// The thread that code runs on, as far as it is known.
enum class Context : unsigned char { Unknown, Loop, Worker, Process };

/// What a function does with a callable that it is given.
enum class CallableUse : unsigned char {
  Inline,     ///< calls it before returning, on the caller's thread
  Worker,     ///< runs it on another thread
  Loop,       ///< runs it on an event loop
  Process,    ///< runs it in another process
  Keeps,      ///< stores it; nothing is known of when it runs
  ByExecutor, ///< where depends on the executor argument, by its type
};

/// Argument numbers with a meaning of their own.
constexpr int ObjectArgument = -1; ///< the object that a member is called on
constexpr int LastArgument = -3;   ///< the last one written at the call
constexpr int EveryArgument = -4;  ///< of a lock: all of them

/// One condition on a call's arguments. All fields that are set must hold.
/// Conditions hold only for what is known for sure: an argument that is no
/// constant expression satisfies none of the value tests.
struct ArgumentTest {
  /// Zero-based parameter, ObjectArgument or LastArgument. An overloaded
  /// operator's operands count as arguments 0, 1, ..., a member's object too.
  int Arg = 0;
  std::optional<long long> Equals; ///< integral or enumeration constant
  std::optional<long long> HasBits;
  /// HasBits is about this member of the object that it is the address of.
  std::string Member;
  bool IsZeroDuration = false; ///< constant whose every scalar part is zero
  bool IsNull = false;         ///< null pointer constant
  /// Static type as written, before conversion to a base: one of these
  /// qualified class names (or derived from one).
  std::vector<std::string> TypeIs;
  /// Its class is one of these, or made of one: a template argument, or one of
  /// such an argument.
  std::vector<std::string> Involves;
  /// Refers to one of these variables ("std::cout").
  std::vector<std::string> Names;
  /// Exact number of arguments written at the call; -1: any.
  int ArgumentCount = -1;

  /// Something is asked of `Arg`, not only of the number of arguments.
  bool testsArgument() const {
    return Equals || HasBits || IsZeroDuration || IsNull || !TypeIs.empty() ||
           !Involves.empty() || !Names.empty();
  }
};

/// How an async replacement is written in one dialect. In `Text`:
/// {receiver} is the object expression with its `.` or `->`; {name} the
/// callee's unqualified name; {args} all arguments as written, {arg0}.. single
/// ones, {last} the last and {head} all but the last; {call} the whole call;
/// {result} the call's type; {ns} the dialect's namespace as the model spells
/// it. A literal brace is doubled. `expandCode` reads this form.
struct Replacement {
  std::string Dialect; ///< "nostall", "asio", "folly", ...
  std::string Text;
  /// As written: "<nostall/sleep.h>"; {ns} is a path here: "<{ns}/post.hpp>"
  /// is "<boost/asio/post.hpp>" where the namespace is boost::asio.
  std::vector<std::string> Includes;
  std::vector<ArgumentTest> When;
};

/// Where a callable argument goes.
struct CallableModel {
  static constexpr int AnyArgument = -2;
  int Arg = AnyArgument; ///< else zero-based
  CallableUse Use = CallableUse::Keeps;
  int ExecutorArg = -1; ///< for ByExecutor; -1 is the object itself
  /// Holds only for calls that satisfy all of these. Of the models that fit an
  /// argument the last one counts.
  std::vector<ArgumentTest> When;
};

// What is known of one function (all its overloads, unless narrowed), in
// groups: each is one idea, with one parse (ModelFunction.cpp), one packing
// (ModelPack.cpp) and one section of FORMAT.md.

struct FunctionModel;

/// "functions": what the entry is for.
struct FunctionName {
  /// Qualified, as in the file. "a::b_*": what begins so in a; "a::*":
  /// everything directly in a; "a::**": everything below a.
  std::string Name;
  /// Parameter types as written, compared loosely; absent: every overload.
  std::optional<std::vector<std::string>> Params;
};

/// "Does it block", "On which conditions".
struct BlockingModel {
  enum class Stance : unsigned char {
    Unsaid, ///< the entry says nothing about blocking
    Blocks,
    NeverBlocks, ///< its body is not looked at
  };
  Stance Says = Stance::Unsaid;
  Effect What = Effect::Wait;
  std::vector<std::vector<ArgumentTest>> When; ///< any group whole: it blocks
  std::vector<std::vector<ArgumentTest>>
      Unless; ///< any group whole: it does not
  /// What holds where When/Unless say that this entry does not block, or null:
  /// fprintf is console-io to stdout and otherwise file-io. Only this group,
  /// the remedy and the source of it count.
  std::shared_ptr<const FunctionModel> Otherwise;
  /// Non-blocking where the enclosing function tests for EAGAIN and the like.
  bool UnlessWouldBlockTested = false;
  /// Does not wait where this object is known to be ready (std::future::get).
  bool UnlessReady = false;
};

/// "Readiness".
struct ReadinessModel {
  /// A test of readiness: returns bool, or a status to compare with
  /// `ReadyValue` ("std::future_status::ready").
  bool IsReadyTest = false;
  std::string ReadyValue;
  /// A value that means "not ready" where there are no others but these two.
  std::string NotReadyValue;
  /// What it returns is ready once its object is fulfilled (`get_future`).
  bool GivesFuture = false;
  bool Fulfils = false; ///< its object (`set_value`)
};

/// "What it destroys".
struct DestructionModel {
  /// Destroying the returned object waits (std::async), unless `Unless` holds.
  bool ResultWaitsOnDestroy = false;
  /// Of what its object owns, the call destroys this, as When/Unless say.
  enum class Part : unsigned char {
    None,
    All,
    Element,
    Replaced, ///< all, and the object owns something else afterwards
  };
  Part LetsGo = Part::None;
};

/// "Callables".
struct CallablesModel {
  std::vector<CallableModel> Callables;
};

/// "Tasks".
struct TaskModel {
  /// Takes care of the tasks given to it (create_task, co_spawn).
  bool Spawns = false;
  /// The result may be dropped though it is awaitable; or only where it could
  /// not be awaited either.
  bool Droppable = false, DroppableOutsideCoroutines = false;
  /// `co_await` of the result continues there; or where the executor that this
  /// argument is bound to runs its work, if that is known.
  std::optional<Context> SwitchesTo;
  std::optional<int> SwitchesToExecutorOf;
  /// A range whose every element must be awaited (as_completed).
  bool YieldsAwaitables = false;
  /// Drops what the callables that it is given return (std::for_each).
  bool DropsResults = false;
  /// Runs an event loop: what was begun before goes on meanwhile.
  bool RunsLoop = false;
};

/// "Results".
struct ResultModel {
  /// Does nothing but convert or name its argument (std::move, std::forward).
  bool Forwards = false;
  /// Returns at once, whatever it is given.
  bool Quick = false;
  /// Its result is a file descriptor.
  bool GivesDescriptor = false;
};

/// "The loop's thread".
struct AffinityModel {
  /// Only on the loop's thread; `LoopOnlyTwin` is what to call elsewhere.
  bool LoopOnly = false;
  std::string LoopOnlyTwin;
};

/// "Descriptors and objects".
struct ObjectModel {
  /// Makes this argument a non-blocking descriptor, unless its own arguments
  /// are a constant false (socket.non_blocking(true)).
  std::optional<int> SetsNonblocking;
  /// Runs the constructor of the class that its template argument TypeArg names
  /// (OfClass: that of its class; no TypeArg: of each) with its arguments from
  /// From on; without From, the default constructor.
  struct Construction {
    bool OfClass = false;
    std::optional<unsigned> TypeArg;
    std::optional<unsigned> From;
    bool ByNew = false; ///< by a new-expression: the class's operator new
  };
  std::optional<Construction> Constructs;
};

/// "Locks".
struct LockModel {
  /// Acquires / releases the lock that is its argument, its object, or each of
  /// its arguments.
  std::optional<int> Acquires, Releases;
  /// The attempt has got it if it returns 0 (pthread_mutex_trylock).
  bool ZeroIsSuccess = false;
};

/// "What to write instead".
struct RemedyModel {
  std::vector<Replacement> Replacements;
  std::string Advice; ///< remedy in words, where no replacement serves
};

/// Where the entry stands.
struct OriginModel {
  std::string Source; ///< where the knowledge comes from ("man 2 read")
  std::string File;   ///< model file's name ("posix.yaml")
  unsigned Line = 0;
};

/// A model that consists of groups, which are listed once.
template <class... Group> struct GroupsOf : Group... {
  template <class Fn> void forEachGroup(Fn Visit) {
    (Visit(static_cast<Group &>(*this)), ...);
  }
};

struct FunctionModel
    : GroupsOf<FunctionName, BlockingModel, ReadinessModel, DestructionModel,
               CallablesModel, TaskModel, ResultModel, AffinityModel,
               ObjectModel, LockModel, RemedyModel, OriginModel> {};

/// Where it is known from: "model posix.yaml (man 2 read)".
std::string sourceText(const FunctionModel &M);

/// What is known of one class or class template.
struct TypeModel {
  std::string Name;
  bool Droppable = false; ///< a discarded value is fine (handles, futures)
  bool Awaitable = false; ///< though its members do not show it
  std::optional<Context> Executor; ///< as executor: its work runs there
  /// RAII guard of a thread lock. Member names that release / acquire it;
  /// constructor tag types that leave it unlocked, or that adopt a held lock.
  bool LockGuard = false;
  std::vector<std::string> GuardReleases, GuardAcquires, DeferTags, AdoptTags;
  /// When it dies, so do objects of the types that its template arguments
  /// name.
  bool Owns = false;
  /// The same, where no other owner can be (std::shared_ptr).
  bool OwnsAlone = false;
  /// Members after which its destructor has nothing to do.
  std::vector<std::string> GivesUp;
  /// What is called with what it drops: its template argument of this number, a
  /// class with an operator() or a pointer to a function; or one of these.
  static constexpr int NoDeleter = -1;
  static constexpr int GivenDeleter = -2; ///< what its constructor is given
  int Deleter = NoDeleter;
  /// What it is that another process has no use for: "a mutex".
  std::string StaysAs;
  std::string CancellationType; ///< reserved for checks of cancellation
  std::string Source, File;
  unsigned Line = 0;
};

/// A coroutine library, recognised by the coroutine's return type.
struct DialectModel {
  std::string Name;                   ///< "asio"
  std::vector<std::string> TaskTypes; ///< "boost::asio::awaitable"
  std::string Namespace;              ///< as {ns}: "boost::asio"
  /// Runs {call} on another thread and awaits it; empty: none is known.
  std::string Offload;
  std::vector<std::string> OffloadIncludes;
  /// Whatever a coroutine awaits resumes it on its own executor, unless the
  /// awaited call says otherwise: a switch lasts until the next co_await.
  bool ResumesOnOwnExecutor = false;
  /// Its coroutines run on an event loop, and not on whichever thread of a pool
  /// resumes them.
  bool HasLoop = true;
  /// Its await_transform takes every class that has all of these members.
  std::vector<std::string> AwaitsMembers;
  /// How a plain function starts a task: {call}.
  std::string Spawn;
  std::string File;
};

/// Unqualified names with a meaning: macros and enumerators for "would have
/// blocked" and "non-blocking fd", functions that serialise or end work.
struct StateNames {
  std::vector<std::string> WouldBlock;    ///< EAGAIN, std::errc::...
  std::vector<std::string> NonblockingFd; ///< O_NONBLOCK, SOCK_NONBLOCK, ...
  /// Functions that say what of an object crosses to another process.
  std::vector<std::string> Serialises;
  /// Beginnings of paths below which files are in memory: "/proc/".
  std::vector<std::string> MemoryFiles;
  /// Words in names of functions. Who has awaited one of the first has seen its
  /// object to the end; one of the second awaits all that it is given.
  std::vector<std::string> EndsWork, AwaitsAll;
  /// Names of functions that run a loop, of which no model and no body says so.
  std::vector<std::string> RunsLoops;
  /// Members of a library's objects whose callables a loop runs: ev_io::cb.
  std::vector<std::string> LoopCallbacks;
  /// Functions that return 0 in the child that they have made.
  std::vector<std::string> Forks;

  void append(const StateNames &Other);
};

/// One thing wrong in a model file: what was found, what was expected.
struct ModelError {
  std::string File;
  unsigned Line = 0, Column = 0;
  std::string Message;
};
llvm::raw_ostream &operator<<(llvm::raw_ostream &OS, const ModelError &E);

class ModelSet {
public:
  ModelSet();
  /// The set that ModelPack.h wrote as \p Bytes, which must outlive it. Nothing
  /// can be added to it; put a set over it.
  static ModelSet fromPacked(llvm::StringRef Bytes);
  /// A set that says what \p Base says, which must outlive it, and in which
  /// what is added wins.
  static ModelSet over(const ModelSet &Base);
  ~ModelSet();
  ModelSet(ModelSet &&);
  ModelSet &operator=(ModelSet &&);

  /// Adds the entries of one YAML text. A wrong entry is reported and left
  /// out; the others are kept. Entries added later win over earlier ones of
  /// the same name (and signature). Returns false if anything was wrong.
  bool add(llvm::StringRef Yaml, llvm::StringRef FileName,
           std::vector<ModelError> &Errors);
  void add(ModelFile File);

  /// The most specific entry for \p F whose Params fit, or null. An entry of a
  /// C function (unqualified name) fits only an extern "C" declaration.
  /// Later-added first; exact names before patterns.
  const FunctionModel *find(const clang::FunctionDecl *F) const;
  /// The entry for \p R itself (not its bases), or null.
  const TypeModel *find(const clang::CXXRecordDecl *R) const;
  /// True where bodies in this namespace are not looked into: only entries
  /// hold (`opaque: [std]`).
  bool isOpaque(const clang::NamedDecl *D) const;
  /// What an opaque function without an entry does with callables it is given
  /// (std: calls them inline; asio: keeps them).
  CallableUse opaqueCallableUse(const clang::NamedDecl *D) const;
  const DialectModel *findDialect(const clang::CXXRecordDecl *TaskType) const;
  const DialectModel *findDialect(llvm::StringRef Name) const;
  /// The members of which a class must have all, for \p Transform, a member of
  /// some promise's class, to take it; empty: that is not known.
  llvm::ArrayRef<std::string>
  awaitedMembers(const clang::FunctionDecl *Transform) const;

  const StateNames &stateNames() const;
  /// Every entry, those of the base first, in the order they were added.
  std::vector<const FunctionModel *> functions() const;
  std::vector<const TypeModel *> types() const;

private:
  struct Impl;
  std::unique_ptr<Impl> P;
};

/// "std::basic_ifstream::open": qualified, without template arguments, inline
/// and anonymous namespaces left out; a constructor is "C::C", a destructor
/// "C::~C", a conversion "C::operator T".
std::string modelName(const clang::NamedDecl *D);

/// Writes out the code of a replacement, an offload or a spawn: each
/// {placeholder} becomes what \p Fill returns for it, {{ and }} a brace. A ", "
/// after a placeholder that is filled with nothing goes with it.
std::string expandCode(llvm::StringRef Code,
                       llvm::function_ref<std::string(llvm::StringRef)> Fill);
/// The same for an include: {ns} becomes \p Namespace as a path.
std::string expandInclude(llvm::StringRef Include, llvm::StringRef Namespace);
/// What is wrong with code or with an entry's name, if anything is.
std::optional<std::string> findCodeError(llvm::StringRef Code);
std::optional<std::string> findNameError(llvm::StringRef Name);

/// The models compiled into the binary.
const ModelSet &builtinModels();

/// The bytes they are compiled in as: made by the build
/// (cmake/EmbedModels.cmake) from checks/models/*.yaml, the same for the same
/// files.
llvm::StringRef embeddedModels();

/// The built-in models plus every `.nostall.yaml` that governs \p SourceFile:
/// found upwards from it (the nearest wins), with `extends` followed and
/// per-path `overrides` applied. Shared between sources of one folder; the
/// result lives as long as the process. Wrong entries are appended to \p
/// Errors, once a file and process.
const ModelSet &modelsFor(llvm::StringRef SourceFile,
                          std::vector<ModelError> &Errors);

/// A hash of the content of every `.nostall.yaml` that governs \p SourceFile,
/// as modelsFor reads them; 0 where there is none. To be asked after it.
uint64_t userModelsHash(llvm::StringRef SourceFile);

} // namespace nostall

#endif
