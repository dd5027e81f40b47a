# SPDX-License-Identifier: Apache-2.0
# Runs PROGRAM, with ARGUMENT where that is given, and compares what it prints with the file EXPECTED, if there is one; its exit
# code must be 0 in any case.
execute_process(COMMAND "${PROGRAM}" ${ARGUMENT} OUTPUT_VARIABLE printed RESULT_VARIABLE code)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} ended with: ${code}\n${printed}")
endif()
if(EXISTS "${EXPECTED}")
  file(READ "${EXPECTED}" expected)
  if(NOT printed STREQUAL expected)
    set(advice "")
    if(ARGUMENT)
      set(advice "\nIf that is meant to be so:\n  ${PROGRAM} ${ARGUMENT} > ${EXPECTED}")
    endif()
    message(FATAL_ERROR "It should print\n${expected}\nbut prints\n${printed}${advice}")
  endif()
endif()
