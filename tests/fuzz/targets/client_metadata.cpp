#include "handlers/oauth/client_metadata.hpp"

#include "domain/oauth_redirect.hpp"
#include "handlers/json_body.hpp"
#include "tests/fuzz/offline_world.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/fuzz/targets.hpp"

namespace postern::fuzz {
namespace {

using domain::ClientOrigin;

bool check(const Json::Value& document, ClientOrigin origin) {
  const auto& settings = offline_world().domain_settings;
  const auto read = handlers::oauth::read_client_metadata(document, origin, settings);
  if (!read) {
    promise(!read.error().field.empty(), "a refusal names the member");
    return false;
  }
  promise(domain::check_client_metadata(*read, origin).ok(), "what was read is sound");
  for (const auto& uri : read->redirect_uris) {
    promise(domain::check_redirect_uri(uri).ok(), "so is each redirect URI");
  }
  promise(origin == ClientOrigin::Administrator || !read->allows(domain::grant_type::kClient),
          "strangers get no client_credentials");
  promise(origin != ClientOrigin::Document || !domain::has_secret(read->auth),
          "who publishes all of himself has no secret");
  const auto shown = handlers::oauth::show_client_metadata(*read);
  const auto again = handlers::parse_json(handlers::write_json(shown)).value;
  promise(again == shown, "it is told in JSON");
  const auto same = handlers::oauth::read_client_metadata(*again, origin, settings);
  promise(same && handlers::oauth::show_client_metadata(*same) == shown,
          "what is told is read as the same");
  return true;
}

}  // namespace

/// A registration, by whomever. What is told of it can be sent again, as clients do that change one
/// member (RFC 7592 section 2.2).
bool client_metadata(std::string_view input) {
  const auto document = handlers::parse_json(input).value;
  if (!document) return false;
  bool taken = false;
  for (const auto origin :
       {ClientOrigin::Registered, ClientOrigin::Administrator, ClientOrigin::Document}) {
    taken = check(*document, origin) || taken;
  }
  return taken;
}

}  // namespace postern::fuzz
