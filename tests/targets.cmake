# Whole-product scripts (tests/README.md). Each tests/NAME.py gets the program, the test build of it, journal-dump and the
# library that makes a disk slow.
# full: the long way on the release build. quick: --quick on the sanitizer build, for those that take below 20 s.
add_executable(journal-dump ${CMAKE_SOURCE_DIR}/tests/journal_dump.cpp)
target_link_libraries(journal-dump PRIVATE store)
add_library(slow-disk MODULE ${CMAKE_SOURCE_DIR}/tests/slow_disk.cpp)
target_link_libraries(slow-disk PRIVATE ${CMAKE_DL_LIBS})
set_target_properties(slow-disk PROPERTIES POSITION_INDEPENDENT_CODE ON)

find_package(Python3 REQUIRED COMPONENTS Interpreter)

# The tests of State's users once more, over a PostgreSQL server of their own.
function(add_postgresql_test room tier filter)
  if(NOT CMAKE_CXX_FLAGS MATCHES "sanitize=thread" OR room MATCHES "^(store|server)$")
    add_test(NAME ${room}_postgresql WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
      COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tests/with_postgres.py $<TARGET_FILE:${room}_test> --gtest_filter=${filter})
    set_tests_properties(${room}_postgresql PROPERTIES LABELS ${tier} TIMEOUT 1800 COST 4)
  endif()
endfunction()
add_postgresql_test(store quick "StateTest.*:StateDump.*:AuditTest.*:*StatePostgresql.*")
add_postgresql_test(access quick "AccountsTest.*:GateTest.*")
add_postgresql_test(directory quick "*")
add_postgresql_test(findings quick "BookTest.*")
add_postgresql_test(cases quick "*")
add_postgresql_test(lists quick "*")
add_postgresql_test(reports quick "*")
add_postgresql_test(notify quick "Notification.*")
add_postgresql_test(api full "*")  # some minutes: a State for each test
add_postgresql_test(server quick "Pipeline*")

function(add_product_test name tier limit)
  add_test(NAME ${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tests/${name}.py $<TARGET_FILE:vonggac> $<TARGET_FILE:vonggac-test> $<TARGET_FILE:journal-dump> $<TARGET_FILE:slow-disk>)
  set_tests_properties(${name} PROPERTIES LABELS full TIMEOUT ${limit} RUN_SERIAL ON)
  if(tier STREQUAL quick AND NOT CMAKE_CXX_FLAGS MATCHES "sanitize=thread")
    add_test(NAME ${name}_quick WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
      COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tests/${name}.py $<TARGET_FILE:vonggac> $<TARGET_FILE:vonggac-test> $<TARGET_FILE:journal-dump> $<TARGET_FILE:slow-disk> --quick)
    set_tests_properties(${name}_quick PROPERTIES LABELS quick TIMEOUT 300 RUN_SERIAL ON)
  endif()
endfunction()

add_product_test(kill9 quick 14400)
add_product_test(postgres full 3600)
add_product_test(overload full 900)
add_product_test(clock quick 900)
add_product_test(crash_record quick 600)
add_product_test(disk_full quick 600)
add_product_test(searching full 600)
add_product_test(start full 300)
add_product_test(backup full 900)
add_product_test(six_months full 600)
add_product_test(notifications full 600)
add_product_test(service quick 600)
add_product_test(syslog_loss quick 300)
add_product_test(demo full 60)

# The documents' commands, 10,000 power cuts and each cut of the archive's (tools/run-tests sets VG_POWER_CUTS for the tier), 4,500 random questions to the archive, the console in a browser, and
# the clients that others wrote.
add_test(NAME docs WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
  COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tests/docs_test.py $<TARGET_FILE:vonggac>)
add_test(NAME power_cuts WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} COMMAND store_test --gtest_filter=PowerCut.*:ArchivePower.*)
add_test(NAME questions WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} COMMAND ${CMAKE_COMMAND} -E env VG_QUESTIONS=1500 $<TARGET_FILE:store_test> --gtest_filter=AskProperty.*)
add_test(NAME console WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} COMMAND ${CMAKE_SOURCE_DIR}/tests/console_test.sh $<TARGET_FILE:vonggac>)
add_test(NAME conformance WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
  COMMAND ${CMAKE_COMMAND} -E env VG_BINARY=$<TARGET_FILE:vonggac> ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/conformance/run)
set_tests_properties(docs power_cuts questions console conformance PROPERTIES LABELS full TIMEOUT 1800)
set_tests_properties(docs console conformance PROPERTIES RUN_SERIAL ON)
# Under the thread sanitizer those tests of the store that have one thread and take minutes tell nothing new.
if(CMAKE_CXX_FLAGS MATCHES "sanitize=thread")
  set_tests_properties(store PROPERTIES ENVIRONMENT "GTEST_FILTER=-AskProperty.*:PowerCut.*:ArchivePower.*:JournalDamage.*:Parquet*")
endif()
# The longest begin first (tools/run-tests).
set_tests_properties(store PROPERTIES COST 5)
set_tests_properties(questions PROPERTIES COST 4)
set_tests_properties(api detect formats power_cuts PROPERTIES COST 3)

# What the tests of the tier full need of the release build, so that it makes no program that nobody starts.
add_custom_target(full_tests DEPENDS vonggac vonggac-test journal-dump slow-disk store_test api_test corpora_test)
