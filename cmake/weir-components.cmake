# SPDX-License-Identifier: Apache-2.0
# The components of weir: each is one adapter header and the third party it needs. The build tree and the installed
# package both include this file, so that a component is found, linked and refused in one way everywhere.
#
#   weir_require_component(kafka http)   makes weir::kafka and weir::http, or stops and says what to install
#
# A package is tried in the ways FIND lists until its target exists; where the project already has the target (it built
# the third party itself), nothing is looked for.

function(weir_declare_package name)
  cmake_parse_arguments(PARSE_ARGV 1 package "" "TARGET;DEBIAN;VCPKG;CONAN" "FIND")
  foreach(field IN ITEMS TARGET DEBIAN VCPKG CONAN FIND)
    set_property(GLOBAL PROPERTY weir_package_${name}_${field} "${package_${field}}")
  endforeach()
endfunction()

function(weir_declare_component name)
  cmake_parse_arguments(PARSE_ARGV 1 component "" "" "PACKAGES;COMPONENTS")
  get_property(known GLOBAL PROPERTY weir_components)
  if(NOT name IN_LIST known)
    set_property(GLOBAL APPEND PROPERTY weir_components ${name})
  endif()
  foreach(field IN ITEMS PACKAGES COMPONENTS)
    set_property(GLOBAL PROPERTY weir_component_${name}_${field} "${component_${field}}")
  endforeach()
endfunction()

weir_declare_package(simdjson TARGET simdjson::simdjson FIND "simdjson CONFIG"
  DEBIAN libsimdjson-dev VCPKG simdjson CONAN simdjson)
weir_declare_package(librdkafka TARGET RdKafka::rdkafka FIND "RdKafka CONFIG" "rdkafka MODULE"
  DEBIAN librdkafka-dev VCPKG librdkafka CONAN librdkafka)
weir_declare_package(libcurl TARGET CURL::libcurl FIND "CURL"
  DEBIAN libcurl4-openssl-dev VCPKG curl CONAN libcurl)
weir_declare_package(zlib TARGET ZLIB::ZLIB FIND "ZLIB"
  DEBIAN zlib1g-dev VCPKG zlib CONAN zlib)
weir_declare_package(libmicrohttpd TARGET libmicrohttpd::libmicrohttpd FIND "libmicrohttpd CONFIG" "libmicrohttpd MODULE"
  DEBIAN libmicrohttpd-dev VCPKG libmicrohttpd CONAN libmicrohttpd)
weir_declare_package(hiredis TARGET hiredis::hiredis FIND "hiredis CONFIG" "hiredis MODULE"
  DEBIAN libhiredis-dev VCPKG hiredis CONAN hiredis)

weir_declare_component(simdjson PACKAGES simdjson)
weir_declare_component(kafka PACKAGES librdkafka)
weir_declare_component(http PACKAGES libcurl zlib)
weir_declare_component(clickhouse COMPONENTS http)
weir_declare_component(influxdb COMPONENTS http)
weir_declare_component(elasticsearch COMPONENTS http)
weir_declare_component(prometheus PACKAGES libmicrohttpd)
weir_declare_component(redis PACKAGES hiredis)
weir_declare_component(avro COMPONENTS http)

# Tries to make the target of a declared package.
function(weir_find_package name)
  get_property(target GLOBAL PROPERTY weir_package_${name}_TARGET)
  get_property(ways GLOBAL PROPERTY weir_package_${name}_FIND)
  # Within a larger project the imported target is found in weir's directory and linked in another one.
  set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL ${weir_components_are_global})
  list(APPEND CMAKE_MODULE_PATH "${CMAKE_CURRENT_FUNCTION_LIST_DIR}")
  foreach(way IN LISTS ways)
    if(NOT TARGET ${target})
      separate_arguments(way)
      find_package(${way} QUIET)
    endif()
  endforeach()
endfunction()

# The third parties of a component, its own and those of the components below it.
function(weir_packages_of component result)
  get_property(packages GLOBAL PROPERTY weir_component_${component}_PACKAGES)
  get_property(below GLOBAL PROPERTY weir_component_${component}_COMPONENTS)
  foreach(other IN LISTS below)
    weir_packages_of(${other} more)
    list(APPEND packages ${more})
  endforeach()
  list(REMOVE_DUPLICATES packages)
  set(${result} ${packages} PARENT_SCOPE)
endfunction()

# Makes weir::<component> and empties <complaint>, or puts into <complaint> the sentence that says what to install.
function(weir_find_component component complaint)
  set(${complaint} "" PARENT_SCOPE)
  if(TARGET weir::${component})
    return()
  endif()
  get_property(known GLOBAL PROPERTY weir_components)
  if(NOT component IN_LIST known)
    list(JOIN known ", " known)
    set(${complaint} "weir: there is no component '${component}'; there are ${known}." PARENT_SCOPE)
    return()
  endif()

  weir_packages_of(${component} packages)
  set(absent "")
  set(links weir::weir)
  foreach(package IN LISTS packages)
    get_property(target GLOBAL PROPERTY weir_package_${package}_TARGET)
    weir_find_package(${package})
    if(TARGET ${target})
      list(APPEND links ${target})
    else()
      list(APPEND absent ${package})
      foreach(supplier IN ITEMS DEBIAN VCPKG CONAN)
        get_property(name GLOBAL PROPERTY weir_package_${package}_${supplier})
        list(APPEND ${supplier} ${name})
      endforeach()
    endif()
  endforeach()

  if(absent)
    list(JOIN absent " and " absent)
    foreach(supplier IN ITEMS DEBIAN VCPKG CONAN)
      list(JOIN ${supplier} " " ${supplier})
    endforeach()
    string(CONCAT sentence "weir: the component '${component}' needs ${absent}, not found here. Install the Debian "
      "package ${DEBIAN}, the vcpkg port ${VCPKG} or the Conan package ${CONAN}; the rest of weir works without.")
    set(${complaint} "${sentence}" PARENT_SCOPE)
    return()
  endif()
  if(weir_components_are_global)
    add_library(weir::${component} INTERFACE IMPORTED GLOBAL)
  else()
    add_library(weir::${component} INTERFACE IMPORTED)
  endif()
  target_link_libraries(weir::${component} INTERFACE ${links})
endfunction()

# Makes weir::<component> for each name given, or stops with the sentence that says what to install.
function(weir_require_component)
  foreach(component IN LISTS ARGN)
    weir_find_component(${component} complaint)
    if(complaint)
      message(FATAL_ERROR "${complaint}")
    endif()
  endforeach()
endfunction()

# Makes the targets of all components whose third parties are present, silently: weir is part of a larger project here.
function(weir_find_every_component)
  set(weir_components_are_global TRUE)
  get_property(components GLOBAL PROPERTY weir_components)
  foreach(component IN LISTS components)
    weir_find_component(${component} complaint)
  endforeach()
endfunction()
