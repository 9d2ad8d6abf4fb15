#include "domain/oauth_client.hpp"
#include "handlers/json_body.hpp"
#include "handlers/native/body_reader.hpp"
#include "handlers/native/client_views.hpp"
#include "handlers/native/handlers.hpp"
#include "handlers/native/query_reader.hpp"
#include "handlers/native/views.hpp"
#include "handlers/oauth/public_key_set.hpp"

namespace postern::handlers::native {
namespace {

using Texts = std::vector<std::string>;
constexpr auto kSaysNone = BodyReader::Null::SaysNone;

/// `{"keys":[…]}` as the text that is stored.
std::string read_key_set(BodyReader& body) {
  const auto set = body.optional_whole_object("jwks", kSaysNone);
  if (!set) return {};
  if (!oauth::is_public_key_set(*set)) body.fault("jwks", "invalid");
  return write_json(*set);
}

domain::ClientMetadata read_metadata(BodyReader& body) {
  domain::ClientMetadata metadata;
  metadata.name = body.text("name");
  metadata.redirect_uris = body.optional_texts("redirect_uris").value_or(Texts());
  metadata.grant_types = body.optional_texts("grant_types")
                             .value_or(Texts{std::string(domain::grant_type::kCode),
                                             std::string(domain::grant_type::kRefresh)});
  metadata.scopes = body.optional_texts("scopes", kSaysNone);
  if (const auto method = body.optional_text("token_endpoint_auth_method")) {
    const auto known = domain::client_auth(*method);
    if (!known) body.fault("token_endpoint_auth_method", "unknown");
    metadata.auth = known.value_or(metadata.auth);
  }
  if (const auto name = body.optional_text("id_token_signed_response_alg")) {
    const auto algorithm = domain::signing_algorithm(*name);
    if (!algorithm) body.fault("id_token_signed_response_alg", "unknown");
    metadata.id_token_alg = algorithm.value_or(metadata.id_token_alg);
  }
  metadata.jwks = read_key_set(body);
  metadata.jwks_uri = body.optional_text("jwks_uri", kSaysNone).value_or("");
  metadata.post_logout_redirect_uris =
      body.optional_texts("post_logout_redirect_uris").value_or(Texts());
  metadata.logout_uri = body.optional_text("backchannel_logout_uri", kSaysNone).value_or("");
  metadata.dpop_bound = body.optional_boolean("dpop_bound_access_tokens").value_or(false);
  metadata.require_pushed =
      body.optional_boolean("require_pushed_authorization_requests").value_or(false);
  return metadata;
}

std::optional<domain::AccountId> read_account(BodyReader& body) {
  const auto text = body.optional_text("account_id", kSaysNone);
  if (!text) return std::nullopt;
  const auto id = domain::AccountId::parse(*text);
  if (!id) body.fault("account_id", "invalid_format");
  return id;
}

/// The domain names members as clients' metadata do.
domain::Error in_our_words(domain::Error error) {
  if (error.field == "client_name") error.field = "name";
  if (error.field == "scope") error.field = "scopes";
  if (error.field == "account") error.field = "account_id";
  return error;
}

/// One that is not there is nobody who failed to prove himself.
Response refuse_unknown(const Call& call, const domain::Error& error) {
  if (error.code == domain::Errc::ClientInvalid) return not_found(call.request);
  return refuse(call.request, error);
}

}  // namespace

Response list_all_clients(const Call& call, Services& services) {
  QueryReader query(call.request);
  const auto wanted = query.page();
  if (auto refusal = query.refusal()) return *std::move(refusal);
  const auto page = domain::list_clients(services.domain, wanted);
  if (!page) return refuse(call.request, page.error());
  return list_response(*page, [](const domain::OAuthClient& client) { return view(client); });
}

Response create_client(const Call& call, Services& services) {
  BodyReader body(call.request);
  domain::NewClient wanted;
  wanted.metadata = read_metadata(body);
  wanted.account = read_account(body);
  if (auto refusal = body.refusal()) return *std::move(refusal);
  const auto made =
      domain::create_client(services.domain, wanted, call.principal->account.id, call.origin());
  if (!made) return refuse(call.request, in_our_words(made.error()));
  return json_response(201, view(*made));
}

Response show_client(const Call& call, Services& services) {
  const auto id = path_id<domain::OAuthClientId>(call);
  if (!id) return not_found(call.request);
  const auto client = domain::find_client(services.domain, *id);
  if (!client) return refuse_unknown(call, client.error());
  return json_response(200, view(*client));
}

Response delete_any_client(const Call& call, Services& services) {
  const auto id = path_id<domain::OAuthClientId>(call);
  if (!id) return not_found(call.request);
  const auto deleted =
      domain::delete_client(services.domain, *id, call.principal->account.id, call.origin());
  return deleted ? no_content() : refuse(call.request, deleted.error());
}

}  // namespace postern::handlers::native
