# nostall_embed_models(<target>): makes EmbeddedModels.cpp, which defines
# nostall::embeddedModels(), the text of every checks/models/*.yaml. The build
# runs this file again, as a script, to write it.
#
# A raw string literal has a length limit in some compilers (and a hidden cost
# in all), so a text is cut into pieces at line ends.

if(CMAKE_SCRIPT_MODE_FILE)
  set(text "// Generated from checks/models/*.yaml.\n#include \"analysis/Models.h\"\n")
  string(APPEND text "namespace {\nconstexpr std::pair<llvm::StringRef, llvm::StringRef> Files[] = {\n")
  foreach(model IN LISTS MODELS)
    get_filename_component(name "${model}" NAME)
    file(READ "${model}" body)
    string(LENGTH "${body}" left)
    string(APPEND text "{\"${name}\",\n")
    while(left GREATER 0)
      string(SUBSTRING "${body}" 0 8000 piece)
      string(LENGTH "${piece}" taken)
      string(SUBSTRING "${body}" ${taken} -1 body)
      math(EXPR left "${left} - ${taken}")
      string(APPEND text "R\"nostallmodel(${piece})nostallmodel\"\n")
    endwhile()
    string(APPEND text "},\n")
  endforeach()
  string(APPEND text "};\n} // namespace\n"
    "llvm::ArrayRef<std::pair<llvm::StringRef, llvm::StringRef>> nostall::embeddedModels() { return Files; }\n")
  file(WRITE "${OUTPUT}" "${text}")
  return()
endif()

set(_nostall_embed_models_script "${CMAKE_CURRENT_LIST_FILE}")

function(nostall_embed_models target)
  file(GLOB models CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/checks/models/*.yaml")
  set(output "${CMAKE_CURRENT_BINARY_DIR}/EmbeddedModels.cpp")
  # A list keeps its semicolons only when it is one quoted argument.
  add_custom_command(OUTPUT "${output}"
    COMMAND "${CMAKE_COMMAND}" "-DMODELS=${models}" "-DOUTPUT=${output}"
            -P "${_nostall_embed_models_script}"
    DEPENDS ${models} "${_nostall_embed_models_script}"
    COMMENT "Embedding the models" VERBATIM)
  target_sources(${target} PRIVATE "${output}")
endfunction()
