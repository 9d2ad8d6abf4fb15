#include "domain/key_style.hpp"

#include <algorithm>

namespace postern::domain {
namespace {

constexpr std::size_t kShortestWord = 2;
constexpr std::size_t kLongestWord = 8;
constexpr std::chrono::days kSkedCastYear{365};

Error invalid(std::string field) {
  return {.code = Errc::InvalidInput, .field = std::move(field), .reason = "unknown"};
}

bool is_word(std::string_view type) {
  return type.size() >= kShortestWord && type.size() <= kLongestWord &&
         std::all_of(type.begin(), type.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

Result<KeyStyle> openskip_style(std::string_view type) {
  if (!type.empty()) return invalid("type");
  return KeyStyle{.dialect = "openskip", .type = "", .prefix = "osk_", .longest_lifetime = {}};
}

Result<KeyStyle> skedcast_style(std::string_view type) {
  if (!type.empty() && type != "live") return invalid("type");
  return KeyStyle{.dialect = "skedcast",
                  .type = "live",
                  .prefix = "sked_live_",
                  .longest_lifetime = kSkedCastYear,
                  .required_permission = "keys.create"};
}

/// Batch and realtime ones are what its document calls tokens, all others its keys.
Result<KeyStyle> scriptix_style(std::string_view type) {
  const std::string word(type.empty() ? "live" : type);
  if (!is_word(word)) return invalid("type");
  const bool is_token = word == "batch" || word == "realtime";
  return KeyStyle{.dialect = "scriptix",
                  .type = word,
                  .prefix = is_token ? "token_" : "sk_" + word + "_",
                  .longest_lifetime = {}};
}

}  // namespace

KeyStyle native_key_style(const Settings& settings) {
  return {.dialect = "native",
          .type = "",
          .prefix = settings.keys.prefix,
          .longest_lifetime = {},
          .required_permission = "",
          .unique_names = true};
}

Result<KeyStyle> find_key_style(const Settings& settings, std::string_view dialect,
                                std::string_view type) {
  if (dialect == "native") {
    if (!type.empty()) return invalid("type");
    return native_key_style(settings);
  }
  if (dialect == "openskip") return openskip_style(type);
  if (dialect == "skedcast") return skedcast_style(type);
  if (dialect == "scriptix") return scriptix_style(type);
  return invalid("dialect");
}

}  // namespace postern::domain
