#include <algorithm>
#include <array>

#include "domain/oauth_client.hpp"
#include "domain/oauth_redirect.hpp"
#include "domain/oauth_scope.hpp"
#include "domain/text.hpp"

namespace postern::domain {
namespace {

constexpr std::size_t kMostUris = 20;
constexpr std::size_t kLongestUri = 2048;
constexpr std::size_t kMostScopes = 100;
constexpr std::size_t kLongestKeys = 8192;
constexpr std::size_t kLongestRest = 4096;
constexpr std::size_t kLongestName = 200;

constexpr std::array<std::pair<ClientAuth, std::string_view>, 4> kMethods{
    {{ClientAuth::None, "none"},
     {ClientAuth::SecretBasic, "client_secret_basic"},
     {ClientAuth::SecretPost, "client_secret_post"},
     {ClientAuth::PrivateKeyJwt, "private_key_jwt"}}};

constexpr std::array<std::string_view, 4> kGrantTypes{grant_type::kCode, grant_type::kRefresh,
                                                      grant_type::kClient, grant_type::kDevice};

Error invalid(const char* field, const char* reason) {
  return Error{Errc::InvalidInput, field, reason};
}

/// All are told under `field`, whatever a redirect URI's own refusal is called.
Outcome check_uris(const std::vector<std::string>& uris, const char* field) {
  if (uris.size() > kMostUris) return invalid(field, "too_many");
  for (const std::string& uri : uris) {
    const Outcome checked = check_redirect_uri(uri);
    if (!checked) return Error{Errc::InvalidInput, field, checked.error().reason};
  }
  return done;
}

/// An address that we send something to, or fetch from.
Outcome check_secure_uri(const std::string& uri, const char* field) {
  if (uri.empty()) return done;
  if (uri.size() > kLongestUri) return invalid(field, "too_long");
  if (!check_redirect_uri(uri)) return invalid(field, "invalid");
  if (fold(uri.substr(0, 8)) != "https://") return invalid(field, "insecure");
  return done;
}

Outcome check_grant_types(const ClientMetadata& metadata, ClientOrigin origin) {
  const auto known = [](const std::string& type) {
    return std::find(kGrantTypes.begin(), kGrantTypes.end(), type) != kGrantTypes.end();
  };
  const auto& types = metadata.grant_types;
  if (types.size() > kGrantTypes.size() || !std::all_of(types.begin(), types.end(), known))
    return invalid("grant_types", "unknown");
  // Refreshing needs something to refresh.
  if (std::all_of(types.begin(), types.end(),
                  [](const std::string& type) { return type == grant_type::kRefresh; }))
    return invalid("grant_types", "required");
  if (!metadata.allows(grant_type::kClient)) return done;
  if (origin != ClientOrigin::Administrator) return invalid("grant_types", "not_permitted");
  if (metadata.auth == ClientAuth::None) return invalid("token_endpoint_auth_method", "required");
  return done;
}

Outcome check_keys(const ClientMetadata& metadata, ClientOrigin origin) {
  if (metadata.jwks.size() > kLongestKeys) return invalid("jwks", "too_long");
  if (!is_clean_text(metadata.jwks)) return invalid("jwks", "invalid_characters");
  Outcome address = check_secure_uri(metadata.jwks_uri, "jwks_uri");
  if (!address) return address;
  if (!metadata.jwks.empty() && !metadata.jwks_uri.empty()) return invalid("jwks_uri", "both");
  if (metadata.auth == ClientAuth::PrivateKeyJwt && metadata.jwks.empty() &&
      metadata.jwks_uri.empty())
    return invalid("jwks", "required");
  if (origin == ClientOrigin::Document && has_secret(metadata.auth))
    return invalid("token_endpoint_auth_method", "not_permitted");
  return done;
}

Outcome check_scopes(const ClientMetadata& metadata) {
  if (!metadata.scopes) return done;
  if (metadata.scopes->size() > kMostScopes) return invalid("scope", "too_many");
  for (const std::string& scope : *metadata.scopes) {
    const auto parsed = parse_scope(scope);
    if (!parsed || parsed->size() != 1) return invalid("scope", "invalid_characters");
  }
  return done;
}

Outcome check_texts(const ClientMetadata& metadata) {
  if (!metadata.name.empty()) {
    Outcome name = check_label("client_name", metadata.name, kLongestName);
    if (!name) return name;
  }
  if (metadata.rest.size() > kLongestRest) return invalid("client_metadata", "too_long");
  if (!is_clean_text(metadata.rest)) return invalid("client_metadata", "invalid_characters");
  return done;
}

}  // namespace

std::string_view name_of(ClientAuth method) {
  for (const auto& [known, name] : kMethods) {
    if (known == method) return name;
  }
  return {};
}

std::optional<ClientAuth> client_auth(std::string_view name) {
  for (const auto& [method, known] : kMethods) {
    if (known == name) return method;
  }
  return {};
}

bool has_secret(ClientAuth method) {
  return method == ClientAuth::SecretBasic || method == ClientAuth::SecretPost;
}

bool ClientMetadata::allows(std::string_view grant) const {
  return std::find(grant_types.begin(), grant_types.end(), grant) != grant_types.end();
}

Outcome check_client_metadata(const ClientMetadata& metadata, ClientOrigin origin) {
  Outcome checked = check_uris(metadata.redirect_uris, "redirect_uris");
  if (checked && metadata.redirect_uris.empty() && metadata.allows(grant_type::kCode))
    checked = invalid("redirect_uris", "required");
  if (checked) checked = check_texts(metadata);
  if (checked) checked = check_grant_types(metadata, origin);
  if (checked) checked = check_keys(metadata, origin);
  if (checked) checked = check_scopes(metadata);
  if (checked)
    checked = check_uris(metadata.post_logout_redirect_uris, "post_logout_redirect_uris");
  if (checked) checked = check_secure_uri(metadata.logout_uri, "backchannel_logout_uri");
  return checked;
}

}  // namespace postern::domain
