# SPDX-License-Identifier: Apache-2.0
# weir_add_docs_test(): what README.md and docs/ show compiles and prints what they say it prints. The blocks that need an
# adapter are checked where its component is; the others are named as skipped (cmake/checks/docs_blocks.py).
function(weir_add_docs_test)
  get_property(components GLOBAL PROPERTY weir_components)
  set(adapters "")
  set(links "")
  foreach(component IN LISTS components)
    if(NOT TARGET weir::${component} OR NOT EXISTS "${PROJECT_SOURCE_DIR}/include/weir/adapter/${component}.hpp")
      continue()
    endif()
    list(APPEND links weir::${component})
    weir_packages_of(${component} packages)
    set(libraries "")
    foreach(package IN LISTS packages)
      get_property(target GLOBAL PROPERTY weir_package_${package}_TARGET)
      get_target_property(type ${target} TYPE)
      if(type STREQUAL "INTERFACE_LIBRARY")
        # No one file to link: its blocks are compiled and not run.
        set(libraries "NOTFOUND")
      elseif(NOT libraries STREQUAL "NOTFOUND")
        list(APPEND libraries "$<TARGET_LINKER_FILE:${target}>")
      endif()
    endforeach()
    if(libraries STREQUAL "NOTFOUND")
      list(APPEND adapters "--adapter=${component}")
    else()
      list(JOIN libraries "," libraries)
      list(APPEND adapters "--adapter=${component}=${libraries}")
    endif()
  endforeach()

  # Never built: it gathers the include folders of everything the blocks need.
  file(CONFIGURE OUTPUT docs_blocks.cpp CONTENT "\n")
  add_library(weir_docs_blocks OBJECT EXCLUDE_FROM_ALL "${CMAKE_CURRENT_BINARY_DIR}/docs_blocks.cpp")
  target_link_libraries(weir_docs_blocks PRIVATE weir::weir ${links})
  set(folders "$<TARGET_PROPERTY:weir_docs_blocks,INCLUDE_DIRECTORIES>")

  add_test(NAME "docs/blocks" COMMAND_EXPAND_LISTS
    COMMAND ${Python3_EXECUTABLE} "${PROJECT_SOURCE_DIR}/cmake/checks/docs_blocks.py" "${PROJECT_SOURCE_DIR}"
      --compiler "${CMAKE_CXX_COMPILER}" "--launcher=${CMAKE_CXX_COMPILER_LAUNCHER}"
      --build "${CMAKE_CURRENT_BINARY_DIR}/docs" ${adapters}
      -- "${CMAKE_CXX20_STANDARD_COMPILE_OPTION}" -O0 -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion
      -Wshadow=local -Wno-unused $<$<BOOL:${WEIR_WARNINGS_AS_ERRORS}>:-Werror>
      "$<$<BOOL:${folders}>:-I$<JOIN:${folders},;-I>>")
  set_tests_properties("docs/blocks" PROPERTIES LABELS check TIMEOUT 900 PROCESSORS 2)
endfunction()
