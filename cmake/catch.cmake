# SPDX-License-Identifier: Apache-2.0
# weir_catch: Catch2 with a main, version 3 or, where that is not to be had, version 2. Tests include "catch.hpp".
find_package(Catch2 3 QUIET)
if(NOT Catch2_FOUND)
  find_package(Catch2 2 QUIET)
endif()
if(NOT Catch2_FOUND)
  message(FATAL_ERROR "weir's tests need Catch2, not found here. Install libcatch2-dev 3 (Debian: from backports), "
    "catch2 (Debian, vcpkg) or catch2 (Conan), or configure with -DWEIR_BUILD_TESTS=OFF.")
endif()

if(Catch2_VERSION VERSION_LESS 3)
  message(STATUS "Catch2 2: the tests compile slowly; version 3 is better (Debian: libcatch2-dev from backports)")
  file(CONFIGURE OUTPUT catch_main.cpp CONTENT "#define CATCH_CONFIG_MAIN\n#include <catch2/catch.hpp>\n")
  add_library(weir_catch STATIC "${CMAKE_CURRENT_BINARY_DIR}/catch_main.cpp")
  target_link_libraries(weir_catch PUBLIC Catch2::Catch2)
  target_compile_features(weir_catch PUBLIC cxx_std_20)
else()
  add_library(weir_catch INTERFACE)
  target_link_libraries(weir_catch INTERFACE Catch2::Catch2WithMain)
endif()
include(Catch)

# One CTest test for each TEST_CASE of an executable.
function(weir_discover_tests target prefix label)
  set(properties LABELS ${label} TIMEOUT 300)
  if(label STREQUAL "integration")
    list(APPEND properties RESOURCE_LOCK weir_servers)
  endif()
  if(Catch2_VERSION VERSION_LESS 3)
    # Version 2 has no exit code for a skipped test; tests/catch.hpp writes this instead.
    list(APPEND properties SKIP_REGULAR_EXPRESSION "weir: skipped")
  endif()
  catch_discover_tests(${target} TEST_PREFIX "${prefix}/" PROPERTIES ${properties})
endfunction()
