#pragma once

#include <json/value.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domain/error.hpp"

namespace postern::handlers::oauth {

/// Reads the members of a client's metadata by name and type. null is absent, unknown members are
/// nobody's business, and the first thing that is wrong is remembered: InvalidInput, field: the
/// member.
class MetadataReader {
 public:
  /// Of an object; anything else has no member, which is a fault.
  explicit MetadataReader(const Json::Value& document);
  MetadataReader(Json::Value&&) = delete;  ///< the document must outlive it

  [[nodiscard]] const Json::Value* find(const char* name) const;
  std::optional<std::string> text(const char* name);
  std::optional<std::vector<std::string>> texts(const char* name);  ///< at most 100
  std::optional<bool> flag(const char* name);
  std::optional<std::int64_t> seconds(const char* name);  ///< not negative, at most 100 years

  void fault(const char* name, const char* reason);
  [[nodiscard]] const std::optional<domain::Error>& first_fault() const { return fault_; }

 private:
  const Json::Value& document_;
  std::optional<domain::Error> fault_;
};

}  // namespace postern::handlers::oauth
