#include "handlers/oauth/client_metadata.hpp"

#include <algorithm>
#include <array>

#include "domain/oauth_redirect.hpp"
#include "domain/oauth_scope.hpp"
#include "domain/text.hpp"
#include "handlers/json_body.hpp"
#include "handlers/oauth/metadata_reader.hpp"
#include "handlers/oauth/public_key_set.hpp"
#include "handlers/sso/verification_key.hpp"

namespace postern::handlers::oauth {
namespace {

using domain::ClientAuth;
using domain::ClientMetadata;
using domain::ClientOrigin;
namespace grant_type = domain::grant_type;

constexpr std::size_t kLongestText = 200;

bool has_text(const std::vector<std::string>& texts, std::string_view text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

ClientAuth read_method(MetadataReader& reader, ClientOrigin origin) {
  const auto name = reader.text("token_endpoint_auth_method");
  // RFC 7591's default would be a secret, which nobody has who publishes all of himself.
  if (!name) return origin == ClientOrigin::Document ? ClientAuth::None : ClientAuth::SecretBasic;
  const auto method = domain::client_auth(*name);
  if (!method) reader.fault("token_endpoint_auth_method", "unknown");
  return method.value_or(ClientAuth::SecretBasic);
}

/// RFC 7591's default is authorization_code alone. A client that does not say what it wants gets
/// refresh_token besides, as SkedCast's do: otherwise its user signs in again every few minutes.
std::vector<std::string> read_grant_types(MetadataReader& reader, ClientOrigin origin) {
  const auto named = reader.texts("grant_types");
  if (!named) return {std::string(grant_type::kCode), std::string(grant_type::kRefresh)};
  std::vector<std::string> types;
  for (const std::string_view type :
       {grant_type::kCode, grant_type::kRefresh, grant_type::kDevice, grant_type::kClient}) {
    const bool may_have = type != grant_type::kClient || origin == ClientOrigin::Administrator;
    if (may_have && has_text(*named, type)) types.emplace_back(type);
  }
  return types;
}

/// `code` with authorization_code, and nothing without it (RFC 7591 section 2.1).
void check_response_types(MetadataReader& reader, const ClientMetadata& metadata) {
  const auto named = reader.texts("response_types");
  if (!named) return;
  const bool has_code = metadata.allows(grant_type::kCode);
  const bool only_code = named->size() == 1 && named->front() == "code";
  if (has_code ? !only_code : !named->empty()) reader.fault("response_types", "not_consistent");
}

/// Unknown ones are left out. One that is left with none is as one that named none: what it asks
/// for is judged each time anyway.
std::optional<std::vector<std::string>> read_scopes(MetadataReader& reader,
                                                    const domain::Settings& settings) {
  const auto text = reader.text("scope");
  if (!text || text->empty()) return {};
  const auto named = domain::parse_scope(*text);
  if (!named) {
    reader.fault("scope", "invalid_characters");
    return {};
  }
  const auto supported = domain::supported_scopes(settings);
  std::vector<std::string> scopes;
  std::copy_if(named->begin(), named->end(), std::back_inserter(scopes),
               [&](const std::string& scope) { return domain::contains(supported, scope); });
  if (scopes.empty()) return {};
  return scopes;
}

domain::SigningAlgorithm read_id_token_algorithm(MetadataReader& reader) {
  const auto name = reader.text("id_token_signed_response_alg");
  if (!name) return ClientMetadata().id_token_alg;
  const auto algorithm = domain::signing_algorithm(*name);
  if (!algorithm) reader.fault("id_token_signed_response_alg", "not_supported");
  return algorithm.value_or(ClientMetadata().id_token_alg);
}

/// Assertions are judged by their keys, so that what is not named is not promised; but one of
/// another algorithm could never be.
void check_assertion_algorithm(MetadataReader& reader, ClientAuth method) {
  constexpr const char* kName = "token_endpoint_auth_signing_alg";
  if (method != ClientAuth::PrivateKeyJwt) return;
  const auto name = reader.text(kName);
  if (name && !sso::signature_kind(*name)) reader.fault(kName, "not_supported");
}

std::string read_keys(MetadataReader& reader) {
  const Json::Value* set = reader.find("jwks");
  if (set == nullptr) return {};
  if (!is_public_key_set(*set)) {
    reader.fault("jwks", "invalid");
    return {};
  }
  return write_json(*set);
}

bool read_is_native(MetadataReader& reader) {
  const auto type = reader.text("application_type");
  if (type && *type != "native" && *type != "web") reader.fault("application_type", "unknown");
  return type == "native";
}

/// An address that is only given back: https, or a program's own on this machine.
bool is_shown_address(std::string_view address) {
  const std::string_view whole = address.substr(0, address.find('#'));
  return domain::check_redirect_uri(whole) && domain::fold(whole.substr(0, 4)) == "http";
}

void keep_addresses(MetadataReader& reader, Json::Value& rest) {
  for (const char* name :
       {"client_uri", "logo_uri", "tos_uri", "policy_uri", "initiate_login_uri"}) {
    const auto address = reader.text(name);
    // "" is what some clients write for none.
    if (!address || address->empty()) continue;
    if (!is_shown_address(*address)) reader.fault(name, "invalid");
    rest[name] = *address;
  }
}

void keep_texts(MetadataReader& reader, Json::Value& rest) {
  for (const char* name : {"software_id", "software_version"}) {
    const auto text = reader.text(name);
    if (!text || text->empty()) continue;
    if (!domain::check_label(name, *text, kLongestText)) reader.fault(name, "invalid_characters");
    rest[name] = *text;
  }
  const auto contacts = reader.texts("contacts");
  if (!contacts) return;
  for (const std::string& contact : *contacts) {
    if (!domain::check_label("contacts", contact, kLongestText))
      reader.fault("contacts", "invalid_characters");
    rest["contacts"].append(contact);
  }
}

/// What there is one of here: named or not, it is that; anything else cannot be had.
void keep_only(MetadataReader& reader, Json::Value& rest, const char* name, std::string_view only) {
  const auto value = reader.text(name);
  if (!value) return;
  if (*value != only) reader.fault(name, "not_supported");
  rest[name] = *value;
}

std::string read_rest(MetadataReader& reader) {
  Json::Value rest(Json::objectValue);
  keep_addresses(reader, rest);
  keep_texts(reader, rest);
  keep_only(reader, rest, "subject_type", "public");
  if (const auto age = reader.seconds("default_max_age"))
    rest["default_max_age"] = static_cast<Json::Int64>(*age);
  if (const auto flag = reader.flag("backchannel_logout_session_required"))
    rest["backchannel_logout_session_required"] = *flag;
  return write_json(rest);
}

ClientMetadata read_members(MetadataReader& reader, ClientOrigin origin,
                            const domain::Settings& settings) {
  ClientMetadata metadata;
  metadata.redirect_uris = reader.texts("redirect_uris").value_or(std::vector<std::string>());
  metadata.name = reader.text("client_name").value_or("");
  metadata.auth = read_method(reader, origin);
  check_assertion_algorithm(reader, metadata.auth);
  metadata.grant_types = read_grant_types(reader, origin);
  check_response_types(reader, metadata);
  metadata.scopes = read_scopes(reader, settings);
  metadata.is_native = read_is_native(reader);
  metadata.dpop_bound = reader.flag("dpop_bound_access_tokens").value_or(false);
  metadata.require_pushed = reader.flag("require_pushed_authorization_requests").value_or(false);
  metadata.post_logout_redirect_uris =
      reader.texts("post_logout_redirect_uris").value_or(std::vector<std::string>());
  metadata.logout_uri = reader.text("backchannel_logout_uri").value_or("");
  metadata.id_token_alg = read_id_token_algorithm(reader);
  metadata.jwks = read_keys(reader);
  metadata.jwks_uri = reader.text("jwks_uri").value_or("");
  metadata.rest = read_rest(reader);
  return metadata;
}

}  // namespace

domain::Result<ClientMetadata> read_client_metadata(const Json::Value& document,
                                                    ClientOrigin origin,
                                                    const domain::Settings& settings) {
  MetadataReader reader(document);
  // Nobody's word about a client is taken here (RFC 7591 section 2.3).
  if (reader.find("software_statement") != nullptr)
    reader.fault("software_statement", "not_supported");
  ClientMetadata metadata = read_members(reader, origin, settings);
  if (reader.first_fault()) return *reader.first_fault();
  const domain::Outcome sound = domain::check_client_metadata(metadata, origin);
  if (!sound) return sound.error();
  return metadata;
}

}  // namespace postern::handlers::oauth
