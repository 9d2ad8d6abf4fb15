#include "handlers/sso/metadata.hpp"

#include "handlers/sso/address.hpp"
#include "handlers/sso/issuer.hpp"
#include "handlers/sso/json_member.hpp"

namespace postern::handlers::sso {

domain::Error refused(std::string why) {
  return {domain::Errc::ProviderRefused, {}, {}, std::chrono::seconds(0), std::move(why)};
}

std::string metadata_address(const Provider& provider) {
  std::string address = provider.issuer;
  if (address.ends_with('/')) address.pop_back();
  return address + "/.well-known/openid-configuration";
}

domain::Result<Metadata> read_metadata(const Provider& provider, std::string_view document) {
  const auto json = parse_object(document);
  if (!json) return refused("discovery: no JSON object");
  if (!accepts_metadata_issuer(provider, text_member(*json, "issuer").value_or(""))) {
    return refused("discovery: another issuer");
  }
  Metadata metadata;
  metadata.authorization_endpoint = text_member(*json, "authorization_endpoint").value_or("");
  metadata.token_endpoint = text_member(*json, "token_endpoint").value_or("");
  metadata.jwks_uri = text_member(*json, "jwks_uri").value_or("");
  metadata.userinfo_endpoint = text_member(*json, "userinfo_endpoint").value_or("");
  for (const auto& address :
       {metadata.authorization_endpoint, metadata.token_endpoint, metadata.jwks_uri}) {
    if (!is_safe_address(address)) return refused("discovery: an address is missing or unsafe");
  }
  if (!metadata.userinfo_endpoint.empty() && !is_safe_address(metadata.userinfo_endpoint)) {
    return refused("discovery: an address is unsafe");
  }
  if (auto methods = texts_member(*json, "token_endpoint_auth_methods_supported")) {
    metadata.token_auth_methods = *std::move(methods);
  }
  metadata.names_issuer =
      boolean_member(*json, "authorization_response_iss_parameter_supported").value_or(false);
  return metadata;
}

}  // namespace postern::handlers::sso
