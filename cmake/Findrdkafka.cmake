# SPDX-License-Identifier: Apache-2.0
# librdkafka where it comes without a CMake package of its own, as in Debian: makes the target RdKafka::rdkafka, the
# name that its own package gives. Sets rdkafka_FOUND and rdkafka_VERSION.
find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
  pkg_check_modules(PC_rdkafka QUIET rdkafka)
endif()

find_path(rdkafka_INCLUDE_DIR librdkafka/rdkafka.h HINTS ${PC_rdkafka_INCLUDE_DIRS})
find_library(rdkafka_LIBRARY rdkafka HINTS ${PC_rdkafka_LIBRARY_DIRS})
mark_as_advanced(rdkafka_INCLUDE_DIR rdkafka_LIBRARY)

if(PC_rdkafka_VERSION)
  set(rdkafka_VERSION "${PC_rdkafka_VERSION}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(rdkafka
  REQUIRED_VARS rdkafka_LIBRARY rdkafka_INCLUDE_DIR VERSION_VAR rdkafka_VERSION)

if(rdkafka_FOUND AND NOT TARGET RdKafka::rdkafka)
  add_library(RdKafka::rdkafka UNKNOWN IMPORTED)
  set_target_properties(RdKafka::rdkafka PROPERTIES
    IMPORTED_LOCATION "${rdkafka_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${rdkafka_INCLUDE_DIR}")
endif()
