//===- stall_report.cpp - how a report of a stall reads -------------------===//

#include "nostall/stall_watchdog.h"

#include <cstdio>
#include <string_view>

namespace nostall {

namespace {

void append_quoted(std::string& to, std::string_view text) {
  to += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      to += '\\';
      to += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char code[8];
      std::snprintf(code, sizeof code, "\\u%04x", c);
      to += code;
    } else {
      to += c;
    }
  }
  to += '"';
}

} // namespace

std::string to_string(const stall_report& r) {
  std::string text =
      "nostall: " + (r.task_name.empty() ? "a callback" : "task '" + r.task_name + "'") +
      (r.ended ? " held the loop for " : " holds the loop, for ") +
      std::to_string(r.duration.count() / 1'000'000) + " ms";
  if (r.where.line() != 0)
    text += std::string(" (") + r.where.file_name() + ":" +
            std::to_string(r.where.line()) + ")";
  text += r.stack.empty() ? "; it did not answer where it is\n" : "; it was in\n";
  char offset[24];
  for (const stall_frame& f : r.stack) {
    std::snprintf(offset, sizeof offset, "+0x%zx", f.offset);
    text += "    " + (f.function.empty() ? "?" : f.function) + " (" + f.module + offset +
            ")\n";
  }
  return text;
}

std::string to_json(const stall_report& r) {
  std::string json = "{\"kind\":\"stall\",\"duration_ms\":" +
                     std::to_string(r.duration.count() / 1'000'000) +
                     ",\"ended\":" + (r.ended ? "true" : "false") + ",\"task\":";
  append_quoted(json, r.task_name);
  json += ",\"file\":";
  append_quoted(json, r.where.file_name());
  json += ",\"line\":" + std::to_string(r.where.line()) + ",\"stack\":[";
  const char* separator = "{\"function\":";
  for (const stall_frame& f : r.stack) {
    json += separator;
    append_quoted(json, f.function);
    json += ",\"module\":";
    append_quoted(json, f.module);
    json += ",\"offset\":" + std::to_string(f.offset) + "}";
    separator = ",{\"function\":";
  }
  return json + "]}";
}

} // namespace nostall
