#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/page.hpp"
#include "fcgi/uri.hpp"
#include "handlers/native/problem.hpp"

namespace postern::handlers::native {

/// Reads the query parameters that a handler asks for. Others are ignored, whatever they are; a
/// known one that is repeated or malformed is refused. Use as BodyReader: ask for all, then for the
/// refusal.
class QueryReader {
 public:
  explicit QueryReader(const Request& request);
  explicit QueryReader(Request&&) = delete;  ///< the request must outlive it

  std::optional<std::string> text(std::string_view name);
  bool flag(std::string_view name);  ///< `true` or `false`; absent is false
  template <class IdType>
  std::optional<IdType> id(std::string_view name) {
    const auto value = text(name);
    if (!value) return std::nullopt;
    const auto parsed = IdType::parse(*value);
    if (!parsed) fault(name, "invalid_format");
    return parsed;
  }
  /// `limit` (1-100, default 50) and `cursor`.
  domain::PageRequest page();
  void fault(std::string_view name, std::string_view code);

  [[nodiscard]] std::optional<Response> refusal();

 private:
  const Request& request_;
  std::vector<fcgi::FormField> fields_;
  std::vector<FieldFault> faults_;
};

}  // namespace postern::handlers::native
