# What find_package(nostall) gives where the linter is installed.
#
#   nostall_lint(<target> [ALL] [ARGUMENTS <argument>...])
#
# Makes the target nostall_lint_<target>, which lints the C++ sources of
# <target> with its own flags, and the target nostall_lint, which does so for
# every target that was named. ALL: each build does. ARGUMENTS go to nostall:
# --baseline=..., --format=github.
#
#   NOSTALL_EXECUTABLE   the command
#   NOSTALL_CLANG_TIDY   clang-tidy with the plugin, for CMAKE_CXX_CLANG_TIDY;
#                        empty if one of them is not installed
#
# A finding fails the build target, since nostall ends with 1 then.

include_guard(GLOBAL)

get_filename_component(_nostall_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
find_program(NOSTALL_EXECUTABLE nostall HINTS "${_nostall_prefix}/bin" "${_nostall_prefix}/../bin"
  DOC "The nostall command")
find_library(NOSTALL_TIDY_PLUGIN nostall-tidy HINTS "${CMAKE_CURRENT_LIST_DIR}/../.."
  DOC "The plugin of nostall for clang-tidy")
find_program(NOSTALL_TIDY_PROGRAM clang-tidy-22 HINTS /usr/lib/llvm-22/bin
  DOC "The clang-tidy that loads the plugin")

set(NOSTALL_CLANG_TIDY "")
if(NOSTALL_TIDY_PLUGIN AND NOSTALL_TIDY_PROGRAM)
  set(NOSTALL_CLANG_TIDY "${NOSTALL_TIDY_PROGRAM}" "-load=${NOSTALL_TIDY_PLUGIN}"
    "--checks=-*,nostall-*" --quiet)
endif()

function(nostall_lint target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "ALL" "" "ARGUMENTS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "nostall_lint(${target}): '${arg_UNPARSED_ARGUMENTS}' is no argument of it")
  endif()
  if(NOT TARGET ${target})
    message(FATAL_ERROR "nostall_lint(${target}): there is no such target")
  endif()
  if(NOT NOSTALL_EXECUTABLE)
    message(FATAL_ERROR "nostall_lint(${target}): there is no nostall on the PATH; set NOSTALL_EXECUTABLE")
  endif()
  if(NOT CMAKE_GENERATOR MATCHES "Ninja|Makefiles")
    message(FATAL_ERROR "nostall_lint(${target}): CMake writes compile_commands.json "
                        "with Ninja and Makefiles only, not with '${CMAKE_GENERATOR}'")
  endif()
  # compile_commands.json has those targets that say so.
  set_property(TARGET ${target} PROPERTY EXPORT_COMPILE_COMMANDS ON)

  set(all "")
  if(arg_ALL)
    set(all ALL)
  endif()
  set(sources "$<TARGET_PROPERTY:${target},SOURCES>")
  add_custom_target(nostall_lint_${target} ${all}
    COMMAND "${NOSTALL_EXECUTABLE}" -p "${CMAKE_BINARY_DIR}" ${arg_ARGUMENTS}
            "$<FILTER:${sources},INCLUDE,\\.(cpp|cc|cxx|c\\+\\+|C|cppm)$>"
    WORKING_DIRECTORY "$<TARGET_PROPERTY:${target},SOURCE_DIR>"
    COMMENT "Linting ${target}" COMMAND_EXPAND_LISTS VERBATIM USES_TERMINAL)
  # What the target waits for may generate its headers.
  get_target_property(awaited ${target} MANUALLY_ADDED_DEPENDENCIES)
  if(awaited)
    add_dependencies(nostall_lint_${target} ${awaited})
  endif()
  if(NOT TARGET nostall_lint)
    add_custom_target(nostall_lint)
  endif()
  add_dependencies(nostall_lint nostall_lint_${target})
endfunction()
