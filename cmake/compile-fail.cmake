# SPDX-License-Identifier: Apache-2.0
# Each file of tests/compile_fail is a correct program and, with WEIR_COMPILE_FAIL defined, one with a mistake in it:
# cmake/checks/compile_fail.py compiles both and compares what the compiler says of the second with the file's own words.

# weir_add_compile_fail_tests(<file>...)
function(weir_add_compile_fail_tests)
  set(links "")
  foreach(file IN LISTS ARGN)
    weir_read_needs(targets missing ${file})
    list(APPEND links ${targets})
  endforeach()
  list(REMOVE_DUPLICATES links)

  # Never built: it gathers the include folders of everything the files need.
  file(CONFIGURE OUTPUT compile_fail.cpp CONTENT "\n")
  add_library(weir_compile_fail OBJECT EXCLUDE_FROM_ALL "${CMAKE_CURRENT_BINARY_DIR}/compile_fail.cpp")
  target_link_libraries(weir_compile_fail PRIVATE weir::weir ${links})
  set(folders "$<TARGET_PROPERTY:weir_compile_fail,INCLUDE_DIRECTORIES>")

  foreach(file IN LISTS ARGN)
    cmake_path(GET file STEM stem)
    weir_read_needs(targets missing ${file})
    if(missing)
      weir_add_skipped_test("${file}" compile_fail "${missing}")
      continue()
    endif()
    add_test(NAME "compile_fail/${stem}" COMMAND_EXPAND_LISTS
      COMMAND ${Python3_EXECUTABLE} "${PROJECT_SOURCE_DIR}/cmake/checks/compile_fail.py" "${file}"
        --compiler "${CMAKE_CXX_COMPILER}" -- "${CMAKE_CXX20_STANDARD_COMPILE_OPTION}"
        "$<$<BOOL:${folders}>:-I$<JOIN:${folders},;-I>>")
    set_tests_properties("compile_fail/${stem}" PROPERTIES LABELS compile_fail TIMEOUT 300)
  endforeach()
endfunction()
