#pragma once

#include <json/value.h>

#include <optional>
#include <string>
#include <string_view>

namespace postern::handlers {

/// Why a body is not a JSON document we take.
enum class JsonFault { Syntax, DuplicateKey, TooDeep, InvalidText };

struct ParsedJson {
  std::optional<Json::Value> value;
  JsonFault fault = JsonFault::Syntax;
  std::string detail;  ///< where and what; echoes no input
};

/// RFC 8259, strictly: one value, UTF-8, no comments, no duplicate keys, no NUL or unpaired
/// surrogate in a string, no trailing text, at most 32 levels. jsoncpp's strict mode alone lets
/// comments,
/// "\u0000" and invalid UTF-8 through.
[[nodiscard]] ParsedJson parse_json(std::string_view text);

/// Compact, UTF-8 as it is, no trailing line feed.
[[nodiscard]] std::string write_json(const Json::Value& value);

}  // namespace postern::handlers
