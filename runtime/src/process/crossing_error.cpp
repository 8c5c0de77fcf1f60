//===- crossing_error.cpp - exceptions as messages ------------------------===//
//
// The most derived first, so that each is caught as what it is nearest to. Written
// without run-time type information.
//
//===----------------------------------------------------------------------===//

#include "process/crossing_error.h"
#include "nostall/error.h"
#include "nostall/process_error.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <cxxabi.h>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>
#include <typeinfo>

namespace nostall::detail {

namespace {

enum class tag : std::uint8_t {
  invalid_argument, domain_error, length_error, out_of_range, logic_error,
  range_error, overflow_error, underflow_error, system_error, runtime_error,
  bad_alloc, timeout, usage, remote
};

void put(out_message& m, const std::string& s) {
  const std::uint64_t n = s.size();
  m.append(&n, sizeof n);
  m.append(s.data(), n);
}
std::string get(in_message& m) {
  std::uint64_t n;
  m.take(&n, sizeof n);
  std::string s(std::min<std::uint64_t>(n, m.remaining()), '\0');
  m.take(s.data(), n);
  return s;
}

void put(out_message& m, tag t, const char* what) {
  m.append(&t, sizeof t);
  put(m, std::string(what));
}

std::string current_type() {
  const std::type_info* type = abi::__cxa_current_exception_type();
  if (!type)
    return "an unknown type";
  int status = 0;
  char* name = abi::__cxa_demangle(type->name(), nullptr, nullptr, &status);
  std::string result = status == 0 ? name : type->name();
  std::free(name);
  return result;
}

} // namespace

void write_current_exception(out_message& m) {
  try {
    throw;
  } catch (const remote_error& e) {
    put(m, tag::remote, e.what());
    put(m, e.type_name());
  } catch (const timeout_error& e) {
    put(m, tag::timeout, e.what());
  } catch (const usage_error& e) {
    put(m, tag::usage, e.what());
  } catch (const std::invalid_argument& e) {
    put(m, tag::invalid_argument, e.what());
  } catch (const std::domain_error& e) {
    put(m, tag::domain_error, e.what());
  } catch (const std::length_error& e) {
    put(m, tag::length_error, e.what());
  } catch (const std::out_of_range& e) {
    put(m, tag::out_of_range, e.what());
  } catch (const std::logic_error& e) {
    put(m, tag::logic_error, e.what());
  } catch (const std::range_error& e) {
    put(m, tag::range_error, e.what());
  } catch (const std::overflow_error& e) {
    put(m, tag::overflow_error, e.what());
  } catch (const std::underflow_error& e) {
    put(m, tag::underflow_error, e.what());
  } catch (const std::system_error& e) {
    put(m, tag::system_error, e.what());
    const int code = e.code().value();
    const bool system = e.code().category() == std::system_category();
    m.append(&code, sizeof code);
    m.append(&system, sizeof system);
  } catch (const std::runtime_error& e) {
    put(m, tag::runtime_error, e.what());
  } catch (const std::bad_alloc& e) {
    put(m, tag::bad_alloc, e.what());
  } catch (const std::exception& e) {
    put(m, tag::remote, e.what());
    put(m, current_type());
  } catch (...) {
    const std::string type = current_type();
    put(m, tag::remote, ("an exception of type " + type).c_str());
    put(m, type);
  }
}

std::exception_ptr read_exception(in_message& m) {
  tag t;
  m.take(&t, sizeof t);
  std::string what = get(m);
  switch (t) {
  case tag::invalid_argument:
    return std::make_exception_ptr(std::invalid_argument(what));
  case tag::domain_error:
    return std::make_exception_ptr(std::domain_error(what));
  case tag::length_error:
    return std::make_exception_ptr(std::length_error(what));
  case tag::out_of_range:
    return std::make_exception_ptr(std::out_of_range(what));
  case tag::logic_error:
    return std::make_exception_ptr(std::logic_error(what));
  case tag::range_error:
    return std::make_exception_ptr(std::range_error(what));
  case tag::overflow_error:
    return std::make_exception_ptr(std::overflow_error(what));
  case tag::underflow_error:
    return std::make_exception_ptr(std::underflow_error(what));
  case tag::runtime_error:
    return std::make_exception_ptr(std::runtime_error(what));
  case tag::bad_alloc:
    return std::make_exception_ptr(std::bad_alloc());
  case tag::timeout:
    return std::make_exception_ptr(timeout_error(what));
  case tag::usage:
    return std::make_exception_ptr(usage_error(what));
  case tag::system_error: {
    int code;
    bool system;
    m.take(&code, sizeof code);
    m.take(&system, sizeof system);
    const std::error_code c(code, system ? std::system_category()
                                         : std::generic_category());
    // what() has the category's text at its end already.
    const std::string text = ": " + c.message();
    if (what.ends_with(text))
      what.resize(what.size() - text.size());
    return std::make_exception_ptr(std::system_error(c, what));
  }
  case tag::remote:
    break;
  }
  std::string type = get(m);
  return std::make_exception_ptr(remote_error(std::move(what), std::move(type)));
}

} // namespace nostall::detail
