# The wire formats: sans-I/O, no Boost. Kinds are globbed so that a new provider
# is one file and one line in catalog.cpp.
file(GLOB BYOLLM_KINDS CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/kinds/*.cpp)
add_library(byollm_dialects STATIC
  ${BYOLLM_KINDS}
  ${CMAKE_CURRENT_LIST_DIR}/catalog.cpp
  ${CMAKE_CURRENT_LIST_DIR}/dialect.cpp
  ${CMAKE_CURRENT_LIST_DIR}/json/document.cpp
  ${CMAKE_CURRENT_LIST_DIR}/json/members.cpp
  ${CMAKE_CURRENT_LIST_DIR}/json/text.cpp
  ${CMAKE_CURRENT_LIST_DIR}/json/writer.cpp
  ${CMAKE_CURRENT_LIST_DIR}/kinds/shared/count.cpp
  ${CMAKE_CURRENT_LIST_DIR}/kinds/shared/embeddings.cpp
  ${CMAKE_CURRENT_LIST_DIR}/kinds/shared/encoding.cpp
  ${CMAKE_CURRENT_LIST_DIR}/kinds/shared/extras.cpp
  ${CMAKE_CURRENT_LIST_DIR}/kinds/shared/losses.cpp
  ${CMAKE_CURRENT_LIST_DIR}/kinds/shared/models.cpp
  ${CMAKE_CURRENT_LIST_DIR}/kinds/shared/vector_text.cpp
  ${CMAKE_CURRENT_LIST_DIR}/stream/answer_head.cpp
  ${CMAKE_CURRENT_LIST_DIR}/stream/framed_decoder.cpp
  ${CMAKE_CURRENT_LIST_DIR}/stream/ndjson.cpp
  ${CMAKE_CURRENT_LIST_DIR}/stream/provider_error.cpp
  ${CMAKE_CURRENT_LIST_DIR}/stream/reply_builder.cpp
  ${CMAKE_CURRENT_LIST_DIR}/stream/sse.cpp)
target_link_libraries(byollm_dialects
  PUBLIC byollm_messages byollm_settings
  PRIVATE byollm_rapidjson)
