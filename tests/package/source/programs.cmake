# SPDX-License-Identifier: Apache-2.0
# A program that uses the core, and one for each component of WEIR_COMPONENTS; CTest runs them.
enable_testing()
add_executable(core "${CMAKE_CURRENT_LIST_DIR}/core.cpp")
target_link_libraries(core PRIVATE weir::weir)
target_compile_definitions(core PRIVATE "WEIR_EXPECTED_VERSION=\"${WEIR_EXPECTED_VERSION}\"")
add_test(NAME core COMMAND core)
foreach(component IN LISTS WEIR_COMPONENTS)
  add_executable(${component} "${CMAKE_CURRENT_LIST_DIR}/${component}.cpp")
  target_link_libraries(${component} PRIVATE weir::${component})
  add_test(NAME ${component} COMMAND ${component})
endforeach()
