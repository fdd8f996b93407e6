# The transport: the one place that opens sockets.
add_library(byollm_net STATIC
  ${CMAKE_CURRENT_LIST_DIR}/address_guard.cpp
  ${CMAKE_CURRENT_LIST_DIR}/alarm_heap.cpp
  ${CMAKE_CURRENT_LIST_DIR}/answer_share.cpp
  ${CMAKE_CURRENT_LIST_DIR}/attempt.cpp
  ${CMAKE_CURRENT_LIST_DIR}/attempt_answer.cpp
  ${CMAKE_CURRENT_LIST_DIR}/attempt_drain.cpp
  ${CMAKE_CURRENT_LIST_DIR}/ca_bundle.cpp
  ${CMAKE_CURRENT_LIST_DIR}/echo_guard.cpp
  ${CMAKE_CURRENT_LIST_DIR}/factory.cpp
  ${CMAKE_CURRENT_LIST_DIR}/idle_shelf.cpp
  ${CMAKE_CURRENT_LIST_DIR}/look_up.cpp
  ${CMAKE_CURRENT_LIST_DIR}/lookup_desk.cpp
  ${CMAKE_CURRENT_LIST_DIR}/loop_alarm.cpp
  ${CMAKE_CURRENT_LIST_DIR}/loop_gate.cpp
  ${CMAKE_CURRENT_LIST_DIR}/own_addresses.cpp
  ${CMAKE_CURRENT_LIST_DIR}/pool.cpp
  ${CMAKE_CURRENT_LIST_DIR}/request_head.cpp
  ${CMAKE_CURRENT_LIST_DIR}/response_framer.cpp
  ${CMAKE_CURRENT_LIST_DIR}/strict_parser.cpp
  ${CMAKE_CURRENT_LIST_DIR}/system_resolver.cpp
  ${CMAKE_CURRENT_LIST_DIR}/tcp_channel.cpp
  ${CMAKE_CURRENT_LIST_DIR}/tls_channel.cpp
  ${CMAKE_CURRENT_LIST_DIR}/tls_context.cpp
  ${CMAKE_CURRENT_LIST_DIR}/tls_session.cpp
  ${CMAKE_CURRENT_LIST_DIR}/trust_store.cpp)
target_link_libraries(byollm_net
  PUBLIC byollm_messages byollm_dialects
  PRIVATE byollm_asio OpenSSL::Crypto byollm_settings)
