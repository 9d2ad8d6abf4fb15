#include <algorithm>

#include "domain/api_key.hpp"
#include "domain/ascii.hpp"

namespace postern::domain {
namespace {

constexpr std::size_t kChecksum = 6;
constexpr std::size_t kLongestPrefix = 16;
constexpr std::size_t kAfterPrefix = kKeyLookupLength + 1 + kKeySecretLength + kChecksum;

bool all_base62(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_alphanumeric);
}

bool is_prefix(std::string_view text) {
  const auto allowed = [](char c) { return is_digit(c) || is_lower(c) || c == '_'; };
  return text.empty() || (text.back() == '_' && std::all_of(text.begin(), text.end(), allowed));
}

}  // namespace

Secret make_key_text(std::string_view prefix, std::string_view lookup_id, const Secret& secret) {
  std::string text(prefix);
  text.append(lookup_id).append("_").append(secret.reveal());
  text += checksum6(text);
  return Secret(std::move(text));
}

std::optional<KeyText> parse_key_text(std::string_view text) {
  if (text.size() < kAfterPrefix || text.size() > kAfterPrefix + kLongestPrefix) return {};
  const auto prefix = text.substr(0, text.size() - kAfterPrefix);
  const auto lookup_id = text.substr(prefix.size(), kKeyLookupLength);
  const auto secret = text.substr(prefix.size() + kKeyLookupLength + 1, kKeySecretLength);
  const auto checked = text.substr(0, text.size() - kChecksum);
  if (!is_prefix(prefix) || !all_base62(lookup_id) || !all_base62(secret)) return {};
  if (text[prefix.size() + kKeyLookupLength] != '_') return {};
  if (checksum6(checked) != text.substr(checked.size())) return {};
  return KeyText{std::string(lookup_id), secret};
}

}  // namespace postern::domain
