//===- Progress.cpp - how far a run has come, for who waits ---------------===//

#include "Progress.h"
#include "llvm/Support/Unicode.h"

namespace nostall {

static constexpr std::chrono::seconds BetweenLines(10);

static std::string timeLeft(const ProgramProgress &P) {
  if (!P.SecondsLeft)
    return "";
  const unsigned Seconds = *P.SecondsLeft;
  if (Seconds < 1)
    return "nearly done";
  if (Seconds < 120)
    return "about " + std::to_string(Seconds) + " s left";
  return "about " + std::to_string((Seconds + 30) / 60) + " min left";
}

static size_t columnsOf(llvm::StringRef Text) {
  const int Width = llvm::sys::unicode::columnWidthUTF8(Text);
  return Width < 0 ? Text.size() : Width;
}

/// The end of \p File that fits into \p Columns.
static std::string endOf(llvm::StringRef File, size_t Columns) {
  if (columnsOf(File) <= Columns)
    return File.str();
  if (Columns < 4)
    return "";
  while (columnsOf(File) > Columns - 3)
    do
      File = File.drop_front();
    while (!File.empty() && (File.front() & 0xc0) == 0x80);
  return "..." + File.str();
}

/// \p File without what would move a terminal's cursor.
static std::string printable(llvm::StringRef File) {
  std::string Text = File.str();
  for (char &C : Text)
    if (static_cast<unsigned char>(C) < 32 || C == 127)
      C = '?';
  return Text;
}

void ProgressLine::show(const ProgramProgress &P, Time Now) {
  const std::string Left = timeLeft(P);
  if (!Columns) {
    if (Now - LastLine < BetweenLines)
      return;
    LastLine = Now;
    Out << "nostall: " << P.Done << " of " << P.Total << " files read"
        << (Left.empty() ? "" : ", ") << Left << '\n';
    Out.flush();
    return;
  }
  const std::string Head =
      "[" + std::to_string(P.Done) + "/" + std::to_string(P.Total) + "] ";
  const std::string Tail = Left.empty() ? "" : "  " + Left;
  // The last column is left free: some terminals go to the next line there.
  const size_t Taken = Head.size() + Tail.size() + 1;
  std::string Line =
      Head + endOf(printable(P.File), Columns > Taken ? Columns - Taken : 0) +
      Tail;
  if (Line.size() >= Columns && columnsOf(Line) >= Columns)
    Line.resize(Columns - 1); // too narrow for the file: numbers alone
  if (Line == Shown)
    return;
  Out << "\r" << Line << "\x1b[K";
  Out.flush();
  Shown = std::move(Line);
}

void ProgressLine::erase() {
  if (Shown.empty())
    return;
  Out << "\r\x1b[K";
  Out.flush();
  Shown.clear();
}

} // namespace nostall
