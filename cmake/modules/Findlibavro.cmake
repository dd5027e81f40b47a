# SPDX-License-Identifier: Apache-2.0
# libavro, Apache's Avro in C, which only tests use: makes the target libavro::libavro. Sets libavro_FOUND.
find_path(libavro_INCLUDE_DIR avro.h)
find_library(libavro_LIBRARY avro)
mark_as_advanced(libavro_INCLUDE_DIR libavro_LIBRARY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(libavro REQUIRED_VARS libavro_LIBRARY libavro_INCLUDE_DIR)

if(libavro_FOUND AND NOT TARGET libavro::libavro)
  add_library(libavro::libavro UNKNOWN IMPORTED GLOBAL)
  set_target_properties(libavro::libavro PROPERTIES
    IMPORTED_LOCATION "${libavro_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${libavro_INCLUDE_DIR}")
endif()
