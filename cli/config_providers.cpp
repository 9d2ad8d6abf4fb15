#include "cli/config_providers.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "cli/config_forms.hpp"
#include "cli/config_keys_scriptix.hpp"
#include "cli/config_members.hpp"
#include "domain/text.hpp"
#include "domain/uuid.hpp"
#include "handlers/sso/address.hpp"
#include "handlers/sso/issuer.hpp"

namespace postern::cli {
namespace {

using handlers::sso::Provider;

constexpr std::size_t kMostProviders = 32;
constexpr std::size_t kMostTenants = 100;
constexpr std::size_t kLongestText = 1024;
constexpr std::size_t kLongestTitle = 100;
constexpr std::array<std::string_view, 13> kMembers{
    "name",   "title", "issuer",  "client_id",           "client_secret",   "client_secret_file",
    "scopes", "role",  "tenants", "link_verified_email", "create_accounts", "trust_second_factor",
    "ca_file"};

bool is_visible_text(std::string_view text) {
  return !text.empty() && text.size() <= kLongestText &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

bool is_title(std::string_view text) {
  return domain::check_label("", text, kLongestTitle).ok();
}

bool is_provider_issuer(std::string_view text) {
  return handlers::sso::is_safe_address(text) && text.find('?') == std::string_view::npos;
}

/// RFC 6749 section 3.3: words with one space between.
bool is_scopes(std::string_view text) {
  const std::string padded = " " + std::string(text) + " ";
  return text.size() <= kLongestText && padded.find("  ") == std::string::npos &&
         padded.find(" openid ") != std::string::npos &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= ' ' && c < '\x7f' && c != '"' && c != '\\'; });
}

bool is_tenant(std::string_view text) {
  return text == "*" || (domain::Uuid::parse(text) && domain::fold(text) == text);
}

void read_client(Members& members, PlacedProvider& placed) {
  auto& provider = placed.provider;
  provider.client_id = members.text("client_id", is_visible_text, "1 to 1024 visible characters");
  provider.client_secret = domain::Secret(
      members.text("client_secret", is_visible_text, "1 to 1024 visible characters", ""));
  placed.client_secret_file =
      members.text("client_secret_file", is_absolute_path, "an absolute path", "");
  if (members.has("client_secret") && members.has("client_secret_file")) {
    members.refuse("client_secret", "must not stand beside client_secret_file");
  }
}

void read_rules_of(Members& members, Provider& provider) {
  provider.rules.link_verified_email = members.flag("link_verified_email");
  provider.rules.create_accounts = members.flag("create_accounts");
  provider.rules.role = members.text("role", is_role_name, "the name of a role", "member");
  provider.trust_second_factor = members.flag("trust_second_factor");
}

PlacedProvider read_provider(const TomlNode& node, std::vector<Problem>& problems) {
  Members members(node, "sso.provider", problems);
  members.refuse_unknown(kMembers, "a provider");
  PlacedProvider placed;
  placed.place = node.place;
  auto& provider = placed.provider;
  provider.name = members.text("name", is_provider_name, "1 to 32 of a-z, 0-9 and -");
  provider.title =
      members.text("title", is_title, "1 to 100 characters in one line", provider.name);
  provider.issuer = members.text("issuer", is_provider_issuer,
                                 "an https address (http:// for this machine alone), as the "
                                 "provider's discovery document writes it");
  read_client(members, placed);
  provider.scopes = members.text(
      "scopes", is_scopes, "scopes with one space between, openid among them", provider.scopes);
  provider.tenants = members.texts("tenants", is_tenant, kMostTenants,
                                   "an array of directory ids in lower case, or [\"*\"]");
  read_rules_of(members, provider);
  provider.ca_file =
      members.text("ca_file", is_absolute_path_or_empty, "an absolute path, or \"\"", "");
  if (handlers::sso::is_shared_directory(provider.issuer) && provider.tenants.empty() &&
      provider.issuer.find("/consumers/") == std::string::npos) {
    members.refuse("tenants",
                   "is required with this issuer, which speaks for every directory: whose people "
                   "may sign in, or [\"*\"] for anybody's");
  }
  return placed;
}

}  // namespace

std::vector<PlacedProvider> read_providers(const TomlNode& node, std::vector<Problem>& problems) {
  std::vector<PlacedProvider> providers;
  if (node.type != TomlNode::Type::Array || node.items.size() > kMostProviders) {
    problems.push_back(
        {node.place, "sso.provider", "must be written as [[sso.provider]], once a provider"});
    return providers;
  }
  std::set<std::string> names;
  for (const auto& item : node.items) {
    if (item.type != TomlNode::Type::Table) {
      problems.push_back({item.place, "sso.provider", "must be a table"});
      continue;
    }
    auto read = read_provider(item, problems);
    if (!read.provider.name.empty() && !names.insert(read.provider.name).second) {
      problems.push_back({item.place, "sso.provider.name", "stands twice: " + read.provider.name});
    }
    providers.push_back(std::move(read));
  }
  return providers;
}

}  // namespace postern::cli
