#pragma once

#include <json/value.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postern::handlers::sso {

/// Members of a JSON object that somebody else wrote, by the kind that they must have: whatever is
/// missing or of another kind is none.
[[nodiscard]] std::optional<std::string> text_member(const Json::Value& object,
                                                     std::string_view name);
/// Seconds since 1970; fractions are dropped. None beyond the years that we can count.
[[nodiscard]] std::optional<long long> time_member(const Json::Value& object,
                                                   std::string_view name);
[[nodiscard]] std::optional<bool> boolean_member(const Json::Value& object, std::string_view name);
/// An array of texts, at most 100 of them; a single text is an array of one (RFC 7519 section
/// 4.1.3).
[[nodiscard]] std::optional<std::vector<std::string>> texts_member(const Json::Value& object,
                                                                   std::string_view name);

/// The object that `text` is, by parse_json()'s strict rules; none for anything else.
[[nodiscard]] std::optional<Json::Value> parse_object(std::string_view text);

}  // namespace postern::handlers::sso
