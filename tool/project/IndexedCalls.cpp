//===- IndexedCalls.cpp - the rest of the program, for one unit -----------===//

#include "IndexedCalls.h"
#include "FindDatabase.h"
#include "Index.h"
#include "llvm/Support/Process.h"

namespace nostall {

/// Leaves of \p Calls what stands in other files than \p MainFile. A node
/// without calls is harmless.
static void dropFile(CallGraph &Calls, llvm::StringRef MainFile) {
  for (CallGraph::Node &N : Calls.Nodes) {
    const bool IsThere = llvm::any_of(N.Edges, [&](const CallGraph::Edge &E) {
      return Calls.text(E.At.File) == MainFile;
    });
    if (!IsThere)
      continue;
    N.Id = 0;
    N.Overridden.clear();
    N.Edges.clear();
  }
  llvm::erase_if(Calls.Uses, [&](const CallGraph::CoroutineUse &Use) {
    return Calls.text(Use.File) == MainFile;
  });
}

OtherCalls indexedCalls(llvm::StringRef MainFile) {
  std::string Folder = llvm::sys::Process::GetEnv("NOSTALL_INDEX").value_or("");
  if (Folder.empty()) {
    const std::string Database = databaseAbove(MainFile);
    if (Database.empty())
      return {};
    Folder = indexBeside(Database);
  }
  FileCache Files; // of this moment
  OtherCalls All;
  for (Index::UnitCalls &Of : Index::readCalls(Folder, Files)) {
    All.Before += Of.File < MainFile;
    dropFile(Of.Calls, MainFile);
    All.Units.push_back(std::move(Of.Calls));
  }
  return All;
}

} // namespace nostall
