# SPDX-License-Identifier: Apache-2.0
# weir_development: what weir's own tests, examples and benchmarks are built with, and no user ever gets.
add_library(weir_development INTERFACE)
target_link_libraries(weir_development INTERFACE weir::weir)
set(CMAKE_CXX_EXTENSIONS OFF)

if(MSVC)
  target_compile_options(weir_development INTERFACE /W4 /permissive- /Zc:__cplusplus /Zc:preprocessor
    $<$<BOOL:${WEIR_WARNINGS_AS_ERRORS}>:/WX>)
else()
  target_compile_options(weir_development INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow $<$<BOOL:${WEIR_WARNINGS_AS_ERRORS}>:-Werror>)
endif()

if(WEIR_SANITIZE)
  target_compile_options(weir_development INTERFACE
    "-fsanitize=${WEIR_SANITIZE}" -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(weir_development INTERFACE "-fsanitize=${WEIR_SANITIZE}")
  target_sources(weir_development INTERFACE "${PROJECT_SOURCE_DIR}/cmake/sanitizers.cpp")
  set_source_files_properties("${PROJECT_SOURCE_DIR}/cmake/sanitizers.cpp"
    TARGET_DIRECTORY weir PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endif()

if(NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(CCACHE_PROGRAM ccache)
  mark_as_advanced(CCACHE_PROGRAM)
  if(CCACHE_PROGRAM)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
  endif()
endif()

# The third parties that only examples and benchmarks use, beside the components, by the name `// needs:` gives them.
set(weir_other_needs fmt CLI11 libavro)
set(weir_target_of_fmt fmt::fmt)
set(weir_target_of_CLI11 CLI11::CLI11)
set(weir_target_of_libavro libavro::libavro)
list(APPEND CMAKE_MODULE_PATH "${PROJECT_SOURCE_DIR}/cmake/modules")

# The targets that a program's files ask for in lines `// needs: kafka simdjson`, and the needs not to be had here. An
# adapter's own test (tests/adapter/kafka.cpp) needs that component without saying so.
function(weir_read_needs targets missing)
  set(found "")
  set(absent "")
  get_property(components GLOBAL PROPERTY weir_components)
  foreach(file IN LISTS ARGN)
    file(STRINGS "${file}" lines REGEX "^// needs: ")
    if(file MATCHES "/adapter/([^/.]+)")
      list(APPEND lines "// needs: ${CMAKE_MATCH_1}")
    endif()
    foreach(line IN LISTS lines)
      string(REGEX REPLACE "^// needs: " "" needs "${line}")
      separate_arguments(needs)
      foreach(need IN LISTS needs)
        if(need IN_LIST weir_other_needs)
          set(target ${weir_target_of_${need}})
          if(NOT TARGET ${target})
            find_package(${need} QUIET GLOBAL)
          endif()
        elseif(need IN_LIST components)
          set(target weir::${need})
        else()
          message(FATAL_ERROR "${file} needs '${need}', which is neither a component of weir nor one of: "
            "${weir_other_needs}.")
        endif()
        if(TARGET ${target})
          list(APPEND found ${target})
        else()
          list(APPEND absent ${need})
        endif()
      endforeach()
    endforeach()
  endforeach()
  list(REMOVE_DUPLICATES found)
  list(REMOVE_DUPLICATES absent)
  set(${targets} ${found} PARENT_SCOPE)
  set(${missing} ${absent} PARENT_SCOPE)
endfunction()
