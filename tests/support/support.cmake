# Catch2's main, compiled once.
add_library(byollm_test_main STATIC ${CMAKE_CURRENT_LIST_DIR}/catch_main.cpp)
target_link_libraries(byollm_test_main PUBLIC byollm_settings Catch2::Catch2)

# byollm_test(NAME RING SECONDS SOURCES... ): one Catch2 executable, one CTest
# entry with a time limit that only a hang reaches.
function(byollm_test name ring seconds)
  add_executable(${name} ${ARGN})
  target_link_libraries(${name} PRIVATE byollm_test_main)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS ${ring} TIMEOUT ${seconds})
endfunction()

# One step at a time; for the actor ring and the load harness.
add_library(byollm_deterministic STATIC
  ${CMAKE_CURRENT_LIST_DIR}/deterministic_system.cpp)
target_link_libraries(byollm_deterministic PUBLIC byollm_messages byollm_caf)
