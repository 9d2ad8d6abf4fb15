#pragma once

#include <json/value.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/secret.hpp"
#include "handlers/route.hpp"

namespace postern::handlers::dispatcharr {

/// A request's body as Django REST framework's parsers give it.
struct Body {
  Json::Value data{Json::objectValue};  ///< an object, unless there is a refusal
  bool form = false;                    ///< every value is a text, or a list where it was repeated
  std::optional<Response> refusal;
};

/// JSON or a form; an empty body is an empty object, whatever its type. 400 for what cannot be
/// parsed or is no object, 415 for other types.
[[nodiscard]] Body read_body(const Request& request);

struct TextRule {
  bool required = false;
  bool blank = false;       ///< "" is fine
  bool trim = true;         ///< white space around it goes; never for secrets
  std::size_t most = 1000;  ///< code points
};

/// Reads fields by the framework's serializer rules and collects what is wrong, field by field in
/// the order of reading. A member that is absent reads as none without an error unless required.
class Fields {
 public:
  explicit Fields(const Body& body) : data_(body.data), form_(body.form) {}

  std::optional<std::string> text(std::string_view name, const TextRule& rule);
  /// As received; white space alone counts as blank.
  std::optional<domain::Secret> secret(std::string_view name, bool required);
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t least, std::int64_t most);
  std::optional<std::vector<std::int64_t>> ids(std::string_view name, bool required,
                                               std::size_t most);
  std::optional<Json::Value> object(std::string_view name);  ///< null reads as {}

  void refuse(std::string_view name, std::string_view message);
  [[nodiscard]] bool ok() const { return errors_.empty(); }
  [[nodiscard]] Response refusal() const;  ///< 400 with every field's list
  /// The first field that is wrong and why, as one text. Only after ok() said no.
  [[nodiscard]] std::string first_message() const;

 private:
  /// The member's value; null where it is absent or already refused.
  const Json::Value* find(std::string_view name, bool required, bool nullable = false);
  std::optional<std::int64_t> id(std::string_view name, const Json::Value& value);

  const Json::Value& data_;
  bool form_;
  std::vector<std::pair<std::string, std::string>> errors_;
};

/// An integer written as JSON's or as digits; none otherwise.
[[nodiscard]] std::optional<std::int64_t> as_integer(const Json::Value& value);
/// A path's id: digits without a sign or a leading zero.
[[nodiscard]] std::optional<std::int64_t> as_path_id(std::string_view text);

}  // namespace postern::handlers::dispatcharr
