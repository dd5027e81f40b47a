# SPDX-License-Identifier: Apache-2.0
# find_package(weir CONFIG REQUIRED [COMPONENTS kafka clickhouse ...]) makes weir::weir and weir::<component>.
include("${CMAKE_CURRENT_LIST_DIR}/weir-targets.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/weir-components.cmake")

foreach(component IN LISTS weir_FIND_COMPONENTS)
  weir_find_component(${component} weir_complaint)
  if(weir_complaint STREQUAL "")
    set(weir_${component}_FOUND TRUE)
  else()
    set(weir_${component}_FOUND FALSE)
    if(weir_FIND_REQUIRED_${component})
      set(weir_FOUND FALSE)
      string(APPEND weir_NOT_FOUND_MESSAGE "${weir_complaint}\n")
    endif()
  endif()
endforeach()
unset(weir_complaint)
