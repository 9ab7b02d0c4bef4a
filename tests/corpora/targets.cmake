# Tests that read the corpora through several rooms: tests/corpora/*.cpp are one program, corpora_test.
file(GLOB corpora_tests CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/corpora/*.cpp)
add_executable(corpora_test ${corpora_tests})
target_link_libraries(corpora_test PRIVATE detect directory formats intel GTest::gtest GTest::gtest_main)
target_compile_definitions(corpora_test PRIVATE VG_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
target_compile_options(corpora_test PRIVATE ${VG_TEST_FLAGS})
add_test(NAME corpora COMMAND corpora_test WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
set_tests_properties(corpora PROPERTIES LABELS full TIMEOUT 1800)
