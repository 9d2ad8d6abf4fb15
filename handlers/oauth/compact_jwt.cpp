#include "handlers/oauth/compact_jwt.hpp"

#include "domain/text.hpp"
#include "handlers/sso/json_member.hpp"

namespace postern::handlers::oauth {
namespace {

constexpr std::string_view kMediaTree = "application/";

std::optional<Json::Value> decode_object(std::string_view part) {
  const auto bytes = domain::base64url_decode(part);
  if (!bytes) return std::nullopt;
  return sso::parse_object({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
}

/// RFC 7515 section 4.1.9: the media type, whose tree may be left out. None where it is no text.
std::optional<std::string> type_of(const Json::Value& header) {
  if (!header.isMember("typ")) return "";
  const auto text = sso::text_member(header, "typ");
  if (!text) return std::nullopt;
  auto type = domain::fold(*text);
  if (type.starts_with(kMediaTree)) type.erase(0, kMediaTree.size());
  return type;
}

}  // namespace

std::optional<CompactJwt> CompactJwt::parse(std::string_view text, std::size_t longest) {
  if (text.size() > longest) return std::nullopt;
  const auto first = text.find('.');
  const auto second = first == std::string_view::npos ? first : text.find('.', first + 1);
  if (second == std::string_view::npos || text.find('.', second + 1) != std::string_view::npos) {
    return std::nullopt;
  }
  auto header = decode_object(text.substr(0, first));
  auto claims = decode_object(text.substr(first + 1, second - first - 1));
  auto signature = domain::base64url_decode(text.substr(second + 1));
  if (!header || !claims || !signature || signature->empty() || header->isMember("crit")) {
    return std::nullopt;
  }
  const auto kind = sso::signature_kind(sso::text_member(*header, "alg").value_or(""));
  auto type = type_of(*header);
  if (!kind || !type) return std::nullopt;
  CompactJwt jwt;
  jwt.kind = *kind;
  jwt.header = *std::move(header);
  jwt.claims = *std::move(claims);
  jwt.type = *std::move(type);
  jwt.signed_text = text.substr(0, second);
  jwt.signature = *std::move(signature);
  return jwt;
}

}  // namespace postern::handlers::oauth
