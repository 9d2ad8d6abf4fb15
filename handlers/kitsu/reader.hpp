#pragma once

#include <json/value.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/secret.hpp"
#include "handlers/route.hpp"

namespace postern::handlers::kitsu {

/// Reads named values of a request's body (JSON, or a URL-encoded form; where there is no body, of
/// its query) and remembers the first thing that is wrong. Members that nobody asks for are passed
/// over, null is as good as absent: SDKs send all they know. Use: ask for every value, then for the
/// refusal before using any. Lengths and forms are the domain's to judge.
class Reader {
 public:
  explicit Reader(const Request& request);
  /// Of the query alone.
  [[nodiscard]] static Reader query(const Request& request);

  /// Present, not null, not empty.
  std::string required_text(std::string_view name);
  std::optional<std::string> text(std::string_view name);  ///< none: absent or null
  domain::Secret secret(std::string_view name);            ///< empty: absent or null
  std::optional<bool> boolean(std::string_view name);      ///< also "True", "false", "1", …
  std::optional<std::int64_t> number(std::string_view name);
  std::optional<std::vector<std::string>> texts(std::string_view name);
  /// An object; null when absent.
  Json::Value object(std::string_view name);
  /// Whether the member is there, be it null.
  [[nodiscard]] bool has(std::string_view name) const;
  /// Whether it is there and null: for what can be taken away.
  [[nodiscard]] bool is_null(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> names() const;

  void refuse(std::string_view field, std::string_view message);
  [[nodiscard]] const std::optional<Response>& refusal() const { return refusal_; }

 private:
  Reader() = default;
  void read_json(const Request& request);
  void read_fields(std::string_view text);
  [[nodiscard]] const Json::Value* find(std::string_view name) const;

  Json::Value values_{Json::objectValue};
  std::optional<Response> refusal_;
};

}  // namespace postern::handlers::kitsu
