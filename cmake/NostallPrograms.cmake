# nostall_program(<name> OBJECTS <source or object>... [CLANG <library>...] [WHOLE <archive>...])
#
# A program of the linter in two forms, of the same objects:
#   <name>          linked with the distribution's shared LLVM and Clang
#   <name>-static   all of LLVM and Clang in it, and SQLite and C++'s own library:
#                   it needs glibc alone, and is what packages carry. It lies in
#                   static/bin, under <name>.
# NOSTALL_STATIC says which of them `all` builds and `install` installs; the other
# is there when it is asked for. So packages cost a link, not a second build.
#
# CLANG: libraries that Clang has as archives only, of which both take what they
# need. WHOLE: archives of which both take everything.

# LLVM's archives depend on each other in circles, which lld does not mind.
find_program(NOSTALL_LLD ld.lld-22 HINTS "${LLVM_TOOLS_BINARY_DIR}")
find_library(NOSTALL_STATIC_SQLITE libsqlite3.a)
find_library(NOSTALL_STATIC_ZLIB libz.a)
find_library(NOSTALL_STATIC_ZSTD libzstd.a)
mark_as_advanced(NOSTALL_LLD NOSTALL_STATIC_SQLITE NOSTALL_STATIC_ZLIB NOSTALL_STATIC_ZSTD)
set(NOSTALL_CAN_LINK_STATICALLY FALSE)
if(NOSTALL_LLD AND NOSTALL_STATIC_SQLITE AND NOSTALL_STATIC_ZLIB AND NOSTALL_STATIC_ZSTD)
  set(NOSTALL_CAN_LINK_STATICALLY TRUE)
elseif(NOSTALL_STATIC)
  message(FATAL_ERROR "NOSTALL_STATIC needs lld and static libraries of SQLite, zlib and zstd: "
                      "apt-get install lld-22 libsqlite3-dev zlib1g-dev libzstd-dev")
endif()

# The analyser, which clang-tidy's library names, can ask the solver Z3, which
# has no archive; nothing here runs it. Compiled once for all static programs.
if(NOSTALL_CAN_LINK_STATICALLY)
  add_library(nostall-static-only OBJECT EXCLUDE_FROM_ALL
    "${PROJECT_SOURCE_DIR}/tool/static/NoSolver.cpp" "${PROJECT_SOURCE_DIR}/tool/static/OlderGlibc.cpp")
  target_link_libraries(nostall-static-only PRIVATE nostall-flags)

  file(GLOB _nostall_archives "${LLVM_LIBRARY_DIR}/libclang*.a" "${LLVM_LIBRARY_DIR}/libLLVM*.a")
  # The C interface holds all of Clang once more.
  list(FILTER _nostall_archives EXCLUDE REGEX "/libclang(-[0-9.]+)?\\.a$")
endif()

function(nostall_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "OBJECTS;CLANG;WHOLE")
  foreach(archive IN LISTS arg_WHOLE)
    list(APPEND whole "$<LINK_LIBRARY:WHOLE_ARCHIVE,${archive}>")
  endforeach()

  add_executable(${name} ${arg_OBJECTS})
  target_link_libraries(${name} PRIVATE ${whole} ${arg_CLANG} clang-cpp LLVM SQLite::SQLite3)
  if(NOT NOSTALL_STATIC)
    install(TARGETS ${name} COMPONENT programs)
  endif()
  set_property(TARGET ${name} PROPERTY EXCLUDE_FROM_ALL ${NOSTALL_STATIC})
  if(NOT NOSTALL_CAN_LINK_STATICALLY)
    return()
  endif()

  set(static ${name}-static)
  set(archives ${_nostall_archives})
  if(arg_WHOLE)
    list(REMOVE_ITEM archives ${arg_WHOLE})
  endif()
  add_executable(${static} ${arg_OBJECTS} $<TARGET_OBJECTS:nostall-static-only>)
  set_target_properties(${static} PROPERTIES OUTPUT_NAME ${name} LINKER_LANGUAGE CXX
    RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/static/bin" SKIP_BUILD_RPATH ON)
  target_link_options(${static} PRIVATE --ld-path=${NOSTALL_LLD} -pie -static-libstdc++ -static-libgcc
    LINKER:--gc-sections,--build-id=sha1,-z,relro,-z,now,-z,noexecstack)
  target_link_libraries(${static} PRIVATE ${whole} ${archives}
    ${NOSTALL_STATIC_SQLITE} ${NOSTALL_STATIC_ZSTD} ${NOSTALL_STATIC_ZLIB} m ${CMAKE_DL_LIBS})
  if(NOSTALL_STATIC)
    install(TARGETS ${static} COMPONENT programs)
  else()
    set_property(TARGET ${static} PROPERTY EXCLUDE_FROM_ALL TRUE)
  endif()
endfunction()
