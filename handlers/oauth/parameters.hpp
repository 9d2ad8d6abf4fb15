#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/result.hpp"
#include "handlers/route.hpp"

namespace postern::handlers::oauth {

/// The parameters of a query or a form (RFC 6749 section 3.1, 3.2): each at most once, but
/// `resource` (RFC 8707); unknown ones are ignored by whoever asks; one without a value counts as
/// absent.
class Parameters {
 public:
  /// InvalidInput (field: the name, reason) for a repeated parameter, bad percent-encoding, text
  /// that is not UTF-8 or holds NUL; for a body also another media type than
  /// application/x-www-form-urlencoded.
  [[nodiscard]] static domain::Result<Parameters> of_query(const Request& request);
  [[nodiscard]] static domain::Result<Parameters> of_body(const Request& request);
  [[nodiscard]] static domain::Result<Parameters> of_text(std::string_view form);

  [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const;
  [[nodiscard]] std::string_view get_or_empty(std::string_view name) const;
  /// All values of `resource`.
  [[nodiscard]] std::vector<std::string> resources() const;
  /// URL-encoded again, in order.
  [[nodiscard]] std::string text() const;
  /// Replaces; but a `resource` is added.
  void set(std::string name, std::string value);

 private:
  std::vector<std::pair<std::string, std::string>> values_;
};

}  // namespace postern::handlers::oauth
