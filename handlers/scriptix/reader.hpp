#pragma once

#include <json/value.h>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "domain/secret.hpp"
#include "handlers/route.hpp"

namespace postern::handlers::scriptix {

/// Reads named values of a request and remembers the first thing that is wrong. Use: ask for every
/// value, then for the refusal before using any of them. Lengths and forms are the domain's to
/// judge. A value that is given twice is refused.
class Reader {
 public:
  /// A URL-encoded form, as the document sends logins, or JSON. Members that nobody asks for are
  /// passed over.
  [[nodiscard]] static Reader login(const Request& request);
  /// JSON with no other members than these: nobody shall believe in a restriction or an end that
  /// was not understood.
  [[nodiscard]] static Reader wish(const Request& request,
                                   std::initializer_list<std::string_view> members);
  [[nodiscard]] static Reader query(const Request& request);

  /// "" when it is missing, empty or no text, which the refusal then says.
  std::string text(std::string_view name);
  domain::Secret secret(std::string_view name);
  /// None when it is missing or empty.
  std::optional<std::string> optional_text(std::string_view name);
  /// true or false; in a form also True, 1, on and their opposites.
  std::optional<bool> optional_boolean(std::string_view name);
  /// A whole number of at least 0.
  std::optional<std::int64_t> optional_number(std::string_view name);
  void refuse(std::string_view name, std::string_view what);

  [[nodiscard]] const std::optional<Response>& refusal() const { return refusal_; }

 private:
  void read_json(const Request& request);
  void read_fields(std::string_view text);
  void unreadable(int status);
  const Json::Value* find(std::string_view name) const;

  Json::Value values_{Json::objectValue};
  bool form_ = false;  ///< every value is a text
  std::optional<Response> refusal_;
};

/// Digits without a sign or a leading zero; none for anything else.
[[nodiscard]] std::optional<std::int64_t> as_id(std::string_view text);

}  // namespace postern::handlers::scriptix
