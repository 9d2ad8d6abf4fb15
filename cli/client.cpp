#include <json/value.h>

#include <array>
#include <fstream>
#include <iterator>

#include "cli/commands.hpp"
#include "cli/domain_host.hpp"
#include "cli/find_account.hpp"
#include "cli/output.hpp"
#include "cli/refusal.hpp"
#include "domain/oauth_client.hpp"
#include "domain/text.hpp"
#include "handlers/json_body.hpp"
#include "handlers/native/client_views.hpp"
#include "handlers/oauth/public_key_set.hpp"

namespace postern::cli {
namespace {

namespace grant_type = domain::grant_type;

constexpr std::streamsize kLongestKeySet = 8192;

/// What may be typed instead of the names of the standards.
constexpr std::array<std::pair<const char*, std::string_view>, 5> kShortNames{
    {{"code", grant_type::kCode},
     {"refresh", grant_type::kRefresh},
     {"client", grant_type::kClient},
     {"device", grant_type::kDevice},
     {"basic", "client_secret_basic"}}};

std::string long_name(const std::string& typed) {
  for (const auto& [name, meant] : kShortNames) {
    if (typed == name) return std::string(meant);
  }
  return typed == "post" ? "client_secret_post" : typed;
}

std::string read_key_set(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text(static_cast<std::size_t>(kLongestKeySet) + 1, '\0');
  in.read(text.data(), kLongestKeySet + 1);
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (in.bad() || text.empty())
    throw CommandError(kRefused, file.string() + ": cannot be read, or is empty");
  const auto parsed = handlers::parse_json(text).value;
  if (!parsed || !handlers::oauth::is_public_key_set(*parsed))
    throw CommandError(kRefused,
                       file.string() + ": is no set of public keys ({\"keys\":[…]}, RFC 7517)");
  return handlers::write_json(*parsed);
}

domain::ClientMetadata metadata_of(const ClientCreateOptions& options) {
  domain::ClientMetadata metadata;
  metadata.name = options.name;
  const auto method = domain::client_auth(long_name(options.auth));
  if (!method) throw CommandError(kUsage, "--auth is none, basic, post or private_key_jwt");
  metadata.auth = *method;
  metadata.redirect_uris = options.redirect_uris;
  metadata.post_logout_redirect_uris = options.post_logout_redirect_uris;
  metadata.logout_uri = options.logout_uri;
  const auto algorithm = domain::signing_algorithm(options.id_token_alg);
  if (!algorithm) throw CommandError(kUsage, "--id-token-alg is RS256 or ES256");
  metadata.id_token_alg = *algorithm;
  metadata.grant_types.clear();
  for (const auto& type : options.grant_types) metadata.grant_types.push_back(long_name(type));
  if (!options.scopes.empty()) metadata.scopes = options.scopes;
  if (!options.jwks.empty()) metadata.jwks = read_key_set(options.jwks);
  return metadata;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string line;
  for (const auto& text : texts) line += (line.empty() ? "" : " ") + text;
  return line;
}

std::vector<std::string> row_of(const domain::OAuthClient& client) {
  return {client.id.text(),
          printable(client.metadata.name),
          handlers::native::view(client)["origin"].asString(),
          std::string(domain::name_of(client.metadata.auth)),
          std::string(domain::name_of(client.metadata.id_token_alg)),
          client.last_used_at ? domain::rfc3339(*client.last_used_at) : "never",
          printable(joined(client.metadata.redirect_uris))};
}

/// By the id of its row, or by what it calls itself.
domain::OAuthClient find_meant_client(domain::Services& services, const std::string& which) {
  const auto id = domain::OAuthClientId::parse(which);
  auto found = id ? domain::find_client(services, *id) : domain::find_client(services, which);
  if (!found) throw CommandError(kRefused, "client " + printable(which) + ": there is none");
  return *std::move(found);
}

}  // namespace

int client_create(const ConfigFiles& files, const ClientCreateOptions& options) {
  const auto metadata = metadata_of(options);
  const auto loaded = load_config(files);
  CommandHost host(loaded.config);
  domain::NewClient wanted{metadata};
  if (options.account) wanted.account = find_meant_account(host.services(), *options.account).id;
  const auto made =
      expect(domain::create_client(host.services(), wanted, std::nullopt, CommandHost::origin()),
             "client");
  print("Client " + printable(options.name) + ": client_id " + made.client.client_id + ".\n");
  // The last line, alone: a script finds it there.
  if (made.secret)
    print("Its secret, shown this once:\n" + std::string(made.secret->reveal()) + "\n");
  return kOk;
}

int client_list(const ConfigFiles& files, bool json_wanted) {
  const auto loaded = load_config(files);
  CommandHost host(loaded.config);
  Json::Value json(Json::arrayValue);
  Table table({"ID", "NAME", "ORIGIN", "METHOD", "ID TOKENS", "LAST USED", "REDIRECT URIS"});
  for_each_item(
      [&](const domain::PageRequest& request) {
        return expect(domain::list_clients(host.services(), request), "client list");
      },
      [&](const domain::OAuthClient& client) {
        if (json_wanted) {
          json.append(handlers::native::view(client));
        } else {
          table.add(row_of(client));
        }
      });
  if (json_wanted) {
    print_json(json);
  } else {
    print(table.text());
  }
  return kOk;
}

int client_delete(const ConfigFiles& files, const std::string& which) {
  const auto loaded = load_config(files);
  CommandHost host(loaded.config);
  const auto client = find_meant_client(host.services(), which);
  (void)expect(
      domain::delete_client(host.services(), client.id, std::nullopt, CommandHost::origin()),
      "client " + client.id.text());
  host.settle();
  print("Client " + client.id.text() + " (" + printable(client.metadata.name) +
        ") is deleted: all that was granted to it is refused everywhere from now on.\n");
  return kOk;
}

}  // namespace postern::cli
