# nostall_embed_models(<target>): compiles checks/models/*.yaml into a target.
#
# The build makes nostall-pack-models first, a small program of the parser alone,
# and has it turn the files into EmbeddedModels.cpp. A model file with an error
# in it fails the build with file, line and column.

function(nostall_embed_models target)
  set(models_reader "${PROJECT_SOURCE_DIR}/checks/analysis/models")
  add_executable(nostall-pack-models
    "${PROJECT_SOURCE_DIR}/checks/models/PackModels.cpp"
    "${models_reader}/Effect.cpp" "${models_reader}/ModelPack.cpp"
    "${models_reader}/ModelParser.cpp" "${models_reader}/ModelReader.cpp"
    "${models_reader}/ModelText.cpp" "${models_reader}/ModelYaml.cpp")
  target_link_libraries(nostall-pack-models PRIVATE nostall-flags LLVM)

  file(GLOB models CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/checks/models/*.yaml")
  set(output "${CMAKE_CURRENT_BINARY_DIR}/EmbeddedModels.cpp")
  add_custom_command(OUTPUT "${output}"
    COMMAND nostall-pack-models "${output}" ${models}
    DEPENDS ${models} nostall-pack-models
    COMMENT "Packing the models" VERBATIM)
  target_sources(${target} PRIVATE "${output}")
  set_source_files_properties("${output}" PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
endfunction()
