// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/unit/dialects/encode_call.hpp"

#include <rapidjson/document.h>
#include <rapidjson/pointer.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace byollm::test {

/// Encodes, and reads members of the body by JSON Pointer.
struct encoded {
  explicit encoded(const call& what) {
    auto made = what.encode();
    REQUIRE(made);
    wire = *std::move(made);
    body.Parse(wire.body.c_str());
    REQUIRE_FALSE(body.HasParseError());
  }

  std::string at(const char* pointer) const {
    auto found = rapidjson::Pointer{pointer}.Get(body);
    if (!found)
      return "absent";
    rapidjson::StringBuffer out;
    rapidjson::Writer<rapidjson::StringBuffer> writer{out};
    found->Accept(writer);
    return out.GetString();
  }

  std::vector<lost> losses() const {
    std::vector<lost> out;
    for (const auto& each : wire.losses)
      out.push_back(each.what);
    return out;
  }

  wire_request wire;
  rapidjson::Document body;
};

inline encoded to(std::string_view provider, create_message_request request,
                  std::string model = "m", parameters params = {}) {
  return encoded{{.provider = provider,
                  .model = std::move(model),
                  .request = std::move(request),
                  .params = params}};
}

} // namespace byollm::test
